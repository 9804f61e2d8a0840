#include "oracle.h"

#include "support.h"

#include <math.h>
#include <string.h>

/* 1 / (1 + e^-x), to full relative accuracy. */
static long double logistic(long double x) { return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x)); }

static long double softplus(long double x) { return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x)); }

static long double elu(long double x, long double alpha) { return x > 0 ? x : alpha * expm1l(x); }

/* x times a factor that goes to 0 at -infinity. */
static long double gated(long double x, long double factor) { return isinf(x) && x < 0 ? -0.0L : x * factor; }

long double oracle_activation(hk_activation_kind kind, long double x, long double a, long double b) {
    if (isnan(x)) return x;
    const long double positive = x > 0 ? x : 0;
    switch (kind) {
    case HK_LINEAR: return x;
    case HK_STEP: return x > 0;
    case HK_RELU: return positive;
    case HK_RELU6: return fminl(positive, 6);
    case HK_LEAKY_RELU: return x >= 0 ? x : a * x;
    case HK_ELU: return elu(x, a);
    case HK_SELU: return b * elu(x, a);
    case HK_CELU: return x > 0 ? x : a * expm1l(x / a);
    case HK_SIGMOID: return logistic(x);
    case HK_HARD_SIGMOID: return fmaxl(0, fminl(1, fmal(a, x, b)));
    case HK_TANH: return tanhl(x);
    case HK_GELU: return gated(x, erfcl(-x * M_SQRT1_2l) / 2);
    case HK_GELU_TANH: return gated(x, logistic(2 * sqrtl(M_2_PIl) * (x + 0.044715L * x * x * x)));
    case HK_SILU: return gated(x, logistic(x));
    case HK_HARD_SWISH: return gated(x, fmaxl(0, fminl(6, x + 3)) / 6);
    case HK_SOFTPLUS: return softplus(x);
    case HK_SOFTSIGN: return isinf(x) ? copysignl(1, x) : x / (1 + fabsl(x));
    case HK_MISH: return gated(x, x < -60 ? expl(x) : tanhl(softplus(x)));
    case HK_EXP: return expl(x);
    case HK_ERF: return erfl(x);
    case HK_CLIP: return fminl(fmaxl(x, a), b);
    case HK_THRESHOLDED_RELU: return x > a ? x : 0;
    case HK_SOFTMAX:
    case HK_LOG_SOFTMAX: break;
    }
    return NAN;
}

double oracle_bound_f32(hk_activation_kind kind) {
    (void)kind;
    return 1.0;
}

int oracle_fast_by_input(hk_activation_kind kind) { return kind == HK_GELU || kind == HK_GELU_TANH; }

double oracle_bound_f64(hk_activation_kind kind) {
    switch (kind) {
    case HK_EXP:
    case HK_ERF:
    case HK_TANH:
        /* SLEEF's own bound; its variant without FMA passes it, and the C library states none */
        return strstr(hk_build_features(), "sleef") && !without_fma() ? 1 : 2;
    case HK_ELU: return 2;
    default: return 3;
    }
}
