/* Dense layers on rows and weights of bf16 by AMX. */
#include "kernel.h"

#include "amx.h"

AMX_SUMS(_tile_dpbf16ps)

void KERNEL(dense_fast_bf16)(const hk_dense_narrow_job *job) {
    static const narrow_way way = AMX_WAY(2, hk_bf16_panel);
    NARROW_LAYER(job, &way);
    _tile_release();
}
