/* e^x in float, and the pieces of it that other functions build on. Coefficients: tools/coefficients/exp.sollya.
 *
 * x = n ln 2 + r with n integral, |r| <= ln 2 / 2: adding 1.5 * 2^23 rounds x / ln 2 to an integer in the last bits of
 * the sum, and 127 more makes these bits the exponent of 2^n; ln 2 is split so that n * LN2_HIGH is exact. Then
 * e^x = 2^n (1 + r Q(r)). */
#ifndef HK_MATH_EXP_H
#define HK_MATH_EXP_H

#include "../simd/simd.h"

#define HK_ROUND_MAGIC 0x1.8000fep+23f /* 1.5 * 2^23 + 127 */
#define HK_LOG2_E      0x1.715476p+0f
#define HK_LN2_HIGH    0x1.62e4p-1f
#define HK_LN2_LOW     0x1.7f7d1cp-20f
#define HK_LN2_NEAR    0x1.62e43p-1f

typedef struct {
    vf t, n, r;
} exp_parts; /* t holds n + 127 in its last bits */

HK_INLINE exp_parts exp_reduce(vf x) {
    exp_parts p;
    p.t = v_fma(x, v_set1(HK_LOG2_E), v_set1(HK_ROUND_MAGIC));
    p.n = v_sub(p.t, v_set1(HK_ROUND_MAGIC));
    p.r = v_fnma(p.n, v_set1(HK_LN2_LOW), v_fnma(p.n, v_set1(HK_LN2_HIGH), x));
    return p;
}

/* The same for -x. */
HK_INLINE exp_parts exp_reduce_negated(vf x) {
    exp_parts p;
    p.t = v_fma(x, v_set1(-HK_LOG2_E), v_set1(HK_ROUND_MAGIC));
    p.n = v_sub(p.t, v_set1(HK_ROUND_MAGIC));
    p.r = v_fnma(p.n, v_set1(HK_LN2_LOW), v_fms(p.n, v_set1(-HK_LN2_HIGH), x));
    return p;
}

/* The same for x + x_low. */
HK_INLINE exp_parts exp_reduce_pair(vf x, vf x_low) {
    exp_parts p = exp_reduce(x);
    p.r = v_add(v_fnma(p.n, v_set1(HK_LN2_HIGH), x), v_fnma(p.n, v_set1(HK_LN2_LOW), x_low));
    return p;
}

/* The same with the rounding error of r, for results that are to keep it. */
HK_INLINE exp_parts exp_reduce_exact(vf x, vf x_low, vf *r_low) {
    exp_parts p = exp_reduce(x);
    const vf r0 = v_fnma(p.n, v_set1(HK_LN2_HIGH), x), rest = v_fnma(p.n, v_set1(HK_LN2_LOW), x_low);
    p.r = v_add(r0, rest);
    *r_low = v_add(v_sub(r0, p.r), rest);
    return p;
}

/* For -x, likewise. */
HK_INLINE exp_parts exp_reduce_negated_exact(vf x, vf *r_low) {
    exp_parts p = exp_reduce_negated(x);
    const vf r0 = v_fms(p.n, v_set1(-HK_LN2_HIGH), x);
    *r_low = v_fnma(p.n, v_set1(HK_LN2_LOW), v_sub(r0, p.r));
    return p;
}

/* 2^n for -126 <= n <= 127. */
HK_INLINE vf exp_pow2(vf t) { return v_from_bits(vi_shl(v_bits(t), 23)); }

/* Q: (e^r - 1) / r, |r| <= ln 2 / 2, so that 1 + r Q is e^r within 2^-27.3. Of the coefficients near the best those
   that leave silu the smallest error (tools/coefficients/exp_q.c). exp's largest error is at 0x1.f38f02p+3. */
HK_INLINE vf exp_q(vf r) {
    vf q = v_fma(v_set1(0x1.6b989cp-10f), r, v_set1(0x1.125cbp-7f));
    q = v_fma(q, r, v_set1(0x1.555704p-5f));
    q = v_fma(q, r, v_set1(0x1.55545ap-3f));
    q = v_fma(q, r, v_set1(0x1.fffffep-2f));
    return v_fma(q, r, v_set1(1.0f));
}

/* P: ((e^r - 1) / r - 1) / r, so that Q = 1 + r P, within 2^-29.8. Highest power first. */
enum { EXP_P_DEGREE = 5 };
static const float exp_p_terms[EXP_P_DEGREE + 1] = {0x1.a2f978p-13f, 0x1.6d1378p-10f, 0x1.110fb2p-7f,
                                                    0x1.555518p-5f,  0x1.555556p-3f,  0.5f};
HK_INLINE vf exp_p(vf r) {
    vf p = v_set1(exp_p_terms[0]);
    HK_UNROLL
    for (int k = 1; k <= EXP_P_DEGREE; k++) p = v_fma(p, r, v_set1(exp_p_terms[k]));
    return p;
}

/* What a function's near form gives: the result, right where |n| is within the function's reach (MAP_FAR, map.h). */
typedef struct {
    vf y;
    extent n;
} near_value;

/* e^x. Near, 2^n and the result are normal numbers; far takes every x: beyond the clamps the result is 0 or infinity.
 */
#define HK_EXP_REACH 125.0f
HK_INLINE near_value exp_near(vf x) {
    const exp_parts e = exp_reduce(x);
    const extent n = v_extent(e.n);
    const vf s = exp_pow2(e.t);
    return (near_value){v_fma(v_mul(s, e.r), exp_q(e.r), s), n};
}
HK_INLINE vf exp_far(vf x) {
    const exp_parts e = exp_reduce(v_min(v_set1(89.0f), v_max(v_set1(-104.0f), x)));
    return v_scale(v_fma(e.r, exp_q(e.r), v_set1(1.0f)), e.n);
}

/* e^(r + r_low) = p + p_low, p_low the rounding errors of r and of the last step. */
typedef struct {
    vf p, p_low;
} exp_pair;
HK_INLINE exp_pair exp_unscaled(vf r, vf r_low) {
    const vf q = exp_q(r), p = v_fma(r, q, v_set1(1.0f));
    return (exp_pair){p, v_fma(r_low, p, v_fma(r, q, v_sub(v_set1(1.0f), p)))};
}

/* e^x - 1 = high + low for -20 <= x < 0 (below -18 it is -1 in float). ln 2 is a multiple of 2^-25 but for 2^-28.9, and
   so is x from ln 2 / 2 on: with that multiple r is exact, and what n times the difference amounts to is below 0.05
   ULP. s r is exact; s - 1 + s r is added without error (Dekker's fast two-sum: |s - 1| >= |s r| or s = 1). What is
   left is s r times r P. */
typedef struct {
    vf high, low;
} expm1_pair;
HK_INLINE expm1_pair exp_minus_one(vf x) {
    const vf t = v_fma(x, v_set1(HK_LOG2_E), v_set1(HK_ROUND_MAGIC)), n = v_sub(t, v_set1(HK_ROUND_MAGIC));
    const vf r = v_fnma(n, v_set1(HK_LN2_NEAR), x), s = exp_pow2(t), sr = v_mul(s, r);
    const vf a = v_sub(s, v_set1(1.0f)), high = v_add(a, sr), error = v_add(v_sub(a, high), sr);
    return (expm1_pair){high, v_fma(sr, v_mul(r, exp_p(r)), error)};
}

#endif
