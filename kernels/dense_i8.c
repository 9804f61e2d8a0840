/* Sums of products for dense layers on 8-bit rows and weights, four bytes at a time in registers. */
#include "kernel.h"

#include "dense_i8.h"

/* Bytes of weights that a second-level cache holds beside other things. */
enum { HK_I8_NEAR = 1 << 18 };

/* R rows and P panels. Where there are fewer rows, the last one stands in for those that are missing. */
HK_INLINE void sums_of(const int R, const int P, const i8_tile *tile, int32_t *sums) {
    const uint8_t *q[HK_I8_TALL];
    const size_t stride = tile->panel_stride;
    vi acc[HK_I8_TALL * HK_I8_PANELS > HK_I8_ROW_PANELS ? HK_I8_TALL * HK_I8_PANELS : HK_I8_ROW_PANELS];
    HK_UNROLL
    for (int r = 0; r < R; r++) q[r] = tile->q + hk_min((size_t)r, tile->rows - 1) * tile->q_stride;
    HK_UNROLL
    for (int i = 0; i < R * P; i++) acc[i] = vi_set1(0);
    const int8_t *w = tile->w;
    for (size_t g = 0; g < tile->groups; g++, w += HK_I8_GROUP * VF_LANES) {
        v_bytes weights[HK_I8_ROW_PANELS];
        HK_UNROLL
        for (int p = 0; p < P; p++) weights[p] = v_bytes_load(w + (size_t)p * stride);
        HK_UNROLL
        for (int r = 0; r < R; r++) {
            const v_quad inputs = v_quad_set1(q[r] + g * HK_I8_GROUP);
            HK_UNROLL
            for (int p = 0; p < P; p++) acc[r * P + p] = vi_dot4(acc[r * P + p], inputs, weights[p]);
        }
    }
    HK_UNROLL
    for (int r = 0; r < R; r++) {
        if ((size_t)r >= tile->rows) break;
        HK_UNROLL
        for (int p = 0; p < P; p++) vi_store(sums + (r * P + p) * VF_LANES, acc[r * P + p]);
    }
}

static __attribute__((noinline)) void KERNEL(i8_tall_tile)(const i8_tile *tile, int32_t *sums) {
    sums_of(HK_I8_TALL, HK_I8_PANELS, tile, sums);
}
static __attribute__((noinline)) void KERNEL(i8_low_tile)(const i8_tile *tile, int32_t *sums) {
    sums_of(HK_I8_LOW, HK_I8_PANELS, tile, sums);
}
static __attribute__((noinline)) void KERNEL(i8_row_tile)(const i8_tile *tile, int32_t *sums) {
    sums_of(1, HK_I8_ROW_PANELS, tile, sums);
}
static __attribute__((noinline)) void KERNEL(i8_tall_panel)(const i8_tile *tile, int32_t *sums) {
    sums_of(HK_I8_TALL, 1, tile, sums);
}
static __attribute__((noinline)) void KERNEL(i8_low_panel)(const i8_tile *tile, int32_t *sums) {
    sums_of(HK_I8_LOW, 1, tile, sums);
}
static __attribute__((noinline)) void KERNEL(i8_row_panel)(const i8_tile *tile, int32_t *sums) {
    sums_of(1, 1, tile, sums);
}

static void KERNEL(i8_sums_of_tile)(const i8_tile *tile, int32_t *sums) {
    const int one = tile->panels == 1;
    if (tile->rows == 1 && HK_I8_TALL > 1)
        (one ? KERNEL(i8_row_panel) : KERNEL(i8_row_tile))(tile, sums);
    else if (tile->rows <= HK_I8_LOW && HK_I8_TALL > 1)
        (one ? KERNEL(i8_low_panel) : HK_I8_PANELS > 1 ? KERNEL(i8_low_tile) : KERNEL(i8_low_panel))(tile, sums);
    else
        (one ? KERNEL(i8_tall_panel) : HK_I8_PANELS > 1 ? KERNEL(i8_tall_tile) : KERNEL(i8_tall_panel))(tile, sums);
}

void KERNEL(dense_i8)(const hk_dense_i8_job *job) {
    static const i8_way way = {.tall = HK_I8_TALL,
                               .low = HK_I8_LOW,
                               .panels = HK_I8_PANELS,
                               .low_panels = HK_I8_PANELS,
                               .row_panels = HK_I8_ROW_PANELS,
                               .near = HK_I8_NEAR,
                               .bias = HK_I8_BIAS,
                               .sums = KERNEL(i8_sums_of_tile)};
    I8_LAYER(job, &way);
}
