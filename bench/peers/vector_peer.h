/* Maps over arrays from a library's functions of one vector, and the compositions that its users would write.
   Before it is included: LEVEL_AVX2 or LEVEL_AVX512. */
#ifndef HK_VECTOR_PEER_H
#define HK_VECTOR_PEER_H

#include "level.h"
#include "peer.h"

#include <immintrin.h>
#include <math.h>

#if defined LEVEL_AVX512
typedef __m512 vec;
typedef __mmask16 vec_mask; /* the lanes that there are */
enum { LANES = 16 };
static inline vec_mask lanes(size_t n) { return (vec_mask)(n >= LANES ? 0xffff : (1u << n) - 1); }
static inline vec load(const float *p, vec_mask m) { return _mm512_maskz_loadu_ps(m, p); }
static inline void store(float *p, vec_mask m, vec v) { _mm512_mask_storeu_ps(p, m, v); }
static inline vec keep(vec_mask m, vec v, vec otherwise) { return _mm512_mask_blend_ps(m, otherwise, v); }
static inline vec set1(float f) { return _mm512_set1_ps(f); }
static inline vec larger(vec a, vec b) { return _mm512_max_ps(a, b); }
static inline vec smaller(vec a, vec b) { return _mm512_min_ps(a, b); }
static inline float sum_of(vec v) { return _mm512_reduce_add_ps(v); }
static inline float largest_of(vec v) { return _mm512_reduce_max_ps(v); }
#else
typedef __m256 vec;
typedef __m256i vec_mask;
enum { LANES = 8 };
static inline vec_mask lanes(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n >= LANES ? LANES : (int)n),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline vec load(const float *p, vec_mask m) { return _mm256_maskload_ps(p, m); }
static inline void store(float *p, vec_mask m, vec v) { _mm256_maskstore_ps(p, m, v); }
static inline vec keep(vec_mask m, vec v, vec otherwise) {
    return _mm256_blendv_ps(otherwise, v, _mm256_castsi256_ps(m));
}
static inline vec set1(float f) { return _mm256_set1_ps(f); }
static inline vec larger(vec a, vec b) { return _mm256_max_ps(a, b); }
static inline vec smaller(vec a, vec b) { return _mm256_min_ps(a, b); }
static inline float sum_of(vec v) {
    float f[LANES];
    _mm256_storeu_ps(f, v);
    return ((f[0] + f[4]) + (f[1] + f[5])) + ((f[2] + f[6]) + (f[3] + f[7]));
}
static inline float largest_of(vec v) {
    float f[LANES];
    _mm256_storeu_ps(f, v);
    for (int i = 1; i < LANES; i++) f[0] = f[0] > f[i] ? f[0] : f[i];
    return f[0];
}
#endif
#define ALL lanes(LANES)

/* static void NAME(x, y, n): y = expression of v. */
#define MAP(name, expression)                                                                                          \
    static void name(const float *x, float *y, size_t n) {                                                             \
        size_t i = 0;                                                                                                  \
        for (; i + LANES <= n; i += LANES) {                                                                           \
            const vec v = load(x + i, ALL);                                                                            \
            store(y + i, ALL, (expression));                                                                           \
        }                                                                                                              \
        if (i < n) {                                                                                                   \
            const vec_mask m = lanes(n - i);                                                                           \
            const vec v = load(x + i, m);                                                                              \
            store(y + i, m, (expression));                                                                             \
        }                                                                                                              \
    }

static inline float largest_in(const float *x, size_t n) {
    vec most = set1(-INFINITY);
    for (size_t i = 0; i < n; i += LANES) most = larger(most, keep(lanes(n - i), load(x + i, lanes(n - i)), most));
    return largest_of(most);
}

/* Without overflow, and right where e^v is small: the form of PyTorch, TensorFlow, ... */
#define SOFTPLUS(exp, log1p) (larger(v, set1(0)) + log1p(exp(smaller(v, -v))))

/* Everything that follows from exp. */
#define EXP_MAPS(exp)                                                                                                  \
    MAP(map_exp, exp(v))                                                                                               \
    MAP(map_sigmoid, set1(1) / (set1(1) + exp(-v)))                                                                    \
    MAP(map_silu, v / (set1(1) + exp(-v)))                                                                             \
    /* The sum of e^(x - largest), whose terms go to y unless it is NULL. */                                           \
    static float exp_sum(const float *x, float *y, size_t n, float largest) {                                          \
        vec sum = set1(0);                                                                                             \
        for (size_t i = 0; i < n; i += LANES) {                                                                        \
            const vec_mask m = lanes(n - i);                                                                           \
            const vec e = exp(load(x + i, m) - set1(largest));                                                         \
            if (y) store(y + i, m, e);                                                                                 \
            sum += keep(m, e, set1(0));                                                                                \
        }                                                                                                              \
        return sum_of(sum);                                                                                            \
    }                                                                                                                  \
    static void softmax(const float *x, float *y, size_t rows, size_t cols) {                                          \
        for (; rows--; x += cols, y += cols) {                                                                         \
            const float scale = 1 / exp_sum(x, y, cols, largest_in(x, cols));                                          \
            for (size_t i = 0; i < cols; i++) y[i] *= scale;                                                           \
        }                                                                                                              \
    }                                                                                                                  \
    static void log_softmax(const float *x, float *y, size_t rows, size_t cols) {                                      \
        for (; rows--; x += cols, y += cols) {                                                                         \
            const float largest = largest_in(x, cols), shift = largest + logf(exp_sum(x, NULL, cols, largest));        \
            for (size_t i = 0; i < cols; i++) y[i] = x[i] - shift;                                                     \
        }                                                                                                              \
    }
#define EXP_ROWS     [HK_EXP] = map_exp, [HK_SIGMOID] = map_sigmoid, [HK_SILU] = map_silu
#define SOFTMAX_ROWS .softmax = softmax, .log_softmax = log_softmax

/* Everything that needs tanh; `t` goes into the names. */
#define TANH_MAPS(t, tanh, exp, log1p)                                                                                 \
    MAP(map_tanh_##t, tanh(v))                                                                                         \
    MAP(map_gelu_tanh_##t, set1(0.5f) * v * (set1(1) + tanh(set1(0.79788456f) * (v + set1(0.044715f) * v * v * v))))   \
    MAP(map_mish_##t, v *tanh(SOFTPLUS(exp, log1p)))
#define TANH_ROWS(t) [HK_TANH] = map_tanh_##t, [HK_GELU_TANH] = map_gelu_tanh_##t, [HK_MISH] = map_mish_##t

#define OTHER_MAPS(exp, expm1, log1p, erf)                                                                             \
    MAP(map_erf, erf(v))                                                                                               \
    MAP(map_gelu, set1(0.5f) * v * (set1(1) + erf(v * set1(0.70710678f))))                                             \
    MAP(map_softplus, SOFTPLUS(exp, log1p))                                                                            \
    MAP(map_elu, larger(v, set1(0)) + expm1(smaller(v, set1(0))))                                                      \
    MAP(map_selu, set1(1.0507010f) * (larger(v, set1(0)) + set1(1.6732632f) * expm1(smaller(v, set1(0)))))
#define OTHER_ROWS                                                                                                     \
    [HK_ERF] = map_erf, [HK_GELU] = map_gelu, [HK_SOFTPLUS] = map_softplus, [HK_ELU] = map_elu, [HK_SELU] = map_selu

#endif
