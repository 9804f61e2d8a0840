/* Sizes that are checked before they are used. Each function returns 1 and the result, or 0 if it does not fit. */
#ifndef HK_SIZE_H
#define HK_SIZE_H

#include <stddef.h>

static inline int hk_size_product(size_t a, size_t b, size_t *result) { return !__builtin_mul_overflow(a, b, result); }
static inline int hk_size_sum(size_t a, size_t b, size_t *result) { return !__builtin_add_overflow(a, b, result); }

/* a * b * c bytes fit the address space, with room for a few additions after it. */
static inline int hk_size_fits(size_t a, size_t b, size_t c) {
    size_t bytes;
    return hk_size_product(a, b, &bytes) && hk_size_product(bytes, c, &bytes) && bytes <= (size_t)-1 / 4;
}

/* The next multiple of 16: the lanes of a block. */
static inline size_t hk_size_padded(size_t n) { return (n + 15) & ~(size_t)15; }

#endif
