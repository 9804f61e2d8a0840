/* Activation functions: elementwise kinds, softmax and log-softmax. */
#ifndef HILLOCK_ACTIVATION_H
#define HILLOCK_ACTIVATION_H

#include "hillock/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* z is the pre-activation, a and b are alpha and beta. Every kind gives NaN for NaN.

   kind                 f(z)                                         defaults          -infinity   -0    +infinity
   HK_LINEAR            z                                                              -inf        -0    +inf
   HK_STEP              1 if z > 0, else 0                                             0           0     1
   HK_RELU              max(z, 0)                                                      0           0     +inf
   HK_RELU6             min(max(z, 0), 6)                                              0           0     6
   HK_LEAKY_RELU        z if z >= 0, else a * z                      a 0.01            -inf        -0    +inf
   HK_ELU               z if z >= 0, else a * (e^z - 1)              a 1               -a          -0    +inf
   HK_SELU              b * (z if z >= 0, else a * (e^z - 1))        a 1.6732632,      -a b        -0    +inf
                                                                     b 1.0507010
   HK_CELU              z if z >= 0, else a * (e^(z/a) - 1), a > 0   a 1               -a          -0    +inf
   HK_SIGMOID           1 / (1 + e^-z)                                                 0           1/2   1
   HK_HARD_SIGMOID      max(0, min(1, a * z + b))                    a 1/6, b 1/2      0           b     1
   HK_TANH              tanh z                                                         -1          -0    1
   HK_GELU              z * (1 + erf(z / sqrt 2)) / 2                                  -0          -0    +inf
   HK_GELU_TANH         z * (1 + tanh(sqrt(2 / pi)                                     -0          -0    +inf
                        * (z + 0.044715 z^3))) / 2
   HK_SILU              z / (1 + e^-z)                                                 -0          -0    +inf
   HK_HARD_SWISH        z * max(0, min(6, z + 3)) / 6                                  -0          -0    +inf
   HK_SOFTPLUS          log(1 + e^z)                                                   0           log 2 +inf
   HK_SOFTSIGN          z / (1 + |z|)                                                  -1          -0    1
   HK_MISH              z * tanh(log(1 + e^z))                                         -0          -0    +inf
   HK_EXP               e^z                                                            0           1     +inf
   HK_ERF               erf z                                                          -1          -0    1
   HK_CLIP              min(max(z, a), b)                            a -1, b 1         a           -0    b
   HK_THRESHOLDED_RELU  z if z > a, else 0                           a 1               0           0     +inf
   HK_SOFTMAX           e^(z[i] - m) / sum over j of e^(z[j] - m), m the row's maximum
   HK_LOG_SOFTMAX       z[i] - m - log(sum over j of e^(z[j] - m))

   alpha and beta are finite, and so is their product for HK_SELU; HK_CELU wants alpha > 0. With others the result is
   unspecified, and the same everywhere. The columns of limits hold for the default parameters' signs (-0 under HK_CLIP
   for a <= 0 <= b). */
typedef enum hk_activation_kind {
    HK_LINEAR = 0,
    HK_STEP,
    HK_RELU,
    HK_RELU6,
    HK_LEAKY_RELU,
    HK_ELU,
    HK_SELU,
    HK_CELU,
    HK_SIGMOID,
    HK_HARD_SIGMOID,
    HK_TANH,
    HK_GELU,
    HK_GELU_TANH,
    HK_SILU,
    HK_HARD_SWISH,
    HK_SOFTPLUS,
    HK_SOFTSIGN,
    HK_MISH,
    HK_EXP,
    HK_ERF,
    HK_CLIP,
    HK_THRESHOLDED_RELU,
    HK_SOFTMAX,
    HK_LOG_SOFTMAX
} hk_activation_kind;

/* The largest error of f32 functions, in units in the last place (ULP).

   HK_ACCURATE  at most 1 ULP of the result, for every float.
   HK_FAST      has forms of its own for five kinds; the others take the accurate form, which leaves little to gain.
                HK_SIGMOID, HK_SILU, HK_TANH  at most 4 ULP of the result
                HK_GELU, HK_GELU_TANH         at most 4 ULP of the input, as an absolute error: the left tail is lost
                                            from about -5 on, as it is in most libraries
   Special values are those of the table above in both, and both have the same bits on every instruction set. f64
   functions have one form. */
typedef enum hk_accuracy { HK_ACCURATE = 0, HK_FAST } hk_accuracy;

typedef struct hk_activation {
    hk_activation_kind kind;
    float alpha, beta; /* used by the kinds whose formula names them */
    hk_accuracy accuracy;
} hk_activation;
HK_STATIC_ASSERT(sizeof(hk_activation) == 16, "hk_activation is part of the binary interface");

/* The kind with the defaults of the table, HK_ACCURATE. An unknown kind comes back as it is, with alpha and beta 0. */
HK_API hk_activation hk_activation_default(hk_activation_kind kind);

/* "relu", "leaky_relu", "gelu_tanh", ...: the enumerator in lower case without HK_; "unknown" for other values. */
HK_API const char *hk_activation_name(hk_activation_kind kind);

/* 1 and the defaults in *a if `name` is one that hk_activation_name gives; else 0 and *a untouched. */
HK_API int hk_activation_from_name(const char *name, hk_activation *a);

