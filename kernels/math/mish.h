/* mish in float: x tanh(log(1 + e^x)) = x N / D. With w = e^-|x|: for x <= 0 N = w^2 + 2 w, D = N + 2; for x > 0
 * N = 1 + 2 w, D = N + 2 w^2. So N = u^2 + 2 w and D = N + 2 b^2 with u, b = w, 1 or 1, w. N, D and the quotient are
 * pairs. */
#ifndef HK_MATH_MISH_H
#define HK_MATH_MISH_H

#include "logistic.h"

HK_INLINE near_value mish_near(vf x) {
    vf r_low;
    const exp_parts parts = exp_reduce_negated_exact(v_abs(x), &r_low);
    const exp_pair e = exp_unscaled(parts.r, r_low);
    const extent n = v_extent(parts.n);
    const vf one = v_set1(1.0f), two = v_set1(2.0f), s = exp_pow2(parts.t);
    const vm positive = v_lt(v_zero(), x);
    const vf w = v_mul(e.p, s), w_low = v_mul(e.p_low, s), w2 = v_add(w, w);
    const vf u = v_select(positive, one, w), num = v_fma(u, u, w2);
    const vf num_slope = v_select(positive, two, v_add(w2, two)); /* d N / d w */
    const vf num_low = v_fma(w_low, num_slope, v_fma(u, u, v_sub(w2, num)));
    /* what D's rounding loses, from its larger part: 2 + N or N + 2 w w */
    const vf b = v_select(positive, w, one), b2 = v_add(b, b), d = v_fma(b, b2, num);
    const vf larger = v_select(positive, num, two), factor = v_select(positive, w2, one);
    const vf rounding = v_fma(v_select(positive, w, num), factor, v_sub(larger, d));
    const vf slope = v_select(positive, v_add(w2, w2), v_zero()); /* d D / d w - d N / d w */
    const vf d_low = v_add(v_fma(w_low, slope, num_low), rounding);
    const quotient_parts q = v_quotient_parts(num, num_low, d, d_low);
    return (near_value){v_copysign(v_fms(x, q.y, v_mul(x, v_mul(q.excess, q.inverse))), x), n};
}
/* Far, from |x| = 60 on, mish is x e^x or x, as silu is; nearer to -87 the low part of w would be lost. */
#define HK_MISH_REACH 86.0f
HK_INLINE vf mish_far(vf x) { return silu_far(x); }

#endif
