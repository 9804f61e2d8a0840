/* The register tile of the dense kernels: R rows of x times P panels of LANES outputs, S chains per output.
 *
 * Each accumulator is one chain of fma over the inputs k = s, s + S, s + 2 S, ... in order, started from +0; chains are
 * added by halves and the bias is added last. How many rows and panels a tile has cannot change a bit. Weights are
 * panels [k][LANES]. The including source gives TILE_PANELS, the most panels of a tile. Sums that are not finished
 * (`last` unset) are parked in memory, which is exact, and continued. */
#include "chains.h"

enum { TILE_UNROLL = HK_CHAINS_MAX }; /* a multiple of every number of chains */
/* A tile must leave registers for weights and inputs, and the more chains there are the lower it should be: it then has
   more panels, and each step loads fewer values for its fmas. Layers with the most chains have one panel at most. One
   row and one panel are always there. */
#define TILE_FITS(R, P, S)                                                                                             \
    ((R) > 0 && (P) <= TILE_PANELS &&                                                                                  \
     (((R) * (P) * (S) <= HK_TILE_BLOCKS && ((S) == HK_CHAINS_MAX ? (P) == 1 : (R) * (S) <= HK_TILE_ROWS)) ||          \
      ((R) == 1 && (P) == 1)))

typedef struct tile_job {
    const REAL *x, *w, *bias;                                 /* bias may be NULL */
    REAL *y, *park;                                           /* park: R * P * S blocks */
    size_t x_stride, y_stride, panel_stride, inputs, outputs; /* outputs: how many are left in the row */
    int first, last;
} tile_job;

HK_INLINE void tile_step(const int R, const int P, const REAL *const *x, size_t x_stride, const REAL *const *w,
                         size_t panel_stride, int u, BLOCK *acc) {
    BLOCK weights[TILE_PANELS];
    HK_UNROLL
    for (int p = 0; p < P; p++) weights[p] = V(load)(w[p / 3] + (size_t)(p % 3) * panel_stride + (size_t)u * LANES);
    HK_UNROLL
    for (int r = 0; r < R; r++) {
        const BLOCK input = V(set1)(x[r / 3][(size_t)(r % 3) * x_stride + (size_t)u]);
        HK_UNROLL
        for (int p = 0; p < P; p++) acc[r * P + p] = V(fma)(input, weights[p], acc[r * P + p]);
    }
}

HK_INLINE void tile(const int R, const int P, const int S, const tile_job *job) {
    const int U = TILE_UNROLL;
    const size_t x_stride = job->x_stride, panel_stride = job->panel_stride;
    BLOCK acc[HK_CHAINS_MAX][HK_TILE_BLOCKS + 4];
    const REAL *x[(HK_TILE_ROWS + 2) / 3], *w[(TILE_PANELS + 2) / 3];
    HK_UNROLL
    for (int i = 0; i < (R + 2) / 3; i++) x[i] = job->x + (size_t)(3 * i) * x_stride;
    HK_UNROLL
    for (int i = 0; i < (P + 2) / 3; i++) w[i] = job->w + (size_t)(3 * i) * panel_stride;
    HK_UNROLL
    for (int s = 0; s < S; s++) HK_UNROLL
    for (int i = 0; i < R * P; i++) acc[s][i] = job->first ? V(zero)() : V(load)(job->park + (s * R * P + i) * LANES);

    size_t k = job->inputs;
    for (; k >= (size_t)U; k -= (size_t)U) {
        HK_UNROLL
        for (int i = 0; i < (R + 2) / 3; i++) HK_OPAQUE(x[i]);
        HK_UNROLL
        for (int i = 0; i < (P + 2) / 3; i++) HK_OPAQUE(w[i]);
        HK_UNROLL
        for (int u = 0; u < U; u++) tile_step(R, P, x, x_stride, w, panel_stride, u, acc[u % S]);
        HK_UNROLL
        for (int i = 0; i < (R + 2) / 3; i++) x[i] += U;
        HK_UNROLL
        for (int i = 0; i < (P + 2) / 3; i++) w[i] += U * LANES;
    }
    HK_UNROLL
    for (int u = 0; u < U - 1; u++) {
        if ((size_t)u >= k) break;
        tile_step(R, P, x, x_stride, w, panel_stride, u, acc[u % S]);
    }

    if (!job->last) {
        HK_UNROLL
        for (int s = 0; s < S; s++) HK_UNROLL
        for (int i = 0; i < R * P; i++) V(store)(job->park + (s * R * P + i) * LANES, acc[s][i]);
        return;
    }
    /* by halves, written out: gcc keeps arrays in registers only behind loops with constant bounds */
    if (S == 4) {
        HK_UNROLL
        for (int i = 0; i < R * P; i++) acc[0][i] = V(add)(acc[0][i], acc[2][i]);
        HK_UNROLL
        for (int i = 0; i < R * P; i++) acc[1][i] = V(add)(acc[1][i], acc[3][i]);
    }
    if (S >= 2) {
        HK_UNROLL
        for (int i = 0; i < R * P; i++) acc[0][i] = V(add)(acc[0][i], acc[1][i]);
    }
    HK_UNROLL
    for (int p = 0; p < P; p++) {
        const size_t n = job->outputs - (size_t)p * LANES;
        BLOCK bias = V(zero)();
        if (job->bias) bias = n >= LANES ? V(load)(job->bias + p * LANES) : V(loadn)(job->bias + p * LANES, n);
        REAL *y = job->y + p * LANES;
        HK_UNROLL
        for (int r = 0; r < R; r++, y += job->y_stride) {
            const BLOCK z = V(add)(acc[0][r * P + p], bias);
            if (n >= LANES)
                V(store)(y, z);
            else
                V(storen)(y, z, n);
        }
    }
}

