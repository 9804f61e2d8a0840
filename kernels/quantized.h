/* The shapes of quantized layers, which the kernels and the packing of weights share. */
#ifndef HK_QUANTIZED_H
#define HK_QUANTIZED_H

#include "table.h"

#include <float.h>

/* Rows of 8-bit inputs end in zeros up to a multiple of HK_QUANTIZED_PAD; weights come in groups of HK_I8_GROUP inputs.
   Packed weights are followed by HK_I8_AFTER bytes, which a kernel may read and multiply with such zeros. Products of
   HK_I8_PART inputs with one weight each, 255 * 128 at most, add up within an int32. */
enum { HK_QUANTIZED_PAD = 64, HK_I8_GROUP = 4, HK_I8_AFTER = 1024, HK_I8_PART = 65536 };

static inline size_t hk_quantized_width(size_t inputs) {
    return (inputs + HK_QUANTIZED_PAD - 1) / HK_QUANTIZED_PAD * HK_QUANTIZED_PAD;
}
/* Bytes of a panel of 16 outputs. */
static inline size_t hk_i8_panel(size_t inputs) { return (inputs + HK_I8_GROUP - 1) / HK_I8_GROUP * HK_I8_GROUP * 16; }
static inline size_t hk_i8_parts(size_t inputs) { return (inputs + HK_I8_PART - 1) / HK_I8_PART; }

/* To the nearest integer, ties to even, for |x| < 2^22: beyond 1.5 * 2^23 floats are integers. */
#define HK_ROUND_BY 0x1.8p23f
static inline float hk_rounded(float x) { return (x + HK_ROUND_BY) - HK_ROUND_BY; }

/* What the numbers of a row stand for, whose range, 0 included, this is: halves, so that no range overflows, and a
   scale whose reciprocal is a normal number, for rows of nearly nothing. */
static inline hk_row_scale hk_scale_of(float low, float high) {
    const float scale = (high * 0.5f - low * 0.5f) / 127.5f;
    hk_row_scale s = {scale > FLT_MIN ? scale : FLT_MIN, 0};
    const float zero = hk_rounded(-low / s.scale);
    s.zero = (int32_t)(zero < 255 ? zero : 255);
    return s;
}

#endif
