/* Elementwise activations in double, composed of SLEEF's functions. */
#include "real_f64.h"

#include "math/f64.h"

#define SIXTH_LOW    0x1.5555555555555p-57
#define SOFTSIGN_ONE 0x1p60
#include "activation_simple.h"

/* num e^v below -700, where that nears the subnormals: 2^432 times too large until the end, so that it rounds once
   there. The constant is 2^432 e^-300. */
HK_INLINE vd logistic_far(vd num, vd v, vd v_low) {
    const vd c = vd_set1(0x1.245639c3a49f7p-1), c_low = vd_set1(0x1.2f081eb716d99p-55);
    const vd e = vd_exp(vd_add(vd_max(vd_set1(-1500), v), vd_set1(300)));
    const vd y = vd_mul(vd_mul(num, vd_mul(e, vd_add(c, vd_fma(c, v_low, c_low)))), vd_set1(0x1p-432));
    return vd_select(vd_lt(v, vd_set1(-1490)), vd_copysign(vd_zero(), num), y);
}
/* num / (1 + e^-(v + v_low)): numerator and denominator are pairs, and the quotient's excess is taken off, with that
   sign, so that -0 stays -0. From 40 on it is num. */
HK_INLINE vd logistic(vd num, vd v, vd v_low) {
    const vd one = vd_set1(1), e0 = vd_exp(vd_neg(vd_abs(v)));
    const vdm negative = vd_lt(v, vd_zero());
    const vd e = vd_fma(e0, vd_select(negative, v_low, vd_neg(v_low)), e0), factor = vd_select(negative, e, one);
    const vd n = vd_mul(num, factor), n_low = vd_fms(num, factor, n);
    const vd d = vd_add(one, e), d_low = vd_add(vd_sub(one, d), e), inverse = vd_div(one, d), q = vd_mul(n, inverse);
    const vd excess = vd_fma(q, d_low, vd_sub(vd_fms(q, d, n), n_low));
    const vd y = vd_select(vd_lt(vd_set1(40), v), num, vd_fnma(excess, inverse, q));
    const vdm low = vd_lt(v, vd_set1(-700));
    return md_any(low) ? vd_select(low, logistic_far(num, v, v_low), y) : y;
}
HK_INLINE vd sigmoid(vd x) { return logistic(vd_set1(1), x, vd_zero()); }
HK_INLINE vd silu(vd x) { return logistic(x, x, vd_zero()); }

/* As math/logistic.h has it for float; from |x| = 32 on, where e^-v is nothing, the low part is left out. */
HK_INLINE vd gelu_tanh(vd x) {
    const vd c1 = vd_set1(0x1.9884533d43651p+0), c1_low = vd_set1(-0x1.cbc0d30ebfd15p-54);
    const vd c3 = vd_set1(0x1.2444f2a4d8b4bp-4), c3_low = vd_set1(-0x1.6c843a29d1c70p-61);
    const vd bounded = vd_min(vd_set1(32), vd_max(vd_set1(-32), x));
    const vd xx = vd_mul(bounded, bounded), xx_low = vd_fms(bounded, bounded, xx), cubic = vd_mul(c3, xx);
    const vd cubic_low = vd_fma(c3, xx_low, vd_fma(c3_low, xx, vd_fms(c3, xx, cubic)));
    vd w_error;
    const vd w = vd_two_sum(c1, cubic, &w_error), w_low = vd_add(w_error, vd_add(c1_low, cubic_low));
    const vd v = vd_mul(bounded, w);
    return logistic(x, v, vd_fma(bounded, w_low, vd_fms(bounded, w, v)));
}

/* Below -37, where results near the subnormals: -e^(-x^2 / 2) / sqrt(2 pi) times the asymptotic series in 1 / x^2
   (Abramowitz and Stegun 7.1.23), all of it 2^300 times too large until the end, so that a subnormal result rounds
   once. The constant is -2^300 e^-200 / sqrt(2 pi). */
HK_INLINE vd gelu_far(vd x) {
    const vd z = vd_max(vd_set1(-40), x), m = vd_mul(z, z), m_low = vd_fms(z, z, m);
    const vd e = vd_exp(vd_fma(vd_set1(-0.5), m, vd_set1(200))), e_low = vd_mul(vd_set1(-0.5), m_low);
    const vd u = vd_div(vd_set1(1), m), c = vd_set1(-0x1.1928c553065a4p+10), c_low = vd_set1(0x1.3a34c1f076b84p-44);
    static const double terms[] = {10395, -945, 105, -15, 3, -1, 0};
    vd s = vd_set1(-135135);
    for (int i = 0; i < 7; i++) s = vd_fma(s, u, vd_set1(terms[i]));
    const vd more = vd_add(vd_fma(s, e_low, s), e_low); /* (1 + s) (1 + e_low) - 1 */
    return vd_mul(vd_mul(e, vd_add(c, vd_fma(c, more, c_low))), vd_set1(0x1p-300));
}

