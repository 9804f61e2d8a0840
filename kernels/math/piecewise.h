/* Functions of a >= 0 as polynomials on eight intervals, in float: y = c0 + u (c1 + u (c2 + ...)), u = a - centre.
 *
 * The leading bits of v = 1 + a scale tell the interval. A table's rows are the centre, c0, for an odd function the
 * slope, which is 0 but on the interval around 0, then c1, c2, ...; tools/coefficients/piecewise.sollya makes them. */
#ifndef HK_MATH_PIECEWISE_H
#define HK_MATH_PIECEWISE_H

#include "../simd/simd.h"
#include "tables.h"

/* The tables' scales: 15 / limit, for the gates 2.5 / 5.2; that of the normal distribution's tail is 1. */
#define HK_TANH_SCALE      0x1.a9b87ap+0f
#define HK_TANH_FAST_SCALE 0x1.9ce73ap+0f
#define HK_ERF_SCALE       0x1.e61372p+1f
#define HK_SOFTPLUS_SCALE  0x1.b6db6ep-1f
#define HK_GATE_SCALE      0x1.ec4ec4p-2f

typedef struct {
    vi i;
    vf u;
} piece;
/* shift 22: two intervals per octave, v in [1, 16); shift 21: four, v in [1, 4). */
HK_INLINE piece piecewise_find(const float (*table)[8], vf a, float scale, int shift) {
    const vi i = vi_shr(v_bits(v_fma(a, v_set1(scale), v_set1(1.0f))), shift);
    return (piece){i, v_sub(a, v_lookup8(table[0], i))};
}
/* The polynomial whose coefficients are the rows first to last, in increasing order of powers. */
HK_INLINE vf piecewise_polynomial(const float (*table)[8], int first, int last, piece p) {
    vf w = v_lookup8(table[last], p.i);
    HK_UNROLL
    for (int k = last - 1; k >= first; k--) w = v_fma(w, p.u, v_lookup8(table[k], p.i));
    return w;
}

/* An odd function of x, constant from |x| = limit on; degree 8. */
HK_INLINE vf piecewise_odd(const float (*table)[8], float scale, float limit, vf x) {
    const vf a = v_min(v_set1(limit), v_abs(x));
    const piece p = piecewise_find(table, a, scale, 22);
    const vf w = piecewise_polynomial(table, 3, 10, p), y = v_fma(p.u, w, v_lookup8(table[1], p.i));
    return v_copysign(v_fma(p.u, v_lookup8(table[2], p.i), y), x);
}
HK_INLINE vf v_tanh(vf x) { return piecewise_odd(hk_table_tanh, HK_TANH_SCALE, 9.015f, x); }
HK_INLINE vf v_erf(vf x) { return piecewise_odd(hk_table_erf, HK_ERF_SCALE, 3.94f, x); }

HK_INLINE vf tanh_fast(vf x) {
    const vf a = v_min(v_set1(9.25f), v_abs(x));
    const piece p = piecewise_find(hk_table_tanh_fast, a, HK_TANH_FAST_SCALE, 22);
    return v_copysign(piecewise_polynomial(hk_table_tanh_fast, 1, 7, p), x);
}

/* x T(-|x|) for x < 0, x - x T(-|x|) above, T(-a) the table's polynomial, which is 0 from a = 5.2 on. */
HK_INLINE vf piecewise_gate(const float (*table)[8], vf x) {
    const vf a = v_min(v_set1(5.5f), v_abs(x));
    const piece p = piecewise_find(table, a, HK_GATE_SCALE, 21);
    return v_copysign(v_fnma(a, piecewise_polynomial(table, 1, 7, p), v_max(v_zero(), x)), x);
}
HK_INLINE vf gelu_fast(vf x) { return piecewise_gate(hk_table_gelu_fast, x); }
HK_INLINE vf gelu_tanh_fast(vf x) { return piecewise_gate(hk_table_gelu_tanh_fast, x); }

#endif
