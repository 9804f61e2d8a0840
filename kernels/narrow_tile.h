/* Sums of products for dense layers on narrow rows and weights, four bytes at a time in registers.
 *
 * The including source gives SUM, the blocks of sums, ZERO and STORE(p, sum) of them, ROW and ROW_AT(p), four bytes of
 * a row for all lanes, WEIGHTS and WEIGHTS_AT(p), four bytes for each lane, and DOT(sum, row, weights). */
#include "dense_narrow.h"

/* Bytes of weights that a second-level cache holds beside other things, and in a group of a panel. */
enum { NEAR_BYTES = 1 << 18, GROUP_BYTES = 4 * VF_LANES };

/* R rows and P panels. Where there are fewer rows, the last one stands in for those that are missing. */
HK_INLINE void sums_of(const int R, const int P, const narrow_tile *tile, narrow_sums *sums) {
    const uint8_t *q[HK_I8_TALL];
    const size_t stride = tile->panel_stride;
    SUM acc[HK_I8_TALL * HK_I8_PANELS > HK_I8_ROW_PANELS ? HK_I8_TALL * HK_I8_PANELS : HK_I8_ROW_PANELS];
    HK_UNROLL
    for (int r = 0; r < R; r++) q[r] = tile->q + hk_min((size_t)r, tile->rows - 1) * tile->q_stride;
    HK_UNROLL
    for (int i = 0; i < R * P; i++) acc[i] = ZERO;
    const int8_t *w = tile->w;
    for (size_t g = 0; g < tile->groups; g++, w += GROUP_BYTES) {
        WEIGHTS weights[HK_I8_ROW_PANELS];
        HK_UNROLL
        for (int p = 0; p < P; p++) weights[p] = WEIGHTS_AT(w + (size_t)p * stride);
        HK_UNROLL
        for (int r = 0; r < R; r++) {
            const ROW row = ROW_AT(q[r] + g * 4);
            HK_UNROLL
            for (int p = 0; p < P; p++) acc[r * P + p] = DOT(acc[r * P + p], row, weights[p]);
        }
    }
    HK_UNROLL
    for (int r = 0; r < R; r++) {
        if ((size_t)r >= tile->rows) break;
        HK_UNROLL
        for (int p = 0; p < P; p++) STORE(sums, (r * P + p) * VF_LANES, acc[r * P + p]);
    }
}

#define NARROW_TILE(name, R, P)                                                                                        \
    static __attribute__((noinline)) void KERNEL(name)(const narrow_tile *tile, narrow_sums *sums) {                   \
        sums_of(R, P, tile, sums);                                                                                     \
    }
NARROW_TILE(tall_tile, HK_I8_TALL, HK_I8_PANELS)
NARROW_TILE(low_tile, HK_I8_LOW, HK_I8_PANELS)
NARROW_TILE(row_tile, 1, HK_I8_ROW_PANELS)
NARROW_TILE(tall_panel, HK_I8_TALL, 1)
NARROW_TILE(low_panel, HK_I8_LOW, 1)
NARROW_TILE(row_panel, 1, 1)

static void KERNEL(sums_of_tile)(const narrow_tile *tile, narrow_sums *sums) {
    const int narrow = HK_I8_PANELS == 1, one = narrow || tile->panels == 1;
    if (tile->rows == 1 && HK_I8_TALL > 1)
        (tile->panels == 1 ? KERNEL(row_panel) : KERNEL(row_tile))(tile, sums);
    else if (tile->rows <= HK_I8_LOW && HK_I8_TALL > 1 && (narrow || !one))
        (narrow ? KERNEL(low_panel) : KERNEL(low_tile))(tile, sums);
    else /* a single panel of a wide level comes last, and few rows of it are not worth a tile of their own */
        (one ? KERNEL(tall_panel) : KERNEL(tall_tile))(tile, sums);
}

/* The way of these tiles. */
#define NARROW_WAY(inputs_of_group, bytes_of_panel, input_bias)                                                        \
    {                                                                                                                  \
        .tall = HK_I8_TALL, .low = HK_I8_LOW, .panels = HK_I8_PANELS, .low_panels = HK_I8_PANELS,                      \
        .row_panels = HK_I8_ROW_PANELS, .near = NEAR_BYTES, .group = inputs_of_group, .panel_bytes = bytes_of_panel,   \
        .bias = input_bias, .sums = KERNEL(sums_of_tile)                                                               \
    }
