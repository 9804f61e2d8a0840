/* Dense layers on 8-bit rows and weights. Compiled once more for every level whose instructions for them are better. */
#include "kernel.h"

#define SUM            vi
#define ZERO           vi_set1(0)
#define STORE(p, i, s) vi_store((p)->i32 + (i), s)
#define ROW            v_quad
#define ROW_AT         v_quad_set1
#define WEIGHTS        v_bytes
#define WEIGHTS_AT     v_bytes_load
#define DOT(s, q, w)   vi_dot4(s, q, w)
#include "narrow_tile.h"

void KERNEL(dense_i8)(const hk_dense_narrow_job *job) {
    static const narrow_way way = NARROW_WAY(HK_I8_GROUP, hk_i8_panel, HK_I8_BIAS);
    NARROW_LAYER(job, &way);
}
