/* Assertions of builds with assertions: arrays that must not overlap do not. */
#ifndef HK_OVERLAP_H
#define HK_OVERLAP_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

static inline int hk_apart(const void *x, size_t x_bytes, const void *y, size_t y_bytes) {
    const uintptr_t a = (uintptr_t)x, b = (uintptr_t)y;
    return a + x_bytes <= b || b + y_bytes <= a;
}

#define HK_ASSERT_APART(x, x_bytes, y, y_bytes) assert(hk_apart(x, x_bytes, y, y_bytes))
#define HK_ASSERT_APART_OR_SAME(x, y, bytes)                                                                           \
    assert((const void *)(x) == (const void *)(y) || hk_apart(x, bytes, y, bytes))

#endif
