/* Softmax and log-softmax over rows, for float and double.
 *
 * With m the row's maximum, x - m is kept as a pair, since its rounding is what spoils softmax elsewhere. The elements
 * equal to m contribute exactly 1 each: they are counted, and the others are summed with their rounding errors, block j
 * in accumulator j mod 4 as in a dot product. So log(count + rest) = log1p((count - 1) + rest) is right near 0.
 *
 * The including source gives SOFTMAX_LARGEST, the largest number, SOFTMAX_EXP(d, d_low), e^(d + d_low) for d <= 0, and
 * SOFTMAX_LOG1P(s, s_low, &h, &l). */

typedef struct {
    BLOCK d, d_low;
} NAME(shifted_t);
HK_INLINE NAME(shifted_t) NAME(shifted)(BLOCK x, BLOCK m) {
    BLOCK low; /* of no use, and NaN, where d is infinite */
    const BLOCK d = V(two_sum)(x, V(neg)(m), &low);
    return (NAME(shifted_t)){d, V(select)(V(le)(V(abs)(d), V(set1)(SOFTMAX_LARGEST)), low, V(zero)())};
}

static BLOCK NAME(row_maximum)(const REAL *x, size_t cols) {
    BLOCK m = V(set1)(x[0]);
    for (size_t i = 0; i < cols; i += LANES) {
        const size_t n = hk_min(cols - i, LANES);
        m = V(max)(m, V(select)(V(first)(n), V(loadn)(x + i, n), m));
    }
    return V(set1)(V(hmax)(m));
}

/* The number of elements that are the maximum, and the sum of e^(x - m) over the others as a pair; e goes to y if that
   is not NULL. */
typedef struct {
    REAL count, rest, rest_low;
} NAME(row_sum_t);
static NAME(row_sum_t) NAME(row_sum)(const REAL *x, REAL *y, size_t cols, BLOCK m) {
    BLOCK sum[4], low[4], count = V(zero)();
    for (int j = 0; j < 4; j++) sum[j] = low[j] = V(zero)();
    for (size_t i = 0, j = 0; i < cols; i += LANES, j = (j + 1) % 4) {
        const size_t n = hk_min(cols - i, LANES);
        const BLOCK v = V(loadn)(x + i, n);
        const NAME(shifted_t) s = NAME(shifted)(v, m);
        const BLOCK e = SOFTMAX_EXP(s.d, s.d_low);
        if (y) V(storen)(y + i, e, n);
        const MASK here = V(first)(n), top = M(and)(here, V(eq)(v, m));
        const BLOCK term = V(select)(M(and)(here, M(not )(top)), e, V(zero)());
        count = V(add)(count, V(select)(top, V(set1)(1), V(zero)()));
        BLOCK error;
        sum[j] = V(two_sum)(sum[j], term, &error);
        low[j] = V(add)(low[j], error);
    }
    const BLOCK all = V(add)(V(add)(sum[0], sum[1]), V(add)(sum[2], sum[3]));
    /* an infinite maximum makes the sum NaN */
    const BLOCK poison = V(sub)(m, m);
    const BLOCK all_low = V(add)(V(add)(low[0], low[1]), V(add)(low[2], low[3]));
    return (NAME(row_sum_t)){V(sum)(count), V(sum)(V(add)(all, poison)), V(sum)(all_low)};
}

void NAME(softmax)(MAP_PARAMETERS) {
    (void)alpha, (void)beta;
    if (!cols) return;
    for (; rows; rows--, x += x_stride, y += y_stride) {
        const BLOCK m = NAME(row_maximum)(x, cols);
        const NAME(row_sum_t) s = NAME(row_sum)(x, y, cols, m);
        const BLOCK total = V(set1)(s.count + (s.rest + s.rest_low)), inverse = V(div)(V(set1)(1), total);
        const BLOCK inverse_low = V(mul)(V(fnma)(inverse, total, V(set1)(1)), inverse);
        for (size_t i = 0; i < cols; i += LANES) {
            const size_t n = hk_min(cols - i, LANES);
            const BLOCK e = V(loadn)(y + i, n);
            V(storen)(y + i, V(fma)(e, inverse, V(mul)(e, inverse_low)), n);
        }
    }
}

void NAME(log_softmax)(MAP_PARAMETERS) {
    (void)alpha, (void)beta;
    if (!cols) return;
    for (; rows; rows--, x += x_stride, y += y_stride) {
        const BLOCK m = NAME(row_maximum)(x, cols);
        const NAME(row_sum_t) s = NAME(row_sum)(x, NULL, cols, m);
        const REAL more = s.count - 1, sum = more + s.rest;
        BLOCK log, log_low;
        SOFTMAX_LOG1P(V(set1)(sum), V(set1)((more - sum) + s.rest + s.rest_low), &log, &log_low);
        for (size_t i = 0; i < cols; i += LANES) {
            const size_t n = hk_min(cols - i, LANES);
            const NAME(shifted_t) d = NAME(shifted)(V(loadn)(x + i, n), m);
            BLOCK error;
            const BLOCK y0 = V(two_sum)(d.d, V(neg)(log), &error);
            const BLOCK y1 = V(add)(y0, V(add)(error, V(sub)(d.d_low, log_low)));
            V(storen)(y + i, V(select)(V(le)(V(abs)(y0), V(set1)(SOFTMAX_LARGEST)), y1, y0), n);
        }
    }
}
