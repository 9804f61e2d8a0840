/* Softmax and log-softmax in double, on SLEEF's exp and log1p.
 *
 * With m the row's maximum, x - m is kept as a pair, since its rounding is what spoils softmax elsewhere. The elements
 * equal to m contribute exactly 1 each: they are counted, and the others are summed with their rounding errors, block j
 * in accumulator j mod 4 as in a dot product. So log(count + rest) = log1p((count - 1) + rest) is right near 0. */
#include "real_f64.h"

#include "math/f64.h"

#include <float.h>

HK_INLINE void log1p_pair(vd s, vd s_low, vd *high, vd *low) {
    *high = vd_log1p(s);
    *low = vd_div(s_low, vd_add(vd_set1(1), s));
}

typedef struct {
    vd d, d_low;
} shifted_pair;
HK_INLINE shifted_pair shifted(vd x, vd m) {
    vd low; /* of no use, and NaN, where d is infinite */
    const vd d = vd_two_sum(x, vd_neg(m), &low);
    return (shifted_pair){d, vd_select(vd_le(vd_abs(d), vd_set1(DBL_MAX)), low, vd_zero())};
}

static vd NAME(row_maximum)(const double *x, size_t cols) {
    vd m = vd_set1(x[0]);
    for (size_t i = 0; i < cols; i += VD_LANES) {
        const size_t n = hk_min(cols - i, VD_LANES);
        m = vd_max(m, vd_select(vd_first(n), vd_loadn(x + i, n), m));
    }
    return vd_set1(vd_hmax(m));
}

/* The number of elements that are the maximum, and the sum of e^(x - m) over the others as a pair; e goes to y if that
   is not NULL. */
typedef struct {
    double count, rest, rest_low;
} row_total;
static row_total NAME(row_sum)(const double *x, double *y, size_t cols, vd m) {
    vd sum[4], low[4], count = vd_zero();
    for (int j = 0; j < 4; j++) sum[j] = low[j] = vd_zero();
    for (size_t i = 0, j = 0; i < cols; i += VD_LANES, j = (j + 1) % 4) {
        const size_t n = hk_min(cols - i, VD_LANES);
        const vd v = vd_loadn(x + i, n);
        const shifted_pair s = shifted(v, m);
        const vd e = vd_exp(s.d), e_low = vd_mul(e, s.d_low);
        if (y) vd_storen(y + i, vd_add(e, e_low), n);
        const vdm here = vd_first(n), top = md_and(here, vd_eq(v, m));
        const vdm others = md_and(here, md_not(top));
        count = vd_add(count, vd_select(top, vd_set1(1), vd_zero()));
        vd error;
        sum[j] = vd_two_sum(sum[j], vd_select(others, e, vd_zero()), &error);
        low[j] = vd_add(low[j], vd_add(error, vd_select(others, e_low, vd_zero())));
    }
    vd error[3];
    const vd even = vd_two_sum(sum[0], sum[1], &error[0]), odd = vd_two_sum(sum[2], sum[3], &error[1]);
    const vd all = vd_two_sum(even, odd, &error[2]);
    vd all_low = vd_add(vd_add(low[0], low[1]), vd_add(low[2], low[3]));
    all_low = vd_add(all_low, vd_add(vd_add(error[0], error[1]), error[2]));
    /* lanes: the multiples of 2^-20 in them add without error. An infinite maximum makes the sum NaN. */
    const vd magic = vd_set1(0x1.8p32), head = vd_sub(vd_add(all, magic), magic), poison = vd_sub(m, m);
    const double high = vd_sum(vd_add(head, poison)), more = vd_sum(vd_add(vd_sub(all, head), all_low));
    const double rest = high + more;
    return (row_total){vd_sum(count), rest, (high - rest) + more};
}

void NAME(softmax)(MAP_PARAMETERS) {
    (void)alpha, (void)beta;
    if (!cols) return;
    for (; rows; rows--, x += x_stride, y += y_stride) {
        const vd m = NAME(row_maximum)(x, cols);
        const row_total s = NAME(row_sum)(x, y, cols, m);
        const double sum = s.count + s.rest,
                     sum_low = s.count < s.rest ? (s.rest - sum) + s.count : (s.count - sum) + s.rest;
        const vd total = vd_set1(sum), total_low = vd_set1(sum_low + s.rest_low), inverse = vd_div(vd_set1(1), total);
        const vd excess = vd_fma(inverse, total_low, vd_fms(inverse, total, vd_set1(1)));
        const vd inverse_low = vd_neg(vd_mul(excess, inverse));
        for (size_t i = 0; i < cols; i += VD_LANES) {
            const size_t n = hk_min(cols - i, VD_LANES);
            const vd e = vd_loadn(y + i, n);
            vd_storen(y + i, vd_fma(e, inverse, vd_mul(e, inverse_low)), n);
        }
    }
}

void NAME(log_softmax)(MAP_PARAMETERS) {
    (void)alpha, (void)beta;
    if (!cols) return;
    for (; rows; rows--, x += x_stride, y += y_stride) {
        const vd m = NAME(row_maximum)(x, cols);
        const row_total s = NAME(row_sum)(x, NULL, cols, m);
        const double more = s.count - 1, sum = more + s.rest;
        vd log, log_low;
        log1p_pair(vd_set1(sum), vd_set1((more - sum) + s.rest + s.rest_low), &log, &log_low);
        for (size_t i = 0; i < cols; i += VD_LANES) {
            const size_t n = hk_min(cols - i, VD_LANES);
            const shifted_pair d = shifted(vd_loadn(x + i, n), m);
            vd error;
            const vd y0 = vd_two_sum(d.d, vd_neg(log), &error);
            const vd y1 = vd_add(y0, vd_add(error, vd_sub(d.d_low, log_low)));
            vd_storen(y + i, vd_select(vd_le(vd_abs(y0), vd_set1(DBL_MAX)), y1, y0), n);
        }
    }
}
