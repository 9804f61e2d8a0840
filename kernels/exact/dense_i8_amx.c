/* Sums of products for dense layers on 8-bit rows and weights by AMX. */
#include "kernel.h"

#include "amx.h"
#include "dense_i8.h"

/* How many products make AMX worth setting up, and bytes of weights that a second-level cache holds beside other
   things. */
enum { WORTH = 48 << 10, NEAR = 1 << 18 };

AMX_BLOCK(KERNEL(block), _tile_dpbusd)

static void KERNEL(sums_of_tile)(const i8_tile *tile, int32_t *sums) {
    const amx_block block = {.x = tile->q,
                             .w = (const unsigned char *)tile->w,
                             .x_stride = tile->q_stride,
                             .panel_stride = tile->panel_stride,
                             .rows = tile->rows,
                             .panels = tile->panels,
                             .steps = (tile->groups * HK_I8_GROUP + AMX_BYTES - 1) / AMX_BYTES,
                             .sums = (unsigned char *)sums};
    KERNEL(block)(&block);
}

void hk_dense_i8_avx512_vnni(const hk_dense_i8_job *job);

void KERNEL(dense_i8)(const hk_dense_i8_job *job) {
    static const i8_way way = {.tall = 2 * AMX_ROWS,
                               .low = AMX_ROWS,
                               .panels = 2,
                               .low_panels = 4,
                               .row_panels = 4,
                               .near = NEAR,
                               .sums = KERNEL(sums_of_tile),
                               .prepare = amx_configure};
    if (job->rows == 1 || job->inputs * job->outputs < WORTH / job->rows) { /* one row is read as fast without */
        hk_dense_i8_avx512_vnni(job);
        return;
    }
    I8_LAYER(job, &way);
    _tile_release();
}
