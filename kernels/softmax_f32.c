/* Softmax and log-softmax in float.
 *
 * e^x = 2^n p(r) needs no maximum subtracted, which would round: with N the n of the row's maximum, the terms are
 * 2^(n - N) p(r), in (0, 1.42], and their sum divides the common factor out. Only where the maximum is so large that r
 * would lose digits, x - m is formed, as a pair.
 *
 * One order of summation: element i in lane i mod 16, with the rounding errors, then lanes in double, by halves. A tile
 * of 16 rows of at most 16 elements, where lanes are rows, follows the same order, so that a row's result does not
 * depend on its neighbours. */
#include "real_f32.h"

#include "partial.h"

#include "math/log1p.h"

#include <float.h>

/* e^r loses nothing for |x| up to 300; terms below e^-110 are 0. */
#define SOFTMAX_PLAIN 190.0f
#define SOFTMAX_LEAST (-110.0f)

typedef struct {
    vf m, base, least; /* the maximum; N + HK_ROUND_MAGIC; what x is raised to */
} row_shift;
HK_INLINE row_shift shift_of(vf m) {
    return (row_shift){m, v_fma(m, v_set1(HK_LOG2_E), v_set1(HK_ROUND_MAGIC)), v_add(m, v_set1(SOFTMAX_LEAST))};
}
/* A term and the rounding error of its last step. */
typedef struct {
    vf high, low;
} term_pair;
HK_INLINE term_pair term_of(vf r, vf n) {
    const vf one = v_set1(1.0f), q = exp_q(r), p = v_fma(r, q, one);
    return (term_pair){v_scale_down(p, n), v_scale_down(v_fma(r, q, v_sub(one, p)), n)};
}
HK_INLINE term_pair plain_term(vf x, row_shift s) {
    const exp_parts e = exp_reduce(v_max(s.least, x));
    return term_of(e.r, v_sub(e.t, s.base));
}
/* e^(x - m), 0 in lanes where x is -infinity, NaN where m is infinite too. */
HK_INLINE term_pair shifted_term(vf x, row_shift s) {
    const vf least = v_set1(SOFTMAX_LEAST);
    vf low; /* of no use, and NaN, where d is infinite */
    const vf d = v_two_sum(x, v_neg(s.m), &low);
    const exp_parts e = exp_reduce_pair(v_max(least, d), v_select(v_lt(least, d), low, v_zero()));
    return term_of(e.r, e.n);
}

HK_INLINE term_pair term_where(vm m, term_pair t) {
    return (term_pair){v_select(m, t.high, v_zero()), v_select(m, t.low, v_zero())};
}

/* A sum of terms with its rounding errors. It starts at 2, above every term, so that the error of an addition is two
   operations (Dekker's fast two-sum). */
HK_INLINE term_pair sum_start(void) { return (term_pair){v_set1(2.0f), v_zero()}; }
HK_INLINE term_pair sum_add(term_pair s, term_pair term) {
    const vf high = v_add(s.high, term.high), error = v_sub(term.high, v_sub(high, s.high));
    return (term_pair){high, v_add(s.low, v_add(error, term.low))};
}
HK_INLINE vd pair_half(term_pair p, int half) { return vd_add(v_widen(p.high, half), v_widen(p.low, half)); }
HK_INLINE double pair_total(term_pair p) { return vd_sum(vd_add(pair_half(p, 0), pair_half(p, 1))); }
HK_INLINE double sum_total(term_pair s) { return pair_total((term_pair){v_sub(s.high, v_set1(2.0f)), s.low}); }

HK_INLINE vf row_maximum(const float *x, size_t cols) {
    vf m[4];
    m[0] = m[1] = m[2] = m[3] = v_set1(x[0]);
    size_t i = 0;
    for (; i + 4 * LANES <= cols; i += 4 * LANES) HK_UNROLL
    for (size_t j = 0; j < 4; j++) m[j] = v_max(v_load(x + i + j * LANES), m[j]);
    for (; i < cols; i += LANES) {
        const size_t n = hk_min(cols - i, LANES);
        m[0] = v_max(v_select(v_first(n), v_loadn(x + i, n), m[0]), m[0]);
    }
    return v_set1(v_hmax(v_max(v_max(m[0], m[1]), v_max(m[2], m[3]))));
}
HK_INLINE int is_plain(vf m) { return !m_any(m_not(v_le(v_abs(m), v_set1(SOFTMAX_PLAIN)))); }

