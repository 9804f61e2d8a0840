/* log(1 + s) in float for s >= 0. Coefficients: tools/coefficients/log1p.sollya.
 *
 * 1 + s = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt 2; log = k ln 2 + f + f^2 Q(f), Q within 2^-27.6 relative. 1 + s
 * is kept as a pair, so that nothing of a small s is lost. */
#ifndef HK_MATH_LOG1P_H
#define HK_MATH_LOG1P_H

#include "exp.h"

/* log(1 + s + s_low) = high + low. s below 2^30, s_low at most an ulp of s. */
HK_INLINE void log1p_pair(vf s, vf s_low, vf *high, vf *low) {
    const vf one = v_set1(1.0f), larger = v_max(s, one), smaller = v_min(one, s);
    const vf u = v_add(s, one), u_low = v_add(v_sub(smaller, v_sub(u, larger)), s_low);
    const vi bits = v_bits(u), k = vi_sar(vi_sub(bits, vi_set1(0x3f3504f3)), 23), shift = vi_shl(k, 23);
    const vm whole = vi_lt(k, vi_set1(1)); /* k = 0: f is s itself */
    const vf f = v_select(whole, s, v_sub(v_from_bits(vi_sub(bits, shift)), one));
    const vf scaled_low = v_mul(u_low, v_from_bits(vi_sub(vi_set1(0x3f800000), shift)));
    const vf f_low = v_select(whole, s_low, scaled_low);
    const vf n = v_sub(v_from_bits(vi_add(v_bits(v_set1(HK_ROUND_MAGIC)), k)), v_set1(HK_ROUND_MAGIC));
    vf q = v_fma(v_set1(0x1.2ce14ep-4f), f, v_set1(-0x1.de242ep-4f));
    q = v_fma(q, f, v_set1(0x1.dc977p-4f));
    q = v_fma(q, f, v_set1(-0x1.fbb328p-4f));
    q = v_fma(q, f, v_set1(0x1.23dc42p-3f));
    q = v_fma(q, f, v_set1(-0x1.5562aep-3f));
    q = v_fma(q, f, v_set1(0x1.999d36p-3f));
    q = v_fma(q, f, v_set1(-0x1.ffffe6p-3f));
    q = v_fma(q, f, v_set1(0x1.555554p-2f));
    q = v_fma(q, f, v_set1(-0.5f));
    const vf base = v_mul(n, v_set1(HK_LN2_HIGH)), h = v_add(base, f), error = v_add(v_sub(base, h), f);
    /* d log / d f = 1 / (1 + f), about 1 - f + f^2 */
    const vf slope = v_fma(f, v_sub(f, one), one), rest = v_fma(v_mul(f, f), q, v_mul(f_low, slope));
    *high = h;
    *low = v_add(error, v_fma(n, v_set1(HK_LN2_LOW), rest));
}

#endif
