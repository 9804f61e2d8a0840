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
            if (o >= outputs)
                square[o] = V(zero)();
            else
                square[o] = n == LANES ? V(load)(w + o * inputs + k) : V(loadn)(w + o * inputs + k, n);
        }
        V(transpose)(square);
        for (size_t i = 0; i < LANES; i++) V(store)(slice + i * LANES, square[i]);
    }
}

/* One slice of the inputs, from k on, for some rows and a group of panels. */
static void NAME(plain_slice)(const DENSE_JOB *job, int chains, size_t o, size_t panels, size_t r, size_t rows,
                              size_t k, size_t inputs, REAL *slice, REAL *park) {
    const size_t outputs = job->outputs - o, step = slice_inputs(panels);
    for (size_t p = 0; p < panels; p++) NAME(pack_slice)
    (job->weights + (o + p * LANES) * job->inputs + k, job->inputs, hk_min(outputs - p * LANES, LANES), inputs,
     slice + p * step * LANES);
    const tile_job part = {
        .x = job->x + r * job->x_stride + k,
        .w = slice,
        .bias = job->bias ? job->bias + o : NULL,
        .y = job->y + r * job->y_stride + o,
        .park = park,
        .x_stride = job->x_stride,
        .y_stride = job->y_stride,
        .panel_stride = step * LANES,
        .inputs = inputs,
        .outputs = outputs,
        .first = k == 0,
        .last = k + inputs == job->inputs,
    };
    NAME(tile_rows)(chains, (int)panels, rows, part, job);
}

void NAME(dense_plain)(const DENSE_JOB *job) {
    if (job->outputs <= HK_DOT_OUTPUTS) {
        NAME(dense_as_dots)(job);
        return;
    }
    REAL slice[SLICE_BLOCKS * LANES], park[PARK_BLOCKS * LANES];
    const int chains = hk_chains(job->outputs);
    const size_t group = tile_group(job->rows, chains);
    for (size_t o = 0, panels; o < job->outputs; o += panels * LANES) {
        panels = hk_min(group, (job->outputs - o + LANES - 1) / LANES);
        const size_t step = slice_inputs(panels);
        const int whole = job->inputs <= step; /* then nothing is parked, and the slice serves every row */
        for (size_t r = 0, rows; r < job->rows; r += rows) {
            rows = whole ? job->rows : hk_min(job->rows - r, PARK_BLOCKS / (panels * (size_t)chains));
            for (size_t k = 0; k < job->inputs; k += step) NAME(plain_slice)
            (job, chains, o, panels, r, rows, k, hk_min(job->inputs - k, step), slice, whole ? NULL : park);
        }
    }
}