/* y[i] = f(x[i]) for i < n.
   Shapes: x and y of n elements. Aliasing: y == x works in place; partly overlapping arrays do not (checked by
   assertion in debug builds). Alignment: that of the element. Range and special values: the table above.
   Accuracy: an f32 function means its formula with the parameters as stored in f32; bounds as at hk_accuracy, measured
   in docs/accuracy.md. f64 functions come from SLEEF (exp, expm1, log1p, tanh, erf, erfc) and plain operations: at most
   3 ULP.
   Errors: HK_INVALID_ARGUMENT for the row kinds HK_SOFTMAX and HK_LOG_SOFTMAX, an unknown kind or accuracy, or NULL
   with n > 0. Threads: any. Source: docs/design.md and the comments in kernels/math. */
HK_API hk_status hk_activate_f32(hk_activation a, const float *x, float *y, size_t n);
HK_API hk_status hk_activate_f64(hk_activation a, const double *x, double *y, size_t n);

/* One function per elementwise kind, with the default parameters and HK_ACCURATE; otherwise as hk_activate_*. */
HK_API void hk_linear_f32(const float *x, float *y, size_t n);
HK_API void hk_step_f32(const float *x, float *y, size_t n);
HK_API void hk_relu_f32(const float *x, float *y, size_t n);
HK_API void hk_relu6_f32(const float *x, float *y, size_t n);
HK_API void hk_leaky_relu_f32(const float *x, float *y, size_t n);
HK_API void hk_elu_f32(const float *x, float *y, size_t n);
HK_API void hk_selu_f32(const float *x, float *y, size_t n);
HK_API void hk_celu_f32(const float *x, float *y, size_t n);
HK_API void hk_sigmoid_f32(const float *x, float *y, size_t n);
HK_API void hk_hard_sigmoid_f32(const float *x, float *y, size_t n);
HK_API void hk_tanh_f32(const float *x, float *y, size_t n);
HK_API void hk_gelu_f32(const float *x, float *y, size_t n);
HK_API void hk_gelu_tanh_f32(const float *x, float *y, size_t n);
HK_API void hk_silu_f32(const float *x, float *y, size_t n);
HK_API void hk_hard_swish_f32(const float *x, float *y, size_t n);
HK_API void hk_softplus_f32(const float *x, float *y, size_t n);
HK_API void hk_softsign_f32(const float *x, float *y, size_t n);
HK_API void hk_mish_f32(const float *x, float *y, size_t n);
HK_API void hk_exp_f32(const float *x, float *y, size_t n);
HK_API void hk_erf_f32(const float *x, float *y, size_t n);
HK_API void hk_clip_f32(const float *x, float *y, size_t n);
HK_API void hk_thresholded_relu_f32(const float *x, float *y, size_t n);
HK_API void hk_linear_f64(const double *x, double *y, size_t n);
HK_API void hk_step_f64(const double *x, double *y, size_t n);
HK_API void hk_relu_f64(const double *x, double *y, size_t n);
HK_API void hk_relu6_f64(const double *x, double *y, size_t n);
HK_API void hk_leaky_relu_f64(const double *x, double *y, size_t n);
HK_API void hk_elu_f64(const double *x, double *y, size_t n);
HK_API void hk_selu_f64(const double *x, double *y, size_t n);
HK_API void hk_celu_f64(const double *x, double *y, size_t n);
HK_API void hk_sigmoid_f64(const double *x, double *y, size_t n);
HK_API void hk_hard_sigmoid_f64(const double *x, double *y, size_t n);
HK_API void hk_tanh_f64(const double *x, double *y, size_t n);
HK_API void hk_gelu_f64(const double *x, double *y, size_t n);
HK_API void hk_gelu_tanh_f64(const double *x, double *y, size_t n);
HK_API void hk_silu_f64(const double *x, double *y, size_t n);
HK_API void hk_hard_swish_f64(const double *x, double *y, size_t n);
HK_API void hk_softplus_f64(const double *x, double *y, size_t n);
HK_API void hk_softsign_f64(const double *x, double *y, size_t n);
HK_API void hk_mish_f64(const double *x, double *y, size_t n);
HK_API void hk_exp_f64(const double *x, double *y, size_t n);
HK_API void hk_erf_f64(const double *x, double *y, size_t n);
HK_API void hk_clip_f64(const double *x, double *y, size_t n);
HK_API void hk_thresholded_relu_f64(const double *x, double *y, size_t n);

/* Each row of cols elements through the softmax or log-softmax of the table.
   Shapes: x and y [rows][cols], row-major. Aliasing: y == x works in place. Alignment: that of the element.
   Range and special values: relative to the row's maximum, so that nothing overflows; a row with a NaN, with +infinity
   or of -infinity alone is all NaN; -infinity beside finite values gives 0 (log-softmax: -infinity). A softmax row sums
   to 1 within rounding; where one element is all of it, its result is 1. Accuracy: f32 at most 2 ULP for rows of 1 to
   32000 elements, f64 3 ULP; no rounding of x - m enters, sums keep their rounding errors, and log-softmax takes log1p
   of the sum without the maximum, so that it is right near 0. Errors: none; rows or cols 0 is nothing to do.
   Threads: any. */
HK_API void hk_softmax_f32(const float *x, float *y, size_t rows, size_t cols);
HK_API void hk_log_softmax_f32(const float *x, float *y, size_t rows, size_t cols);
HK_API void hk_softmax_f64(const double *x, double *y, size_t rows, size_t cols);
HK_API void hk_log_softmax_f64(const double *x, double *y, size_t rows, size_t cols);

#ifdef __cplusplus
}
#endif
#endif
