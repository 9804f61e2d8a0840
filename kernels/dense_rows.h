/* All rows of a group of panels, tile by tile, each finished with its activation while it is in cache. */
#include "partial.h"
#include "shapes.h"

/* Of the tiles down all rows so many, the last ones, ask for the next panels, so that these arrive no faster than
   memory gives. */
enum { ASKING_TILES = 4 };

/* What a layer's tiles have in common. */
typedef struct layer_plan {
    const DENSE_JOB *layer;
    MAP_FUNCTION *map;             /* NULL: none, or ReLU, which the tile does */
    int relu, chains, far, padded; /* far: HK_NEAR, ...; padded: the bias is whole blocks */
} layer_plan;

HK_INLINE layer_plan NAME(plan)(const DENSE_JOB *layer, int padded) {
    const int relu = layer->map == NAME(relu);
    return (layer_plan){
        .layer = layer,
        .map = relu ? NULL : layer->map,
        .relu = relu,
        .chains = hk_chains(layer->width ? layer->width : layer->outputs),
        .far = layer->far ? layer->far : layer->inputs * layer->outputs * sizeof(REAL) > HK_FAR_WEIGHTS,
        .padded = padded,
    };
}

/* The bias of n outputs from o on as whole blocks: in `room` where there is none, or not all of it. */
static const REAL *NAME(whole_bias)(const layer_plan *plan, size_t o, size_t n, REAL *room) {
    const REAL *bias = plan->layer->bias;
    if (bias && (plan->padded || n % LANES == 0)) return bias + o;
    for (size_t i = 0; i < n; i += LANES) V(store)(room + i, bias ? NAME(load_some)(bias + o + i, n - i) : V(zero)());
    return room;
}

/* The rows of one tile through the panels of some outputs. The job's last_panel is LANES before; its pointers but x
   move on. */
HK_INLINE void NAME(all_panels)(const unsigned char *numbers, tile_job *job, size_t outputs) {
    for (size_t panels = (outputs + LANES - 1) / LANES, n, taken; panels; panels -= taken) {
        n = panels <= TILE_PANELS ? panels : hk_min((panels + 1) / 2, TILE_PANELS); /* 9 are 5 + 4 */
        while (!numbers[n]) n--;
        taken = TILE_GOES_ON(job->rows, n) ? panels : n;
        job->more = taken - n;
        if (taken == panels) job->last_panel = (outputs - 1) % LANES + 1;
        tile_functions[numbers[n]](job);
        job->w += n * job->panel_stride;
        job->y += n * LANES;
        job->park += n * LANES;
        job->bias += n * LANES;
    }
}

/* `job` is that of the first tile, `outputs` those of its panels. Its pointers move on. next: how far on the weights
   lie that come from memory after these, or 0. */
static void NAME(all_rows)(const layer_plan *plan, tile_job *job, size_t rows, size_t outputs, ptrdiff_t next) {
    const REAL *const w = job->w, *const bias = job->bias;
    REAL *y = job->y, *park = job->park;
    const size_t tiles = (rows + HK_TALL_ROWS - 1) / HK_TALL_ROWS, asking = hk_min(tiles, ASKING_TILES);
    const int asks_next = HK_ASKS_NEXT && next;
    size_t before = tiles - asking; /* tiles before the next that asks for a part of the next panels */
    job->ask_step = asks_next ? (LANES + asking - 1) / asking : LANES;
    for (size_t left = rows; left; left -= job->rows) {
        const unsigned char *numbers = next_tile(plan->chains, plan->far, rows, left, &job->rows);
        job->ask = 0;
        job->last_panel = LANES;
        if (!asks_next) {
            if (plan->far && (HK_ALL_TILES_ASK || left == rows)) job->ask = HK_ASK_AHEAD * LANES;
        } else if (before) {
            before--;
        } else {
            job->ask = next;
            next += (ptrdiff_t)(job->inputs * job->ask_step);
        }
        NAME(all_panels)(numbers, job, outputs);
        if (plan->map && job->last)
            plan->map(y, job->y_stride, y, job->y_stride, job->rows, outputs, plan->layer->alpha, plan->layer->beta);
        job->w = w;
        job->bias = bias;
        job->x += job->rows * job->x_stride;
        job->y = y += job->rows * job->y_stride;
        job->park = park += job->rows * job->park_stride;
    }
}

/* How many panels go together: as many as the widest tile for that many rows takes. Tiles repeat every 6 rows. */
static size_t panel_group(const layer_plan *plan, size_t rows) {
    size_t most = 0;
    if (rows > 30) rows = 25 + (rows - 25) % 6;
    for (size_t height, left = rows; left; left -= height) {
        const size_t panels = most_panels(next_tile(plan->chains, plan->far, rows, left, &height));
        if (panels > most) most = panels;
    }
    return most;
}

HK_INLINE REAL NAME(dot_output)(const DENSE_JOB *job, const REAL *x, size_t o) {
    return NAME(dot)(x, (const REAL *)job->weights + o * job->inputs, job->inputs) + (job->bias ? job->bias[o] : 0);
}

/* Layers of at most HK_DOT_OUTPUTS outputs: each output is a dot product, then the bias. The outputs of one row go to
   their activation as a block: it reads a block, which would wait for numbers that were written one by one. */
static void NAME(dense_as_dots)(const DENSE_JOB *job) {
    if (job->rows == 1 && job->map) {
        REAL room[LANES];
        BLOCK z = V(zero)();
        for (size_t o = 0; o < job->outputs; o++)
            z = V(select)(V(first)(o), z, V(set1)(NAME(dot_output)(job, job->x, o)));
        V(store)(room, z);
        job->map(room, job->outputs, job->y, job->outputs, 1, job->outputs, job->alpha, job->beta);
        return;
    }
    const REAL *x = job->x;
    REAL *y = job->y;
    for (size_t r = 0; r < job->rows; r++, x += job->x_stride, y += job->y_stride)
        for (size_t o = 0; o < job->outputs; o++) y[o] = NAME(dot_output)(job, x, o);
    if (job->map)
        job->map(job->y, job->y_stride, job->y, job->y_stride, job->rows, job->outputs, job->alpha, job->beta);
}