/* The terms go to y, their sum is returned. */
HK_INLINE double softmax_terms(const float *x, float *y, size_t cols, row_shift s, int plain) {
    term_pair sum = sum_start(), term = sum;
    size_t i = 0;
    for (; plain && i + 4 * LANES <= cols; i += 4 * LANES) {
        term_pair t[4];
        HK_UNROLL
        for (size_t j = 0; j < 4; j++) {
            const vf v = v_load(x + i + j * LANES);
            t[j] = plain ? plain_term(v, s) : shifted_term(v, s);
        }
        HK_UNROLL
        for (size_t j = 0; j < 4; j++) {
            v_store(y + i + j * LANES, t[j].high);
            sum = sum_add(sum, t[j]);
        }
    }
    for (; i + LANES <= cols; i += LANES) {
        term = plain ? plain_term(v_load(x + i), s) : shifted_term(v_load(x + i), s);
        v_store(y + i, term.high);
        sum = sum_add(sum, term);
    }
    if (i < cols) {
        const vf v = v_loadn(x + i, cols - i);
        term = term_where(v_first(cols - i), plain ? plain_term(v, s) : shifted_term(v, s));
        v_storen(y + i, term.high, cols - i);
        sum = sum_add(sum, term);
    }
    return cols <= LANES ? pair_total(term) : sum_total(sum);
}
/* The number of elements that are the maximum, and the sum of the terms of the others. */
typedef struct {
    double count, rest;
} row_total;
HK_INLINE row_total log_softmax_terms(const float *x, size_t cols, row_shift s, int plain) {
    term_pair sum = sum_start(), others = sum;
    vf count = v_zero();
    for (size_t i = 0; i < cols; i += LANES) {
        const size_t n = hk_min(cols - i, LANES);
        const vf v = v_loadn(x + i, n);
        const vm here = v_first(n), top = m_and(here, v_eq(v, s.m));
        count = v_add(count, v_select(top, v_set1(1.0f), v_zero()));
        others = term_where(m_and(here, m_not(top)), plain ? plain_term(v, s) : shifted_term(v, s));
        sum = sum_add(sum, others);
    }
    return (row_total){(double)v_sum(count), cols <= LANES ? pair_total(others) : sum_total(sum)};
}

/* factor = high + low */
typedef struct {
    vf high, low;
} factor_pair;
HK_INLINE vf scaled_term(vf term, factor_pair f) { return v_fma(term, f.high, v_mul(term, f.low)); }
/* A maximum's term is rounded and the sum is not: where the maximum is all of the sum, its result is 1 nonetheless. */
HK_INLINE vf alone_is_one(vf y, vf term, vf top, vf top_result) {
    const vf one = v_set1(1.0f);
    return v_select(m_and(v_eq(top_result, one), v_eq(term, top)), one, y);
}
HK_INLINE factor_pair factor_of(double inverse) {
    const float high = (float)inverse;
    return (factor_pair){v_set1(high), v_set1((float)(inverse - (double)high))};
}
HK_INLINE vf result_of_maximum(term_pair top, double inverse) {
    const vd result = vd_mul(pair_half(top, 0), vd_set1(inverse));
    return v_narrow(result, result);
}
HK_INLINE void softmax_scale(float *y, size_t cols, row_shift s, double sum) {
    const double inverse = 1 / sum;
    const factor_pair f = factor_of(inverse);
    if (sum < 1.5) {
        const term_pair top = is_plain(s.m) ? plain_term(s.m, s) : shifted_term(s.m, s);
        const vf top_result = result_of_maximum(top, inverse);
        for (size_t i = 0; i < cols; i += LANES) {
            const size_t n = hk_min(cols - i, LANES);
            const vf term = v_loadn(y + i, n);
            v_storen(y + i, alone_is_one(scaled_term(term, f), term, top.high, top_result), n);
        }
        return;
    }
    size_t i = 0;
    for (; i + LANES <= cols; i += LANES) v_store(y + i, scaled_term(v_load(y + i), f));
    if (i < cols) v_storen(y + i, scaled_term(v_loadn(y + i, cols - i), f), cols - i);
}
/* A row of one block, in registers: written and read again, it would wait for itself. Returns 0, with nothing written,
   if the row is not plain. */
