/* Dense layers on weights of 16 bits, widened in registers and computed with as floats, in the order of the float
 * layer.
 *
 * Panels of f16 are [k][16]. Panels of bf16 are [k / 2][16][2], what processors with instructions for bf16 want. There
 * is an even number of inputs, of which the last may be 0. As 16 integers, the even inputs are their low halves and the
 * odd ones the high halves.
 *
 * Few rows widen the weights where they use them; what that costs is hidden by reading them. Many rows share slices of
 * widened weights, but for those that do not fill a tall tile. */

#include "shapes.h"

/* The block of input k, or of k + 1 if `odd`, k even. */
HK_INLINE BLOCK half_block_bf16(const uint16_t *w, int odd) {
    const vi pairs = vi_load(w);
    return v_from_bits(odd ? vi_and(pairs, vi_set1((int32_t)0xffff0000)) : vi_shl(pairs, 16));
}
HK_INLINE BLOCK half_block_f16(const uint16_t *w, int odd) { return v_load_f16(w + (odd ? LANES : 0)); }

typedef BLOCK half_block(const uint16_t *w, int odd);
typedef struct half_tile {
    const float *x;
    const uint16_t *w;
    size_t x_stride, panel_stride, inputs, rows;
    float *sums; /* [row][panel][16] */
} half_tile;

/* Input k of R rows and P panels, whose weights are the even or the odd ones at w; in the order of tile_step. */
HK_INLINE void half_step(half_block *block_of, const int R, const int P, const float *const *x, size_t k,
                         const uint16_t *w, size_t stride, int odd, BLOCK *acc) {
    if (R == 1) {
        const BLOCK input = V(set1)(x[0][k]);
        HK_UNROLL
        for (int i = 0; i < P; i++) {
            const int p = TILE_INDEX(i, P);
            acc[p] = V(fma)(input, block_of(w + (size_t)p * stride, odd), acc[p]);
        }
        return;
    }
    BLOCK weights[TILE_PANELS];
    HK_UNROLL
    for (int i = 0; i < P; i++) {
        const int p = TILE_INDEX(i, P);
        weights[p] = block_of(w + (size_t)p * stride, odd);
        if (P >= HK_TILE_WEIGHTS) tile_add_panel(R, P, 1, x, NULL, k, weights[p], acc + p);
    }
    if (P < HK_TILE_WEIGHTS) tile_add_panels(R, P, 1, x, NULL, k, weights, acc);
}

/* R rows and P panels. Where there are fewer rows, the last one stands in for those that are missing. */
HK_INLINE void half_tile_of(half_block *block_of, const int R, const int P, const half_tile *t) {
    const size_t stride = t->panel_stride, even = t->inputs / 2 * 2;
    const float *x[HK_HALF_TALL];
    const uint16_t *w = t->w;
    BLOCK acc[HK_TILE_BLOCKS];
    HK_UNROLL
    for (int r = 0; r < R; r++) x[r] = t->x + hk_min((size_t)r, t->rows - 1) * t->x_stride;
    HK_UNROLL
    for (int i = 0; i < R * P; i++) acc[i] = V(zero)();
    for (size_t k = 0; k < even; k += 2, w += 2 * LANES) {
        half_step(block_of, R, P, x, k, w, stride, 0, acc);
        if (R > 1) HK_OPAQUE(w); /* the registers do not hold even and odd weights at once */
        half_step(block_of, R, P, x, k + 1, w, stride, 1, acc);
    }
    if (t->inputs % 2) half_step(block_of, R, P, x, even, w, stride, 0, acc);
    HK_UNROLL
    for (int i = 0; i < R * P; i++) V(store)(t->sums + i * LANES, acc[i]);
}