/* x erfc(-x / sqrt 2) / 2. The rounding of the argument, magnified by x^2 in the left tail, is put back with the
   derivative of erfc, -2 / sqrt pi e^-(a^2). */
HK_INLINE vd gelu(vd x) {
    const vd c = vd_set1(0x1.6a09e667f3bcdp-1), c_low = vd_set1(-0x1.bdd3413b26456p-55);
    const vd z = vd_neg(vd_max(vd_set1(-40), x)), bounded = vd_min(vd_set1(40), z);
    const vd a = vd_mul(bounded, c), a_low = vd_fma(bounded, c_low, vd_fms(bounded, c, a));
    const vd slope = vd_mul(vd_set1(0x1.20dd750429b6dp+0), vd_exp(vd_neg(vd_mul(a, a))));
    vd y = vd_mul(vd_mul(vd_set1(0.5), x), vd_fnma(slope, a_low, vd_erfc(a)));
    const vdm low = vd_lt(x, vd_set1(-37));
    if (md_any(low)) y = vd_select(low, gelu_far(x), y);
    return vd_select(vd_lt(x, vd_set1(-39)), vd_set1(-0.0), vd_select(vd_lt(vd_set1(39), x), x, y));
}

HK_INLINE vd softplus(vd x) {
    const vd tail = vd_log1p(vd_exp(vd_neg(vd_abs(x))));
    return vd_add(vd_max(vd_zero(), x), tail);
}

/* See math/mish.h for the formula: numerator and denominator are pairs, and the quotient's remainder is put back,
   but for that of large x, which is 0. */
HK_INLINE vd mish(vd x) {
    const vd w = vd_exp(vd_neg(vd_abs(x))), w2 = vd_add(w, w), ww = vd_mul(w, w);
    const vdm positive = vd_lt(vd_zero(), x);
    vd num_low, den_low;
    const vd num = vd_two_sum(vd_select(positive, vd_set1(1), w2), vd_select(positive, w2, ww), &num_low);
    const vd den = vd_two_sum(num, vd_select(positive, vd_add(ww, ww), vd_set1(2)), &den_low);
    const vd inverse = vd_div(vd_set1(1), den), q = vd_mul(num, inverse);
    const vd rest = vd_fnma(q, vd_add(den_low, num_low), vd_add(vd_fnma(q, den, num), num_low));
    const vd y = vd_fma(x, q, vd_mul(vd_min(vd_set1(100), x), vd_mul(rest, inverse)));
    return vd_select(vd_lt(x, vd_set1(-700)), silu(x), vd_copysign(y, x));
}

/* SLEEF's exp is infinite from 709.7827111 on, before e^x is: there e^x is 2 e^(x - ln 2), x less the leading bits of
   ln 2 being exact. */
HK_INLINE vd exponential(vd x) {
    const vd y = vd_exp(x);
    const vdm high = vd_lt(vd_set1(709.78), x);
    if (!md_any(high)) return y;
    const vd e = vd_exp(vd_min(vd_set1(709.5), vd_sub(x, vd_set1(0x1.62e42fefa38p-1))));
    return vd_select(high, vd_mul(vd_set1(2), vd_fnma(e, vd_set1(0x1.ef35793c7673p-45), e)), y);
}

HK_INLINE vd negative_part(vd x) { return vd_min(vd_zero(), x); }
HK_INLINE vd elu(vd x, vd a) { return vd_select(vd_le(vd_zero(), x), x, vd_mul(a, vd_expm1(negative_part(x)))); }

/* As in float: see activation_f32.c. */
HK_INLINE vd celu(vd x, vd a) {
    const vd q = vd_div(x, a), rest = vd_select(vd_lt(vd_set1(-40), q), vd_fnma(q, a, x), vd_zero());
    const vd e = vd_expm1(negative_part(q)), y = vd_fma(a, e, vd_mul(rest, vd_add(e, vd_set1(1))));
    return vd_select(vd_le(vd_zero(), x), x, y);
}

MAP(elu, elu(x, a))
MAP(selu, vd_mul(b, elu(x, a)))
MAP(celu, celu(x, a))
MAP(tanh, vd_tanh(x))
MAP(softplus, softplus(x))
MAP(exp, exponential(x))
MAP(erf, vd_erf(x))
MAP(sigmoid, sigmoid(x))
MAP(silu, silu(x))
MAP(gelu, gelu(x))
MAP(gelu_tanh, gelu_tanh(x))
MAP(mish, mish(x))
