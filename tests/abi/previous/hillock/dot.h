/* Dot products, and one vector against many rows. */
#ifndef HILLOCK_DOT_H
#define HILLOCK_DOT_H

#include "hillock/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* sum over i < n of a[i] * b[i]; 0 for n = 0, and a sum of zero is +0.
   Shapes: a, b of n elements. Aliasing: a and b may overlap in any way. Alignment: that of the element; no byte
   outside the arrays is read.
   Range and special values: f32 and f64 overflow to infinity as the operations do; a NaN, or infinity times 0, makes
   the result NaN. bf16 and f16 are widened exactly and accumulated in f32. i8 and u8i8 are exact for every n.
   Accuracy: with u the unit roundoff of the accumulator (2^-24, f64 2^-53) and L its lanes (64, f64 32), the error is
   at most (ceil(n/L) + 8) * u * sum |a[i] * b[i]|.
   Order: element i goes to lane i mod L by one fma (bf16: of each 32 elements the even ones to one block of 16 lanes,
   the odd ones to the next); then blocks (0+1)+(2+3), then halves 16, 8, 4, 2, 1. The same on every instruction set.
   Errors: none. Threads: any.
   Source: lane-parallel summation; bound as in Higham, Accuracy and Stability of Numerical Algorithms, chapter 4. */
HK_API float hk_dot_f32(const float *a, const float *b, size_t n);
HK_API double hk_dot_f64(const double *a, const double *b, size_t n);
HK_API float hk_dot_bf16(const hk_bf16 *a, const hk_bf16 *b, size_t n);
HK_API float hk_dot_f16(const hk_f16 *a, const hk_f16 *b, size_t n);
HK_API int64_t hk_dot_i8(const int8_t *a, const int8_t *b, size_t n);
HK_API int64_t hk_dot_u8i8(const uint8_t *a, const int8_t *b, size_t n);

/* y[r] = dot(W + r * cols, x, cols) for r < rows, the very bits of hk_dot of the same type: one query against many
   rows. Shapes: W [rows][cols] row-major, x [cols], y [rows]. Aliasing: y overlaps neither W nor x. Otherwise as
   above. */
HK_API void hk_matvec_f32(const float *W, const float *x, float *y, size_t rows, size_t cols);
HK_API void hk_matvec_f64(const double *W, const double *x, double *y, size_t rows, size_t cols);
HK_API void hk_matvec_bf16(const hk_bf16 *W, const hk_bf16 *x, float *y, size_t rows, size_t cols);
HK_API void hk_matvec_f16(const hk_f16 *W, const hk_f16 *x, float *y, size_t rows, size_t cols);
HK_API void hk_matvec_i8(const int8_t *W, const int8_t *x, int64_t *y, size_t rows, size_t cols);

#ifdef __cplusplus
}
#endif
#endif
