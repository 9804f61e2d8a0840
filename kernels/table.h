/* The one list of kernels: everything that a level provides, and the table that holds it. */
#ifndef HK_TABLE_H
#define HK_TABLE_H

#include "hillock/activation.h"
#include "hillock/cpu.h"

/* rows x cols elements through an activation; rows of x and y start x_stride and y_stride elements apart; y may be x.
 */
typedef void hk_map_f32_fn(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t cols,
                           float alpha, float beta);
typedef void hk_map_f64_fn(const double *x, size_t x_stride, double *y, size_t y_stride, size_t rows, size_t cols,
                           float alpha, float beta);

/* One dense layer over some rows. `map` runs over each finished tile; NULL for linear and for the row kinds. */
typedef struct hk_dense_f32_job {
    /* rows > 0. weights: packed as the kernel's name says (see pack.h), with bias padded to whole blocks;
       dense_plain_f32: [outputs][inputs] and [outputs]. bias may be NULL. */
    const float *x;
    const void *weights;
    const float *bias;
    float *y;
    size_t x_stride, y_stride, rows, inputs, outputs;
    size_t width;     /* outputs of the whole layer, of which these may be a part; 0: these are all */
    int far;          /* HK_FAR: the weights are not in the second-level cache, though so many would fit; HK_VERY_FAR */
    const void *next; /* weights that are read after these, or NULL; for layers that are very far */
    hk_map_f32_fn *map;
    float alpha, beta;
} hk_dense_f32_job;
typedef struct hk_dense_f64_job {
    const double *x, *weights, *bias;
    double *y;
    size_t x_stride, y_stride, rows, inputs, outputs, width;
    int far;
    hk_map_f64_fn *map;
    float alpha, beta;
} hk_dense_f64_job;

/* A row of 8-bit numbers q stands for (q - zero) * scale; scale is NaN where the row held a NaN or an infinity. */
typedef struct hk_row_scale {
    float scale;
    int32_t zero; /* 0 to 255 */
} hk_row_scale;

/* A dense layer whose rows, too, are narrow, and come as groups of four bytes:
   - 8-bit numbers: y = map((sum over k of (q - zero) * weight) * (row's scale * scales) + bias);
   - 8-bit numbers and 4-bit weights: sums and scales are NULL, zero is 128, and
     y = map((sum over groups of 32 inputs, in order, of (sum over k of (q - 128) * weight) * scale) * row's scale +
   bias);
   - bf16, for instructions that multiply it: sums and rows_as are NULL, and y = map(sum over k of q * weight + bias).
 */
typedef struct hk_dense_narrow_job {
    const uint8_t *q; /* rows q_stride apart, each readable and 0 up to the next multiple of 64 bytes */
    const hk_row_scale *rows_as;
    const int8_t *weights;      /* packed */
    const int32_t *sums;        /* of the weights: hk_i8_parts(inputs) for each output, in panels [part][16] */
    const float *scales, *bias; /* of each output, in whole blocks */
    float *y;
    size_t q_stride, y_stride, rows, inputs, outputs;
    hk_map_f32_fn *map;
    float alpha, beta;
} hk_dense_narrow_job;
typedef void hk_dense_narrow_fn(const hk_dense_narrow_job *job);

/* X(name, result, parameters), one row per kernel. The integer kernels are those that a level with instructions for
   them alone has of its own. */
#define HK_KERNEL_LIST(X)                                                                                              \
    HK_REAL_KERNEL_LIST(X)                                                                                             \
    HK_DOT_KERNEL_LIST(X)                                                                                              \
    HK_NIBBLE_KERNEL_LIST(X)                                                                                           \
    HK_INTEGER_KERNEL_LIST(X)
#define HK_INTEGER_KERNEL_LIST(X) X(dense_i8, void, (const hk_dense_narrow_job *job))
#define HK_NIBBLE_KERNEL_LIST(X)  X(dense_i4, void, (const hk_dense_narrow_job *job))
#define HK_DOT_KERNEL_LIST(X)                                                                                          \
    X(dot_i8, int64_t, (const int8_t *a, const int8_t *b, size_t n))                                                   \
    X(dot_u8i8, int64_t, (const uint8_t *a, const int8_t *b, size_t n))                                                \
    X(matvec_i8, void, (const int8_t *w, const int8_t *x, int64_t *y, size_t rows, size_t cols))
