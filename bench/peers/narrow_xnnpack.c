/* XNNPACK on weights of 8 bits: its conversion to 8 bits with one fixed scale, a fully connected operator with ReLU in
   its clamping, and its conversion back. */
#include "chain.h"
#include "network_peer.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <xnnpack.h>

typedef struct network {
    xnn_operator_t narrow, product, widen;
    size_t batch;
    int8_t *x, *y;
    const float *from; /* for which the operators are set up */
    float *to;
} network;

static int start(void) { return !network_peers_avx2() && xnn_initialize(NULL) == xnn_status_success; }

static void must(enum xnn_status status) {
    if (status == xnn_status_success) return;
    fprintf(stderr, "XNNPACK answers %d\n", (int)status);
    exit(1);
}

enum { SLACK = 64 }; /* bytes that XNNPACK may read behind an array */

static void *create(const hk_layer *l, size_t count, size_t batch, int threads) {
    if (count != 1 || l->activation.kind != HK_RELU || threads > 1) return NULL;
    const float input_scale = 1.0f / 127;
    float most = 0, largest = 0;
    for (size_t i = 0; i < l->inputs * l->outputs; i++) most = fmaxf(most, fabsf(l->weights[i]));
    for (size_t o = 0; o < l->outputs;
         o++) { /* no output of inputs within +-1 is likely to be beyond four deviations */
        float sum = 0;
        for (size_t k = 0; k < l->inputs; k++) sum += l->weights[o * l->inputs + k] * l->weights[o * l->inputs + k];
        largest = fmaxf(largest, 4 * sqrtf(sum / 3) + fabsf(l->bias[o]));
    }
    const float scale = most / 127, output_scale = largest / 255;
    int8_t *w = malloc(l->inputs * l->outputs);
    int32_t *bias = malloc(l->outputs * sizeof *bias);
    network *n = calloc(1, sizeof *n);
    if (!w || !bias || !n) abort();
    for (size_t i = 0; i < l->inputs * l->outputs; i++) w[i] = (int8_t)lrintf(l->weights[i] / scale);
    for (size_t o = 0; o < l->outputs; o++) bias[o] = (int32_t)lrintf(l->bias[o] / (scale * input_scale));
    n->batch = batch;
    n->x = malloc(batch * l->inputs + SLACK);
    n->y = malloc(batch * l->outputs + SLACK);
    if (!n->x || !n->y) abort();
    must(xnn_create_convert_nc_f32_qs8(l->inputs, l->inputs, l->inputs, input_scale, 0, -128, 127, 0, &n->narrow));
    /* 0 is the lowest number, so that ReLU is the clamping */
    must(xnn_create_fully_connected_nc_qs8(l->inputs, l->outputs, l->inputs, l->outputs, 0, input_scale, scale, w, bias,
                                           -128, output_scale, -128, 127, 0, &n->product));
    must(xnn_create_convert_nc_qs8_f32(l->outputs, l->outputs, l->outputs, output_scale, -128, 0, &n->widen));
    free(w), free(bias);
    return n;
}

static void run(void *context, const float *x, float *y) {
    network *n = context;
    if (n->from != x || n->to != y) {
        n->from = x, n->to = y;
        must(xnn_setup_convert_nc_f32_qs8(n->narrow, n->batch, x, n->x, NULL));
        must(xnn_setup_fully_connected_nc_qs8(n->product, n->batch, n->x, n->y, NULL));
        must(xnn_setup_convert_nc_qs8_f32(n->widen, n->batch, n->y, y, NULL));
    }
    must(xnn_run_operator(n->narrow, NULL));
    must(xnn_run_operator(n->product, NULL));
    must(xnn_run_operator(n->widen, NULL));
}

static void free_network(void *context) {
    network *n = context;
    xnn_delete_operator(n->narrow);
    xnn_delete_operator(n->product);
    xnn_delete_operator(n->widen);
    free(n->x), free(n->y);
    free(n);
}

const network_peer network_peer_xnnpack_i8 = {"xnnpack_i8", start, NULL, create, run, free_network, HK_I8};
