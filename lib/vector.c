/* The public vector functions: one call through the current table each. */
#include "dispatch.h"

#include "hillock/dot.h"

#include "activation.h"
#include "overlap.h"

#define K() hk_kernels_current()

float hk_dot_f32(const float *a, const float *b, size_t n) { return K()->dot_f32(a, b, n); }
double hk_dot_f64(const double *a, const double *b, size_t n) { return K()->dot_f64(a, b, n); }
float hk_dot_bf16(const hk_bf16 *a, const hk_bf16 *b, size_t n) { return K()->dot_bf16(a, b, n); }
float hk_dot_f16(const hk_f16 *a, const hk_f16 *b, size_t n) { return K()->dot_f16(a, b, n); }
int64_t hk_dot_i8(const int8_t *a, const int8_t *b, size_t n) { return K()->dot_i8(a, b, n); }
int64_t hk_dot_u8i8(const uint8_t *a, const int8_t *b, size_t n) { return K()->dot_u8i8(a, b, n); }

#define MATVEC(type, element, result)                                                                                  \
    void hk_matvec_##type(const element *W, const element *x, result *y, size_t rows, size_t cols) {                   \
        HK_ASSERT_APART(W, rows *cols * sizeof *W, y, rows * sizeof *y);                                               \
        HK_ASSERT_APART(x, cols * sizeof *x, y, rows * sizeof *y);                                                     \
        K()->matvec_##type(W, x, y, rows, cols);                                                                       \
    }
MATVEC(f32, float, float)
MATVEC(f64, double, double)
MATVEC(bf16, hk_bf16, float)
MATVEC(f16, hk_f16, float)
MATVEC(i8, int8_t, int64_t)

#define CONVERT(name, from, to)                                                                                        \
    void hk_convert_##name(const from *x, to *y, size_t n) {                                                           \
        HK_ASSERT_APART(x, n * sizeof *x, y, n * sizeof *y);                                                           \
        K()->name(x, y, n);                                                                                            \
    }
CONVERT(f32_to_bf16, float, hk_bf16)
CONVERT(bf16_to_f32, hk_bf16, float)
CONVERT(f32_to_f16, float, hk_f16)
CONVERT(f16_to_f32, hk_f16, float)

hk_status hk_activate_f32(hk_activation a, const float *x, float *y, size_t n) {
    if (!hk_activation_known(a) || hk_activation_over_rows(a.kind) || (n && (!x || !y))) return HK_INVALID_ARGUMENT;
    HK_ASSERT_APART_OR_SAME(x, y, n * sizeof *x);
    hk_map_f32_of(K(), a)(x, n, y, n, 1, n, a.alpha, a.beta);
    return HK_OK;
}

hk_status hk_activate_f64(hk_activation a, const double *x, double *y, size_t n) {
    if (!hk_activation_known(a) || hk_activation_over_rows(a.kind) || (n && (!x || !y))) return HK_INVALID_ARGUMENT;
    HK_ASSERT_APART_OR_SAME(x, y, n * sizeof *x);
    K()->map_f64[a.kind](x, n, y, n, 1, n, a.alpha, a.beta);
    return HK_OK;
}

#define ELEMENTWISE(KIND, name)                                                                                        \
    void hk_##name##_f32(const float *x, float *y, size_t n) {                                                         \
        const hk_parameters p = hk_default_parameters[HK_##KIND];                                                      \
        HK_ASSERT_APART_OR_SAME(x, y, n * sizeof *x);                                                                  \
        K()->map_f32[HK_##KIND](x, n, y, n, 1, n, p.alpha, p.beta);                                                    \
    }                                                                                                                  \
    void hk_##name##_f64(const double *x, double *y, size_t n) {                                                       \
        const hk_parameters p = hk_default_parameters[HK_##KIND];                                                      \
        HK_ASSERT_APART_OR_SAME(x, y, n * sizeof *x);                                                                  \
        K()->map_f64[HK_##KIND](x, n, y, n, 1, n, p.alpha, p.beta);                                                    \
    }
HK_ELEMENTWISE_LIST(ELEMENTWISE)

#define OVER_ROWS(KIND, name)                                                                                          \
    void hk_##name##_f32(const float *x, float *y, size_t rows, size_t cols) {                                         \
        HK_ASSERT_APART_OR_SAME(x, y, rows *cols * sizeof *x);                                                         \
        K()->map_f32[HK_##KIND](x, cols, y, cols, rows, cols, 0, 0);                                                   \
    }                                                                                                                  \
    void hk_##name##_f64(const double *x, double *y, size_t rows, size_t cols) {                                       \
        HK_ASSERT_APART_OR_SAME(x, y, rows *cols * sizeof *x);                                                         \
        K()->map_f64[HK_##KIND](x, cols, y, cols, rows, cols, 0, 0);                                                   \
    }
OVER_ROWS(SOFTMAX, softmax)
OVER_ROWS(LOG_SOFTMAX, log_softmax)
