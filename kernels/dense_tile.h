/* The register tile of the dense kernels: R rows of x times P panels of LANES outputs, S chains per output.
 *
 * Each accumulator is one chain of fma over the inputs k = s, s + S, s + 2 S, ... in order, started from +0; chains are
 * added by halves and the bias is added last. How many rows and panels a tile has cannot change a bit. Weights are
 * panels [k][LANES]. Sums that are not finished (`last` unset) are parked in memory, which is exact, and continued.
 *
 * The including source gives TILES(X), the tiles that its level has, X(R, P, S) for each. */
#include "chains.h"
#include "partial.h"

typedef struct tile_job {
    const REAL *x, *w, *bias; /* bias: P whole blocks */
    REAL *y, *park;           /* R rows of P blocks, at y_stride and park_stride; chains park_chain apart */
    size_t x_stride, y_stride, park_stride, park_chain, panel_stride;
    size_t rows, inputs; /* rows: R, or 2 where R is 3: the third is then the second again */
    size_t last_panel;   /* outputs of the last panel, at most LANES: what is written of it to y */
    size_t more;         /* for tiles that take panel by panel: how many come after the first */
    int first, last, relu;
    ptrdiff_t ask;   /* from the tile's weights to those that it asks for meanwhile; 0: none */
    size_t ask_step; /* from one input to the next so far on: LANES, or less where several tiles share them */
} tile_job;

enum { TILE_PANELS = 8 }; /* more than any tile has */

/* Rows and panels are addressed from a pointer each; in large tiles, for which that takes too many registers and too
   many additions in a round, up to six rows from one and all panels from one; in the tallest, of which a round is one
   input for the same reason, three rows. Rounds of one input (NEON, whose broadcasts add no offset) do not share. */
#define TILE_SHARES(R, P) (HK_TILE_STEPS > 1 && (R) > 3 && (R) > (P) && 3 * (R) * (P) >= 2 * HK_TILE_BLOCKS)
#define TILE_SHARE(R, P)  ((R) > 6 ? 3 : TILE_SHARES(R, P) ? 6 : 1)
/* Inputs in one round of the loop: fewer where they are work enough. */
#define TILE_STEPS(R, P) ((R) * (P) > 16 && HK_TILE_STEPS > 2 ? 2 : HK_TILE_STEPS)

/* Far weights are asked for ahead, for which the larger tiles have a loop of their own: near ones have no room for more
   loads beside theirs. */
#define TILE_ASKS(R, P, S) (sizeof(REAL) == sizeof(float) && (S) == 1 && HK_ASKS(R, P))

/* A few rows of several panels hold the inputs in registers and go through the weights; others the other way about. */
#define TILE_HOLDS_INPUTS(R, P) ((R) < (P) || ((R) <= HK_TILE_HELD_ROWS && (P) > 1))

/* Several rows of one panel, of which there are many, go on to the next panel by themselves: calls are a fifth of what
   is not multiplying. */
#define TILE_GOES_ON(R, P) ((P) == 1 && (R) > 2)

/* Of a loop from 0 to N the index in an array: to clang 14 the index of a loop that runs once is no constant until it
   is too late for arrays in registers. */
#define TILE_INDEX(i, N) ((N) > 1 ? (i) : 0)

/* Each pointer in x stands for `share` rows; the others lie 1 to 5 strides on, which x86 reaches from three registers:
   bytes of 1, 3 and 5 strides. */
HK_INLINE const REAL *tile_input(const REAL *const *x, const size_t *strides, int share, int r, size_t k) {
    if (share == 1) return x[r] + k;
    const int j = r % share;
    const size_t bytes = j == 3 ? strides[1] : j == 5 ? strides[2] : (size_t)j * strides[0];
    return (const REAL *)(const void *)((const char *)x[r / share] + bytes) + k;
}

/* One input of R rows, times the weights of one panel, added to its sums, which are P apart; or of all panels, row by
   row, where the registers hold their weights. */
