/* Quotients of pairs in float: from an approximate reciprocal, by putting the remainder back. */
#ifndef HK_MATH_QUOTIENT_H
#define HK_MATH_QUOTIENT_H

#include "../simd/simd.h"

/* (num + num_low) / (d + d_low) = y - excess * inverse for d of moderate size; the remainder is taken with its sign
   turned, so that -0 stays -0. */
typedef struct {
    vf y, excess, inverse;
} quotient_parts;
HK_INLINE quotient_parts v_quotient_parts(vf num, vf num_low, vf d, vf d_low) {
    const vf inverse = v_reciprocal(d), y = v_mul(num, inverse);
    return (quotient_parts){y, v_fma(y, d_low, v_sub(v_fms(y, d, num), num_low)), inverse};
}
HK_INLINE vf v_quotient(vf num, vf num_low, vf d, vf d_low) {
    const quotient_parts q = v_quotient_parts(num, num_low, d, d_low);
    return v_fnma(q.excess, q.inverse, q.y);
}

/* 1 / (d + d_low): with e = y (d + d_low) - 1 it is y (1 - e + e^2), but for e^3. */
HK_INLINE vf v_corrected_reciprocal(vf d, vf d_low) {
    const vf y = v_reciprocal_start(d), e = v_fma(y, d_low, v_fms(y, d, v_set1(1.0f)));
    return v_fnma(v_fnma(e, e, e), y, y);
}

#endif
