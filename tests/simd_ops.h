/* The vocabulary's operations, wrapped for one level at a time. */
#ifndef HK_SIMD_OPS_H
#define HK_SIMD_OPS_H

#include <stddef.h>
#include <stdint.h>

/* Reads three blocks at a, b, c, writes one at out. */
typedef void simd_op(void *out, const void *a, const void *b, const void *c, size_t n);
typedef struct simd_entry {
    const char *name;
    simd_op *run;
} simd_entry;

typedef struct simd_ops {
    const char *level;
    const simd_entry *f32, *f64, *i32; /* in the order of simd_list.h */
    simd_op *store, *storen, *store_f64, *storen_f64, *scale, *lookup8, *load_f16, *store_f16, *store_u16, *bits,
        *transpose, *transpose_f64, *widen, *narrow, *sum4, *sum4_f64, *loadn_bytes, *loadn_f16, *scale_down,
        *reciprocal;
    int (*any_beyond)(const float *a, float limit);
    int64_t (*dot_i8)(const int8_t *a, const int8_t *b);
    int64_t (*dot_u8i8)(const uint8_t *a, const int8_t *b);
} simd_ops;

extern const simd_ops simd_ops_scalar, simd_ops_avx2, simd_ops_avx512, simd_ops_neon;

#endif