HK_INLINE void tile_add_panel(const int R, const int P, const int share, const REAL *const *x, size_t *strides,
                              size_t k, BLOCK weights, BLOCK *acc) {
    HK_UNROLL
    for (int j = 0; j < R; j++) {
        const int r = TILE_INDEX(j, R);
        if (share > 3) HK_OPAQUE(strides[0]); /* or gcc would add it to a register for one row, and again for another */
        V(accumulate)(&acc[r * P], tile_input(x, strides, share, r, k), weights);
    }
}
HK_INLINE void tile_add_panels(const int R, const int P, const int share, const REAL *const *x, const size_t *strides,
                               size_t k, const BLOCK *weights, BLOCK *acc) {
    HK_UNROLL
    for (int r = 0; r < R; r++) {
        const BLOCK input = V(spread)(tile_input(x, strides, share, r, k));
        HK_UNROLL
        for (int i = 0; i < P; i++) {
            const int p = TILE_INDEX(i, P);
            acc[r * P + p] = V(fma)(input, weights[p], acc[r * P + p]);
        }
    }
}

HK_INLINE void tile_step(const int R, const int P, const REAL *const *x, size_t *strides, const REAL *const *w,
                         size_t panel_stride, int u, BLOCK *acc) {
    const int G = TILE_SHARE(R, P);
    if (G > 3) { /* or the compiler would keep strides with offsets added */
        HK_OPAQUE(strides[0]);
        HK_OPAQUE(strides[1]);
        HK_OPAQUE(strides[2]);
    }
    if (TILE_HOLDS_INPUTS(R, P)) {
        BLOCK inputs[3];
        HK_UNROLL
        for (int r = 0; r < R; r++) inputs[r] = V(spread)(x[r] + u);
        HK_UNROLL
        for (int i = 0; i < P; i++) {
            const int p = TILE_INDEX(i, P);
            if (R > 1)
                V(accumulate_rows)(R, acc + p, P, inputs, w[p] + u * LANES);
            else
                acc[p] = V(fma)(inputs[0], V(load)(w[p] + u * LANES), acc[p]);
        }
        return;
    }
    if (P >= HK_TILE_WEIGHTS) {
        HK_UNROLL
        for (int i = 0; i < P; i++) {
            const int p = TILE_INDEX(i, P);
            tile_add_panel(R, P, G, x, strides, (size_t)u, V(fetch)(w[p] + u * LANES), acc + p);
        }
        return;
    }
    BLOCK weights[TILE_PANELS];
    HK_UNROLL
    for (int i = 0; i < P; i++) {
        const int p = TILE_INDEX(i, P);
        weights[p] = V(load)(G > 1 ? w[0] + (size_t)p * panel_stride + u * LANES : w[p] + u * LANES);
    }
    tile_add_panels(R, P, G, x, strides, (size_t)u, weights, acc);
}

/* The next inputs of X rows and W panels. What the pointers are is hidden, or the compiler would keep offsets. */
HK_INLINE void tile_next(const int X, const int W, int steps, const REAL **x, const REAL **w) {
    HK_UNROLL
    for (int i = 0; i < X; i++) {
        x[i] += steps;
        HK_OPAQUE(x[i]);
    }
    HK_UNROLL
    for (int i = 0; i < W; i++) {
        const int p = TILE_INDEX(i, W);
        w[p] += steps * LANES;
        HK_OPAQUE(w[p]);
    }
}

HK_INLINE size_t tile_row(const int R, int r, size_t rows) { return R == 3 && r == 2 ? rows - 1 : (size_t)r; }

/* Where block i of sums is parked, of a tile whose first chain is `chain` and whose chains are `turns` apart. */
HK_INLINE REAL *tile_park(const int R, const int P, const tile_job *job, size_t chain, size_t turns, int i) {
    return job->park + (chain + (size_t)(i / (R * P)) * turns) * job->park_chain +
           tile_row(R, i / P % R, job->rows) * job->park_stride + (size_t)(i % P) * LANES;
}

