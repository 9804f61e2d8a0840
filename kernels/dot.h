/* The dot product and the matrix-vector product, for every type that is accumulated in floating point.
 *
 * Order of summation: block j goes to accumulator j mod 4 by one fma, so that element i lives in virtual lane i mod 64
 * (i mod 32 for double); then (0 + 1) + (2 + 3), then halves. Four accumulators are what hides the latency of fma where
 * two loads a cycle feed one fma. A block beyond the end is skipped: its lanes would only gain +0. The one trace that
 * such a lane could leave is the sign of a zero sum, which the last addition of +0 makes +0.
 *
 * Where both arrays begin within a cache line and are long, almost every load of 64 bytes would touch two lines. The
 * first `head` elements, up to the next line of a, are then taken as the last lanes of a block before the first, so
 * that all virtual lanes lie `head` places further on in the registers; they are turned back at the end. Element i
 * stays in lane i mod 64, and no bit changes.
 *
 * The including source gives ELEMENT (what is read), REAL and BLOCK (what it becomes), DOT_LOAD(p, j): block j of
 * 4 * LANES elements, DOT_LOADN(p, n, j): the same where only n elements are there, zero-filled, DOT_START(j): the
 * first element that block j holds, and DOT_PHASES: how many blocks share the elements of one stretch of the array. */

enum { DOT_STEP = 4 * LANES, DOT_LONG = HK_TURN_STEPS * DOT_STEP };

/* The bytes of one stretch, which is one load, and how many elements lie before the next multiple of them. */
#define DOT_LINE (LANES * DOT_PHASES * sizeof(ELEMENT))
HK_INLINE size_t NAME(dot_head)(const ELEMENT *a, const ELEMENT *b, size_t n) {
    const size_t past = (uintptr_t)a % DOT_LINE;
    if (__builtin_expect(n < DOT_LONG, 1) || !past || !((uintptr_t)b % DOT_LINE) ||
        past % (sizeof(ELEMENT) * DOT_PHASES))
        return 0;
    return (DOT_LINE - past) / sizeof(ELEMENT);
}

/* Adds n elements in whole steps and what is left after them. */
HK_INLINE void NAME(dot_add)(BLOCK *sum, const ELEMENT *a, const ELEMENT *b, size_t n) {
    HK_UNROLL_TWICE
    for (; n >= DOT_STEP; n -= DOT_STEP, a += DOT_STEP, b += DOT_STEP) HK_UNROLL
    for (size_t j = 0; j < 4; j++) sum[j] = V(fma)(DOT_LOAD(a, j), DOT_LOAD(b, j), sum[j]);
    if (!n) return;
    HK_UNROLL
    for (size_t j = 0; j < 4; j++) {
        if (n <= DOT_START(j)) break;
        const int whole = n >= DOT_START(j) + DOT_PHASES * LANES;
        sum[j] = whole ? V(fma)(DOT_LOAD(a, j), DOT_LOAD(b, j), sum[j])
                       : V(fma)(DOT_LOADN(a, n, j), DOT_LOADN(b, n, j), sum[j]);
    }
}
HK_INLINE BLOCK NAME(dot_lanes)(const BLOCK *sum) { return V(add)(V(add)(sum[0], sum[1]), V(add)(sum[2], sum[3])); }
HK_INLINE REAL NAME(dot_total)(const BLOCK *sum) { return V(sum)(NAME(dot_lanes)(sum)) + (REAL)0; }

static __attribute__((noinline)) REAL NAME(dot_turned)(const ELEMENT *a, const ELEMENT *b, size_t n, size_t head) {
    const size_t turn = head / DOT_PHASES;
    BLOCK sum[4] = {V(zero)(), V(zero)(), V(zero)(), V(zero)()}, turned[4];
    HK_UNROLL
    for (size_t j = 0; j < DOT_PHASES; j++) {
        const BLOCK x = V(join)(V(zero)(), DOT_LOADN(a, head, j), turn);
        sum[4 - DOT_PHASES + j] = V(fma)(x, V(join)(V(zero)(), DOT_LOADN(b, head, j), turn), V(zero)());
    }
    NAME(dot_add)(sum, a + head, b + head, n - head);
    HK_UNROLL
    for (size_t j = 0; j < 4; j++) turned[j] = V(join)(sum[(j + 4 - DOT_PHASES) % 4], sum[j], LANES - turn);
    return NAME(dot_total)(turned);
}

REAL NAME(dot)(const ELEMENT *a, const ELEMENT *b, size_t n) {
    if (n <= DOT_PHASES * LANES) {             /* the other accumulators stay 0 */
        if (__builtin_expect(!n, 0)) return 0; /* nor is anything added to pointers that may be NULL */
        BLOCK sum = V(mul)(DOT_LOADN(a, n, 0), DOT_LOADN(b, n, 0));
        HK_UNROLL
        for (size_t j = 1; j < DOT_PHASES; j++) sum = V(add)(sum, V(mul)(DOT_LOADN(a, n, j), DOT_LOADN(b, n, j)));
        return V(sum)(sum) + (REAL)0;
    }
    if (DOT_PHASES == 1 && n <= 2 * LANES) { /* nor is anything in the third and fourth */
        const BLOCK rest = V(mul)(DOT_LOADN(a + LANES, n - LANES, 0), DOT_LOADN(b + LANES, n - LANES, 0));
        return V(sum)(V(add)(V(mul)(DOT_LOAD(a, 0), DOT_LOAD(b, 0)), rest)) + (REAL)0;
    }
    const size_t head = NAME(dot_head)(a, b, n);
    if (__builtin_expect(head != 0, 0)) return NAME(dot_turned)(a, b, n, head);
    BLOCK sum[4] = {V(zero)(), V(zero)(), V(zero)(), V(zero)()};
    NAME(dot_add)(sum, a, b, n);
    return NAME(dot_total)(sum);
}

/* ROWS rows at once share the loads of x, and add their lanes together. */
void NAME(matvec)(const ELEMENT *w, const ELEMENT *x, REAL *y, size_t rows, size_t cols) {
    enum { ROWS = HK_MATVEC_ROWS };
    size_t r = 0;
    if (ROWS > 1 && cols >= DOT_STEP)
        for (; r + ROWS <= rows; r += ROWS) {
            BLOCK sum[ROWS][4], all[ROWS];
            const ELEMENT *p = w + r * cols;
            size_t i = 0;
            HK_UNROLL
            for (size_t k = 0; k < ROWS * 4; k++) sum[k / 4][k % 4] = V(zero)();
            for (; i + DOT_STEP <= cols; i += DOT_STEP) HK_UNROLL
            for (size_t j = 0; j < 4; j++) {
                const BLOCK v = DOT_LOAD(x + i, j);
                HK_UNROLL
                for (size_t k = 0; k < ROWS; k++) sum[k][j] = V(fma)(DOT_LOAD(p + k * cols + i, j), v, sum[k][j]);
            }
            if (i < cols) HK_UNROLL
            for (size_t j = 0; j < 4; j++) {
                if (cols - i <= DOT_START(j)) break;
                const BLOCK v = DOT_LOADN(x + i, cols - i, j);
                HK_UNROLL
                for (size_t k = 0; k < ROWS; k++)
                    sum[k][j] = V(fma)(DOT_LOADN(p + k * cols + i, cols - i, j), v, sum[k][j]);
            }
            HK_UNROLL
            for (size_t k = 0; k < ROWS; k++) all[k] = NAME(dot_lanes)(sum[k]);
            V(sum4)(y + r, all);
        }
    for (; r < rows; r++) y[r] = NAME(dot)(w + r * cols, x, cols);
}
