/* Elementwise activations in float. */
#include "real_f32.h"

#include "math/erf.h"
#include "math/log1p.h"
#include "math/logistic.h"
#include "math/mish.h"
#include "math/tanh.h"

#define SIXTH_LOW    -0x1.555556p-28f
#define SOFTSIGN_ONE 0x1p30f
#include "activation_simple.h"

/* c (e^(x + x_low) - 1) for x <= 0, c = c_high + c_low. */
HK_INLINE vf scaled_expm1(vf x, vf x_low, vf c, vf c_low) {
    vf high, low;
    expm1_pair(v_max(v_set1(-20.0f), v_min(v_zero(), x)), x_low, &high, &low);
    const vf y = v_mul(c, high);
    return v_add(y, v_fma(c_low, high, v_fma(c, low, v_fms(c, high, y))));
}
/* -0 takes the first branch, which keeps its sign. */
HK_INLINE vf elu(vf x, vf a) { return v_select(v_le(v_zero(), x), x, scaled_expm1(x, v_zero(), a, v_zero())); }
HK_INLINE vf selu(vf x, vf a, vf b) {
    const vf c = v_mul(a, b), c_low = v_fms(a, b, c);
    return v_select(v_le(v_zero(), x), v_mul(b, x), scaled_expm1(x, v_zero(), c, c_low));
}
HK_INLINE vf celu(vf x, vf a) {
    const vf q = v_div(x, a), rest = v_div(v_fnma(q, a, x), a);
    const vf q_low =
        v_select(v_lt(v_set1(-20.0f), q), rest, v_zero()); /* below, it is of no use, and NaN at -infinity */
    return v_select(v_le(v_zero(), x), x, scaled_expm1(q, q_low, a, v_zero()));
}

MAP(elu, elu(x, a))
MAP(selu, selu(x, a, b))
MAP(celu, celu(x, a))
MAP(tanh, v_tanh(x))
MAP(softplus, v_softplus(x))
MAP(exp, v_exp(x))
MAP(erf, v_erf(x))
MAP_FAR(sigmoid, sigmoid_near, sigmoid_far, HK_LOGISTIC_NEAR)
MAP_FAR(silu, silu_near, silu_far, HK_LOGISTIC_NEAR)
MAP_FAR(gelu, gelu_near, gelu_far, HK_GELU_NEAR)
MAP_FAR(gelu_tanh, gelu_tanh_near, gelu_tanh_far, HK_GELU_TANH_NEAR)
MAP_FAR(mish, mish_near, mish_far, HK_MISH_NEAR)