/* The sums of S chains, from `chain` on and `turns` apart, continued where they were parked. */
HK_INLINE void tile_sums(const int R, const int P, const int S, const size_t turns, const size_t chain,
                         const tile_job *job, BLOCK *acc) {
    const int G = TILE_SHARE(R, P);
    const int U = R > 6 ? 1 : R > 1 && S > 1 ? S : S > TILE_STEPS(R, P) ? S : TILE_STEPS(R, P);
    const size_t x_stride = job->x_stride, panel_stride = job->panel_stride, rows = job->rows;
    size_t strides[3] = {x_stride * sizeof(REAL), 3 * x_stride * sizeof(REAL), 5 * x_stride * sizeof(REAL)};
    const REAL *x[6], *w[TILE_PANELS];
    const int X = (R + G - 1) / G, W = G > 1 ? 1 : P;
    HK_UNROLL
    for (int i = 0; i < X; i++) x[i] = job->x + tile_row(R, G * i, rows) * x_stride + chain;
    HK_UNROLL
    for (int i = 0; i < W; i++) {
        const int p = TILE_INDEX(i, W);
        w[p] = job->w + (size_t)p * panel_stride + chain * LANES;
    }
    HK_UNROLL
    for (int i = 0; i < S * R * P; i++) acc[i] = V(zero)();
    if (!job->first) {
        HK_UNROLL
        for (int i = 0; i < S * R * P; i++) acc[i] = V(load)(tile_park(R, P, job, chain, turns, i));
    }

    size_t k = (job->inputs + turns - 1 - chain) / turns;
    if (TILE_ASKS(R, P, S) && job->ask) {
        const REAL *ask = w[0] + job->ask;
        const size_t ask_step = job->ask_step;
        for (; k >= HK_ASK_STEPS; k -= HK_ASK_STEPS) {
            HK_UNROLL
            for (int u = 0; u < HK_ASK_STEPS; u++) {
                HK_UNROLL
                for (int i = 0; i < P; i++) {
                    const int p = TILE_INDEX(i, P);
                    const REAL *const own = G > 1 ? w[0] + (size_t)p * panel_stride : w[p];
                    __builtin_prefetch(HK_ASKS_NEXT ? ask + (size_t)p * panel_stride : own + (HK_ASK_AHEAD + u) * LANES,
                                       0, HK_ASK_HINT);
                }
                ask += ask_step;
                tile_step(R, P, x, strides, w, panel_stride, u, acc);
            }
            tile_next(X, W, HK_ASK_STEPS, x, w);
        }
    }
    for (size_t rounds = k / (size_t)U; rounds; rounds--) {
        HK_UNROLL
        for (int u = 0; u < U; u++) tile_step(R, P, x, strides, w, panel_stride, u * (int)turns, acc + u % S * R * P);
        tile_next(X, W, U * (int)turns, x, w);
    }
    k %= (size_t)U;
    if (S == 1 && U > 1) {
        for (; k; k--) {
            tile_step(R, P, x, strides, w, panel_stride, 0, acc);
            tile_next(X, W, 1, x, w);
        }
    } else if (S > 1) {
        if (k > 0) tile_step(R, P, x, strides, w, panel_stride, 0, acc);
        if (U > 2 && k > 1) tile_step(R, P, x, strides, w, panel_stride, 1, acc + 1 % S * R * P);
        if (U > 2 && k > 2) tile_step(R, P, x, strides, w, panel_stride, 2, acc + 2 % S * R * P);
    }
}

/* Parks sums that are not finished. */
HK_INLINE void tile_leave(const int R, const int P, const int S, const size_t turns, const size_t chain,
                          const tile_job *job, const BLOCK *acc) {
    HK_UNROLL
    for (int i = 0; i < S * R * P; i++) V(store)(tile_park(R, P, job, chain, turns, i), acc[i]);
}

/* Adds chains by halves; written out: gcc keeps arrays in registers only behind loops with constant bounds. */
HK_INLINE void tile_fold(const int R, const int P, const int S, BLOCK *acc) {
    if (S == 4) {
        HK_UNROLL
        for (int i = 0; i < 2 * R * P; i++) acc[i] = V(add)(acc[i], acc[2 * R * P + i]);
    }
    if (S >= 2) {
        HK_UNROLL
        for (int i = 0; i < R * P; i++) {
            const int b = TILE_INDEX(i, R * P);
            acc[b] = V(add)(acc[b], acc[R * P + b]);
        }
    }
}

