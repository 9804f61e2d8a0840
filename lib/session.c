/* Sessions: a network's scratch memory and the forward pass. */
#include "network.h"

#include "dispatch.h"
#include "overlap.h"
#include "shapes.h"
#include "size.h"
#include "step.h"

#include <stdlib.h>
#include <string.h>

/* Rows go through all layers block by block, so that activations stay in cache beside the weights, and so that the
   memory does not grow with the batch: blocks of at most BLOCK_BYTES, and of tall tiles' multiples. */
enum { TILE_ROWS = 6, TALL = 12, ROWS_MIN = 24, ROWS_MAX = 264, BLOCK_BYTES = (4 << 20) - 4096, THREADS_MAX = 1024 };
/* Networks of at most so many layers have their jobs ready. */
enum { READY_MAX = 16 };

struct hk_session {
    hk_network *network;
    hk_executor executor;          /* threads 1: the calling thread */
    hk_dense_narrow_fn *fast_bf16; /* or NULL */
    size_t inputs, outputs, max_batch, bytes;
    size_t rows, rows_many; /* of a block, at a stride and by pointer */
    size_t alone;           /* batches of at most so many rows are one block, which one thread runs */
    size_t stride;          /* of the buffers between steps */
    int backward;           /* how this call reads far weights */
    /* Each worker has up to two buffers between steps, by pointer gathered inputs and outputs too, and then what steps
       need for a block of rows. */
    size_t worker_floats, buffer_floats;
    float *memory;
    /* Small networks of float layers, whose jobs are kept from call to call: only where the first one's rows and the
       last one's results lie is new, as long as there are as many rows. */
    int ready;
    size_t ready_rows;
    hk_dense_f32_job jobs[];
};

/* Where rows come from and go to: at a stride, or by pointer. */
typedef struct rows_view {
    const float *x;
    float *y;
    size_t x_stride, y_stride;
    const float *const *xs;
    float *const *ys;
} rows_view;

typedef struct forward_call {
    const hk_session *session;
    rows_view view;
    size_t batch, share; /* share: rows per task */
} forward_call;

/* Rows of a block that take so many floats each. */
static size_t block_rows(size_t floats, size_t max_batch) {
    if (!floats) return max_batch;
    size_t rows = BLOCK_BYTES / sizeof(float) / floats / ROWS_MIN * ROWS_MIN;
    if (rows < ROWS_MIN) rows = ROWS_MIN;
    if (rows > ROWS_MAX) rows = ROWS_MAX;
    return rows < max_batch ? rows : max_batch;
}

/* How many rows go together, and the scratch memory for them; 0 if that does not fit. */
static int plan_blocks(hk_session *s, const hk_network *n) {
    const size_t between = n->count > 2 ? 2 : n->count - 1;
    size_t width, width_many, floats, floats_many, scratch = hk_step_scratch(n) / sizeof(float);
    if (!hk_size_product(between, s->stride, &width) || !hk_size_sum(width, hk_size_padded(s->inputs), &width_many) ||
        !hk_size_sum(width_many, hk_size_padded(s->outputs), &width_many) ||
        !hk_size_fits(width_many, 1, sizeof(float)))
        return 0;
    s->rows = block_rows(width + scratch, s->max_batch);
    s->rows_many = block_rows(width_many + scratch, s->max_batch);
    const size_t rows = s->rows > s->rows_many ? s->rows : s->rows_many;
    if (!hk_size_product(s->rows, width, &floats) || !hk_size_product(s->rows_many, width_many, &floats_many) ||
        !hk_size_product(rows, scratch, &scratch))
        return 0;
    s->buffer_floats = floats > floats_many ? floats : floats_many;
    return hk_size_sum(s->buffer_floats, scratch, &s->worker_floats) &&
           hk_size_fits(s->worker_floats, s->executor.threads, sizeof(float));
}

static size_t rows_alone(const hk_session *s, const hk_network *n) {
    const size_t width = s->inputs > s->outputs ? s->inputs : s->outputs;
    size_t rows = hk_size_fits(s->rows, width, sizeof(float)) ? s->rows : 1;
    if (s->executor.threads > 1 && n->parameters) {
        const size_t work = n->kernels->region_work;
        if (n->parameters >= work / HK_ROW_READS) return 0; /* a layer may be shared even for one row */
        const size_t unshared = (work - 1) / n->parameters;
        if (unshared < rows) rows = unshared;
    }
    return rows;
}

/* Whether all layers are computed in floats, and near. */
static int layers_get_ready(const hk_network *n) {
    if (n->count > READY_MAX || n->weight_bytes > HK_FAR_WEIGHTS) return 0;
    for (size_t i = 0; i < n->count; i++)
        if (!n->steps[i].kernel) return 0;
    return 1;
}

