/* Functions of a >= 0 as polynomials on eight intervals, in float: y = c0 + u (c1 + u (c2 + ...)), u = a - centre.
 *
 * The leading bits of v = start + a scale tell the interval. A table of degree d has d rows: the centre, c0, c1 to
 * c(d-2). The two last coefficients need few bits: eight significant ones of c(d) are the last half of the centre's
 * word, those of c(d-1) that of c(d-2), so that two rows less are looked up. The words are what they are with these
 * bits, and the other coefficients made for them, by tools/coefficients/piecewise.sollya. */
#ifndef HK_MATH_PIECEWISE_H
#define HK_MATH_PIECEWISE_H

#include "../simd/simd.h"
#include "tables.h"

/* The tables' scales: (16 - start) / limit, for the gates 2.5 / 5.2; that of the normal distribution's tail is 1.
   tanh_fast's start makes its interval around 0, where its degree is 5 in effect, somewhat narrower. */
#define HK_TANH_LIMIT      9.015f /* where both forms are 1 */
#define HK_TANH_SCALE      0x1.a9b87ap+0f
#define HK_TANH_FAST_SCALE 0x1.a70f54p+0f
#define HK_TANH_FAST_START 1.09375f
#define HK_ERF_SCALE       0x1.e61372p+1f
#define HK_SOFTPLUS_SCALE  0x1.b6db6ep-1f
#define HK_GATE_SCALE      0x1.ec4ec4p-2f

typedef struct {
    vi i;
    vf u, last; /* c(d) */
} piece;
/* A word's last half as the first half of a float. */
HK_INLINE vf piecewise_second(vf word) { return v_from_bits(vi_shl(v_bits(word), 16)); }
/* shift 22: two intervals per octave, v below 16; shift 21: four, v below 4. */
HK_INLINE piece piecewise_find(const float (*table)[8], vf a, float start, float scale, int shift) {
    const vi i = vi_shr(v_bits(v_fma(a, v_set1(scale), v_set1(start))), shift);
    const vf centre = v_lookup8(table[0], i);
    return (piece){i, v_sub(a, centre), piecewise_second(centre)};
}
/* c(d-1) + u c(d): what the coefficients of lower powers are then added to. */
HK_INLINE vf piecewise_start(const float (*table)[8], int degree, piece p) {
    return v_fma(p.last, p.u, piecewise_second(v_lookup8(table[degree - 1], p.i)));
}
/* The polynomial without the powers below the one whose coefficients are the row `first`. Compilers would finish one
   register of a block before the next, and the processor does not look ahead far enough to do both. */
HK_INLINE vf piecewise_polynomial(const float (*table)[8], int first, int degree, piece p) {
    vf w = piecewise_start(table, degree, p);
    HK_UNROLL
    for (int k = degree - 1; k >= first; k--) w = v_abreast(v_fma(w, p.u, v_lookup8(table[k], p.i)));
    return w;
}

/* An odd function of x, constant from |x| = limit on; degree 8. Around 0, where c0 is 0, u itself is added; elsewhere u
   is below c0. */
HK_INLINE vf piecewise_odd(const float (*table)[8], float scale, float limit, vf x) {
    const piece p = piecewise_find(table, v_min(v_set1(limit), v_abs(x)), 1, scale, 22);
    const vf w = piecewise_polynomial(table, 2, 8, p);
    return v_copysign(v_fma(p.u, w, v_max(v_lookup8(table[1], p.i), p.u)), x);
}
HK_INLINE vf v_tanh(vf x) { return piecewise_odd(hk_table_tanh, HK_TANH_SCALE, HK_TANH_LIMIT, x); }
HK_INLINE vf v_erf(vf x) { return piecewise_odd(hk_table_erf, HK_ERF_SCALE, 3.94f, x); }

HK_INLINE vf tanh_fast(vf x) {
    const vf a = v_min(v_set1(HK_TANH_LIMIT), v_abs(x));
    const piece p = piecewise_find(hk_table_tanh_fast, a, HK_TANH_FAST_START, HK_TANH_FAST_SCALE, 22);
    return v_copysign(piecewise_polynomial(hk_table_tanh_fast, 1, 6, p), x);
}

/* x T(-|x|) for x < 0, x - x T(-|x|) above, T(-a) the table's polynomial, which is 0 from a = 5.2 on. */
HK_INLINE vf piecewise_gate(const float (*table)[8], vf x) {
    const vf a = v_min(v_set1(5.5f), v_abs(x));
    const piece p = piecewise_find(table, a, 1, HK_GATE_SCALE, 21);
    return v_copysign(v_fnma(a, piecewise_polynomial(table, 1, 6, p), v_max(v_zero(), x)), x);
}
HK_INLINE vf gelu_fast(vf x) { return piecewise_gate(hk_table_gelu_fast, x); }
HK_INLINE vf gelu_tanh_fast(vf x) { return piecewise_gate(hk_table_gelu_tanh_fast, x); }

#endif