/* ReLU is so common and so cheap that it is done with the bias: max(0, z), where a bias that is not -0 keeps z from
   being -0. Otherwise max(-inf, z), which is z, a NaN too, and the bias as it is. By tables: clang would choose by
   jumps what then takes long to spread, 10 cycles a tile. */
static const REAL NAME(lowest)[2] = {-(REAL)INFINITY, 0}, NAME(added)[2] = {(REAL)-0.0, 0};

/* Bias, ReLU and the results of finished sums. */
HK_INLINE void tile_finish(const int R, const int P, const tile_job *job, BLOCK *acc) {
    const size_t y_stride = job->y_stride, rows = job->rows,
                 last_panel = TILE_GOES_ON(R, P) && job->more ? LANES : job->last_panel;
    const REAL *const first_bias = job->bias;
    REAL *const first_y = job->y;
    const BLOCK low = V(set1)(NAME(lowest)[job->relu]), plus = V(set1)(NAME(added)[job->relu]);
    /* several rows of a last panel that is not whole go by way of memory, where writing a part is long */
    const int bounced = R > 1 && HK_STOREN_IS_LONG;
    REAL whole[HK_TILE_BLOCKS * LANES], *last_y = first_y + (P - 1) * LANES;
    size_t last_stride = y_stride;
    if (bounced && last_panel < LANES) {
        last_y = whole;
        last_stride = LANES;
    }
    if (bounced) HK_OPAQUE(last_stride); /* or there would be two copies of what follows */
    HK_UNROLL
    for (int i = 0; i < P; i++) {
        const int p = TILE_INDEX(i, P);
        const BLOCK bias = V(add)(V(load)(first_bias + p * LANES), plus);
        REAL *const y = bounced && p == P - 1 ? last_y : first_y + p * LANES;
        const size_t stride = bounced && p == P - 1 ? last_stride : y_stride;
        HK_UNROLL
        for (int j = 0; j < R; j++) {
            BLOCK *const z = acc + TILE_INDEX(j, R) * P + p;
            *z = V(max)(low, V(add)(*z, bias));
        }
        if (p < P - 1 || bounced || last_panel == LANES) {
            HK_UNROLL
            for (int r = 0; r < R; r++) V(store)(y + tile_row(R, r, rows) * stride, acc[TILE_INDEX(r, R) * P + p]);
        } else {
            HK_UNROLL
            for (int r = 0; r < R; r++)
                V(storen)(y + tile_row(R, r, rows) * stride, acc[TILE_INDEX(r, R) * P + p], last_panel);
        }
    }
    if (bounced && last_panel < LANES) NAME(store_parts)(whole, first_y + (P - 1) * LANES, y_stride, rows, last_panel);
}

HK_INLINE void tile(const int R, const int P, const int S, const tile_job *job) {
    BLOCK acc[HK_TILE_BLOCKS]; /* chain by chain, row by row */
    if (S * R * P <= HK_TILE_BLOCKS) {
        tile_sums(R, P, S, 1, 0, job, acc);
        HK_OPAQUE(job); /* its fields are read again: nothing but the loop's pointers stays in registers meanwhile */
        if (!job->last) {
            tile_leave(R, P, S, 1, 0, job, acc);
            return;
        }
        tile_fold(R, P, S, acc);
    } else { /* in two turns, since the registers hold half the chains */
        BLOCK sums[HK_TILE_BLOCKS];
        HK_UNROLL
        for (int i = 0; i < R * P; i++) sums[i] = V(set1)((REAL)-0.0); /* with which any sum stays what it is */
        for (size_t chain = 2; chain--;) {
            HK_OPAQUE(chain); /* the loop is to stay one */
            tile_sums(R, P, S / 2, 2, chain, job, acc);
            HK_OPAQUE(job);
            if (!job->last) {
                tile_leave(R, P, S / 2, 2, chain, job, acc);
                continue;
            }
            tile_fold(R, P, S / 2, acc);
            HK_UNROLL
            for (int i = 0; i < R * P; i++) sums[i] = V(add)(acc[i], sums[i]);
        }
        if (!job->last) return;
        HK_UNROLL
        for (int i = 0; i < R * P; i++) acc[i] = sums[i];
    }
    tile_finish(R, P, job, acc);
}

