/* Sessions: a network's scratch memory and the forward pass. */
#include "network.h"

#include "overlap.h"
#include "size.h"

#include <stdlib.h>
#include <string.h>

/* Rows go through all layers block by block, so that activations stay in cache. Small networks live in the first level,
   and so should their activations; weights beyond that are worth reading for more rows at a time. */
enum { SMALL_ROWS = 24, LARGE_ROWS = 96, SMALL_WEIGHTS = 512 * 1024, THREADS_MAX = 1024 };

struct hk_session {
    hk_network *network;
    hk_executor executor; /* threads 1: the calling thread */
    size_t max_batch, rows, bytes;
    size_t stride;        /* of the buffers between steps */
    size_t worker_floats; /* each worker: two buffers between steps, gathered inputs, outputs to scatter */
    float *memory;
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

static size_t worker_floats(const hk_network *n, size_t rows, size_t stride) {
    const size_t between = n->count > 2 ? 2 : n->count - 1;
    size_t width, floats;
    if (!hk_size_product(between, stride, &width) || !hk_size_sum(width, hk_size_padded(n->steps[0].inputs), &width) ||
        !hk_size_sum(width, hk_size_padded(n->steps[n->count - 1].outputs), &width) ||
        !hk_size_product(width, rows, &floats))
        return 0;
    return floats;
}

hk_status hk_session_create(const hk_network *network, size_t max_batch, const hk_executor *executor,
                            hk_session **session) {
    if (!network || !session || !max_batch) return HK_INVALID_ARGUMENT;
    if (executor && (!executor->threads || !executor->parallel_for)) return HK_INVALID_ARGUMENT;
    hk_session *s = calloc(1, sizeof *s);
    if (!s) return HK_OUT_OF_MEMORY;
    s->executor = executor ? *executor : (hk_executor){NULL, 1, NULL};
    if (s->executor.threads > THREADS_MAX) s->executor.threads = THREADS_MAX;
    s->max_batch = max_batch;
    s->rows = network->weight_bytes <= SMALL_WEIGHTS ? SMALL_ROWS : LARGE_ROWS;
    if (s->rows > max_batch) s->rows = max_batch;
    s->stride = hk_size_padded(network->widest);
    s->worker_floats = worker_floats(network, s->rows, s->stride);
    if (s->worker_floats && hk_size_fits(s->worker_floats, s->executor.threads, sizeof(float))) {
        const size_t bytes = s->worker_floats * s->executor.threads * sizeof(float);
        s->memory = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
        s->bytes = sizeof *s + bytes;
    }
    if (!s->memory) {
        free(s);
        return HK_OUT_OF_MEMORY;
    }
    memset(s->memory, 0, s->bytes - sizeof *s); /* so that the first forward pass meets no fresh pages */
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

size_t hk_session_bytes(const hk_session *session) { return session ? session->bytes : 0; }

/* One step over some rows; y may be x for steps other than dense. */
static void run_step(const hk_kernels *kernels, const hk_step *s, const float *x, size_t x_stride, float *y,
                     size_t y_stride, size_t rows) {
    const hk_activation a = s->activation;
    switch (s->kind) {
    case HK_LAYER_DENSE: {
        const hk_dense_f32_job job = {
            .x = x,
            .weights = s->weights,
            .bias = s->bias,
            .y = y,
            .x_stride = x_stride,
            .y_stride = y_stride,
            .rows = rows,
            .inputs = s->inputs,
            .outputs = s->outputs,
            .map = s->tile_map,
            .alpha = a.alpha,
            .beta = a.beta,
        };
        kernels->dense_f32(&job);
        if (s->row_map) s->row_map(y, y_stride, y, y_stride, rows, s->outputs, a.alpha, a.beta);
        break;
    }
    case HK_LAYER_AFFINE:
    case HK_LAYER_SCALING:
        kernels->affine_f32(x, x_stride, y, y_stride, rows, s->outputs, s->shift, s->scale, s->offset);
        break;
    case HK_LAYER_ACTIVATION:
        hk_map_f32_of(kernels, a)(x, x_stride, y, y_stride, rows, s->outputs, a.alpha, a.beta);
        break;
    }
}

/* At most session->rows rows through all steps. */
static void run_block(const hk_session *session, float *scratch, const float *x, size_t x_stride, float *y,
                      size_t y_stride, size_t rows) {
    const hk_network *n = session->network;
    float *const buffers[2] = {scratch, scratch + (n->count > 2 ? session->rows * session->stride : 0)};
    for (size_t i = 0; i < n->count; i++) {
        const int last = i + 1 == n->count;
        float *to = last ? y : buffers[i % 2];
        const size_t to_stride = last ? y_stride : session->stride;
        run_step(n->kernels, &n->steps[i], x, x_stride, to, to_stride, rows);
        x = to;
        x_stride = to_stride;
    }
}

static void run_rows(const forward_call *call, size_t first, size_t end, float *scratch) {
    const hk_session *s = call->session;
    const hk_network *n = s->network;
    const rows_view *v = &call->view;
    const size_t inputs = n->steps[0].inputs, outputs = n->steps[n->count - 1].outputs;
    float *outbox = scratch + s->worker_floats - s->rows * hk_size_padded(outputs);
    float *inbox = outbox - s->rows * hk_size_padded(inputs);
    for (size_t r = first, rows; r < end; r += rows) {
        rows = end - r < s->rows ? end - r : s->rows;
        if (!v->xs) {
            run_block(s, scratch, v->x + r * v->x_stride, v->x_stride, v->y + r * v->y_stride, v->y_stride, rows);
            continue;
        }
        for (size_t i = 0; i < rows; i++) memcpy(inbox + i * inputs, v->xs[r + i], inputs * sizeof(float));
        run_block(s, scratch, inbox, inputs, outbox, outputs, rows);
        for (size_t i = 0; i < rows; i++) memcpy(v->ys[r + i], outbox + i * outputs, outputs * sizeof(float));
    }
}

static void run_share(void *argument, size_t index) {
    const forward_call *call = argument;
    const size_t first = index * call->share;
    const size_t end = call->batch - first < call->share ? call->batch : first + call->share;
    run_rows(call, first, end, call->session->memory + index * call->session->worker_floats);
}

/* The rows are shared out evenly, in whole blocks' worth only where there are many; the split depends on the batch and
   the number of threads, and no split changes a bit. */
static hk_status forward(const hk_session *session, const rows_view *view, size_t batch) {
    forward_call call = {session, *view, batch, batch};
    const size_t threads = session->executor.threads;
    if (threads > 1 && batch > 1) {
        call.share = (batch + threads - 1) / threads;
        session->executor.parallel_for(session->executor.context, run_share, &call,
                                       (batch + call.share - 1) / call.share);
    } else {
        run_rows(&call, 0, batch, session->memory);
    }
    return HK_OK;
}

hk_status hk_session_forward_strided(hk_session *session, const float *x, size_t x_stride, float *y, size_t y_stride,
                                     size_t batch) {
    if (!session || batch > session->max_batch) return HK_INVALID_ARGUMENT;
    if (!batch) return HK_OK;
    if (!x || !y || x_stride < hk_network_inputs(session->network) || y_stride < hk_network_outputs(session->network))
        return HK_INVALID_ARGUMENT;
    if (!hk_size_fits(batch, x_stride, sizeof *x) || !hk_size_fits(batch, y_stride, sizeof *y)) return HK_OUT_OF_MEMORY;
    HK_ASSERT_APART(x, ((batch - 1) * x_stride + hk_network_inputs(session->network)) * sizeof *x, y,
                    ((batch - 1) * y_stride + hk_network_outputs(session->network)) * sizeof *y);
    const rows_view view = {.x = x, .y = y, .x_stride = x_stride, .y_stride = y_stride};
    return forward(session, &view, batch);
}

hk_status hk_session_forward(hk_session *session, const float *x, float *y, size_t batch) {
    if (!session) return HK_INVALID_ARGUMENT;
    return hk_session_forward_strided(session, x, hk_network_inputs(session->network), y,
                                      hk_network_outputs(session->network), batch);
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