static __attribute__((noinline)) int NAME(softmax_block)(const float *x, float *y, size_t cols) {
    const vm here = v_first(cols);
    const vf v = v_loadn(x, cols), first = v_set1(x[0]);
    const row_shift s = shift_of(v_set1(v_hmax(v_max(v_select(here, v, first), first))));
    if (!is_plain(s.m)) return 0;
    const term_pair term = term_where(here, plain_term(v, s)), top = plain_term(s.m, s);
    const double inverse = 1 / pair_total(term);
    const vf scaled = scaled_term(term.high, factor_of(inverse));
    v_storen(y, alone_is_one(scaled, term.high, top.high, result_of_maximum(top, inverse)), cols);
    return 1;
}
/* Each row's maximum is taken before the terms of the row before it, and each is scaled after the terms of the next, so
   that the sums across lanes and the division have work beside them. */
static void NAME(softmax_rows)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t cols) {
    for (; HK_SOFTMAX_TILES && rows && cols <= LANES && NAME(softmax_block)(x, y, cols); rows--) {
        x += x_stride;
        y += y_stride;
    }
    if (!rows) return;
    row_shift s = shift_of(row_maximum(x, cols)), last = s;
    double last_sum = 0;
    for (size_t r = 0; r <= rows; r++) {
        row_shift next = s;
        double sum = 0;
        if (r < rows) {
            if (r + 1 < rows) next = shift_of(row_maximum(x + (r + 1) * x_stride, cols));
            sum = is_plain(s.m) ? softmax_terms(x + r * x_stride, y + r * y_stride, cols, s, 1)
                                : softmax_terms(x + r * x_stride, y + r * y_stride, cols, s, 0);
        }
        if (r) softmax_scale(y + (r - 1) * y_stride, cols, last, last_sum);
        last = s, last_sum = sum, s = next;
    }
}

/* log(count + rest / top), top the term of the maximum, and with the maximum added: what log-softmax subtracts. */
HK_INLINE factor_pair log_total(vf m, vf s, vf s_low) {
    vf log, log_low, error;
    log1p_pair(s, s_low, &log, &log_low);
    /* a sum that is NaN must not come out of log1p_pair, which works on its bits, as a number */
    const vf high = v_two_sum(m, v_add(log, v_sub(s, s)), &error);
    return (factor_pair){high, v_add(error, log_low)};
}
HK_INLINE vf log_softmax_of(vf x, factor_pair f) {
    vf error;
    const vf y = v_two_sum(x, v_neg(f.high), &error), near = v_add(y, v_sub(error, f.low));
    return v_select(v_le(v_abs(y), v_set1(FLT_MAX)), near, y);
}
static void NAME(log_softmax_row)(const float *x, float *y, size_t cols) {
    const row_shift s = shift_of(row_maximum(x, cols));
    const int plain = is_plain(s.m);
    const row_total t = plain ? log_softmax_terms(x, cols, s, 1) : log_softmax_terms(x, cols, s, 0);
    float top[LANES];
    v_store(top, plain ? plain_term(s.m, s).high : shifted_term(s.m, s).high);
    const double sum = (t.count - 1) + t.rest / (double)top[0];
    const float high = (float)sum;
    const factor_pair f = log_total(s.m, v_set1(high), v_set1((float)(sum - (double)high)));
    for (size_t i = 0; i < cols; i += LANES) {
        const size_t n = hk_min(cols - i, LANES);
        v_storen(y + i, log_softmax_of(v_loadn(x + i, n), f), n);
    }
}

