/* The limit loops of one level; compiled once per level with the kernels' flags. */
#include "limits.h"

#include "simd/simd.h"

enum { CHAINS = HK_TILE_BLOCKS < 12 ? HK_TILE_BLOCKS : 12 }; /* as many as the registers hold, latency is hidden */

static float fma_loop(uint64_t steps) {
    /* no two lanes alike: of registers that hold the same, the compiler would compute one */
    static const float lanes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vf sum[CHAINS];
    const vf a = v_set1(0.999f), b = v_set1(1e-3f);
    HK_UNROLL
    for (int i = 0; i < CHAINS; i++) sum[i] = v_add(v_load(lanes), v_set1((float)i));
    for (uint64_t s = 0; s < steps * 24; s += CHAINS) HK_UNROLL
    for (int i = 0; i < CHAINS; i++) sum[i] = v_fma(sum[i], a, b);
    HK_UNROLL
    for (int i = 1; i < CHAINS; i++) sum[0] = v_add(sum[0], sum[i]);
    return v_sum(sum[0]);
}

static float chain_loop(uint64_t steps) {
    vf sum = v_set1(1);
    const vf a = v_set1(0.999f), b = v_set1(1e-3f);
    for (uint64_t s = 0; s < steps; s++) HK_UNROLL
    for (int i = 0; i < 24; i++) sum = v_fma(sum, a, b);
    return v_sum(sum);
}

static float load_loop(const float *p, size_t n) {
    vi any[4] = {vi_set1(0), vi_set1(0), vi_set1(0), vi_set1(0)};
    for (size_t i = 0; i < n; i += 8 * VF_LANES) HK_UNROLL
    for (size_t k = 0; k < 8; k++) any[k % 4] = vi_or(any[k % 4], vi_load(p + i + k * VF_LANES));
    return v_sum(v_from_bits(vi_or(vi_or(any[0], any[1]), vi_or(any[2], any[3]))));
}

/* The instructions of a dense layer's full tile, and no others: inputs broadcast, blocks of weights loaded. */
static float tile_loop(const float *p, uint64_t steps) {
    enum { PANELS = HK_TILE_BLOCKS < 12 ? 1 : 2, ROWS = HK_TILE_BLOCKS / PANELS };
    vf sum[ROWS * PANELS];
    HK_UNROLL
    for (int i = 0; i < ROWS * PANELS; i++) sum[i] = v_zero();
    HK_NO_UNROLL /* several steps in one, gcc 12 runs out of registers */
        for (uint64_t s = 0; s < steps; s++) {
        HK_OPAQUE(p); /* the same numbers each time, which the compiler must not know */
        vf weights[PANELS];
        HK_UNROLL
        for (int i = 0; i < PANELS; i++) weights[i] = v_load(p + i * VF_LANES);
        HK_UNROLL
        for (int r = 0; r < ROWS; r++) {
            const vf input = v_set1(p[2 * VF_LANES + r]);
            HK_UNROLL
            for (int i = 0; i < PANELS; i++) sum[r * PANELS + i] = v_fma(input, weights[i], sum[r * PANELS + i]);
        }
    }
    HK_UNROLL
    for (int i = 1; i < ROWS * PANELS; i++) sum[0] = v_add(sum[0], sum[i]);
    return v_sum(sum[0]);
}

const limit_loops HK_PASTE(limit_loops_, HK_LEVEL) = {HK_LEVEL_ISA, HK_TILE_BLOCKS, fma_loop,
                                                      chain_loop,   load_loop,      tile_loop};
