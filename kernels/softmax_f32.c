/* Softmax and log-softmax in float. */
#include "real_f32.h"

#include "map.h"
#include "math/log1p.h"

#include <float.h>

#define SOFTMAX_LARGEST FLT_MAX

HK_INLINE vf softmax_exp(vf d, vf d_low) {
    const vf least = v_set1(-104.0f); /* e^d rounds to 0 from here down */
    /* d is above 0 only in rows that are NaN in any case */
    const exp_parts e = exp_reduce_pair(v_min(v_zero(), v_max(least, d)), v_select(v_lt(least, d), d_low, v_zero()));
    return v_scale(v_fma(e.r, exp_q(e.r), v_set1(1.0f)), e.n);
}
#define SOFTMAX_EXP(d, d_low) softmax_exp(d, d_low)
/* A sum that is NaN must not come out of log1p_pair, which works on its bits, as a number. */
HK_INLINE void softmax_log1p(vf s, vf s_low, vf *high, vf *low) {
    log1p_pair(s, s_low, high, low);
    *high = v_add(*high, v_sub(s, s));
}
#define SOFTMAX_LOG1P(s, s_low, high, low) softmax_log1p(s, s_low, high, low)
#include "softmax.h"
