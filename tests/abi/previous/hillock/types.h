/* Element types and the conversions between them. */
#ifndef HILLOCK_TYPES_H
#define HILLOCK_TYPES_H

#include "hillock/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint16_t hk_bf16; /* bit pattern: the upper half of an IEEE binary32 */
typedef uint16_t hk_f16;  /* bit pattern: IEEE binary16 */

typedef enum hk_dtype { HK_F32 = 0, HK_F64, HK_BF16, HK_F16, HK_I8 } hk_dtype;

/* y[i] = x[i] in the other type. Narrowing rounds to nearest, ties to even; a value too large becomes an infinity, one
   too small a subnormal or a zero of its sign; NaN stays NaN. Widening is exact.
   Shapes: x and y of n elements. Aliasing: the arrays do not overlap. Alignment: that of the element. Errors: none.
   Threads: any. */
HK_API void hk_convert_f32_to_bf16(const float *x, hk_bf16 *y, size_t n);
HK_API void hk_convert_bf16_to_f32(const hk_bf16 *x, float *y, size_t n);
HK_API void hk_convert_f32_to_f16(const float *x, hk_f16 *y, size_t n);
HK_API void hk_convert_f16_to_f32(const hk_f16 *x, float *y, size_t n);

#ifdef __cplusplus
}
#endif
#endif
