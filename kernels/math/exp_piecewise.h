/* Functions that fall off as an exponential, e^m T(a) with T piecewise polynomial: the tail of the normal distribution
 * and gelu on it, and softplus. */
#ifndef HK_MATH_EXP_PIECEWISE_H
#define HK_MATH_EXP_PIECEWISE_H

#include "exp.h"
#include "piecewise.h"

/* e^m T(a) = (high + low) 2^n, where m = n ln 2 + r; both factors taken with their rounding errors. */
typedef struct {
    vf high, low, t, n;
} tail_pair;
HK_INLINE tail_pair exp_piecewise(const float (*table)[8], int degree, vf a, float scale, exp_parts e) {
    const piece p = piecewise_find(table, a, 1, scale, 22);
    /* Both polynomials link by link: one after the other, the processor's window would hold a single chain of each
       block, and gelu take 6 % longer. */
    vf w = piecewise_start(table, degree, p), q = v_set1(exp_p_terms[0]);
    HK_UNROLL
    for (int k = 1; k <= degree - 2; k++) {
        w = v_fma(w, p.u, v_lookup8(table[degree - k], p.i));
        if (k <= EXP_P_DEGREE) q = v_fma(q, e.r, v_set1(exp_p_terms[k]));
    }
    const vf c0 = v_lookup8(table[1], p.i), c = v_fma(p.u, w, c0), h = v_mul(q, e.r), g = v_fma(e.r, h, e.r);
    const vf c_low = v_fma(p.u, w, v_sub(c0, c)), g_low = v_fma(e.r, h, v_sub(e.r, g));
    const vf high = v_fma(c, g, c), low = v_fma(c, g, v_sub(c, high));
    return (tail_pair){high, v_add(low, v_fma(c, g_low, v_fma(c_low, g, c_low))), e.t, e.n};
}

/* gelu(x) = x Phi(x), Phi(-a) = e^(-a^2 / 2) R(a). Far from |x| = 12.5 on, where Phi(-a) nears the subnormals.
   R is not below a half at 0, or the low part, below 0, would make gelu(-2^-149) +0. */
#define HK_GELU_REACH 112.0f
HK_INLINE tail_pair gelu_tail(vf a) {
    const vf half = v_mul(a, v_set1(-0.5f)), m = v_mul(half, a);
    const exp_parts e = exp_reduce_pair(m, v_fms(half, a, m));
    return exp_piecewise(hk_table_normal_tail, 8, a, 1, e);
}
HK_INLINE near_value gelu_near(vf x) {
    const vf a = v_abs(x);
    const tail_pair tail = gelu_tail(a);
    const extent n = v_extent(tail.n);
    const vf as = v_mul(a, exp_pow2(tail.t)), whole = v_max(v_zero(), x);
    const vf y = v_fnma(as, tail.high, whole); /* exceeds whole - as (high + low) by: */
    return (near_value){v_sub(y, v_fma(as, tail.low, v_fma(as, tail.high, v_sub(y, whole)))), n};
}
HK_INLINE vf gelu_far(vf x) {
    const vf a = v_min(v_set1(15.0f), v_abs(x));
    const tail_pair tail = gelu_tail(a);
    const vf y = v_scale(v_neg(v_fma(a, tail.high, v_mul(a, tail.low))), tail.n);
    return v_select(v_lt(v_zero(), x), x, v_select(v_lt(x, v_set1(-14.6f)), v_set1(-0.0f), y));
}

/* softplus(x) = max(x, 0) + log1p(e^-|x|), log1p(e^-a) = e^-a T(a). Far, from |x| = 76 on, e^x is the whole of it
   below, x above; nearer to -87 the low part would be lost. */
#define HK_SOFTPLUS_REACH 110.0f
HK_INLINE near_value softplus_near(vf x) {
    const vf a = v_abs(x), b = v_min(v_set1(17.4f), a);
    const tail_pair tail = exp_piecewise(hk_table_softplus_tail, 7, b, HK_SOFTPLUS_SCALE, exp_reduce_negated(a));
    const extent n = v_extent(tail.n);
    const vf s = exp_pow2(tail.t), high = v_mul(tail.high, s), whole = v_max(v_zero(), x), y = v_add(whole, high);
    const vf larger = v_max(whole, high), smaller = v_min(high, whole);
    return (near_value){v_add(y, v_fma(tail.low, s, v_sub(smaller, v_sub(y, larger)))), n};
}
HK_INLINE vf softplus_far(vf x) { return v_select(v_lt(v_zero(), x), x, exp_far(x)); }

#endif
