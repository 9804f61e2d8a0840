/* Dense layers in float: on packed panels, and on plain weights. */
#include "real_f32.h"

enum { TILE_PANELS = 8 };
#include "dense_tile.h"

#include "dense_plain.h"

void KERNEL(dense_f32)(const hk_dense_f32_job *job) {
    if (job->outputs <= HK_DOT_OUTPUTS) {
        NAME(dense_as_dots)(job);
        return;
    }
    const int chains = hk_chains(job->outputs);
    const size_t group = tile_group(job->rows, chains);
    for (size_t o = 0, n; o < job->outputs; o += n * LANES) {
        const size_t left = job->outputs - o;
        n = hk_min(group, (left + LANES - 1) / LANES);
        const tile_job part = {
            .x = job->x,
            .w = job->weights + o * job->inputs,
            .bias = job->bias ? job->bias + o : NULL,
            .y = job->y + o,
            .x_stride = job->x_stride,
            .y_stride = job->y_stride,
            .panel_stride = job->inputs * LANES,
            .inputs = job->inputs,
            .outputs = left,
            .first = 1,
            .last = 1,
        };
        NAME(tile_rows)(chains, (int)n, job->rows, part, job);
    }
}