#define HK_REAL_KERNEL_LIST(X)                                                                                         \
    X(dot_f32, float, (const float *a, const float *b, size_t n))                                                      \
    X(dot_f64, double, (const double *a, const double *b, size_t n))                                                   \
    X(dot_bf16, float, (const uint16_t *a, const uint16_t *b, size_t n))                                               \
    X(dot_f16, float, (const uint16_t *a, const uint16_t *b, size_t n))                                                \
    X(matvec_f32, void, (const float *w, const float *x, float *y, size_t rows, size_t cols))                          \
    X(matvec_f64, void, (const double *w, const double *x, double *y, size_t rows, size_t cols))                       \
    X(matvec_bf16, void, (const uint16_t *w, const uint16_t *x, float *y, size_t rows, size_t cols))                   \
    X(matvec_f16, void, (const uint16_t *w, const uint16_t *x, float *y, size_t rows, size_t cols))                    \
    X(f32_to_bf16, void, (const float *x, uint16_t *y, size_t n))                                                      \
    X(bf16_to_f32, void, (const uint16_t *x, float *y, size_t n))                                                      \
    X(f32_to_f16, void, (const float *x, uint16_t *y, size_t n))                                                       \
    X(f16_to_f32, void, (const uint16_t *x, float *y, size_t n))                                                       \
    X(dense_f32, void, (const hk_dense_f32_job *job))                                                                  \
    X(dense_plain_f32, void, (const hk_dense_f32_job *job))                                                            \
    X(dense_bf16, void, (const hk_dense_f32_job *job))                                                                 \
    X(dense_f16, void, (const hk_dense_f32_job *job))                                                                  \
    /* rows to 8 bits, each by its own range, symmetric about 0 or not, or all as `fixed` says */                      \
    X(quantize_i8, void,                                                                                               \
      (const float *x, size_t x_stride, size_t rows, size_t cols, const hk_row_scale *fixed, int symmetric,            \
       uint8_t *q, size_t q_stride, hk_row_scale *rows_as))                                                            \
    X(dense_plain_f64, void, (const hk_dense_f64_job *job))                                                            \
    /* y = (x - shift) * scale + offset, feature by feature, the last two in one fma; y may be x */                    \
    X(affine_f32, void,                                                                                                \
      (const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t cols, const float *shift,       \
       const float *scale, const float *offset))

/* X(KIND, name), one row per activation kind; its kernels are name_f32 and name_f64, of the map types above. */
#define HK_ACTIVATION_LIST(X)                                                                                          \
    HK_ELEMENTWISE_LIST(X)                                                                                             \
    X(SOFTMAX, softmax)                                                                                                \
    X(LOG_SOFTMAX, log_softmax)
#define HK_ELEMENTWISE_LIST(X)                                                                                         \
    X(LINEAR, linear)                                                                                                  \
    X(STEP, step)                                                                                                      \
    X(RELU, relu)                                                                                                      \
    X(RELU6, relu6)                                                                                                    \
    X(LEAKY_RELU, leaky_relu)                                                                                          \
    X(ELU, elu)                                                                                                        \
    X(SELU, selu)                                                                                                      \
    X(CELU, celu)                                                                                                      \
    X(SIGMOID, sigmoid)                                                                                                \
    X(HARD_SIGMOID, hard_sigmoid)                                                                                      \
    X(TANH, tanh)                                                                                                      \
    X(GELU, gelu)                                                                                                      \
    X(GELU_TANH, gelu_tanh)                                                                                            \
    X(SILU, silu)                                                                                                      \
    X(HARD_SWISH, hard_swish)                                                                                          \
    X(SOFTPLUS, softplus)                                                                                              \
    X(SOFTSIGN, softsign)                                                                                              \
    X(MISH, mish)                                                                                                      \
    X(EXP, exp)                                                                                                        \
    X(ERF, erf)                                                                                                        \
    X(CLIP, clip)                                                                                                      \
    X(THRESHOLDED_RELU, thresholded_relu)
#define HK_KIND_COUNT (HK_LOG_SOFTMAX + 1)

/* X(KIND, name): the f32 kinds that have a form of their own for HK_FAST. */
#define HK_FAST_LIST(X)                                                                                                \
    X(SIGMOID, sigmoid_fast)                                                                                           \
    X(TANH, tanh_fast)                                                                                                 \
    X(GELU, gelu_fast)                                                                                                 \
    X(GELU_TANH, gelu_tanh_fast)                                                                                       \
    X(SILU, silu_fast)

#define HK_KERNEL_FIELD(name, result, parameters) result(*name) parameters;
typedef struct hk_kernels {
    const char *level;
    size_t region_work; /* multiply-adds that are worth sharing among threads, some 5 microseconds of them */
    HK_KERNEL_LIST(HK_KERNEL_FIELD)
    hk_map_f32_fn *map_f32[HK_KIND_COUNT];
    hk_map_f32_fn *fast_f32[HK_KIND_COUNT]; /* NULL where there is none */
    hk_map_f64_fn *const *map_f64;
} hk_kernels;

extern const hk_kernels hk_kernels_scalar, hk_kernels_neon, hk_kernels_neon_dot, hk_kernels_neon_i8mm, hk_kernels_avx2,
    hk_kernels_avx2_vnni, hk_kernels_avx512, hk_kernels_avx512_vnni, hk_kernels_amx;

/* Dense layers by the processors' own instructions for bf16, each in its own order: not part of any level. */
extern hk_dense_narrow_fn hk_dense_fast_bf16_amx, hk_dense_fast_bf16_avx512_bf16, hk_dense_fast_bf16_neon_bf16;

/* The accurate form of an f32 kind, or the one that HK_FAST asks for. */
static inline hk_map_f32_fn *hk_map_f32_of(const hk_kernels *k, hk_activation a) {
    return a.accuracy == HK_FAST && k->fast_f32[a.kind] ? k->fast_f32[a.kind] : k->map_f32[a.kind];
}
/* In double there is one form. */
static inline hk_map_f64_fn *hk_map_f64_of(const hk_kernels *k, hk_activation a) { return k->map_f64[a.kind]; }

#endif
