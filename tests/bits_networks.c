/* Networks: each row alone, then in batches of 1 to 257, at random places, strides, offsets, numbers of threads and
 * orders of their tasks. */
#include "bits.h"

#include "hillock/hillock.h"

#include <math.h>

enum { LAYERS = 3, BATCH = 257, THREADS = 8, SPARE = 5, WIDEST = 513, OFFSET = 16 };
typedef struct shape {
    const char *name;
    size_t widths[LAYERS + 1];
    hk_activation_kind kinds[LAYERS];
    size_t every; /* batches: each so many */
} shape;
static const shape shapes[] = {
    {"31-130-40-10", {31, 130, 40, 10}, {HK_RELU, HK_TANH, HK_SOFTMAX}, 1},
    {"13-64-64-1", {13, 64, 64, 1}, {HK_SILU, HK_GELU, HK_SIGMOID}, 1},
    {"300-513-77-10", {300, 513, 77, 10}, {HK_GELU, HK_MISH, HK_LOG_SOFTMAX}, 32},
};

static int slow(void) { return getenv("HK_TEST_QUICK") || hk_isa_current() == HK_ISA_SCALAR; }

/* Weights that keep sums near 1: saturated activations would hide differences. */
static hk_network *build(const shape *s, hk_dtype type) {
    static float w[LAYERS][WIDEST * WIDEST], b[LAYERS][WIDEST];
    hk_layer layers[LAYERS];
    hk_network *n = NULL;
    for (size_t i = 0; i < LAYERS; i++) {
        const size_t in = s->widths[i], out = s->widths[i + 1];
        random_state r = {i + 1};
        for (size_t k = 0; k < in * out; k++) w[i][k] = (float)(2 / sqrt((double)in) * random_unit(&r));
        for (size_t k = 0; k < out; k++) b[i][k] = (float)(0.5 * random_unit(&r));
        layers[i] = (hk_layer){in, out, w[i], b[i], hk_activation_default(s->kinds[i]), type};
    }
    assert_int_equal(hk_network_create(layers, LAYERS, &n), HK_OK);
    return n;
}

/* An executor that runs the tasks one after the other in an order of its own. */
static random_state order = {5};
static void shuffled(void *context, void (*task)(void *, size_t), void *argument, size_t count) {
    size_t turns[THREADS];
    (void)context;
    random_order(&order, turns, count);
    for (size_t i = 0; i < count; i++) task(argument, turns[i]);
}

/* All that a pass needs: a session for each number of threads, one of them on a pool. */
typedef struct subject {
    char name[40];
    size_t inputs, outputs;
    const float *x, *expected;
    float *room_x, *room_y;
    hk_session *sessions[THREADS + 1];
} subject;

static size_t below(size_t n) { return random_bits(&order) % n; }

/* `batch` rows from `first` on, in one of the three ways to hand them over. */
static void pass(const subject *s, size_t first, size_t batch) {
    const size_t x_stride = s->inputs + below(SPARE), y_stride = s->outputs + below(SPARE),
                 threads = below(THREADS + 1);
    float *x = s->room_x + below(OFFSET), *y = s->room_y + below(OFFSET);
    const float *rows[BATCH];
    float *results[BATCH];
    const int way = (int)below(3);
    for (size_t r = 0; r < batch; r++) {
        rows[r] = x + r * (way ? x_stride : s->inputs);
        results[r] = y + r * (way ? y_stride : s->outputs);
        memcpy(x + r * (way ? x_stride : s->inputs), s->x + (first + r) * s->inputs, s->inputs * sizeof *x);
    }
    hk_session *session = s->sessions[threads];
    const hk_status status = way == 0   ? hk_session_forward(session, x, y, batch)
                             : way == 1 ? hk_session_forward_strided(session, x, x_stride, y, y_stride, batch)
                                        : hk_session_forward_many(session, rows, results, batch);
    assert_int_equal(status, HK_OK);
    for (size_t r = 0; r < batch; r++) {
        char how[80];
        size_t index = 0;
        if (same_bits(F32, results[r], s->expected + (first + r) * s->outputs, s->outputs, &index)) continue;
        snprintf(how, sizeof how, "row %zu of %zu as row %zu, %zu threads, way %d", first + r, batch, r, threads, way);
        bits_differ(s->name, how);
        return;
    }
}

static void run(const shape *s, const struct storage_type *type, const hk_executor *pool) {
    static float x[BATCH * 300], expected[BATCH * 10], room_x[BATCH * (300 + SPARE) + OFFSET],
        room_y[BATCH * (10 + SPARE) + OFFSET];
    subject m = {.inputs = s->widths[0],
                 .outputs = s->widths[LAYERS],
                 .x = x,
                 .expected = expected,
                 .room_x = room_x,
                 .room_y = room_y};
    snprintf(m.name, sizeof m.name, "%s_%s", s->name, type->name);
    hk_network *n = build(s, type->type);
    const size_t rows = slow() ? 40 : BATCH, every = slow() ? 7 : s->every;
    random_fill(F32, DATA_UNIFORM, 9, x, BATCH * m.inputs);
    for (size_t t = 0; t <= THREADS; t++) {
        const hk_executor executor = {NULL, t, shuffled};
        assert_int_equal(hk_session_create(n, BATCH, t == 0 ? pool : t == 1 ? NULL : &executor, &m.sessions[t]), HK_OK);
    }
    for (size_t r = 0; r < BATCH; r++)
        assert_int_equal(hk_session_forward(m.sessions[1], x + r * m.inputs, expected + r * m.outputs, 1), HK_OK);
    bits_found(m.name, 0, digest(1, F32, expected, BATCH * m.outputs));
    for (size_t batch = 1; batch <= rows; batch += every) pass(&m, below(BATCH + 1 - batch), batch);
    for (size_t t = 0; t <= THREADS; t++) hk_session_free(m.sessions[t]);
    hk_network_free(n);
}

void bits_of_networks(void) {
    hk_executor *pool = NULL;
    const int without = hk_thread_pool_create(4, &pool) == HK_UNSUPPORTED; /* a build without threads */
    assert_true(without || pool);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t type = 0; type < STORAGE_TYPES; type++) run(&shapes[i], &storage_types[type], pool);
    hk_thread_pool_free(pool);
}
