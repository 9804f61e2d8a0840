/* Static ranges for the inputs of layers that quantize them, from sample rows. */
#include "size.h"
#include "step.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 64 };

/* Room for a block of rows between two steps each, and for what steps need themselves. */
typedef struct workspace {
    float *memory, *buffers[2];
    void *scratch;
    size_t stride;
} workspace;

static int take(workspace *w, const hk_network *n) {
    const size_t scratch = hk_step_scratch(n), outputs = n->steps[n->count - 1].outputs;
    size_t bytes;
    w->stride = hk_size_padded(n->widest > outputs ? n->widest : outputs);
    if (!hk_size_fits(w->stride, 2 * BLOCK, sizeof(float)) || !hk_size_fits(scratch, BLOCK, 1) ||
        !hk_size_sum(2 * BLOCK * w->stride * sizeof(float), BLOCK * scratch, &bytes))
        return 0;
    w->memory = aligned_alloc(64, bytes);
    if (!w->memory) return 0;
    for (size_t i = 0; i < 2; i++) w->buffers[i] = w->memory + i * BLOCK * w->stride;
    w->scratch = w->memory + 2 * BLOCK * w->stride;
    return 1;
}

/* The least and the largest input of each step so far. */
typedef struct range {
    float low, high;
} range;

/* Widens a range by some rows; 0 if something in them is no finite number. */
static int widen(range *r, const hk_step_rows *rows, size_t inputs) {
    for (size_t i = 0; i < rows->rows; i++)
        for (size_t k = 0; k < inputs; k++) {
            const float x = rows->x[i * rows->x_stride + k];
            if (!isfinite(x)) return 0;
            if (x < r->low) r->low = x;
            if (x > r->high) r->high = x;
        }
    return 1;
}

/* Some rows through all steps. */
static int observe(const hk_network *n, const workspace *w, const float *x, size_t count, range *ranges) {
    const hk_step_means means = {.kernels = n->kernels, .scratch = w->scratch};
    hk_step_rows rows = {.x = x, .x_stride = n->steps[0].inputs, .y_stride = w->stride, .rows = count};
    for (size_t i = 0; i < n->count; i++) {
        rows.y = w->buffers[i % 2];
        if (!widen(&ranges[i], &rows, n->steps[i].inputs)) return 0;
        hk_step_run(&means, &n->steps[i], &rows);
        rows.x = rows.y;
        rows.x_stride = w->stride;
    }
    return 1;
}

/* Measures and sets the ranges; the network's steps are its own. */
static hk_status calibrate(hk_network *n, const float *x, size_t rows) {
    const size_t inputs = n->steps[0].inputs;
    workspace w = {0};
    range *ranges = calloc(n->count, sizeof *ranges);
    hk_status status = ranges && take(&w, n) ? HK_OK : HK_OUT_OF_MEMORY;
    for (size_t i = 0; i < n->count; i++) n->steps[i].calibrated = 0;
    for (size_t r = 0; !status && r < rows; r += BLOCK)
        if (!observe(n, &w, x + r * inputs, rows - r < BLOCK ? rows - r : BLOCK, ranges)) status = HK_INVALID_ARGUMENT;
    for (size_t i = 0; !status && i < n->count; i++) {
        if (!hk_step_quantizes(&n->steps[i])) continue;
        unsigned char q[64]; /* of no interest: the scale of a row of both ends is that of the range */
        const float ends[2] = {ranges[i].low, ranges[i].high};
        n->kernels->quantize_i8(ends, 2, 1, 2, NULL, n->steps[i].stored == HK_I4, q, sizeof q, &n->steps[i].inputs_as);
        n->steps[i].calibrated = 1;
    }
    free(w.memory);
    free(ranges);
    return status;
}

hk_status hk_network_calibrate(const hk_network *network, const float *x, size_t rows, hk_network **calibrated) {
    if (!network || !x || !rows || !calibrated) return HK_INVALID_ARGUMENT;
    size_t layers = 0;
    for (size_t i = 0; i < network->count; i++) layers += hk_step_quantizes(&network->steps[i]) ? 1 : 0;
    if (!layers) return HK_UNSUPPORTED;
    if (!hk_size_fits(rows, network->steps[0].inputs, sizeof *x)) return HK_OUT_OF_MEMORY;
    hk_network *n = hk_network_derive(network);
    if (!n) return HK_OUT_OF_MEMORY;
    const hk_status status = calibrate(n, x, rows);
    if (status)
        hk_network_free(n);
    else
        *calibrated = n;
    return status;
}
