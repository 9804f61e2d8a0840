/* Rows of floats to 8-bit numbers: x ~ (q - zero) * scale, q = round(x / scale) + zero.
 *
 * The range of a row is that of its elements and 0, so that 0 is a number q has exactly. Everything here is a correctly
 * rounded operation or a minimum, so that q is the same on every level. */
#include "real_f32.h"

#include "partial.h"
#include "shapes.h"

#include <float.h>
#include <math.h>

/* Blocks that are in flight together, and a row's padding. */
enum { STEP = 4 };
_Static_assert((int)STEP *LANES == (int)HK_QUANTIZED_PAD, "numbers are stored in whole steps");

/* The least and the largest of a row and 0, NaN left out. */
static void KERNEL(range_of_row)(const float *x, size_t n, float *least, float *largest) {
    vf low[STEP], high[STEP];
    HK_UNROLL
    for (int j = 0; j < STEP; j++) low[j] = high[j] = v_zero();
    for (; n >= STEP * LANES; n -= STEP * LANES, x += STEP * LANES) HK_UNROLL
    for (int j = 0; j < STEP; j++) {
        low[j] = v_min(v_load(x + j * LANES), low[j]);
        high[j] = v_max(v_load(x + j * LANES), high[j]);
    }
    for (size_t i = 0; i < n; i += LANES) {
        const vf v = NAME(load_some)(x + i, n - i);
        low[0] = v_min(v, low[0]);
        high[0] = v_max(v, high[0]);
    }
    *least = -v_hmax(v_neg(v_min(v_min(low[0], low[1]), v_min(low[2], low[3]))));
    *largest = v_hmax(v_max(v_max(high[0], high[1]), v_max(high[2], high[3])));
}

/* Up to LANES rows: each range is cut into 255 steps. Halves, so that no range overflows, and a scale whose reciprocal
   is a normal number, for rows of nearly nothing. */
static void KERNEL(scales_of_rows)(const float *x, size_t x_stride, size_t rows, size_t cols, int symmetric,
                                   hk_row_scale *rows_as) {
    float low[LANES] = {0}, high[LANES] = {0}, scales[LANES], zeros[LANES];
    for (size_t r = 0; r < rows; r++) KERNEL(range_of_row)(x + r * x_stride, cols, low + r, high + r);
    const vf half = v_set1(0.5f), far = v_max(v_load(high), v_neg(v_load(low)));
    const vf least = symmetric ? v_neg(far) : v_load(low), largest = symmetric ? far : v_load(high),
             range = v_sub(v_mul(largest, half), v_mul(least, half));
    const vf scale = v_max(v_div(range, v_set1(127.5f)), v_set1(FLT_MIN));
    v_store(scales, scale);
    const vf zero = v_min(v_from_int(v_nearest(v_div(v_neg(least), scale))), v_set1(255));
    v_store(zeros, symmetric ? v_set1(128) : zero);
    for (size_t r = 0; r < rows; r++) rows_as[r] = (hk_row_scale){scales[r], (int32_t)zeros[r]};
}

/* Numbers of STEP blocks; `wrong` becomes NaN where x is no finite number. Numbers below 0 are stored as 0. */
HK_INLINE void numbers_of_blocks(const vf *x, vf inverse, vf most, vi zero, vf *wrong, uint8_t *q) {
    vi number[STEP];
    HK_UNROLL
    for (int j = 0; j < STEP; j++) {
        number[j] = vi_add(v_nearest(v_min(v_mul(x[j], inverse), most)), zero);
        wrong[j] = v_fma(x[j], v_zero(), wrong[j]);
    }
    vi_store4_u8(q, number);
}

/* What is behind the row becomes 0. NaN if something in it is no finite number, else 0. */
static float KERNEL(numbers_of)(const float *x, size_t n, hk_row_scale s, uint8_t *q) {
    const vf inverse = v_set1(1 / s.scale), most = v_set1(255 - (float)s.zero);
    const vi zero = vi_set1(s.zero);
    vf wrong[STEP], block[STEP];
    HK_UNROLL
    for (int j = 0; j < STEP; j++) wrong[j] = v_zero();
    for (; n >= STEP * LANES; n -= STEP * LANES, x += STEP * LANES, q += STEP * LANES) {
        HK_UNROLL
        for (int j = 0; j < STEP; j++) block[j] = v_load(x + j * LANES);
        numbers_of_blocks(block, inverse, most, zero, wrong, q);
    }
    if (n) {
        HK_UNROLL
        for (size_t j = 0; j < STEP; j++)
            block[j] = n > j * LANES ? NAME(load_some)(x + j * LANES, n - j * LANES) : v_zero();
        numbers_of_blocks(block, inverse, most, zero, wrong, q);
        memset(q + n, 0, STEP * LANES - n);
    }
    return v_sum(v_add(v_add(wrong[0], wrong[1]), v_add(wrong[2], wrong[3])));
}

/* Ranges first, for some rows that are still in cache afterwards: one row alone is a chain of many short steps. */
void KERNEL(quantize_i8)(const float *x, size_t x_stride, size_t rows, size_t cols, const hk_row_scale *fixed,
                         int symmetric, uint8_t *q, size_t q_stride, hk_row_scale *rows_as) {
    enum { NEAR = 4096 };
    const size_t most = cols > NEAR / 2 ? 1 : hk_min(NEAR / cols, LANES);
    for (size_t r = 0, n; r < rows; r += n, x += n * x_stride, q += n * q_stride) {
        n = hk_min(rows - r, most);
        if (!fixed) KERNEL(scales_of_rows)(x, x_stride, n, cols, symmetric, rows_as + r);
        for (size_t i = 0; i < n; i++) {
            hk_row_scale *as = rows_as + r + i;
            if (fixed) *as = *fixed;
            if (KERNEL(numbers_of)(x + i * x_stride, cols, *as, q + i * q_stride) == 0) continue;
            *as = (hk_row_scale){NAN, 0}; /* every number is as good, but they are the same everywhere */
            memset(q + i * q_stride, 0, cols);
        }
    }
}