/* Tiles: block c holds column c of up to 16 rows. Returns 0, with nothing written, if a row is not plain. */
HK_INLINE vd tile_total(const term_pair *term, size_t cols, int half) {
    vd t[LANES];
    for (size_t c = 0; c < LANES; c++) t[c] = c < cols ? pair_half(term[c], half) : vd_zero();
    for (size_t step = LANES / 2; step; step /= 2)
        for (size_t c = 0; c < step; c++) t[c] = vd_add(t[c], t[c + step]);
    return t[0];
}
HK_INLINE factor_pair tile_pair(vd a, vd b) {
    const vf high = v_narrow(a, b);
    return (factor_pair){high, v_narrow(vd_sub(a, v_widen(high, 0)), vd_sub(b, v_widen(high, 1)))};
}
static __attribute__((noinline)) int NAME(tile)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows,
                                                size_t cols, int log) {
    vf b[LANES];
    term_pair term[LANES];
    for (size_t r = 0; r < LANES; r++) b[r] = r < rows ? v_loadn(x + r * x_stride, cols) : v_zero();
    v_transpose(b);
    vf m = b[0];
    for (size_t c = 1; c < cols; c++) m = v_max(b[c], m);
    if (!is_plain(m)) return 0;
    const row_shift s = shift_of(m);
    if (log) {
        vf count = v_zero();
        for (size_t c = 0; c < cols; c++) {
            const vm top = v_eq(b[c], m);
            count = v_add(count, v_select(top, v_set1(1.0f), v_zero()));
            term[c] = term_where(m_not(top), plain_term(b[c], s));
        }
        const vf top = plain_term(m, s).high;
        vd sum[2];
        for (int half = 0; half < 2; half++)
            sum[half] = vd_add(vd_sub(v_widen(count, half), vd_set1(1)),
                               vd_div(tile_total(term, cols, half), v_widen(top, half)));
        const factor_pair p = tile_pair(sum[0], sum[1]), f = log_total(m, p.high, p.low);
        for (size_t c = 0; c < cols; c++) b[c] = log_softmax_of(b[c], f);
    } else {
        for (size_t c = 0; c < cols; c++) term[c] = plain_term(b[c], s);
        const vd one = vd_set1(1), i0 = vd_div(one, tile_total(term, cols, 0)),
                 i1 = vd_div(one, tile_total(term, cols, 1));
        const factor_pair f = tile_pair(i0, i1);
        const term_pair top = plain_term(m, s);
        const vf top_result = v_narrow(vd_mul(pair_half(top, 0), i0), vd_mul(pair_half(top, 1), i1));
        for (size_t c = 0; c < cols; c++)
            b[c] = alone_is_one(scaled_term(term[c].high, f), term[c].high, top.high, top_result);
    }
    v_transpose(b);
    NAME(store_parts)((const float *)(const void *)b, y, y_stride, rows, cols);
    return 1;
}

static void NAME(log_softmax_rows)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows,
                                   size_t cols) {
    for (; rows; rows--, x += x_stride, y += y_stride) NAME(log_softmax_row)(x, y, cols);
}

/* A tile takes as long for a few rows as for 16, and longer the more columns there are. */
#define OVER_ROWS(name, log)                                                                                           \
    void NAME(name)(MAP_PARAMETERS) {                                                                                  \
        const int tiled = HK_SOFTMAX_TILES && cols <= LANES;                                                           \
        (void)alpha, (void)beta;                                                                                       \
        if (!cols) return;                                                                                             \
        while (rows) {                                                                                                 \
            const size_t n = tiled ? hk_min(rows, LANES) : rows;                                                       \
            if (!tiled || n < 3 || 2 * n <= cols || !NAME(tile)(x, x_stride, y, y_stride, n, cols, log))               \
                NAME(name##_rows)(x, x_stride, y, y_stride, n, cols);                                                  \
            rows -= n, x += n * x_stride, y += n * y_stride;                                                           \
        }                                                                                                              \
    }
OVER_ROWS(softmax, 0)
OVER_ROWS(log_softmax, 1)
