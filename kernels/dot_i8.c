/* Exact dot products of 8-bit integers. */
#include "kernel.h"

/* Two products of at most 255 * 128 reach a lane at each step: 2 * 32640 * 32768 < 2^31 - 1. */
enum { STEP = 32, SAFE_STEPS = 32768 };

#define DOT_INTEGER(name, type)                                                                                        \
    HK_INLINE int64_t name##_inline(const type *a, const int8_t *b, size_t n) {                                        \
        int64_t total = 0;                                                                                             \
        while (n >= STEP) {                                                                                            \
            size_t steps = hk_min(n / STEP, 2 * SAFE_STEPS);                                                           \
            n -= steps * STEP;                                                                                         \
            vi even = vi_set1(0), odd = vi_set1(0);                                                                    \
            for (; steps >= 2; steps -= 2, a += 2 * STEP, b += 2 * STEP) {                                             \
                even = vi_##name(even, a, b);                                                                          \
                odd = vi_##name(odd, a + STEP, b + STEP);                                                              \
            }                                                                                                          \
            if (steps) {                                                                                               \
                even = vi_##name(even, a, b);                                                                          \
                a += STEP;                                                                                             \
                b += STEP;                                                                                             \
            }                                                                                                          \
            total += vi_sum(even) + vi_sum(odd);                                                                       \
        }                                                                                                              \
        if (n) {                                                                                                       \
            type x[STEP] = {0};                                                                                        \
            int8_t y[STEP] = {0};                                                                                      \
            memcpy(x, a, n);                                                                                           \
            memcpy(y, b, n);                                                                                           \
            total += vi_sum(vi_##name(vi_set1(0), x, y));                                                              \
        }                                                                                                              \
        return total;                                                                                                  \
    }                                                                                                                  \
    int64_t KERNEL(name)(const type *a, const int8_t *b, size_t n) { return name##_inline(a, b, n); }
DOT_INTEGER(dot_i8, int8_t)
DOT_INTEGER(dot_u8i8, uint8_t)

void KERNEL(matvec_i8)(const int8_t *w, const int8_t *x, int64_t *y, size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; r++) y[r] = dot_i8_inline(w + r * cols, x, cols);
}
