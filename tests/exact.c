#include "exact.h"

#include <float.h>
#include <math.h>

enum { PRECISION = 250 };
#define RN MPFR_RNDN

void exact_start(exact_value *e) {
    mpfr_inits2(PRECISION, e->value, e->x, e->t, e->u, e->top, e->log_sum, e->rest, (mpfr_ptr)0);
}
void exact_end(exact_value *e) {
    mpfr_clears(e->value, e->x, e->t, e->u, e->top, e->log_sum, e->rest, (mpfr_ptr)0);
    mpfr_free_cache();
}

/* value = x / (1 + e^-t), -0 where x is -infinity */
static void gate(exact_value *e) {
    mpfr_neg(e->t, e->t, RN);
    mpfr_exp(e->t, e->t, RN);
    mpfr_add_ui(e->t, e->t, 1, RN);
    if (mpfr_inf_p(e->t))
        mpfr_set_zero(e->value, mpfr_signbit(e->x) ? -1 : 1);
    else
        mpfr_div(e->value, e->x, e->t, RN);
}

static void gelu(exact_value *e) {
    mpfr_set_ui(e->t, 2, RN);
    mpfr_sqrt(e->t, e->t, RN);
    mpfr_div(e->t, e->x, e->t, RN);
    mpfr_neg(e->t, e->t, RN);
    mpfr_erfc(e->t, e->t, RN);
    mpfr_div_2ui(e->t, e->t, 1, RN);
    if (mpfr_zero_p(e->t))
        mpfr_set_zero(e->value, -1);
    else
        mpfr_mul(e->value, e->x, e->t, RN);
}

static void gelu_tanh(exact_value *e) {
    mpfr_sqr(e->t, e->x, RN);
    mpfr_mul_ui(e->t, e->t, 44715, RN);
    mpfr_div_ui(e->t, e->t, 1000000, RN);
    mpfr_add_ui(e->t, e->t, 1, RN);
    mpfr_mul(e->t, e->t, e->x, RN);
    mpfr_const_pi(e->u, RN); /* 2 sqrt(2 / pi) */
    mpfr_ui_div(e->u, 8, e->u, RN);
    mpfr_sqrt(e->u, e->u, RN);
    mpfr_mul(e->t, e->t, e->u, RN);
    gate(e);
}

static void softplus(exact_value *e) {
    const int positive = mpfr_sgn(e->x) > 0;
    mpfr_abs(e->t, e->x, RN);
    mpfr_neg(e->t, e->t, RN);
    mpfr_exp(e->t, e->t, RN);
    mpfr_log1p(e->value, e->t, RN);
    if (positive) mpfr_add(e->value, e->value, e->x, RN);
}

static void mish(exact_value *e) {
    softplus(e);
    mpfr_tanh(e->value, e->value, RN);
    if (mpfr_zero_p(e->value))
        mpfr_set_zero(e->value, -1);
    else
        mpfr_mul(e->value, e->x, e->value, RN);
}

static void softsign(exact_value *e) {
    mpfr_abs(e->t, e->x, RN);
    mpfr_add_ui(e->t, e->t, 1, RN);
    if (mpfr_inf_p(e->t))
        mpfr_set_si(e->value, mpfr_sgn(e->x), RN);
    else
        mpfr_div(e->value, e->x, e->t, RN);
}

static void hard_swish(exact_value *e) {
    mpfr_add_ui(e->t, e->x, 3, RN);
    if (mpfr_sgn(e->t) < 0) mpfr_set_zero(e->t, 1);
    if (mpfr_cmp_ui(e->t, 6) > 0) mpfr_set_ui(e->t, 6, RN);
    if (mpfr_zero_p(e->t))
        mpfr_set_zero(e->value, -1);
    else
        mpfr_mul(e->value, e->x, e->t, RN);
    mpfr_div_ui(e->value, e->value, 6, RN);
}

/* factor (e^(x / width) - 1) below 0, x from 0 up */
static void elu(exact_value *e, double factor, double width) {
    mpfr_set(e->value, e->x, RN);
    if (mpfr_sgn(e->x) >= 0) return;
    mpfr_div_d(e->t, e->x, width, RN);
    mpfr_expm1(e->t, e->t, RN);
    mpfr_mul_d(e->value, e->t, factor, RN);
}

static void clamp(exact_value *e, double low, double high) {
    if (mpfr_cmp_d(e->value, low) < 0) mpfr_set_d(e->value, low, RN);
    if (mpfr_cmp_d(e->value, high) > 0) mpfr_set_d(e->value, high, RN);
}

