/* Dense layers on 8-bit rows and 4-bit weights: bound by reading the weights where there is one row, which is what they
 * are for.
 *
 * A weight q is kept as u = q + 8, so that the sum of x q is that of x u less that of 8 x, both exact. */
#include "kernel.h"

#include "dense_narrow.h"

enum { LANES = VF_LANES, HALVES = HK_I4_GROUP / 8, NEAR_BYTES = 1 << 18 };

/* One row and P panels: the sums of each group, times its scales, one group after the other. */
HK_INLINE void sums_of(const int P, const narrow_tile *tile, narrow_sums *sums) {
    vf acc[HK_I4_PANELS];
    HK_UNROLL
    for (int p = 0; p < P; p++) acc[p] = v_zero();
    for (size_t g = 0; g < tile->groups; g++) {
        v_signed4 x[2 * HALVES];
        vi eights = vi_set1(0);
        HK_UNROLL
        for (int k = 0; k < 2 * HALVES; k++) {
            x[k] = v_signed4_set1(tile->q + g * HK_I4_GROUP + 4 * k);
            eights = vi_dot4_small(eights, x[k], v_small_set1(8));
        }
        HK_UNROLL
        for (int p = 0; p < P; p++) {
            const uint8_t *w = (const uint8_t *)tile->w + (size_t)p * tile->panel_stride;
            const uint16_t *scales = (const uint16_t *)(const void *)(w + tile->groups * HK_I4_BYTES) + g * LANES;
            vi sum = vi_set1(0), other = vi_set1(0); /* two chains */
            HK_UNROLL
            for (int k = 0; k < HALVES; k++) {
                v_small u[2];
                v_small_load2(w + g * HK_I4_BYTES + (size_t)k * 4 * LANES, u);
                sum = vi_dot4_small(sum, x[2 * k], u[0]);
                other = vi_dot4_small(other, x[2 * k + 1], u[1]);
            }
            const vf exact = v_from_int(vi_sub(vi_add(sum, other), eights));
            acc[p] = v_fma(exact, v_from_bits(vi_shl(vi_load_u16(scales), 16)), acc[p]);
        }
    }
    HK_UNROLL
    for (int p = 0; p < P; p++) v_store(sums->f32 + p * LANES, acc[p]);
}

static void KERNEL(i4_sums)(const narrow_tile *tile, narrow_sums *sums) {
    if (tile->panels == 1)
        sums_of(1, tile, sums);
    else
        sums_of(HK_I4_PANELS, tile, sums);
}

void KERNEL(dense_i4)(const hk_dense_narrow_job *job) {
    static const narrow_way way = {.tall = 1,
                                   .low = 1,
                                   .row_panels = HK_I4_PANELS,
                                   .near = NEAR_BYTES,
                                   .group = HK_I4_GROUP,
                                   .panel_bytes = hk_i4_panel,
                                   .sums = KERNEL(i4_sums)};
    NARROW_LAYER(job, &way);
}