hk_status hk_session_create(const hk_network *network, size_t max_batch, const hk_executor *executor,
                            hk_session **session) {
    if (!network || !session || !max_batch) return HK_INVALID_ARGUMENT;
    if (executor && (!executor->threads || !executor->parallel_for)) return HK_INVALID_ARGUMENT;
    const int ready = layers_get_ready(network);
    const size_t own = sizeof(hk_session) + (ready ? network->count : 0) * sizeof(hk_dense_f32_job);
    hk_session *s = calloc(1, own);
    if (!s) return HK_OUT_OF_MEMORY;
    s->ready = ready;
    s->executor = executor ? *executor : (hk_executor){NULL, 1, NULL};
    if (s->executor.threads > THREADS_MAX) s->executor.threads = THREADS_MAX;
    s->inputs = network->steps[0].inputs;
    s->outputs = network->steps[network->count - 1].outputs;
    s->max_batch = max_batch;
    s->stride = hk_size_padded(network->widest);
    if (plan_blocks(s, network)) {
        s->alone = rows_alone(s, network);
        const size_t bytes = s->worker_floats * s->executor.threads * sizeof(float);
        s->memory = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
        s->bytes = own + bytes;
    }
    if (!s->memory) {
        free(s);
        return HK_OUT_OF_MEMORY;
    }
    memset(s->memory, 0, s->bytes - own); /* so that the first forward pass meets no fresh pages */
    s->network = hk_network_hold(network);
    *session = s;
    return HK_OK;
}

void hk_session_free(hk_session *session) {
    if (!session) return;
    hk_network_free(session->network);
    free(session->memory);
    free(session);
}

hk_status hk_session_set_fast_bf16(hk_session *session, int on) {
    if (!session) return HK_INVALID_ARGUMENT;
    const hk_network *n = session->network;
    hk_dense_narrow_fn *const fast = on && n->fast_bf16 ? hk_fast_bf16_permitted(n->kernels) : NULL;
    if (on && !fast) return HK_UNSUPPORTED;
    session->fast_bf16 = fast;
    session->ready = !fast && layers_get_ready(n);
    return HK_OK;
}

size_t hk_session_bytes(const hk_session *session) { return session ? session->bytes : 0; }

/* Far weights are read from their end in every other call: what was read last is still in a cache. */
static void turn(hk_session *session) { session->backward ^= session->network->weight_bytes > HK_FAR_WEIGHTS; }

/* Where the rows of step i come from and go to, between the ends of a pass. */
static inline hk_step_rows rows_of_step(const hk_session *s, float *scratch, const rows_view *ends, size_t i,
                                        size_t rows) {
    const size_t last = s->network->count - 1;
    float *const buffers[2] = {scratch, scratch + (last > 1 ? rows * s->stride : 0)};
    return (hk_step_rows){.x = i ? buffers[(i - 1) % 2] : ends->x,
                          .y = i < last ? buffers[i % 2] : ends->y,
                          .x_stride = i ? s->stride : ends->x_stride,
                          .y_stride = i < last ? s->stride : ends->y_stride,
                          .rows = rows};
}

/* Rows of one block through all steps; `divide`: large layers among the threads. */
static void run_block(const hk_session *session, float *scratch, const float *x, size_t x_stride, float *y,
                      size_t y_stride, size_t rows, int divide) {
    const hk_network *n = session->network;
    const hk_step_means means = {n->kernels, session->fast_bf16, divide ? &session->executor : NULL,
                                 scratch + session->buffer_floats, session->backward};
    const rows_view ends = {.x = x, .y = y, .x_stride = x_stride, .y_stride = y_stride};
    for (size_t i = 0; i < n->count; i++) {
        const hk_step_rows step = rows_of_step(session, scratch, &ends, i, rows);
        hk_step_run(&means, &n->steps[i], &step);
    }
}

static void run_rows(const forward_call *call, size_t first, size_t end, float *scratch, int divide) {
    const hk_session *s = call->session;
    const rows_view *v = &call->view;
    const size_t inputs = s->inputs, outputs = s->outputs;
    const size_t most = v->xs ? s->rows_many : s->rows;
    const size_t blocks = (end - first + most - 1) / most, even = ((end - first) / blocks / TALL + 1) * TALL;
    float *outbox = scratch + s->buffer_floats - s->rows_many * hk_size_padded(outputs);
    float *inbox = outbox - s->rows_many * hk_size_padded(inputs);
    for (size_t r = first, rows; r < end; r += rows) {
        rows = end - r < even ? end - r : even < most ? even : most;
        if (!v->xs) {
            run_block(s, scratch, v->x + r * v->x_stride, v->x_stride, v->y + r * v->y_stride, v->y_stride, rows,
                      divide);
            continue;
        }
        for (size_t i = 0; i < rows; i++) memcpy(inbox + i * inputs, v->xs[r + i], inputs * sizeof(float));
        run_block(s, scratch, inbox, inputs, outbox, outputs, rows, divide);
        for (size_t i = 0; i < rows; i++) memcpy(v->ys[r + i], outbox + i * outputs, outputs * sizeof(float));
    }
}

