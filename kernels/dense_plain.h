/* A dense layer on weights as torch.nn.Linear keeps them, [outputs][inputs]: slices of a group of panels are packed on
 * the stack, and the tiles of the packed form run over them, so the bits are the same. */

/* 32 KiB of weights, 16 KiB of parked sums. A slice's inputs are a multiple of LANES and of every number of chains. */
enum { SLICE_BLOCKS = 512, PARK_BLOCKS = 256 };

static size_t slice_inputs(size_t panels) { return SLICE_BLOCKS / panels / LANES * LANES; }

/* slice[k][o] = w[o][k] for o < outputs, else 0, a square of LANES by LANES at a time. */
static void NAME(pack_slice)(const REAL *w, size_t inputs, size_t outputs, size_t count, REAL *slice) {
    for (size_t k = 0; k < count; k += LANES, slice += LANES * LANES) {
        const size_t n = hk_min(count - k, LANES);
        BLOCK square[LANES];
        for (size_t o = 0; o < LANES; o++) {
            square[o] = o < outputs ? NAME(load_some)(w + o * inputs + k, n) : V(zero)();
        }
        V(transpose)(square);
        for (size_t i = 0; i < LANES; i++) V(store)(slice + i * LANES, square[i]);
    }
}

/* One slice of the inputs, from k on, for some rows and a group of panels. */
static void NAME(plain_slice)(const layer_plan *plan, size_t o, size_t panels, size_t r, size_t rows, size_t k,
                              size_t inputs, REAL *slice, REAL *park) {
    const DENSE_JOB *layer = plan->layer;
    const size_t outputs = hk_min(layer->outputs - o, panels * LANES), step = slice_inputs(panels);
    for (size_t p = 0; p < panels; p++) NAME(pack_slice)
    (layer->weights + (o + p * LANES) * layer->inputs + k, layer->inputs, hk_min(outputs - p * LANES, LANES), inputs,
     slice + p * step * LANES);
    tile_job job = {
        .x = layer->x + r * layer->x_stride + k,
        .w = slice,
        .bias = layer->bias ? layer->bias + o : NULL,
        .y = layer->y + r * layer->y_stride + o,
        .park = park,
        .x_stride = layer->x_stride,
        .y_stride = layer->y_stride,
        .park_stride = panels * LANES,
        .park_chain = rows * panels * LANES,
        .panel_stride = step * LANES,
        .inputs = inputs,
        .first = k == 0,
        .last = k + inputs == layer->inputs,
        .relu = plan->relu,
    };
    NAME(all_rows)(plan, &job, rows, outputs);
}

void NAME(dense_plain)(const DENSE_JOB *layer) {
    if (layer->outputs <= HK_DOT_OUTPUTS) {
        NAME(dense_as_dots)(layer);
        return;
    }
    REAL slice[SLICE_BLOCKS * LANES], park[PARK_BLOCKS * LANES];
    const layer_plan plan = NAME(plan)(layer, 0);
    const size_t group = panel_group(&plan, layer->rows);
    for (size_t o = 0, panels; o < layer->outputs; o += panels * LANES) {
        panels = hk_min(group, (layer->outputs - o + LANES - 1) / LANES);
        const size_t step = slice_inputs(panels);
        const int whole = layer->inputs <= step; /* then nothing is parked, and the slice serves every row */
        for (size_t r = 0, rows; r < layer->rows; r += rows) {
            rows = whole ? layer->rows : hk_min(layer->rows - r, PARK_BLOCKS / (panels * (size_t)plan.chains));
            for (size_t k = 0; k < layer->inputs; k += step) NAME(plain_slice)
            (&plan, o, panels, r, rows, k, hk_min(layer->inputs - k, step), slice, park);
        }
    }
}
