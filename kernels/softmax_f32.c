/* Softmax and log-softmax in float. */
#include "real_f32.h"

#include "map.h"
#include "math/log1p.h"

/* Below this e^d rounds to 0. */
#define SOFTMAX_LEAST -104.0f

HK_INLINE vf softmax_exp(vf d, vf d_low) {
    const exp_parts e = exp_reduce_pair(v_max(v_set1(SOFTMAX_LEAST), d), d_low);
    return v_scale(v_fma(e.r, exp_q(e.r), v_set1(1.0f)), e.n);
}
#define SOFTMAX_EXP(d, d_low)                softmax_exp(d, d_low)
#define SOFTMAX_LOG1P(s, s_low, high, low) log1p_pair(s, s_low, high, low)
#include "softmax.h"
