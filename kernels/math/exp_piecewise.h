/* Functions that fall off as an exponential, e^m T(a) with T piecewise polynomial: the tail of the normal distribution
 * and gelu on it, and softplus. */
#ifndef HK_MATH_EXP_PIECEWISE_H
#define HK_MATH_EXP_PIECEWISE_H

#include "exp.h"
#include "piecewise.h"

/* e^(m + m_low) T(a) = (high + low) 2^n, both factors taken with their rounding errors; `near`: times 2^n already. */
typedef struct {
    vf high, low, n;
    extent n_extent;
} tail_pair;
HK_INLINE tail_pair exp_piecewise(const float (*table)[8], int last, vf a, vf v, vf m, vf m_low, int near) {
    const exp_parts e = exp_reduce_pair(m, m_low);
    const extent n = v_extent(e.n);
    const piece p = piecewise_find(table, a, v, 22);
    const vf w = piecewise_polynomial(table, 2, last, p), c0 = v_lookup8(table[1], p.i), head = v_fma(p.u, w, c0);
    const vf head_low = v_fma(p.u, w, v_sub(c0, head)), s = near ? exp_pow2(e.t) : v_set1(1.0f);
    const vf c = v_mul(head, s), c_low = v_mul(head_low, s);
    /* e^r = 1 + g + g_low */
    const vf h = v_mul(exp_p(e.r), e.r), g = v_fma(e.r, h, e.r), g_low = v_fma(e.r, h, v_sub(e.r, g));
    const vf high = v_fma(c, g, c), low = v_fma(c, g, v_sub(c, high));
    return (tail_pair){high, v_add(low, v_fma(c, g_low, v_fma(c_low, g, c_low))), e.n, n};
}

/* gelu(x) = x Phi(x), Phi(-a) = e^(-a^2 / 2) R(a). Far from |x| = 12.5 on, where Phi(-a) nears the subnormals. */
#define HK_GELU_REACH 112.0f
HK_INLINE tail_pair gelu_tail(vf a, int near) {
    const vf half = v_mul(a, v_set1(-0.5f)), m = v_mul(half, a);
    return exp_piecewise(hk_table_normal_tail, 9, a, v_add(a, v_set1(1.0f)), m, v_fms(half, a, m), near);
}
HK_INLINE near_value gelu_near(vf x) {
    const vf a = v_abs(x);
    const tail_pair tail = gelu_tail(a, 1);
    const vf whole = v_max(v_zero(), x), y = v_fnma(a, tail.high, whole); /* exceeds whole - a (high + low) by: */
    return (near_value){v_sub(y, v_fma(a, tail.low, v_fma(a, tail.high, v_sub(y, whole)))), tail.n_extent};
}
HK_INLINE vf gelu_far(vf x) {
    const vf a = v_min(v_set1(15.0f), v_abs(x));
    const tail_pair tail = gelu_tail(a, 0);
    const vf y = v_scale(v_neg(v_fma(a, tail.high, v_mul(a, tail.low))), tail.n);
    return v_select(v_lt(v_zero(), x), x, v_select(v_lt(x, v_set1(-14.6f)), v_set1(-0.0f), y));
}

/* softplus(x) = max(x, 0) + log1p(e^-|x|), log1p(e^-a) = e^-a T(a). Far, from |x| = 76 on, e^x is the whole of it
   below, x above; nearer to -87 the low part would be lost. */
#define HK_SOFTPLUS_REACH 110.0f
HK_INLINE near_value softplus_near(vf x) {
    const vf a = v_abs(x), b = v_min(v_set1(17.4f), a), v = v_fma(b, v_set1(HK_SOFTPLUS_SCALE), v_set1(1.0f));
    const tail_pair tail = exp_piecewise(hk_table_softplus_tail, 8, b, v, v_neg(a), v_zero(), 1);
    const vf whole = v_max(v_zero(), x), y = v_add(whole, tail.high);
    const vf larger = v_max(whole, tail.high), smaller = v_min(tail.high, whole);
    return (near_value){v_add(y, v_add(v_sub(smaller, v_sub(y, larger)), tail.low)), tail.n_extent};
}
HK_INLINE vf softplus_far(vf x) { return v_select(v_lt(v_zero(), x), x, exp_far(x)); }

#endif
