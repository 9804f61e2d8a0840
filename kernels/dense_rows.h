/* All rows of a group of panels, tile by tile, each finished with its activation while it is in cache. */
#include "partial.h"

/* Bytes of weights, and rows from which on a low tile is better first (see next_tile). */
enum { FAR_WEIGHTS = 1 << 20, FARTHEST_WEIGHTS = 8 << 20, MANY_ROWS = 25 };

/* What a layer's tiles have in common. */
typedef struct layer_plan {
    const DENSE_JOB *layer;
    MAP_FUNCTION *map; /* NULL: none, or ReLU, which the tile does */
    weights_place place;
    int relu, chains, padded; /* padded: the bias is whole blocks */
} layer_plan;

static layer_plan NAME(plan)(const DENSE_JOB *layer, int padded) {
    const int relu = layer->map == NAME(relu);
    const size_t bytes = layer->inputs * layer->outputs * sizeof(REAL);
    const int farthest = bytes > FARTHEST_WEIGHTS && layer->rows >= MANY_ROWS;
    return (layer_plan){
        .layer = layer,
        .map = relu ? NULL : layer->map,
        .relu = relu,
        .chains = hk_chains(layer->width ? layer->width : layer->outputs),
        .place = farthest              ? WEIGHTS_FARTHEST
                 : bytes > FAR_WEIGHTS ? WEIGHTS_FAR
                                       : WEIGHTS_NEAR,
        .padded = padded,
    };
}

/* The last tile of some inputs, of n outputs. A missing or short bias, and rows that an activation would see one by
   one, take a way through the stack. */
static void NAME(finish_tile)(const layer_plan *plan, int number, const tile_job *tile, size_t panels, size_t n) {
    REAL stage[HK_TILE_BLOCKS * LANES], bias[TILE_PANELS * LANES];
    const size_t width = panels * LANES, rows = tile->rows;
    const DENSE_JOB *layer = plan->layer;
    tile_job job = *tile;
    if (!job.bias || (n < width && !plan->padded)) {
        for (size_t o = 0; o < width; o += LANES)
            V(store)(bias + o, !job.bias ? V(zero)() : NAME(load_some)(job.bias + o, n - o));
        job.bias = bias;
    }
    const int staged = plan->map && rows > 1 && job.y_stride != n;
    if (staged) job.y = stage, job.y_stride = width, job.last_panel = LANES;
    NAME(run_tile)(number, &job);
    if (!plan->map) return;
    const size_t all = staged ? rows * width : rows * n;
    plan->map(job.y, all, job.y, all, 1, all, layer->alpha, layer->beta);
    if (!staged) return;
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < n; o += LANES)
            NAME(store_some)(tile->y + r * tile->y_stride + o, V(load)(stage + r * width + o), n - o);
}

/* `job` is that of the first tile, `outputs` those of its panels. Its pointers move on. */
static void NAME(all_rows)(const layer_plan *plan, tile_job *job, size_t rows, size_t outputs) {
    const REAL *const w = job->w, *const bias = job->bias;
    REAL *y = job->y, *park = job->park;
    for (size_t left = rows; left; left -= job->rows) {
        const unsigned char *numbers = next_tile(plan->chains, plan->place, rows, left, &job->rows);
        size_t n = most_panels(numbers);
        for (size_t o = 0, width; o < outputs; o += width) {
            while ((n - 1) * LANES >= outputs - o || !numbers[n]) n--;
            width = n * LANES;
            const int number = numbers[n], partial = width > outputs - o;
            job->last_panel = partial ? outputs - o - (width - LANES) : LANES;
            if (!job->last || (!plan->map && bias && (!partial || plan->padded)))
                NAME(run_tile)(number, job);
            else
                NAME(finish_tile)(plan, number, job, n, partial ? outputs - o : width);
            job->w += n * job->panel_stride;
            job->y += width;
            job->park += width;
            if (bias) job->bias += width;
        }
        job->w = w;
        job->bias = bias;
        job->x += job->rows * job->x_stride;
        job->y = y += job->rows * job->y_stride;
        job->park = park += job->rows * job->park_stride;
    }
}

/* How many panels go together: as many as the widest tile for that many rows takes. Tiles repeat every 12 rows. */
static size_t panel_group(const layer_plan *plan, size_t rows) {
    size_t most = 0;
    if (rows > 38) rows = 27 + (rows - 27) % 12;
    for (size_t height, left = rows; left; left -= height) {
        const size_t panels = most_panels(next_tile(plan->chains, plan->place, rows, left, &height));
        if (panels > most) most = panels;
    }
    return most;
}

/* Layers of at most HK_DOT_OUTPUTS outputs: each output is a dot product, then the bias. */
static void NAME(dense_as_dots)(const DENSE_JOB *job) {
    const REAL *weights = job->weights;
    for (size_t r = 0; r < job->rows; r++)
        for (size_t o = 0; o < job->outputs; o++)
            job->y[r * job->y_stride + o] =
                NAME(dot)(job->x + r * job->x_stride, weights + o * job->inputs, job->inputs) +
                (job->bias ? job->bias[o] : 0);
    if (job->map)
        job->map(job->y, job->y_stride, job->y, job->y_stride, job->rows, job->outputs, job->alpha, job->beta);
}
