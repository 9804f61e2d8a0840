/* Exact dot products of 8-bit integers. Compiled once more for every level whose instructions for them are better. */
#include "kernel.h"

/* PART products of at most 255 * 128 fit an int32 together, and those of another BYTES elements with them. */
enum { BYTES = 64, PART = 65536, DOT_LONG = 8 * BYTES };
_Static_assert((int64_t)(PART + BYTES) * 255 * 128 <= INT32_MAX, "sums of a part are 32 bits wide");

/* Sums, and what they hold too much where the instruction wants other signs (simd.h). */
typedef struct {
    vi sum, excess;
} i8_sum;
HK_INLINE i8_sum i8_sum_of(i8_sum a, i8_sum b) { return (i8_sum){vi_add(a.sum, b.sum), vi_add(a.excess, b.excess)}; }
HK_INLINE int32_t i8_total(i8_sum s) { return vi_sum(vi_sub(s.sum, s.excess)); }

/* Of two long arrays that begin within a cache line one is brought to a line: the elements before it go first. */
#define DOT_INTEGER(name, type)                                                                                        \
    HK_INLINE i8_sum name##_step(i8_sum s, const type *a, const int8_t *b) {                                           \
        s.sum = vi_##name(s.sum, &s.excess, a, b);                                                                     \
        return s;                                                                                                      \
    }                                                                                                                  \
    HK_INLINE i8_sum name##_part(i8_sum s, const type *a, const int8_t *b, size_t n) {                                 \
        s.sum = vi_##name##_part(s.sum, &s.excess, a, b, n);                                                           \
        return s;                                                                                                      \
    }                                                                                                                  \
    int64_t KERNEL(name)(const type *a, const int8_t *b, size_t n) {                                                   \
        const i8_sum zero = {vi_set1(0), vi_set1(0)};                                                                  \
        if (!n) return 0;                                                                                              \
        if (n <= BYTES) return i8_total(name##_part(zero, a, b, n));                                                   \
        i8_sum s[4] = {zero, zero, zero, zero};                                                                        \
        if (n >= DOT_LONG && (uintptr_t)a % BYTES && (uintptr_t)b % BYTES) {                                           \
            const size_t head = BYTES - (uintptr_t)a % BYTES;                                                          \
            s[3] = name##_part(zero, a, b, head);                                                                      \
            a += head, b += head, n -= head;                                                                           \
        }                                                                                                              \
        int64_t total = 0;                                                                                             \
        for (;;) {                                                                                                     \
            size_t part = hk_min(n, PART);                                                                             \
            n -= part;                                                                                                 \
            for (; part >= 4 * BYTES; part -= 4 * BYTES, a += 4 * BYTES, b += 4 * BYTES) HK_UNROLL                     \
            for (int j = 0; j < 4; j++) s[j] = name##_step(s[j], a + j * BYTES, b + j * BYTES);                        \
            HK_UNROLL                                                                                                  \
            for (int j = 0; j < 3; j++) {                                                                              \
                if (part < BYTES) break;                                                                               \
                s[j] = name##_step(s[j], a, b);                                                                        \
                part -= BYTES, a += BYTES, b += BYTES;                                                                 \
            }                                                                                                          \
            if (part) s[3] = name##_part(s[3], a, b, part);                                                            \
            total += i8_total(i8_sum_of(i8_sum_of(s[0], s[1]), i8_sum_of(s[2], s[3])));                                \
            if (!n) return total;                                                                                      \
            s[0] = s[1] = s[2] = s[3] = zero; /* part was PART: nothing is left of it */                               \
        }                                                                                                              \
    }
DOT_INTEGER(dot_i8, int8_t)
DOT_INTEGER(dot_u8i8, uint8_t)

void KERNEL(matvec_i8)(const int8_t *w, const int8_t *x, int64_t *y, size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; r++) y[r] = KERNEL(dot_i8)(w + r * cols, x, cols);
}
