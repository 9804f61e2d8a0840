/* erf in float. Below 3/4 it is x (C + x^2 P(x^2)), C = 2 / sqrt pi a pair (tools/coefficients/erf.sollya, relative
 * error below 2^-31); above, 1 - 2 Phi(-sqrt 2 |x|), where the error of the tail counts for less than half. */
#ifndef HK_MATH_ERF_H
#define HK_MATH_ERF_H

#include "normal_tail.h"

HK_INLINE vf v_erf(vf x) {
    const vf a = v_min(v_set1(4.5f), v_abs(x)); /* from 3.93 on erf rounds to 1 */
    const vf aa = v_mul(a, a);
    vf p = v_fma(v_set1(0x1.572468p-14f), aa, v_set1(-0x1.abca1cp-11f));
    p = v_fma(p, aa, v_set1(0x1.552bbp-8f));
    p = v_fma(p, aa, v_set1(-0x1.b81c08p-6f));
    p = v_fma(p, aa, v_set1(0x1.ce2ebcp-4f));
    p = v_fma(p, aa, v_set1(-0x1.812746p-2f));
    const vf w = v_fma(p, aa, v_set1(-0x1.f7ac92p-25f));
    const vf small = v_fma(a, v_set1(0x1.20dd76p0f), v_mul(a, w));

    const tail_pair tail = normal_tail(v_mul(a, v_set1(0x1.6a09e6p+0f)), v_neg(aa), v_neg(v_fms(a, a, aa)));
    const vf twice = v_mul(v_set1(2.0f), exp_pow2(tail.t));
    const vf large = v_fnma(twice, v_add(tail.high, tail.low), v_set1(1.0f));
    return v_copysign(v_select(v_lt(a, v_set1(0.75f)), small, large), x);
}

#endif
