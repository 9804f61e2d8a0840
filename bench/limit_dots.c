/* The inner loops of the dot products of 16 and 8 bits alone; compiled once for each level with integer dot products.
 */
#include "limits.h"

#include "simd/simd.h"

enum { SUMS = 8, PAIRS = 2 * VF_LANES, BYTES = 4 * VF_LANES };
_Static_assert(SUMS *BYTES == LIMIT_DOT_STEP, "whole rounds of the longest loop");

static float total(const vf *sum) {
    vf all = sum[0];
    HK_UNROLL
    for (int k = 1; k < SUMS; k++) all = v_add(all, sum[k]);
    return v_sum(all);
}

static float bf16_loop(const uint16_t *a, const uint16_t *b, size_t n) {
    const vi high = vi_set1((int32_t)0xffff0000);
    vf sum[SUMS];
    HK_UNROLL
    for (int k = 0; k < SUMS; k++) sum[k] = v_zero();
    for (size_t i = 0; i < n; i += SUMS / 2 * PAIRS) HK_UNROLL
    for (size_t k = 0; k < SUMS; k += 2) {
        const vi x = vi_load(a + i + k / 2 * PAIRS), y = vi_load(b + i + k / 2 * PAIRS);
        sum[k] = v_fma(v_from_bits(vi_shl(x, 16)), v_from_bits(vi_shl(y, 16)), sum[k]);
        sum[k + 1] = v_fma(v_from_bits(vi_and(x, high)), v_from_bits(vi_and(y, high)), sum[k + 1]);
    }
    return total(sum);
}

static float f16_loop(const uint16_t *a, const uint16_t *b, size_t n) {
    vf sum[SUMS];
    HK_UNROLL
    for (int k = 0; k < SUMS; k++) sum[k] = v_zero();
    for (size_t i = 0; i < n; i += SUMS * VF_LANES) HK_UNROLL
    for (size_t k = 0; k < SUMS; k++)
        sum[k] = v_fma(v_load_f16(a + i + k * VF_LANES), v_load_f16(b + i + k * VF_LANES), sum[k]);
    return total(sum);
}

static int64_t i8_loop(const int8_t *a, const int8_t *b, size_t n) {
    vi sum[SUMS], excess[SUMS];
    HK_UNROLL
    for (int k = 0; k < SUMS; k++) sum[k] = excess[k] = vi_set1(0);
    for (size_t i = 0; i < n; i += SUMS * BYTES) HK_UNROLL
    for (size_t k = 0; k < SUMS; k++) sum[k] = vi_dot_i8(sum[k], &excess[k], a + i + k * BYTES, b + i + k * BYTES);
    int64_t all = 0;
    HK_UNROLL
    for (int k = 0; k < SUMS; k++) all += vi_sum(vi_sub(sum[k], excess[k]));
    return all;
}

const limit_dots HK_PASTE(limit_dots_, HK_LEVEL) = {HK_LEVEL_ISA, bf16_loop, f16_loop, i8_loop};
