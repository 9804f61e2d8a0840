/* Softmax and log-softmax in double, on SLEEF's exp and log1p. */
#include "real_f64.h"

#include "map.h"
#include "math/f64.h"

#include <float.h>

#define SOFTMAX_LARGEST DBL_MAX

HK_INLINE vd softmax_exp(vd d, vd d_low) {
    const vd e = vd_exp(d);
    return vd_fma(e, d_low, e);
}
HK_INLINE void log1p_pair(vd s, vd s_low, vd *high, vd *low) {
    *high = vd_log1p(s);
    *low = vd_div(s_low, vd_add(vd_set1(1), s));
}
#define SOFTMAX_EXP(d, d_low)              softmax_exp(d, d_low)
#define SOFTMAX_LOG1P(s, s_low, high, low) log1p_pair(s, s_low, high, low)
#include "softmax.h"
