/* The tail of the normal distribution, Phi(-a) = e^(-a^2 / 2) R(a), and gelu and erf on it, in float.
 * Table: tools/coefficients/normal_tail.sollya; R is a polynomial of degree 8 in a - centre on each of eight intervals,
 * relative error below 2^-27.9, its constant term a pair. */
#ifndef HK_MATH_NORMAL_TAIL_H
#define HK_MATH_NORMAL_TAIL_H

#include "exp.h"

/* Rows: centre, c0, low part of c0, c1 to c8. Columns: the interval whose a + 1 has bits >> 22 = column modulo 8, that
   is [1,2) [2,3) [3,5) [5,7) [7,11) [11,15) [0,.5) [.5,1). */
static const float hk_normal_tail[11][8] = {
    {0x1.8p0f, 0x1.4p1f, 0x1p2f, 0x1.8p2f, 0x1.2p3f, 0x1.ap3f, 0x1p-2f, 0x1.8p-1f},
    {0x1.a57056p-3f, 0x1.217252p-3f, 0x1.82b4bcp-4f, 0x1.095608p-4f, 0x1.66ccb8p-5f, 0x1.f3ddc2p-6f, 0x1.a7f808p-2f,
     0x1.337024p-2f},
    {-0x1.a8a9d8p-29f, 0x1.8b338p-30f, -0x1.d22a58p-30f, 0x1.8f364cp-29f, -0x1.191988p-31f, 0x1.7a4738p-32f,
     0x1.6a57cp-30f, -0x1.087c5p-27f},
    {-0x1.71c04cp-4f, -0x1.75ab64p-5f, -0x1.5cf97ap-6f, -0x1.5068c2p-7f, -0x1.37812p-8f, -0x1.3012a8p-9f,
     -0x1.2e8652p-2f, -0x1.63e072p-3f},
    {0x1.20403ap-5f, 0x1.bf399ep-7f, 0x1.2dda06p-8f, 0x1.a0eee4p-10f, 0x1.0b6e06p-11f, 0x1.6fdc4p-13f, 0x1.5c5676p-3f,
     0x1.5bf7f4p-4f},
    {-0x1.9980bcp-7f, -0x1.f6277p-9f, -0x1.f6a73ep-11f, -0x1.f9cd3ap-13f, -0x1.c63e4ap-15f, -0x1.ba91f4p-17f,
     -0x1.594e2ep-4f, -0x1.2c838p-5f},
    {0x1.0d5faep-8f, 0x1.0ac1d6p-10f, 0x1.943c2cp-13f, 0x1.2cab8ap-15f, 0x1.7db8bap-18f, 0x1.08c6b6p-20f,
     0x1.31292cp-5f, 0x1.d686aep-7f},
    {-0x1.4bc458p-10f, -0x1.0ddf6p-12f, -0x1.3a57fcp-15f, -0x1.5e6efcp-18f, -0x1.3c7c86p-21f, -0x1.3ad72cp-24f,
     -0x1.ec7186p-7f, -0x1.549ceap-8f},
    {0x1.82772ap-12f, 0x1.058288p-14f, 0x1.dbfa44p-18f, 0x1.91747cp-21f, 0x1.04ac4ap-24f, 0x1.74b21p-28f, 0x1.70d44p-8f,
     0x1.ce6decp-10f},
    {-0x1.bbb5f8p-14f, -0x1.f30034p-17f, -0x1.77ada2p-20f, -0x1.d87dcap-24f, -0x1.d454eap-28f, -0x1.cdae8ep-32f,
     -0x1.c082cep-10f, -0x1.ca7c0ep-12f},
    {0x1.cbcc98p-16f, 0x1.b9e01p-19f, 0x1.09f6dcp-22f, 0x1.041636p-26f, 0x1.79f04ap-31f, 0x1.0ee24p-35f,
     0x1.21264ap-12f, 0x1.e2b6ep-17f},
};

/* Phi(-a) = (high + low) 2^n for 0 <= a <= 15, the exponent -a^2 / 2 given as m + m_low. */
typedef struct {
    vf high, low, t, n;
} tail_pair;
HK_INLINE tail_pair normal_tail(vf a, vf m, vf m_low) {
    vf r_low;
    const exp_parts e = exp_reduce_exact(m, m_low, &r_low);
    const vf r = e.r;
    /* e^r = p + p_low */
    const vf one = v_set1(1.0f), v = v_mul(exp_p(r), r), head = v_add(one, r), p = v_fma(r, v, head);
    const vf p_low = v_fma(r_low, p, v_fma(r, v, v_sub(r, v_sub(p, one))));
    /* R = c + c_low */
    const vi i = vi_shr(v_bits(v_add(a, one)), 22);
    const vf u = v_sub(a, v_lookup8(hk_normal_tail[0], i));
    vf w = v_lookup8(hk_normal_tail[10], i);
    HK_UNROLL
    for (int k = 9; k >= 3; k--) w = v_fma(w, u, v_lookup8(hk_normal_tail[k], i));
    w = v_fma(u, w, v_lookup8(hk_normal_tail[2], i));
    const vf c0 = v_lookup8(hk_normal_tail[1], i), c = v_add(c0, w), c_low = v_add(v_sub(c0, c), w);
    const vf high = v_mul(p, c);
    return (tail_pair){high, v_fma(p_low, c, v_fma(p, c_low, v_fms(p, c, high))), e.t, e.n};
}

/* gelu(x) = x Phi(x). Far from |x| = 12.5 on, where Phi(-a) nears the subnormals. */
#define HK_GELU_NEAR 12.5f
HK_INLINE tail_pair gelu_tail(vf x) {
    const vf a = v_min(v_set1(15.0f), v_abs(x)), half = v_mul(a, v_set1(-0.5f)), m = v_mul(half, a);
    return normal_tail(a, m, v_fms(half, a, m));
}
HK_INLINE vf gelu_near(vf x) {
    const tail_pair tail = gelu_tail(x);
    const vf s = exp_pow2(tail.t), high = v_mul(tail.high, s), low = v_mul(tail.low, s), one = v_set1(1.0f);
    const vf rest = v_sub(one, high), rest_low = v_sub(v_sub(v_sub(one, rest), high), low); /* Phi(x) for x > 0 */
    const vm positive = v_lt(v_zero(), x);
    const vf phi = v_select(positive, rest, high), phi_low = v_select(positive, rest_low, low);
    return v_fma(x, phi, v_mul(x, phi_low));
}
HK_INLINE vf gelu_far(vf x) {
    const tail_pair tail = gelu_tail(x);
    const vf limited = v_max(v_set1(-15.0f), x);
    const vf y = v_scale(v_fma(limited, tail.high, v_mul(limited, tail.low)), tail.n);
    return v_select(v_lt(v_zero(), x), x, v_select(v_lt(x, v_set1(-14.6f)), v_set1(-0.0f), y));
}

#endif
