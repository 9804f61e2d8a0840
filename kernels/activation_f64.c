/* Elementwise activations in double, composed of SLEEF's functions. */
#include "real_f64.h"

#include "math/f64.h"

#define SIXTH_LOW    0x1.5555555555555p-57
#define SOFTSIGN_ONE 0x1p60
#include "activation_simple.h"

/* num / (1 + e^-(v + v_low)). Below -700, where e^v nears the subnormals, num e^v in two steps that round once. */
HK_INLINE vd logistic(vd num, vd v, vd v_low) {
    const vd one = vd_set1(1), e0 = vd_exp(vd_neg(vd_abs(v)));
    const vd e = vd_fma(e0, vd_select(vd_lt(v, vd_zero()), v_low, vd_neg(v_low)), e0);
    const vd y = vd_div(vd_mul(num, vd_select(vd_lt(v, vd_zero()), e, one)), vd_add(one, e));
    const vdm low = vd_lt(v, vd_set1(-700));
    if (!md_any(low)) return y;
    const vd root = vd_exp(vd_mul(vd_set1(0.5), vd_max(vd_set1(-1500), v)));
    const vd half = vd_fma(root, vd_mul(vd_set1(0.5), v_low), root);
    const vd far = vd_select(vd_lt(v, vd_set1(-1490)), vd_copysign(vd_zero(), num), vd_mul(vd_mul(num, half), half));
    return vd_select(low, far, y);
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
   (Abramowitz and Stegun 7.1.23), the exponential as a square, so that it rounds once. */
HK_INLINE vd gelu_far(vd x) {
    const vd z = vd_max(vd_set1(-40), x), m = vd_mul(z, z), m_low = vd_fms(z, z, m);
    const vd root0 = vd_exp(vd_mul(vd_set1(-0.25), m)), root = vd_fma(root0, vd_mul(vd_set1(-0.25), m_low), root0);
    const vd u = vd_div(vd_set1(1), m);
    static const double terms[] = {10395, -945, 105, -15, 3, -1, 1};
    vd s = vd_set1(-135135);
    for (int i = 0; i < 7; i++) s = vd_fma(s, u, vd_set1(terms[i]));
    return vd_mul(vd_mul(vd_mul(vd_set1(-0x1.9884533d43651p-2), s), root), root);
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

/* See math/mish.h for the formula. */
HK_INLINE vd mish(vd x) {
    const vd w = vd_exp(vd_neg(vd_abs(x))), w2 = vd_add(w, w), two = vd_set1(2);
    const vdm positive = vd_lt(vd_zero(), x);
    const vd num = vd_select(positive, vd_add(vd_set1(1), w2), vd_fma(w, w, w2));
    const vd den = vd_add(num, vd_select(positive, vd_mul(w2, w), two));
    const vd y = vd_mul(x, vd_div(num, den));
    return vd_select(vd_lt(x, vd_set1(-700)), silu(x), y);
}

HK_INLINE vd negative_part(vd x) { return vd_min(vd_zero(), x); }
HK_INLINE vd elu(vd x, vd a) { return vd_select(vd_le(vd_zero(), x), x, vd_mul(a, vd_expm1(negative_part(x)))); }

MAP(elu, elu(x, a))
MAP(selu, vd_mul(b, elu(x, a)))
MAP(celu, vd_select(vd_le(vd_zero(), x), x, vd_mul(a, vd_expm1(negative_part(vd_div(x, a))))))
MAP(tanh, vd_tanh(x))
MAP(softplus, softplus(x))
MAP(exp, vd_exp(x))
MAP(erf, vd_erf(x))
MAP(sigmoid, sigmoid(x))
MAP(silu, silu(x))
MAP(gelu, gelu(x))
MAP(gelu_tanh, gelu_tanh(x))
MAP(mish, mish(x))
