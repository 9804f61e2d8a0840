/* Exact dot products of 8-bit integers. Compiled once more for every level whose instructions for them are better. */
#include "kernel.h"

/* PART products of at most 255 * 128 fit an int32 together. */
enum { BYTES = 64, PART = 65536, DOT_LONG = 8 * BYTES };
_Static_assert((int64_t)PART * 255 * 128 <= INT32_MAX, "sums of a part are 32 bits wide");

/* Sums, and what they hold too much where the instruction wants other signs (simd.h). */
typedef struct {
    vi sum, excess;
} i8_sum;
HK_INLINE i8_sum i8_sum_of(i8_sum a, i8_sum b) { return (i8_sum){vi_add(a.sum, b.sum), vi_add(a.excess, b.excess)}; }
HK_INLINE int32_t i8_total(i8_sum s) { return vi_sum(vi_sub(s.sum, s.excess)); }

#define DOT_INTEGER(name, type)                                                                                        \
    HK_INLINE i8_sum name##_step(i8_sum s, const type *a, const int8_t *b) {                                           \
        s.sum = vi_##name(s.sum, &s.excess, a, b);                                                                     \
        return s;                                                                                                      \
    }                                                                                                                  \
    HK_INLINE i8_sum name##_rest(i8_sum s, const type *a, const int8_t *b, size_t n) {                                 \
        type x[BYTES];                                                                                                 \
        int8_t y[BYTES];                                                                                               \
        vi_store(x, vi_loadn_bytes(a, n));                                                                             \
        vi_store(y, vi_loadn_bytes(b, n));                                                                             \
        return name##_step(s, x, y);                                                                                   \
    }                                                                                                                  \
    int64_t KERNEL(name)(const type *a, const int8_t *b, size_t n) {                                                   \
        const i8_sum zero = {vi_set1(0), vi_set1(0)};                                                                  \
        if (!n) return 0;                                                                                              \
        if (n <= BYTES) return i8_total(name##_rest(zero, a, b, n));                                                   \
        int64_t total = 0;                                                                                             \
        if (n >= DOT_LONG && (uintptr_t)a % BYTES && (uintptr_t)b % BYTES) { /* one of the two brought to a line */    \
            const size_t head = BYTES - (uintptr_t)a % BYTES;                                                          \
            total = KERNEL(name)(a, b, head);                                                                          \
            a += head, b += head, n -= head;                                                                           \
        }                                                                                                              \
        while (n) {                                                                                                    \
            size_t part = hk_min(n, PART);                                                                             \
            i8_sum s[4] = {zero, zero, zero, zero};                                                                    \
            n -= part;                                                                                                 \
            HK_UNROLL_TWICE for (; part >= 4 * BYTES; part -= 4 * BYTES, a += 4 * BYTES, b += 4 * BYTES) HK_UNROLL     \
            for (int j = 0; j < 4; j++) s[j] = name##_step(s[j], a + j * BYTES, b + j * BYTES);                        \
            for (; part >= BYTES; part -= BYTES, a += BYTES, b += BYTES) s[0] = name##_step(s[0], a, b);               \
            if (part) s[1] = name##_rest(s[1], a, b, part);                                                            \
            a += part, b += part;                                                                                      \
            total += i8_total(i8_sum_of(i8_sum_of(s[0], s[1]), i8_sum_of(s[2], s[3])));                                \
        }                                                                                                              \
        return total;                                                                                                  \
    }
DOT_INTEGER(dot_i8, int8_t)
DOT_INTEGER(dot_u8i8, uint8_t)

void KERNEL(matvec_i8)(const int8_t *w, const int8_t *x, int64_t *y, size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; r++) y[r] = KERNEL(dot_i8)(w + r * cols, x, cols);
}
