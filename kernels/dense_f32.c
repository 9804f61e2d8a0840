/* Dense layers in float: on packed panels, on plain weights, and on panels of 16-bit numbers. */
#include "real_f32.h"

#include <math.h>

#define TILES HK_TILES
#include "dense_tile.h"

#include "dense_rows.h"

#include "dense_slices.h"

#include "dense_half.h"

/* Inputs go in blocks of HK_BLOCK_INPUTS, whose weights for a group of panels stay in the second-level cache while all
   rows pass; sums are parked in y between them. */
enum { LITTLE_WEIGHTS = 32 << 10, NEAR_ROWS = 96 };
/* From so many rows on tiles take longer than memory does for the next group's weights, which some of them ask for. */
enum { ASKING_ROWS = 9 };

/* Tile by tile through all panels, the first tile as given: where a tile's rows are all, which meet every weight once,
   or all weights stay in the first-level cache, or the second-level one for a few tiles. Nothing is divided, parked or
   kept near. The activation runs over all results of a tile, which are in cache. */
HK_INLINE void tiles(const layer_plan *plan, const unsigned char *numbers, size_t height, const int only_one) {
    const DENSE_JOB *layer = plan->layer;
    const float *const w = layer->weights, *const bias = layer->bias;
    float *y = layer->y;
    /* All fields, in what every call of a small layer does: what is left out, gcc 12 clears by an instruction that
       takes 10 ns to begin. Nothing is parked; `park` only moves on with the rest. */
    tile_job job = {.x = layer->x,
                    .w = w,
                    .bias = bias,
                    .y = y,
                    .park = y,
                    .x_stride = layer->x_stride,
                    .y_stride = layer->y_stride,
                    .park_stride = 0,
                    .park_chain = 0,
                    .panel_stride = layer->inputs * LANES,
                    .rows = height,
                    .inputs = layer->inputs,
                    .last_panel = LANES,
                    .more = 0,
                    .first = 1,
                    .last = 1,
                    .relu = plan->relu,
                    .ask = plan->far ? HK_ASK_AHEAD * LANES : 0,
                    .ask_step = LANES};
    for (size_t left = layer->rows;;) {
        NAME(all_panels)(numbers, &job, layer->outputs);
        if (plan->map)
            plan->map(y, layer->y_stride, y, layer->y_stride, height, layer->outputs, layer->alpha, layer->beta);
        left -= height;
        if (only_one || !left) return;
        job.x += height * layer->x_stride;
        job.y = y += height * layer->y_stride;
        job.w = w;
        job.bias = bias;
        job.last_panel = LANES;
        numbers = next_tile(plan->chains, 0, layer->rows, left, &height);
        job.rows = height;
    }
}

/* One tile has a function of its own, for layers that take some tens of nanoseconds. */
static __attribute__((noinline)) void KERNEL(one_tile)(const layer_plan *plan, const unsigned char *numbers,
                                                       size_t rows) {
    tiles(plan, numbers, rows, 1);
}
static __attribute__((noinline)) void KERNEL(few_tiles)(const layer_plan *plan) {
    size_t height;
    const unsigned char *numbers = next_tile(plan->chains, 0, plan->layer->rows, plan->layer->rows, &height);
    tiles(plan, numbers, height, 0);
}

/* Panels whose weights the second-level cache holds: HK_GROUP_PANELS of HK_BLOCK_INPUTS, or more of fewer inputs. */
enum { WIDEST_GROUP = HK_GROUP_MOST > TILE_PANELS ? HK_GROUP_MOST : TILE_PANELS };
HK_INLINE size_t near_panels(size_t inputs) {
    if (inputs >= HK_BLOCK_INPUTS) return HK_GROUP_PANELS;
    return hk_min(HK_GROUP_MOST, HK_GROUP_PANELS * HK_BLOCK_INPUTS / (inputs ? inputs : 1));
}