void exact_activation(hk_activation a, double x, exact_value *e) {
    const double alpha = (double)a.alpha, beta = (double)a.beta;
    mpfr_set_d(e->x, x, RN);
    mpfr_set_d(e->value, x, RN);
    if (isnan(x)) return;
    switch (a.kind) {
    case HK_LINEAR: break;
    case HK_STEP: mpfr_set_ui(e->value, x > 0, RN); break;
    case HK_RELU: mpfr_set_d(e->value, x > 0 ? x : 0, RN); break;
    case HK_RELU6: mpfr_set_d(e->value, x > 6 ? 6 : x > 0 ? x : 0, RN); break;
    case HK_LEAKY_RELU:
        if (x < 0) mpfr_mul_d(e->value, e->x, alpha, RN);
        break;
    case HK_ELU: elu(e, alpha, 1); break;
    case HK_SELU:
        elu(e, alpha, 1);
        mpfr_mul_d(e->value, e->value, beta, RN);
        break;
    case HK_CELU: elu(e, alpha, alpha); break;
    case HK_SIGMOID:
        mpfr_set(e->t, e->x, RN);
        mpfr_set_ui(e->x, 1, RN);
        gate(e);
        break;
    case HK_HARD_SIGMOID:
        mpfr_mul_d(e->value, e->x, alpha, RN);
        mpfr_add_d(e->value, e->value, beta, RN);
        clamp(e, 0, 1);
        break;
    case HK_TANH: mpfr_tanh(e->value, e->x, RN); break;
    case HK_GELU: gelu(e); break;
    case HK_GELU_TANH: gelu_tanh(e); break;
    case HK_SILU:
        mpfr_set(e->t, e->x, RN);
        gate(e);
        break;
    case HK_HARD_SWISH: hard_swish(e); break;
    case HK_SOFTPLUS: softplus(e); break;
    case HK_SOFTSIGN: softsign(e); break;
    case HK_MISH: mish(e); break;
    case HK_EXP: mpfr_exp(e->value, e->x, RN); break;
    case HK_ERF: mpfr_erf(e->value, e->x, RN); break;
    case HK_CLIP: clamp(e, alpha, beta); break;
    case HK_THRESHOLDED_RELU: mpfr_set_d(e->value, x > alpha ? x : 0, RN); break;
    case HK_SOFTMAX:
    case HK_LOG_SOFTMAX: mpfr_set_nan(e->value); break;
    }
}

void exact_row(hk_activation_kind kind, const double *x, size_t cols, exact_value *e) {
    size_t top = 0;
    int invalid = 0;
    for (size_t i = 0; i < cols; i++) {
        invalid |= isnan(x[i]) || (isinf(x[i]) && x[i] > 0);
        if (x[i] > x[top]) top = i;
    }
    e->invalid = invalid || isinf(x[top]);
    mpfr_set_d(e->top, x[top], RN);
    mpfr_set_zero(e->rest, 1);
    for (size_t i = 0; i < cols; i++) {
        if (i == top) continue;
        mpfr_d_sub(e->t, x[i], e->top, RN);
        mpfr_exp(e->t, e->t, RN);
        mpfr_add(e->rest, e->rest, e->t, RN);
    }
    if (kind == HK_LOG_SOFTMAX) mpfr_log1p(e->log_sum, e->rest, RN);
    mpfr_add_ui(e->rest, e->rest, 1, RN);
}

void exact_element(hk_activation_kind kind, double x, exact_value *e) {
    mpfr_d_sub(e->value, x, e->top, RN);
    if (kind == HK_SOFTMAX) {
        mpfr_exp(e->value, e->value, RN);
        mpfr_div(e->value, e->value, e->rest, RN);
    } else {
        mpfr_sub(e->value, e->value, e->log_sum, RN);
    }
    if (e->invalid) mpfr_set_nan(e->value);
}

int exact_is_wrong(double y, const exact_value *e) {
    if (isnan(y) || mpfr_nan_p(e->value)) return !isnan(y) || !mpfr_nan_p(e->value);
    return y == 0 && !signbit(y) != !mpfr_signbit(e->value);
}

double exact_ulps(double y, exact_value *e, int *subnormal) {
    *subnormal = 0;
    if (isnan(y) || mpfr_nan_p(e->value)) return 0;
    if (mpfr_inf_p(e->value)) return isinf(y) && (y > 0) == (mpfr_sgn(e->value) > 0) ? 0 : INFINITY;
    if (isinf(y)) { /* right where the exact value rounds to infinity */
        const double rounded = mpfr_get_d(e->value, RN);
        return isinf(rounded) && (y > 0) == (rounded > 0) ? 0 : INFINITY;
    }
    const long exponent = mpfr_zero_p(e->value) ? -1074 : (long)mpfr_get_exp(e->value) - 1;
    *subnormal = exponent < -1022;
    const long place = exponent < -1022 ? -1074 : exponent > 1023 ? 971 : exponent - 52;
    mpfr_sub_d(e->u, e->value, y, RN);
    mpfr_mul_2si(e->u, e->u, -place, RN);
    return fabs(mpfr_get_d(e->u, RN));
}
