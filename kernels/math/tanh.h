/* tanh in float: (1 - E) / (1 + E) with E = e^(-2 |x|) = s (1 + r Q), so that 1 - E = (1 - s) - s r - s r (Q - 1) keeps
 * its relative accuracy near 0. Both sums and the quotient are pairs. */
#ifndef HK_MATH_TANH_H
#define HK_MATH_TANH_H

#include "logistic.h"

/* From 8.49 to 9.01 tanh rounds to the float below 1, as at 8.49, from there on to 1; beyond 8.5 1 - s would round. */
#define HK_TANH_LAST 8.49f
#define HK_TANH_ONE  9.01f

HK_INLINE vf v_tanh(vf x) {
    const vf a = v_abs(x), z = v_min(v_set1(HK_TANH_LAST), a), one = v_set1(1.0f), two = v_set1(2.0f);
    const exp_parts e = exp_reduce(v_mul(v_set1(-2.0f), z));
    const vf u = v_mul(exp_p(e.r), e.r); /* Q - 1 */
    const vf s = exp_pow2(e.t), sr = v_mul(s, e.r), c = v_sub(one, s), head = v_sub(c, sr);
    const vf num = v_fnma(sr, u, head);
    const vf num_low = v_add(v_fnma(sr, u, v_sub(head, num)), v_sub(v_sub(c, head), sr));
    const vf den = v_sub(two, num), den_low = v_sub(v_sub(v_sub(two, den), num), num_low);
    const vf y = v_quotient(num, num_low, den, den_low);
    return v_copysign(v_select(v_lt(v_set1(HK_TANH_ONE), a), one, y), x);
}

#endif