static void run_share(void *argument, size_t index) {
    const forward_call *call = argument;
    const size_t first = index * call->share;
    const size_t end = call->batch - first < call->share ? call->batch : first + call->share;
    run_rows(call, first, end, call->session->memory + index * call->session->worker_floats, 0);
}

/* Whether nearly all weights are in layers whose outputs all threads share for so many rows. */
static int all_threads_share(const hk_session *session, const hk_network *n, size_t rows) {
    size_t shared = 0;
    for (size_t i = 0; i < n->count; i++)
        if (hk_step_tasks(&n->steps[i], &session->executor, n->kernels, rows) == session->executor.threads)
            shared += n->steps[i].inputs * n->steps[i].outputs;
    return shared >= n->parameters / 8 * 7;
}

/* Several threads take equal numbers of rows, or, where the batch is small or the weights are far away, each large
   layer is divided by its outputs: for a tile's rows or fewer, each thread would read all weights. What is done depends
   on the batch, the shapes and the number of threads, and no way changes a bit. */
static hk_status forward(hk_session *session, const rows_view *view, size_t batch) {
    turn(session);
    forward_call call = {session, *view, batch, batch};
    const hk_network *n = session->network;
    const size_t threads = session->executor.threads;
    const int far = n->weight_bytes > HK_FAR_WEIGHTS;
    const size_t few = far ? threads * session->rows - 1 : threads * TILE_ROWS;
    const int by_outputs = batch == 1 || (batch <= few && all_threads_share(session, n, batch));
    if (threads == 1 || by_outputs || n->parameters < n->kernels->region_work / batch) {
        run_rows(&call, 0, batch, session->memory, threads > 1);
    } else {
        call.share = (batch + threads - 1) / threads;
        session->executor.parallel_for(session->executor.context, run_share, &call,
                                       (batch + call.share - 1) / call.share);
    }
    return HK_OK;
}

hk_status hk_session_forward_strided(hk_session *session, const float *x, size_t x_stride, float *y, size_t y_stride,
                                     size_t batch) {
    if (!session || batch > session->max_batch) return HK_INVALID_ARGUMENT;
    if (!batch) return HK_OK;
    if (!x || !y || x_stride < session->inputs || y_stride < session->outputs) return HK_INVALID_ARGUMENT;
    if (!hk_size_fits(batch, x_stride, sizeof *x) || !hk_size_fits(batch, y_stride, sizeof *y)) return HK_OUT_OF_MEMORY;
    HK_ASSERT_APART(x, ((batch - 1) * x_stride + session->inputs) * sizeof *x, y,
                    ((batch - 1) * y_stride + session->outputs) * sizeof *y);
    const rows_view view = {.x = x, .y = y, .x_stride = x_stride, .y_stride = y_stride};
    return forward(session, &view, batch);
}

static void get_ready(hk_session *s, size_t rows) {
    const rows_view ends = {.x_stride = s->inputs, .y_stride = s->outputs}; /* where they lie is each call's */
    for (size_t i = 0; i < s->network->count; i++) {
        const hk_step_rows step = rows_of_step(s, s->memory, &ends, i, rows);
        s->jobs[i] = hk_step_job(&s->network->steps[i], &step);
    }
    s->ready_rows = rows;
}

static void run_ready(hk_session *s, const float *x, float *y, size_t rows) {
    const hk_network *n = s->network;
    if (rows != s->ready_rows) get_ready(s, rows);
    s->jobs[0].x = x;
    s->jobs[n->count - 1].y = y;
    for (size_t i = 0; i < n->count; i++) hk_step_run_job(&n->steps[i], &s->jobs[i]);
}

/* Small networks take no more than some hundred nanoseconds: the shortest way for what one thread runs in one block. */
hk_status hk_session_forward(hk_session *session, const float *x, float *y, size_t batch) {
    if (!session) return HK_INVALID_ARGUMENT;
    const size_t inputs = session->inputs, outputs = session->outputs;
    if (batch - 1 >= session->alone || !x || !y)
        return hk_session_forward_strided(session, x, inputs, y, outputs, batch);
    HK_ASSERT_APART(x, batch * inputs * sizeof *x, y, batch * outputs * sizeof *y);
    if (session->ready) {
        run_ready(session, x, y, batch);
        return HK_OK;
    }
    turn(session);
    run_block(session, session->memory, x, inputs, y, outputs, batch, 0);
    return HK_OK;
}

hk_status hk_session_forward_many(hk_session *session, const float *const *x, float *const *y, size_t batch) {
    if (!session || batch > session->max_batch) return HK_INVALID_ARGUMENT;
    if (!batch) return HK_OK;
    if (!x || !y) return HK_INVALID_ARGUMENT;
    for (size_t i = 0; i < batch; i++)
        if (!x[i] || !y[i]) return HK_INVALID_ARGUMENT;
    const rows_view view = {.xs = x, .ys = y};
    return forward(session, &view, batch);
}
