/* Dot product and matrix-vector product of bfloat16, widened and accumulated in float.
 *
 * 32 elements are read as 16 integers: the even elements are their low halves, the odd ones their high halves, so each
 * widening is one operation. Blocks 0 and 2 take the even elements, 1 and 3 the odd ones. */
#include "kernel.h"

#define ELEMENT  uint16_t
#define REAL     float
#define BLOCK    vf
#define LANES    VF_LANES
#define V(op)    v_##op
#define NAME(op) KERNEL(op##_bf16)

/* One half of each pair: the even elements or the odd ones. */
HK_INLINE vf widen(vi pairs, int odd) {
    return v_from_bits(odd ? vi_and(pairs, vi_set1((int32_t)0xffff0000)) : vi_shl(pairs, 16));
}
HK_INLINE vi load_pairs(const uint16_t *p, size_t n) { return vi_loadn_bytes(p, n * sizeof *p); }

#define DOT_PHASES         2
#define DOT_START(j)       ((j) / 2 * 2 * LANES)
#define DOT_LOAD(p, j)     widen(vi_load((p) + DOT_START(j)), (j) % 2)
#define DOT_LOADN(p, n, j) widen(load_pairs((p) + DOT_START(j), hk_min((n)-DOT_START(j), 2 * LANES)), (j) % 2)
#include "dot.h"
