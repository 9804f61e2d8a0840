/* Elementwise activations in float. */
#include "real_f32.h"

#include "math/exp_piecewise.h"
#include "math/logistic.h"
#include "math/mish.h"

#define SIXTH_LOW    -0x1.555556p-28f
#define SOFTSIGN_ONE 0x1p30f
#include "activation_simple.h"

/* The kinds below 0: c (e^x - 1). Lanes from 0 up, whose results are of no account, and -0 take the other branch. */
HK_INLINE expm1_pair elu_below(vf x) { return exp_minus_one(v_max(v_set1(-20.0f), x)); }
HK_INLINE vf elu(vf x, vf a) {
    const expm1_pair e = elu_below(x);
    return v_select(v_le(v_zero(), x), x, v_fma(a, e.high, v_mul(a, e.low)));
}
HK_INLINE vf selu(vf x, vf a, vf b) {
    const vf c = v_mul(a, b), c_low = v_fms(a, b, c);
    const expm1_pair e = elu_below(x);
    const vf low = v_fma(c, e.low, v_mul(c_low, v_add(e.high, e.low)));
    return v_select(v_le(v_zero(), x), v_mul(b, x), v_fma(c, e.high, low));
}
/* With x = a q + rest, a e^(x / a) is a e^q + rest e^q but for a term of rest^2; below q = -20 rest is of no use, and
   NaN at -infinity. Where q underflows, rest is all of x. */
HK_INLINE vf celu(vf x, vf a) {
    const vf q = v_div(x, a), rest = v_select(v_lt(v_set1(-20.0f), q), v_fnma(q, a, x), v_zero());
    const expm1_pair e = elu_below(q);
    const vf low = v_fma(a, e.low, v_mul(rest, v_add(e.high, v_set1(1.0f))));
    return v_select(v_le(v_zero(), x), x, v_fma(a, e.high, low));
}

MAP(elu, elu(x, a))
MAP(selu, selu(x, a, b))
MAP(celu, celu(x, a))
MAP(tanh, v_tanh(x))
MAP(erf, v_erf(x))
MAP_FAR(exp, exp_near, exp_far, HK_EXP_REACH)
MAP_FAR(sigmoid, sigmoid_near, sigmoid_far, HK_LOGISTIC_REACH)
MAP_FAR(silu, silu_near, silu_far, HK_LOGISTIC_REACH)
MAP_FAR(gelu, gelu_near, gelu_far, HK_GELU_REACH)
MAP_FAR(gelu_tanh, gelu_tanh_near, gelu_tanh_far, HK_GELU_TANH_REACH)
MAP_FAR(softplus, softplus_near, softplus_far, HK_SOFTPLUS_REACH)
MAP_FAR(mish, mish_near, mish_far, HK_MISH_REACH)

/* What HK_FAST takes; the other kinds' accurate forms leave little to gain. */
MAP_FAR(sigmoid_fast, sigmoid_fast, sigmoid_far, HK_LOGISTIC_REACH)
MAP_FAR(silu_fast, silu_fast, silu_far, HK_LOGISTIC_REACH)
MAP(tanh_fast, tanh_fast(x))
MAP(gelu_fast, gelu_fast(x))
MAP(gelu_tanh_fast, gelu_tanh_fast(x))
