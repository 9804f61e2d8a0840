/* Rows of floats to 8-bit numbers: x ~ (q - zero) * scale, q = round(x / scale) + zero.
 *
 * The range of a row is that of its elements and 0, so that 0 is a number q has exactly. Everything here is a correctly
 * rounded operation or a minimum, so that q is the same on every level. */
#include "real_f32.h"

#include "partial.h"
#include "quantized.h"

#include <math.h>

/* From the least and the largest of a row and 0, NaN left out. */
static hk_row_scale KERNEL(scale_of_row)(const float *x, size_t n) {
    vf low[2] = {v_zero(), v_zero()}, high[2] = {v_zero(), v_zero()};
    for (size_t i = 0; i < n; i += 2 * LANES) HK_UNROLL
    for (size_t j = 0; j < 2; j++) {
        if (i + j * LANES >= n) break;
        const vf v = NAME(load_some)(x + i + j * LANES, n - i - j * LANES);
        low[j] = v_min(v, low[j]);
        high[j] = v_max(v, high[j]);
    }
    return hk_scale_of(-v_hmax(v_neg(v_min(low[0], low[1]))), v_hmax(v_max(high[0], high[1])));
}

/* Clamped, rounded and moved by `zero`; what is behind the row becomes 0. NaN if something in the row is no finite
   number, else 0. */
static float KERNEL(numbers_of)(const float *x, size_t n, hk_row_scale s, uint8_t *q) {
    const vf inverse = v_set1(1 / s.scale), low = v_set1(-(float)s.zero), high = v_set1(255 - (float)s.zero);
    const vf magic = v_set1(HK_ROUND_BY);
    const vi zero = vi_set1(s.zero);
    vf wrong = v_zero();
    for (size_t i = 0; i < n; i += LANES) {
        const vf v = NAME(load_some)(x + i, n - i), inside = v_max(v_min(v_mul(v, inverse), high), low);
        wrong = v_fma(v, v_zero(), wrong);
        vi_store_u8(q + i, vi_add(v_bits(v_add(inside, magic)), zero));
    }
    for (size_t i = n; i < hk_quantized_width(n); i++) q[i] = 0;
    return v_sum(wrong);
}

void KERNEL(quantize_i8)(const float *x, size_t x_stride, size_t rows, size_t cols, const hk_row_scale *fixed,
                         uint8_t *q, size_t q_stride, hk_row_scale *rows_as) {
    for (size_t r = 0; r < rows; r++, x += x_stride, q += q_stride) {
        rows_as[r] = fixed ? *fixed : KERNEL(scale_of_row)(x, cols);
        if (KERNEL(numbers_of)(x, cols, rows_as[r], q) != 0) rows_as[r].scale = NAN;
    }
}