/* Rows of a layer from `first` on, group of panels by group. */
static void KERNEL(some_rows)(const layer_plan *plan, size_t first, size_t rows) {
    const DENSE_JOB *layer = plan->layer;
    const size_t panels = panel_group(plan, rows), whole = layer->outputs / LANES * LANES;
    const int asks_next = HK_ASKS_NEXT && plan->far == HK_VERY_FAR && rows >= ASKING_ROWS;
    /* the next group needs room as well */
    const size_t least = asks_next ? HK_GROUP_PANELS / 2 : near_panels(layer->inputs);
    const size_t group = (panels < least ? least : panels) * LANES;
    const int divided = plan->chains == 1 && layer->inputs > HK_BLOCK_INPUTS;
    const float *const weights = layer->weights;
    const size_t blocks = divided ? (layer->inputs + HK_BLOCK_INPUTS - 1) / HK_BLOCK_INPUTS : 1;
    tile_job job = {.x_stride = layer->x_stride,
                    .y_stride = layer->y_stride,
                    .park_stride = layer->y_stride,
                    .panel_stride = layer->inputs * LANES,
                    .relu = plan->relu};
    REAL bias[WIDEST_GROUP * LANES];
    for (size_t o = 0, n; o < layer->outputs; o += n) {
        /* a partial panel cannot be parked in y, and goes alone and undivided */
        n = hk_min(group, divided && o < whole ? whole - o : layer->outputs - o);
        const size_t step = divided && o < whole ? (layer->inputs + blocks - 1) / blocks : layer->inputs;
        const REAL *const whole_bias = NAME(whole_bias)(plan, o, n, bias);
        size_t k = 0;
        do {
            job.inputs = hk_min(layer->inputs - k, step);
            job.x = layer->x + first * layer->x_stride + k;
            job.w = weights + o * layer->inputs + k * LANES;
            job.bias = whole_bias;
            job.y = job.park = layer->y + first * layer->y_stride + o;
            job.first = k == 0;
            k += job.inputs;
            job.last = k == layer->inputs;
            ptrdiff_t next = (ptrdiff_t)(job.inputs * LANES);
            if (job.last) next = weights + (o + n) * layer->inputs - job.w;
            if (job.last && o + n == layer->outputs) next = layer->next ? (const float *)layer->next - job.w : 0;
            NAME(all_rows)(plan, &job, rows, n, asks_next ? next : 0);
        } while (k < layer->inputs);
    }
}

/* Any number of rows: as many at a time as stay near while the groups pass. */
static __attribute__((noinline)) void KERNEL(many_rows)(const layer_plan *plan) {
    const size_t near = HK_NEAR_INPUTS / (plan->layer->inputs + 1) / TILE_ROWS_MAX * TILE_ROWS_MAX;
    const size_t most = near > NEAR_ROWS ? near : NEAR_ROWS;
    for (size_t first = 0, rows; first < plan->layer->rows; first += rows) {
        rows = hk_min(plan->layer->rows - first, most);
        KERNEL(some_rows)(plan, first, rows);
    }
}

void KERNEL(dense_f32)(const hk_dense_f32_job *layer) {
    if (!layer->width && layer->outputs <= HK_DOT_OUTPUTS) {
        NAME(dense_as_dots)(layer);
        return;
    }
    const layer_plan plan = NAME(plan)(layer, 1);
    const by_panels *heights = tile_numbers[plan.chains / 2];
    const size_t height = layer->rows == 2 && !heights[2][1] ? 3 : layer->rows;
    const int little = layer->inputs * layer->outputs * sizeof(float) <= LITTLE_WEIGHTS;
    if (!layer->bias)
        KERNEL(many_rows)(&plan);
    else if (height <= TILE_ROWS_MAX && heights[height][1])
        KERNEL(one_tile)(&plan, heights[height], layer->rows);
    else if (little || (layer->rows <= TILE_ROWS_MAX && !plan.far))
        KERNEL(few_tiles)(&plan);
    else
        KERNEL(many_rows)(&plan);
}
