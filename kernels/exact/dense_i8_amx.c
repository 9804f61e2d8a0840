/* Dense layers on 8-bit rows and weights by AMX. */
#include "kernel.h"

#include "amx.h"

/* How many products make AMX worth setting up. */
enum { WORTH = 48 << 10 };

AMX_SUMS(_tile_dpbusd)

hk_dense_narrow_fn hk_dense_i8_avx512_vnni;

void KERNEL(dense_i8)(const hk_dense_narrow_job *job) {
    static const narrow_way way = AMX_WAY(HK_I8_GROUP, hk_i8_panel);
    if (job->rows == 1 || job->inputs * job->outputs < WORTH / job->rows) { /* one row is read as fast without */
        hk_dense_i8_avx512_vnni(job);
        return;
    }
    NARROW_LAYER(job, &way);
    _tile_release();
}
