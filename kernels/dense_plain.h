/* A dense layer on weights as torch.nn.Linear keeps them, [outputs][inputs]: slices of a panel are packed on the stack,
 * and the tiles of the packed form run over them, so the bits are the same. */

enum {
    SLICE_INPUTS = 256,
    PARK_ROWS = 48
}; /* a multiple of LANES and of every number of chains, so that chains continue */

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

void NAME(dense_plain)(const DENSE_JOB *job) {
    if (job->outputs <= HK_DOT_OUTPUTS) {
        dense_as_dots(job);
        return;
    }
    REAL slice[SLICE_INPUTS * LANES], park[PARK_ROWS * HK_CHAINS_MAX * LANES];
    const int chains = hk_chains(job->outputs);
    for (size_t o = 0; o < job->outputs; o += LANES) {
        const size_t outputs = job->outputs - o;
        for (size_t r = 0, rows; r < job->rows; r += rows) {
            /* with all inputs in one slice nothing is parked, and the slice serves every row */
            rows = job->inputs <= SLICE_INPUTS ? job->rows : hk_min(job->rows - r, PARK_ROWS);
            for (size_t k = 0; k < job->inputs; k += SLICE_INPUTS) {
                const size_t inputs = hk_min(job->inputs - k, SLICE_INPUTS);
                NAME(pack_slice)
                (job->weights + o * job->inputs + k, job->inputs, hk_min(outputs, LANES), inputs, slice);
                const tile_job part = {
                    .x = job->x + r * job->x_stride + k,
                    .w = slice,
                    .bias = job->bias ? job->bias + o : NULL,
                    .y = job->y + r * job->y_stride + o,
                    .park = job->inputs <= SLICE_INPUTS ? NULL : park,
                    .x_stride = job->x_stride,
                    .y_stride = job->y_stride,
                    .inputs = inputs,
                    .outputs = outputs,
                    .first = k == 0,
                    .last = k + inputs == job->inputs,
                };
                tile_rows(chains, 1, rows, part, job);
            }
        }
    }
}
