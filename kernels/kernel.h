/* What every kernel source includes: the vocabulary, the table's types and the naming of kernels. */
#ifndef HK_KERNEL_H
#define HK_KERNEL_H

#include "simd/simd.h"
#include "table.h"

/* KERNEL(dot_f32) is hk_dot_f32_avx2 where HK_LEVEL is avx2. */
#define KERNEL(name) HK_PASTE(hk_##name##_, HK_LEVEL)

#define HK_KERNEL_PROTOTYPE(name, result, parameters) result KERNEL(name) parameters;
HK_KERNEL_LIST(HK_KERNEL_PROTOTYPE)
#define HK_MAP_PROTOTYPE(kind, name)                                                                                   \
    hk_map_f32_fn KERNEL(name##_f32);                                                                                  \
    hk_map_f64_fn KERNEL(name##_f64);
HK_ACTIVATION_LIST(HK_MAP_PROTOTYPE)
#define HK_FAST_PROTOTYPE(kind, name) hk_map_f32_fn KERNEL(name##_f32);
HK_FAST_LIST(HK_FAST_PROTOTYPE)

/* The parameters of the map types, REAL being float or double. */
#define MAP_PARAMETERS                                                                                                 \
    const REAL *x, size_t x_stride, REAL *y, size_t y_stride, size_t rows, size_t cols, float alpha, float beta

HK_INLINE size_t hk_min(size_t a, size_t b) { return a < b ? a : b; }

#endif