#define HALF_TILE(type, name, R, P)                                                                                    \
    static __attribute__((noinline)) void KERNEL(half_##name##_##type)(const half_tile *t) {                           \
        half_tile_of(half_block_##type, R, P, t);                                                                      \
    }
#define HALF_KERNELS(type)                                                                                             \
    HALF_TILE(type, tall, HK_HALF_TALL, HK_HALF_PANELS)                                                                \
    HALF_TILE(type, low, HK_HALF_LOW, HK_HALF_PANELS)                                                                  \
    HALF_TILE(type, row, 1, HK_HALF_ROW_PANELS)                                                                        \
    HALF_TILE(type, short_row, 1, HK_HALF_PANELS)                                                                      \
    HALF_TILE(type, panel, HK_HALF_TALL, 1)                                                                            \
    static void KERNEL(few_rows_##type)(const DENSE_JOB *layer) {                                                      \
        static const half_way way = {KERNEL(half_tall_##type), KERNEL(half_low_##type), KERNEL(half_row_##type),       \
                                     KERNEL(half_short_row_##type), KERNEL(half_panel_##type)};                        \
        KERNEL(half_rows)(layer, &way, hk_##type##_inputs(layer->inputs) * LANES);                                     \
    }                                                                                                                  \
    static void KERNEL(fill_##type)(const DENSE_JOB *layer, size_t o, size_t k, size_t count, REAL *slice) {           \
        const size_t stride = hk_##type##_inputs(layer->inputs);                                                       \
        const uint16_t *w = (const uint16_t *)layer->weights + o * stride + k * LANES;                                 \
        for (size_t i = 0; i < count; i += 2, w += 2 * LANES, slice += 2 * LANES) {                                    \
            V(store)(slice, half_block_##type(w, 0));                                                                  \
            V(store)(slice + LANES, half_block_##type(w, 1));                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    void KERNEL(dense_##type)(const DENSE_JOB *layer) {                                                                \
        KERNEL(dense_half)(layer, KERNEL(few_rows_##type), KERNEL(fill_##type));                                       \
    }

/* Tiles of HK_HALF_TALL and HK_HALF_LOW rows and HK_HALF_PANELS panels, of one row and HK_HALF_ROW_PANELS panels, and
   of up to HK_HALF_TALL rows and one panel: with one row, the chain's latency leaves time for the others. */
typedef struct half_way {
    void (*tall)(const half_tile *), (*low)(const half_tile *), (*row)(const half_tile *),
        (*short_row)(const half_tile *), (*panel)(const half_tile *);
} half_way;

/* Bias, ReLU as in dense_tile.h, and any other activation. */
static void KERNEL(half_finish)(const layer_plan *plan, const half_tile *t, size_t panels, size_t r, size_t o) {
    const DENSE_JOB *layer = plan->layer;
    const size_t outputs = hk_min(layer->outputs - o, panels * LANES);
    const BLOCK low = V(set1)(NAME(lowest)[plan->relu]), plus = V(set1)(NAME(added)[plan->relu]);
    REAL *y = layer->y + r * layer->y_stride + o;
    for (size_t p = 0; p < panels; p++) {
        const BLOCK bias = V(add)(layer->bias ? V(load)(layer->bias + o + p * LANES) : V(zero)(), plus);
        for (size_t i = 0; i < t->rows; i++) {
            const BLOCK z = V(max)(low, V(add)(V(load)(t->sums + (i * panels + p) * LANES), bias));
            NAME(store_some)(y + i * layer->y_stride + p * LANES, z, outputs - p * LANES);
        }
    }
    if (plan->map) plan->map(y, layer->y_stride, y, layer->y_stride, t->rows, outputs, layer->alpha, layer->beta);
}

static void KERNEL(half_rows)(const DENSE_JOB *layer, const half_way *way, size_t panel_stride) {
    REAL sums[HK_TILE_BLOCKS * LANES];
    const layer_plan plan = NAME(plan)(layer, 1);
    const size_t panels = (layer->outputs + LANES - 1) / LANES;
    half_tile t = {.x_stride = layer->x_stride, .panel_stride = panel_stride, .inputs = layer->inputs, .sums = sums};
    for (size_t first = 0, group; first < panels; first += group) {
        group = hk_min(panels - first, HK_HALF_ROW_PANELS);
        for (size_t r = 0; r < layer->rows; r += t.rows) {
            const size_t left = layer->rows - r;
            t.rows = hk_min(left, left > HK_HALF_LOW ? HK_HALF_TALL : HK_HALF_LOW);
            const size_t most = t.rows > 1 ? HK_HALF_PANELS : HK_HALF_ROW_PANELS;
            t.x = layer->x + r * layer->x_stride;
            for (size_t p = 0, n; p < group; p += n) {
                n = group - p >= most ? most : group - p >= HK_HALF_PANELS ? HK_HALF_PANELS : 1;
                t.w = (const uint16_t *)layer->weights + (first + p) * t.panel_stride;
                (n == 1                 ? way->panel
                 : t.rows > HK_HALF_LOW ? way->tall
                 : t.rows > 1           ? way->low
                 : n == HK_HALF_PANELS  ? way->short_row
                                        : way->row)(&t);
                KERNEL(half_finish)(&plan, &t, n, r, (first + p) * LANES);
            }
        }
    }
}

static void KERNEL(dense_half)(const DENSE_JOB *layer, void (*few_rows)(const DENSE_JOB *), NAME(fill_fn) * fill) {
    DENSE_JOB part = *layer;
    if (hk_chains(layer->width ? layer->width : layer->outputs) > 1) {
        NAME(dense_slices)(layer, fill, 1);
        return;
    }
    if (layer->rows >= HK_HALF_MANY) {
        part.rows = layer->rows / HK_TALL_ROWS * HK_TALL_ROWS;
        NAME(dense_slices)(&part, fill, 1);
        part.x += part.rows * part.x_stride;
        part.y += part.rows * part.y_stride;
        part.rows = layer->rows - part.rows;
    }
    if (part.rows) few_rows(&part);
}

HALF_KERNELS(bf16)
HALF_KERNELS(f16)
