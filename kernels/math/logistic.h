/* num / (1 + e^-v) in float, v = v_high + v_low: sigmoid with num = 1, silu with num = v.
 *
 * Near: with s = 2^n the denominator is 1 + s + s r Q; it is kept as a pair, and the quotient is corrected by its
 * remainder. Far (|v| > 87, where s would leave the normal range): e^v is the whole of it below, num above. */
#ifndef HK_MATH_LOGISTIC_H
#define HK_MATH_LOGISTIC_H

#include "exp.h"

#define HK_LOGISTIC_NEAR 87.0f

/* (num + num_low) / (d + d_low) = y - excess * inverse for d of moderate size; the remainder is taken with its sign
   turned, so that -0 stays -0. */
typedef struct {
    vf y, excess, inverse;
} quotient_parts;
HK_INLINE quotient_parts v_quotient_parts(vf num, vf num_low, vf d, vf d_low) {
    const vf inverse = v_div(v_set1(1.0f), d), y = v_mul(num, inverse);
    return (quotient_parts){y, v_fma(y, d_low, v_sub(v_fms(y, d, num), num_low)), inverse};
}
HK_INLINE vf v_quotient(vf num, vf num_low, vf d, vf d_low) {
    const quotient_parts q = v_quotient_parts(num, num_low, d, d_low);
    return v_fnma(q.excess, q.inverse, q.y);
}

HK_INLINE vf logistic_near(vf num, vf v) {
    const exp_parts e = exp_reduce(v_neg(v));
    const vf one = v_set1(1.0f), s = exp_pow2(e.t), sr = v_mul(s, e.r), q = v_fma(e.r, exp_p(e.r), one);
    const vf d = v_fma(sr, q, v_add(one, s));
    const vf d_low = v_fma(sr, q, v_sub(v_min(s, one), v_sub(d, v_max(s, one))));
    return v_quotient(num, v_zero(), d, d_low);
}
/* The same for v + v_low, and closer: the rounding of r is carried along, and so is that of 1 + s + s r, from which
   only the small s r (Q - 1) is left to add. */
HK_INLINE vf logistic_near_pair(vf num, vf v, vf v_low) {
    vf r_low;
    const exp_parts e = exp_reduce_exact(v_neg(v), v_neg(v_low), &r_low);
    const vf one = v_set1(1.0f), s = exp_pow2(e.t), sr = v_mul(s, e.r), u = v_mul(e.r, exp_p(e.r));
    const vf a = v_add(one, s), a_low = v_sub(v_min(s, one), v_sub(a, v_max(s, one)));
    const vf head = v_add(a, sr), head_low = v_add(v_add(v_sub(a, head), sr), a_low);
    const vf d = v_fma(sr, u, head), d_low = v_add(v_fma(sr, u, v_sub(head, d)), head_low);
    return v_quotient(num, v_zero(), d, v_fma(v_sub(d, one), r_low, d_low));
}

HK_INLINE vf logistic_far(vf num, vf v_high, vf v_low) {
    const exp_pair e = exp_unscaled(v_min(v_set1(104.0f), v_max(v_set1(-120.0f), v_high)), v_low);
    const vf w = v_mul(num, e.p), w_low = v_fma(num, e.p_low, v_fms(num, e.p, w));
    vf y = v_scale(v_add(w, w_low), e.n);
    y = v_select(v_lt(v_high, v_set1(-119.0f)), v_copysign(v_zero(), num), y);
    return v_select(v_lt(v_zero(), v_high), num, y);
}

HK_INLINE vf sigmoid_near(vf x) { return logistic_near(v_set1(1.0f), x); }
HK_INLINE vf sigmoid_far(vf x) { return logistic_far(v_set1(1.0f), x, v_zero()); }
HK_INLINE vf silu_near(vf x) { return logistic_near(x, x); }
HK_INLINE vf silu_far(vf x) { return logistic_far(x, x, v_zero()); }

/* gelu in its tanh form is x / (1 + e^-v), v = 2 sqrt(2 / pi) (x + 0.044715 x^3): since e^v magnifies the error of v by
   v, v is a pair. Far from |x| = 9.9 on, where v is 85. */
#define HK_GELU_TANH_NEAR 9.9f
HK_INLINE void gelu_tanh_argument(vf x, vf *v_high, vf *v_low) {
    const vf c1 = v_set1(0x1.988454p+0f), c1_low = v_set1(-0x1.857936p-25f);
    const vf c3 = v_set1(0x1.2444f2p-4f), c3_low = v_set1(0x1.49b16ap-29f);
    const vf xx = v_mul(x, x), xx_low = v_fms(x, x, xx), cubic = v_mul(c3, xx);
    const vf cubic_low = v_fma(c3, xx_low, v_fma(c3_low, xx, v_fms(c3, xx, cubic)));
    vf w_error;
    const vf w = v_two_sum(c1, cubic, &w_error);
    const vf w_low = v_add(v_add(w_error, c1_low), cubic_low);
    *v_high = v_mul(x, w);
    *v_low = v_fma(x, w_low, v_fms(x, w, *v_high));
}
HK_INLINE vf gelu_tanh_near(vf x) {
    vf v, v_low;
    gelu_tanh_argument(x, &v, &v_low);
    return logistic_near_pair(x, v, v_low);
}
HK_INLINE vf gelu_tanh_far(vf x) {
    vf v, v_low;
    gelu_tanh_argument(x, &v, &v_low);
    return logistic_far(x, v, v_low);
}

#endif
