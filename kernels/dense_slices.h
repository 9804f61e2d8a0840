/* A dense layer whose weights are not panels of REAL: slices of a group of panels are made of them on the stack, and
 * the tiles of the packed form run over those, so the bits are the same. */

/* 32 KiB of weights, 16 KiB of parked sums. A slice's inputs are a multiple of LANES and of every
   number of chains. */
enum { SLICE_BLOCKS = 512, PARK_BLOCKS = 256 };

static size_t slice_inputs(size_t panels) { return SLICE_BLOCKS / panels / LANES * LANES; }

/* Fills slice[i][lane], i < count, with the weights of output o + lane and input k + i: those of one panel, of which
   some outputs may be missing, and are 0. k is a multiple of LANES. */
typedef void NAME(fill_fn)(const DENSE_JOB *layer, size_t o, size_t k, size_t count, REAL *slice);

/* From weights as torch.nn.Linear keeps them, [outputs][inputs], a square of LANES by LANES at a time. */
static void NAME(fill_plain)(const DENSE_JOB *layer, size_t o, size_t k, size_t count, REAL *slice) {
    const REAL *w = (const REAL *)layer->weights + o * layer->inputs + k;
    const size_t outputs = hk_min(layer->outputs - o, LANES);
    for (size_t i = 0; i < count; i += LANES, slice += LANES * LANES) {
        const size_t n = hk_min(count - i, LANES);
        BLOCK square[LANES];
        for (size_t lane = 0; lane < LANES; lane++) {
            square[lane] = lane < outputs ? NAME(load_some)(w + lane * layer->inputs + i, n) : V(zero)();
        }
        V(transpose)(square);
        for (size_t j = 0; j < LANES; j++) V(store)(slice + j * LANES, square[j]);
    }
}

/* Where slices of a group of panels, for some rows, find room, and where unfinished sums go; and the group's bias. */
typedef struct slice_room {
    REAL *slice, *park;
    const REAL *bias;
    size_t inputs, park_stride;
} slice_room;

static void NAME(slices)(const layer_plan *plan, NAME(fill_fn) * fill, size_t o, size_t panels, size_t r, size_t rows,
                         const slice_room *room) {
    const DENSE_JOB *layer = plan->layer;
    const size_t outputs = hk_min(layer->outputs - o, panels * LANES), step = room->inputs;
    for (size_t k = 0; k < layer->inputs; k += step) {
        const size_t inputs = hk_min(layer->inputs - k, step);
        for (size_t p = 0; p < panels; p++) fill(layer, o + p * LANES, k, inputs, room->slice + p * step * LANES);
        tile_job job = {
            .x = layer->x + r * layer->x_stride + k,
            .w = room->slice,
            .bias = room->bias,
            .y = layer->y + r * layer->y_stride + o,
            .park = room->park,
            .x_stride = layer->x_stride,
            .y_stride = layer->y_stride,
            .park_stride = room->park_stride,
            .park_chain = rows * room->park_stride,
            .panel_stride = step * LANES,
            .inputs = inputs,
            .first = k == 0,
            .last = k + inputs == layer->inputs,
            .relu = plan->relu,
        };
        NAME(all_rows)(plan, &job, rows, outputs, 0);
    }
}

static void NAME(dense_slices)(const DENSE_JOB *layer, NAME(fill_fn) * fill, int padded) {
    _Alignas(64) REAL slice[SLICE_BLOCKS * LANES];
    _Alignas(64) REAL park[PARK_BLOCKS * LANES];
    _Alignas(64) REAL bias[TILE_PANELS * LANES];
    layer_plan plan = NAME(plan)(layer, padded);
    plan.far = 0; /* as slices are not */
    const size_t group = panel_group(&plan, layer->rows);
    for (size_t o = 0, panels; o < layer->outputs; o += panels * LANES) {
        panels = hk_min(group, (layer->outputs - o + LANES - 1) / LANES);
        /* nothing is parked where one slice has all inputs; in y there is room for whole panels and one chain */
        const size_t n = hk_min(panels * LANES, layer->outputs - o);
        slice_room room = {slice, layer->y + o, NAME(whole_bias)(&plan, o, n, bias), slice_inputs(panels),
                           layer->y_stride};
        if (layer->inputs <= room.inputs || (plan.chains == 1 && n == panels * LANES)) {
            NAME(slices)(&plan, fill, o, panels, 0, layer->rows, &room);
            continue;
        }
        room.park = park;
        room.park_stride = panels * LANES;
        for (size_t r = 0, rows; r < layer->rows; r += rows) {
            rows = hk_min(layer->rows - r, PARK_BLOCKS / (panels * (size_t)plan.chains));
            NAME(slices)(&plan, fill, o, panels, r, rows, &room);
        }
    }
}

void NAME(dense_plain)(const DENSE_JOB *layer) {
    if (layer->outputs <= HK_DOT_OUTPUTS)
        NAME(dense_as_dots)(layer);
    else
        NAME(dense_slices)(layer, NAME(fill_plain), 0);
}
