/* Sums of products for dense layers on 8-bit rows and weights by AMX. */
#include "kernel.h"

#include "amx.h"
#include "dense_i8.h"

/* Fewer rows are as fast without. */
enum { ROWS_MIN = 8 };

AMX_BLOCK(KERNEL(block_of), _tile_dpbusd)

static void KERNEL(sums_of_tile)(const i8_tile *tile, int32_t *sums) {
    amx_configure(tile->rows);
    KERNEL(block_of)
    (tile->q, tile->q_stride, tile->rows, tile->w, tile->panel_stride, tile->panels,
     (tile->groups * HK_I8_GROUP + AMX_BYTES - 1) / AMX_BYTES, sums);
}

void hk_dense_i8_avx512_vnni(const hk_dense_i8_job *job);

void KERNEL(dense_i8)(const hk_dense_i8_job *job) {
    static const i8_way way = {2 * AMX_ROWS, 2 * AMX_ROWS, 2, 2, 0, KERNEL(sums_of_tile)};
    if (job->rows < ROWS_MIN) {
        hk_dense_i8_avx512_vnni(job);
        return;
    }
    I8_LAYER(job, &way);
    _tile_release();
}
