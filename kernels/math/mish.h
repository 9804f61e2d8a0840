/* mish in float: x tanh(log(1 + e^x)) = x N / D. With w = e^-|x|: for x <= 0 N = w^2 + 2 w, D = N + 2; for x > 0
 * N = 1 + 2 w, D = N + 2 w^2. N, D and the quotient are pairs. */
#ifndef HK_MATH_MISH_H
#define HK_MATH_MISH_H

#include "logistic.h"

HK_INLINE near_value mish_near(vf x) {
    const exp_pair e = exp_unscaled(v_neg(v_abs(x)), v_zero());
    const extent n = v_extent(e.n);
    const vf one = v_set1(1.0f), two = v_set1(2.0f), s = exp_pow2(e.t);
    const vf w = v_mul(e.p, s), w_low = v_mul(e.p_low, s), w2 = v_add(w, w);
    /* x <= 0 */
    const vf n0 = v_fma(w, w, w2), n0_low = v_fma(w_low, v_add(w2, two), v_fma(w, w, v_sub(w2, n0)));
    const vf d0 = v_add(two, n0), d0_low = v_add(v_add(v_sub(two, d0), n0), n0_low);
    /* x > 0 */
    const vf n1 = v_add(one, w2), n1_low = v_fma(two, w_low, v_add(v_sub(one, n1), w2));
    const vf d1 = v_fma(w2, w, n1);
    const vf d1_low = v_add(v_fma(w2, w, v_sub(n1, d1)), v_fma(v_add(w2, w2), w_low, n1_low));

    const vm positive = v_lt(v_zero(), x);
    const vf num = v_select(positive, n1, n0), num_low = v_select(positive, n1_low, n0_low);
    const vf den = v_select(positive, d1, d0), den_low = v_select(positive, d1_low, d0_low);
    const quotient_parts q = v_quotient_parts(num, num_low, den, den_low);
    return (near_value){v_copysign(v_fms(x, q.y, v_mul(x, v_mul(q.excess, q.inverse))), x), n};
}
/* Far, from |x| = 60 on, mish is x e^x or x, as silu is; nearer to -87 the low part of w would be lost. */
#define HK_MISH_REACH 86.0f
HK_INLINE vf mish_far(vf x) { return silu_far(x); }

#endif
