/* The dot product and the matrix-vector product, for every type that is accumulated in floating point.
 *
 * Order of summation: block j goes to accumulator j mod 4 by one fma, so that element i lives in virtual lane i mod 64
 * (i mod 32 for double); then (0 + 1) + (2 + 3), then halves. Four accumulators are what hides the latency of fma where
 * two loads a cycle feed one fma. A block beyond the end is skipped: its lanes would only gain +0. The one trace that
 * such a lane could leave is the sign of a zero sum, which the last addition of +0 makes +0.
 *
 * The including source gives ELEMENT (what is read), REAL and BLOCK (what it becomes), DOT_LOAD(p, j): block j of
 * 4 * LANES elements, DOT_LOADN(p, n, j): the same where only n elements are there, zero-filled, and DOT_START(j): the
 * first element that block j holds. */

HK_INLINE REAL NAME(dot_inline)(const ELEMENT *a, const ELEMENT *b, size_t n) {
    enum { STEP = 4 * LANES };
    BLOCK sum[4] = {V(zero)(), V(zero)(), V(zero)(), V(zero)()};
    for (; n >= STEP; n -= STEP, a += STEP, b += STEP) HK_UNROLL
    for (size_t j = 0; j < 4; j++) sum[j] = V(fma)(DOT_LOAD(a, j), DOT_LOAD(b, j), sum[j]);
    HK_UNROLL
    for (size_t j = 0; j < 4; j++) {
        if (n <= DOT_START(j)) break;
        sum[j] = V(fma)(DOT_LOADN(a, n, j), DOT_LOADN(b, n, j), sum[j]);
    }
    return V(sum)(V(add)(V(add)(sum[0], sum[1]), V(add)(sum[2], sum[3]))) + (REAL)0;
}

REAL NAME(dot)(const ELEMENT *a, const ELEMENT *b, size_t n) { return NAME(dot_inline)(a, b, n); }

void NAME(matvec)(const ELEMENT *w, const ELEMENT *x, REAL *y, size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; r++) y[r] = NAME(dot_inline)(w + r * cols, x, cols);
}