/* The heights a tile can have, the full one first, and the most panels that fit beside a height. */
static const int tile_heights[4] = {HK_TILE_ROWS, HK_TILE_ROWS / 2, HK_TILE_ROWS / 4, 1};

static int tile_panels(int height, int chains) {
    int panels = TILE_PANELS;
    while (panels > 1 && !TILE_FITS(height, panels, chains)) panels /= 2;
    return panels;
}

#define TILE_CASE(R, P, S)                                                                                             \
    case P:                                                                                                            \
        if (TILE_FITS(R, P, S)) tile(R, P, S, job);                                                                    \
        break;
#define TILE_PANEL_CASES(h, R, S)                                                                                      \
    case h:                                                                                                            \
        switch (panels) { TILE_CASE(R, 8, S) TILE_CASE(R, 4, S) TILE_CASE(R, 2, S) TILE_CASE(R, 1, S) }                \
        break;
#define TILE_HEIGHTS(S)                                                                                                \
    static void NAME(tile_##S)(int height, int panels, const tile_job *job) {                                          \
        switch (height) {                                                                                              \
            TILE_PANEL_CASES(0, HK_TILE_ROWS, S)                                                                       \
            TILE_PANEL_CASES(1, HK_TILE_ROWS / 2, S)                                                                   \
            TILE_PANEL_CASES(2, HK_TILE_ROWS / 4, S)                                                                   \
            TILE_PANEL_CASES(3, 1, S)                                                                                  \
        }                                                                                                              \
    }
TILE_HEIGHTS(1)
TILE_HEIGHTS(2)
TILE_HEIGHTS(4)

static void NAME(tile_run)(int chains, int height, int panels, const tile_job *job) {
    switch (chains) {
    case 1: NAME(tile_1)(height, panels, job); break;
    case 2: NAME(tile_2)(height, panels, job); break;
    default: NAME(tile_4)(height, panels, job); break;
    }
}

/* The index of the tallest tile that is no taller than `rows` and fits `chains`. */
static int tile_height(size_t rows, int chains) {
    int h = 0;
    while (h < 3 && ((size_t)tile_heights[h] > rows || !TILE_FITS(tile_heights[h], 1, chains))) h++;
    return h;
}

/* All rows of a group of panels; the tile's first row, first weights and first output are those of `job`. Parked sums
   lie in the order of the tiles, which is the same each time. */
static void NAME(tile_rows)(int chains, int panels, size_t rows, tile_job job, const DENSE_JOB *layer) {
    while (rows) {
        const int h = tile_height(rows, chains), fit = tile_panels(tile_heights[h], chains);
        const size_t height = (size_t)tile_heights[h];
        for (int p = 0, n; p < panels; p += n) {
            for (n = fit; n > panels - p;) n /= 2;
            tile_job part = job;
            part.w += (size_t)p * job.panel_stride;
            part.y += p * LANES;
            part.outputs -= (size_t)p * LANES;
            if (part.bias) part.bias += p * LANES;
            NAME(tile_run)(chains, h, n, &part);
            if (job.park) job.park += height * (size_t)(n * chains) * LANES;
            if (part.last && layer->map)
                layer->map(part.y, part.y_stride, part.y, part.y_stride, height,
                           hk_min(part.outputs, (size_t)n * LANES), layer->alpha, layer->beta);
        }
        rows -= height;
        job.x += height * job.x_stride;
        job.y += height * job.y_stride;
    }
}

/* How many panels go together: as many as the tallest tile for that many rows takes. */
static size_t tile_group(size_t rows, int chains) {
    return (size_t)tile_panels(tile_heights[tile_height(rows, chains)], chains);
}

/* Layers of at most HK_DOT_OUTPUTS outputs: each output is a dot product, then the bias. */
static void NAME(dense_as_dots)(const DENSE_JOB *job) {
    for (size_t r = 0; r < job->rows; r++)
        for (size_t o = 0; o < job->outputs; o++)
            job->y[r * job->y_stride + o] =
                NAME(dot)(job->x + r * job->x_stride, job->weights + o * job->inputs, job->inputs) +
                (job->bias ? job->bias[o] : 0);
    if (job->map)
        job->map(job->y, job->y_stride, job->y, job->y_stride, job->rows, job->outputs, job->alpha, job->beta);
}
