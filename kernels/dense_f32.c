/* Dense layers in float: on packed panels, on plain weights, and on panels of 16-bit numbers. */
#include "real_f32.h"

#include <math.h>

#define TILES HK_TILES
#include "dense_tile.h"

#include "dense_rows.h"

#include "dense_slices.h"

#include "dense_half.h"

/* Inputs go in blocks, whose weights for a group of panels stay in the second-level cache (512 KiB for four panels)
   while all rows pass; sums are parked in y between them. */
enum { BLOCK_INPUTS = 2048 };

void KERNEL(dense_f32)(const hk_dense_f32_job *layer) {
    if (!layer->width && layer->outputs <= HK_DOT_OUTPUTS) {
        NAME(dense_as_dots)(layer);
        return;
    }
    const layer_plan plan = NAME(plan)(layer, 1);
    const size_t group = panel_group(&plan, layer->rows) * LANES, whole = layer->outputs / LANES * LANES;
    const int divided = plan.chains == 1 && layer->inputs > BLOCK_INPUTS;
    const size_t blocks = divided ? (layer->inputs + BLOCK_INPUTS - 1) / BLOCK_INPUTS : 1;
    tile_job job = {.x_stride = layer->x_stride,
                    .y_stride = layer->y_stride,
                    .park_stride = layer->y_stride,
                    .panel_stride = layer->inputs * LANES,
                    .relu = plan.relu};
    for (size_t o = 0, n; o < layer->outputs; o += n) {
        /* a partial panel cannot be parked in y, and goes alone and undivided */
        n = hk_min(group, divided && o < whole ? whole - o : layer->outputs - o);
        const size_t step = divided && o < whole ? (layer->inputs + blocks - 1) / blocks : layer->inputs;
        size_t k = 0;
        do {
            job.inputs = hk_min(layer->inputs - k, step);
            job.x = layer->x + k;
            job.w = (const float *)layer->weights + o * layer->inputs + k * LANES;
            job.bias = layer->bias ? layer->bias + o : NULL;
            job.y = job.park = layer->y + o;
            job.first = k == 0;
            k += job.inputs;
            job.last = k == layer->inputs;
            NAME(all_rows)(&plan, &job, layer->rows, n);
        } while (k < layer->inputs);
    }
}
