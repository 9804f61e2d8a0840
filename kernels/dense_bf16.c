/* Dense layers on rows and weights of bf16 by instructions that multiply pairs of it and add them to floats, in an
 * order of their own. Compiled only for the instruction sets that have them. */
#include "kernel.h"

#define SUM            vf
#define ZERO           v_zero()
#define STORE(p, i, s) v_store((p)->f32 + (i), s)
#define ROW            vi
#define ROW_AT         vi_set1_bytes
#define WEIGHTS        vi
#define WEIGHTS_AT     vi_load
#define DOT(s, q, w)   v_dot2_bf16(s, q, w)
#include "narrow_tile.h"

void KERNEL(dense_fast_bf16)(const hk_dense_narrow_job *job) {
    static const narrow_way way = NARROW_WAY(2, hk_bf16_panel, 0);
    NARROW_LAYER(job, &way);
}
