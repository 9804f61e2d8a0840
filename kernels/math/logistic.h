/* num / (1 + e^-v) in float, v = v_high + v_low: sigmoid with num = 1, silu with num = v.
 *
 * Near: with s = 2^n the denominator is 1 + s + s r Q; it is kept as a pair, and the quotient is corrected by its
 * remainder. Far, where s would leave the normal range: e^v is the whole of it below, num above. */
#ifndef HK_MATH_LOGISTIC_H
#define HK_MATH_LOGISTIC_H

#include "exp.h"
#include "quotient.h"

#define HK_LOGISTIC_REACH 125.0f

/* 1 + e^-x = d + d_low. d - s is exact for s >= 2^-24, and 1 - (d - s) for s <= 2^25; beyond, what is lost is a quarter
   of an ulp of d at most. */
typedef struct {
    vf d, d_low;
    extent n;
} logistic_denominator;
HK_INLINE logistic_denominator logistic_sum(exp_parts e) {
    const vf q = exp_q(e.r), one = v_set1(1.0f), s = exp_pow2(e.t), sr = v_mul(s, e.r), d = v_fma(sr, q, v_add(one, s));
    const extent n = v_extent(e.n);
    return (logistic_denominator){d, v_fma(sr, q, v_sub(one, v_sub(d, s))), n};
}
/* The same, closer: nothing of 1 + s is lost where s is above 2^24, and Q is good to 2^-29. */
HK_INLINE logistic_denominator logistic_sum_closer(exp_parts e) {
    const extent n = v_extent(e.n);
    const vf one = v_set1(1.0f), s = exp_pow2(e.t), sr = v_mul(s, e.r), q = v_fma(e.r, exp_p(e.r), one);
    const vf a = v_add(one, s), a_low = v_sub(one, v_sub(a, s)), d = v_fma(sr, q, a);
    return (logistic_denominator){d, v_add(v_fma(sr, q, v_sub(a, d)), a_low), n};
}
HK_INLINE near_value sigmoid_near(vf x) {
    const logistic_denominator s = logistic_sum(exp_reduce_negated(x));
    return (near_value){v_corrected_reciprocal(s.d, s.d_low), s.n};
}
HK_INLINE near_value silu_near(vf x) {
    const logistic_denominator s = logistic_sum(exp_reduce_negated(x));
    return (near_value){v_quotient(x, v_zero(), s.d, s.d_low), s.n};
}

/* At most 3 ULP: the roundings of the denominator are let go. */
HK_INLINE near_value sigmoid_fast(vf x) {
    const exp_parts e = exp_reduce_negated(x);
    const extent n = v_extent(e.n);
    const vf one = v_set1(1.0f), s = exp_pow2(e.t), d = v_fma(v_mul(s, e.r), exp_q(e.r), v_add(one, s));
    const vf y = v_reciprocal_start(d), excess = v_fms(y, d, one);
    return (near_value){v_fnma(v_fnma(excess, excess, excess), y, y), n};
}
HK_INLINE near_value silu_fast(vf x) {
    const near_value s = sigmoid_fast(x);
    return (near_value){v_mul(x, s.y), s.n};
}

HK_INLINE vf logistic_far(vf num, vf v_high, vf v_low) {
    vf r_low;
    const exp_parts parts = exp_reduce_exact(v_min(v_set1(104.0f), v_max(v_set1(-120.0f), v_high)), v_low, &r_low);
    const exp_pair e = exp_unscaled(parts.r, r_low);
    const vf w = v_mul(num, e.p), w_low = v_fma(num, e.p_low, v_fms(num, e.p, w));
    vf y = v_scale(v_add(w, w_low), parts.n);
    y = v_select(v_lt(v_high, v_set1(-119.0f)), v_copysign(v_zero(), num), y);
    return v_select(v_lt(v_zero(), v_high), num, y);
}

HK_INLINE vf sigmoid_far(vf x) { return logistic_far(v_set1(1.0f), x, v_zero()); }
HK_INLINE vf silu_far(vf x) { return logistic_far(x, x, v_zero()); }

/* gelu in its tanh form is x / (1 + e^-v), v = 2 sqrt(2 / pi) (x + 0.044715 x^3): since e^v magnifies the error of v by
   v, v is a pair. Far from |x| = 9.9 on. */
#define HK_GELU_TANH_REACH 122.0f
HK_INLINE void gelu_tanh_exponent(vf x, vf *high, vf *low) {                /* -v */
    const vf c1 = v_set1(-0x1.9884p+0f), c1_low = v_set1(-0x1.4cf50ep-18f); /* so short that w - c1 is exact */
    const vf c3 = v_set1(-0x1.2444f2p-4f), c3_low = v_set1(-0x1.49b16ap-29f);
    const vf xx = v_mul(x, x), xx_low = v_fms(x, x, xx), cubic = v_mul(c3, xx);
    const vf cubic_low = v_fma(c3, xx_low, v_fma(c3_low, xx, v_fms(c3, xx, cubic)));
    const vf w = v_add(c1, cubic), w_error = v_sub(cubic, v_sub(w, c1));
    *high = v_mul(x, w);
    *low = v_fma(x, v_add(v_add(w_error, c1_low), cubic_low), v_fms(x, w, *high));
}
HK_INLINE near_value gelu_tanh_near(vf x) {
    vf m, m_low;
    gelu_tanh_exponent(x, &m, &m_low);
    const logistic_denominator s = logistic_sum_closer(exp_reduce_pair(m, m_low));
    return (near_value){v_quotient(x, v_zero(), s.d, s.d_low), s.n};
}
HK_INLINE vf gelu_tanh_far(vf x) {
    vf m, m_low;
    gelu_tanh_exponent(x, &m, &m_low);
    return logistic_far(x, v_neg(m), v_neg(m_low));
}

#endif
