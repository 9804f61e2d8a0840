/* What the kernels and the library share: how far weights lie, and the shapes of 16- and 8-bit weights and rows. */
#ifndef HK_SHAPES_H
#define HK_SHAPES_H

#include <stddef.h>

/* How far weights lie; and the bytes of a layer beyond which they are not taken to stay in the second-level cache, and
   of a network beyond which they come from memory, or from a third-level cache that is hardly faster. */
enum { HK_NEAR = 0, HK_FAR = 1, HK_VERY_FAR = 2 };
enum { HK_FAR_WEIGHTS = 1 << 20, HK_VERY_FAR_WEIGHTS = 8 << 20 };

/* Rows of 8-bit inputs end in zeros up to a multiple of HK_QUANTIZED_PAD; weights come in groups of HK_I8_GROUP inputs.
   Packed weights are followed by HK_I8_AFTER bytes, which a kernel may read and multiply with such zeros. Products of
   HK_I8_PART inputs with one weight each, 255 * 128 at most, add up within an int32. */
enum { HK_QUANTIZED_PAD = 64, HK_I8_GROUP = 4, HK_I8_AFTER = 1024, HK_I8_PART = 65536 };

/* Bytes from one row of so many to the next: an odd number of cache lines, since rows at powers of two share the sets
 * of a cache. */
static inline size_t hk_narrow_stride(size_t bytes) {
    return ((bytes + HK_QUANTIZED_PAD - 1) / HK_QUANTIZED_PAD | 1) * HK_QUANTIZED_PAD;
}
/* Inputs of a panel of 16-bit weights: even, and for bf16, whose units multiply 64 bytes at a time, filled up with
 * zeros. */
static inline size_t hk_f16_inputs(size_t inputs) { return (inputs + 1) / 2 * 2; }
static inline size_t hk_bf16_inputs(size_t inputs) { return (inputs + 31) / 32 * 32; }
/* Bytes of a panel of 16 outputs. */
static inline size_t hk_i8_panel(size_t inputs) { return (inputs + HK_I8_GROUP - 1) / HK_I8_GROUP * HK_I8_GROUP * 16; }
static inline size_t hk_bf16_panel(size_t inputs) { return hk_bf16_inputs(inputs) * 16 * 2; }
static inline size_t hk_i8_parts(size_t inputs) { return (inputs + HK_I8_PART - 1) / HK_I8_PART; }

/* 4-bit weights: for every 32 inputs 16 outputs of 16 bytes, then, behind all of them, 16 scales in bf16 for every 32.
 */
enum { HK_I4_GROUP = 32, HK_I4_BYTES = HK_I4_GROUP * 16 / 2 };
static inline size_t hk_i4_groups(size_t inputs) { return (inputs + HK_I4_GROUP - 1) / HK_I4_GROUP; }
static inline size_t hk_i4_panel(size_t inputs) {
    return (hk_i4_groups(inputs) * (HK_I4_BYTES + 16 * 2) + HK_QUANTIZED_PAD - 1) / HK_QUANTIZED_PAD * HK_QUANTIZED_PAD;
}

#endif