HK_INLINE void tile_panels(const int R, const int P, const int S, tile_job *job) {
    for (;;) {
        tile(R, P, S, job);
        if (!TILE_GOES_ON(R, P) || !job->more) return;
        job->more--;
        job->w += job->panel_stride;
        job->bias += LANES;
        job->y += LANES;
        job->park += LANES;
    }
}

/* ---- the tiles of this level, each a function, and their numbers by chains, rows and panels ---- */

/* Two turns are for four chains, whose remainder is a step or none. */
#define TILE_FUNCTION(R, P, S)                                                                                         \
    _Static_assert((S) * (R) * (P) <= HK_TILE_BLOCKS ||                                                                \
                       ((S) == 4 && (R) > 1 && (R) <= 6 && 2 * (R) * (P) <= HK_TILE_BLOCKS),                           \
                   "a tile's sums fit the registers");                                                                 \
    _Static_assert(!TILE_HOLDS_INPUTS(R, P) || ((R) <= 3 && TILE_SHARE(R, P) == 1),                                    \
                   "two or three rows, each with a pointer, as x_accumulate_rows has them; or one");                   \
    static __attribute__((noinline)) void NAME(tile_##R##_##P##_##S)(tile_job * job) { tile_panels(R, P, S, job); }
TILES(TILE_FUNCTION)

enum {
    NO_TILE,
#define TILE_NUMBER(R, P, S) TILE_##R##_##P##_##S,
    TILES(TILE_NUMBER)
};

enum { TILE_ROWS_MAX = 12 };
typedef unsigned char by_panels[TILE_PANELS + 1];
static const by_panels tile_numbers[3][TILE_ROWS_MAX + 1] = {
#define TILE_ENTRY(R, P, S) [(S) / 2][R][P] = TILE_##R##_##P##_##S,
    TILES(TILE_ENTRY)};

static void (*const tile_functions[])(tile_job *) = {
#define TILE_POINTER(R, P, S) [TILE_##R##_##P##_##S] = NAME(tile_##R##_##P##_##S),
    TILES(TILE_POINTER)};

/* The row of tile_numbers for the next of all `rows`, of which some are left. Far weights, which the second-level cache
   does not hold, are first read by a very tall tile, which computes for as long as they take to arrive. What is left is
   shared out nearly evenly: 13 rows are 6 + 4 + 3. One or two rows are not left to the end where the weights are near,
   since reading those again takes as long as computing with them. */
static const unsigned char *next_tile(int chains, int far, size_t rows, size_t left, size_t *height) {
    static const unsigned char low[9] = {0, 1, 2, 3, 4, 5, 6, 4, 4};
    const by_panels *numbers = tile_numbers[chains / 2];
    const size_t tall = numbers[6][1] ? 6 : numbers[3][1] ? 3 : 1;
    if (far && left == rows && rows >= TILE_ROWS_MAX && numbers[TILE_ROWS_MAX][1])
        *height = TILE_ROWS_MAX;
    else if (left == tall || left >= tall + (far ? 1 : 3))
        *height = tall;
    else if (numbers[5][1])
        *height = low[left];
    else
        *height = left >= tall ? tall : !numbers[3][1] ? 1 : left == 4 && numbers[2][1] ? 2 : hk_min(left, 3);
    return numbers[*height == 2 && !numbers[2][1] ? 3 : *height];
}

static size_t most_panels(const unsigned char *numbers) {
    size_t panels = TILE_PANELS;
    while (!numbers[panels]) panels--;
    return panels;
}
