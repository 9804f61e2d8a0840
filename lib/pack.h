/* The packed layouts of dense weights, the same for every instruction set: panels of 16 outputs, the last one filled up
 * with zeros.
 *
 *   HK_F32         [k][16] floats; layers of at most HK_DOT_OUTPUTS outputs stay as rows
 *   HK_F16         [k][16], with an even number of k
 *   HK_BF16        [k / 2][16][2], with a multiple of 32 of k
 *   both 16-bit    layers of at most HK_DOT_OUTPUTS outputs stay as rows, of rounded floats
 *   HK_I8          [k / 4][16][4], then HK_I8_AFTER zeros, the sums of each output's weights, and its scale
 *   HK_I4          [k / 32][4][16][4] bytes of two weights, then [k / 32][16] scales, panel by panel
 *
 * Sizes are in kernels/shapes.h.
 */
#ifndef HK_PACK_H
#define HK_PACK_H

#include "table.h"

/* Weights to be packed: [outputs][inputs], or packed floats. */
typedef struct hk_weights {
    const float *w;
    size_t inputs, outputs;
    int packed;
} hk_weights;

/* Where packing puts them. */
typedef struct hk_packed {
    void *weights;
    int32_t *sums; /* HK_I8 */
    float *scales; /* HK_I8 */
} hk_packed;

/* The type that the weights of a layer are kept in, which for the narrowest is HK_F32. */
hk_dtype hk_stored(hk_dtype storage, size_t outputs);

/* Bytes of a panel of stored weights; of all weights, scales and sums, each part padded to 64 bytes. The caller has
   checked that 4 (inputs + 64) (outputs + 16) fits. */
size_t hk_panel_bytes(hk_dtype stored, size_t inputs);
size_t hk_packed_bytes(hk_dtype stored, size_t inputs, size_t outputs);

/* Packs into hk_packed_bytes of memory, aligned to 64 bytes. `storage` is what the weights are rounded to. */
hk_packed hk_pack(const hk_kernels *kernels, hk_dtype storage, hk_weights from, void *memory);

/* Packs floats, inputs * (outputs rounded up to panels) of them, or rows. */
size_t hk_packed_size(size_t inputs, size_t outputs);
void hk_pack_f32(const float *weights, size_t inputs, size_t outputs, float *packed);

/* 1 if all weights are finite numbers. */
int hk_weights_finite(hk_weights from);

#endif
