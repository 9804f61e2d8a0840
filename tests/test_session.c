/* Sessions: the same bits for every batch, number of threads, order of tasks, stride and size of the session, those of
 * each row alone, here and on the scalar level; several threads where they are worth it; memory as promised. */
#include "support.h"

#include "hillock/hillock.h"

#include <math.h>

enum { LAYERS = 4, THREADS = 8, SPARE = 7, CANARIES = 32 };

/* Networks that go different ways: small ones, wide ones whose layers are divided by outputs, more than 2048 inputs
   (sums are parked in y), more than 8 MiB of weights, and a single step whose blocks of rows are so small that far
   weights, too, are divided by rows where the batch is large. */
typedef struct shape {
    const char *name;
    size_t count, widths[LAYERS + 1];
    hk_activation_kind kinds[LAYERS];
    int scaled;
    const size_t *batches; /* ends with 0 */
} shape;
static size_t every[64]; /* batches 1 to 40 and others up to 257 */
static const size_t some[] = {1, 2, 3, 4, 7, 12, 13, 15, 24, 25, 37, 64, 96, 257, 0};
static const size_t few[] = {1, 2, 3, 5, 12, 13, 25, 40, 0};
static const size_t far_rows[] = {1, 2, 24, 25, 29, 40, 0}; /* 25: weights far off are read first by low tiles */
static const size_t blocks[] = {1, 2, 11, 24, 25, 47, 48, 49, 50, 73, 0}; /* of 24 rows */
static const shape shapes[] = {
    {"64-128-64-10", 3, {64, 128, 64, 10}, {HK_RELU, HK_RELU, HK_SOFTMAX}, 0, every},
    {"13-64-64-1", 3, {13, 64, 64, 1}, {HK_TANH, HK_TANH, HK_SIGMOID}, 0, every},
    {"40-33", 1, {40, 33}, {HK_MISH}, 0, every},
    {"30-50-150-20 scaled", 3, {30, 50, 150, 20}, {HK_LEAKY_RELU, HK_SOFTPLUS, HK_LOG_SOFTMAX}, 1, every},
    {"300-513-77-10", 3, {300, 513, 77, 10}, {HK_GELU, HK_SILU, HK_LINEAR}, 0, some},
    {"260-1100-40", 2, {260, 1100, 40}, {HK_RELU, HK_TANH}, 0, few},
    {"20-2100-150", 2, {20, 2100, 150}, {HK_SIGMOID, HK_TANH}, 0, few},
    {"4200-145-3 scaled", 2, {4200, 145, 3}, {HK_ELU, HK_SOFTMAX}, 1, few},
    {"2100-1010", 1, {2100, 1010}, {HK_RELU}, 0, far_rows},
    {"32800-10", 1, {32800, 10}, {HK_GELU}, 0, blocks},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, SMALL = 0, TINY = 1, WIDE = 5 };

/* Multiply-adds of a row; and whether they take so long here that few can be done. */
static size_t work_of(const shape *s) {
    size_t work = 0;
    for (size_t i = 0; i < s->count; i++) work += s->widths[i] * s->widths[i + 1];
    return work;
}
static int slow(void) { return quick() || hk_isa_current() == HK_ISA_SCALAR; }
enum { SCALAR_WORK = 2000000, ALONE_WORK = 8000000, EXECUTOR_WORK = 10000000 }; /* where it is slow */

static float *uniform(size_t n, uint64_t seed, double largest) {
    float *values = malloc(n * sizeof *values);
    assert_non_null(values);
    random_state r = {seed};
    for (size_t i = 0; i < n; i++) values[i] = (float)(largest * random_unit(&r));
    return values;
}

/* Weights that keep sums near 1: saturated activations would hide differences. */
static hk_network *build(const shape *s) {
    hk_layer layers[LAYERS];
    float *weights[LAYERS], *biases[LAYERS], *shift = uniform(s->widths[0], 1, 2), *scale = uniform(s->widths[0], 2, 2);
    for (size_t i = 0; i < s->count; i++) {
        const size_t in = s->widths[i], out = s->widths[i + 1];
        weights[i] = uniform(in * out, 3 + i, 2 / sqrt((double)in));
        biases[i] = uniform(out, 13 + i, 0.5);
        layers[i] =
            (hk_layer){in, out, weights[i], i % 3 == 1 ? NULL : biases[i], hk_activation_default(s->kinds[i]), HK_F32};
    }
    hk_network *n = NULL;
    assert_int_equal(s->scaled ? hk_network_create_scaled(layers, s->count, shift, scale, &n)
                               : hk_network_create(layers, s->count, &n),
                     HK_OK);
    for (size_t i = 0; i < s->count; i++) free(weights[i]), free(biases[i]);
    free(shift), free(scale);
    return n;
}

static hk_session *open_session(const hk_network *n, size_t most, const hk_executor *executor) {
    hk_session *s = NULL;
    assert_int_equal(hk_session_create(n, most, executor, &s), HK_OK);
    return s;
}

/* An executor that runs the tasks one after the other, backwards or shuffled, and counts. */
typedef struct order {
    size_t threads, calls, most;
    random_state *random; /* NULL: backwards */
} order;
static void run_in_order(void *context, void (*task)(void *, size_t), void *argument, size_t count) {
    order *o = context;
    size_t turns[THREADS];
    o->calls++;
    if (count > o->most) o->most = count;
    if (count > o->threads || !count) fail_msg("%zu tasks for %zu threads", count, o->threads);
    for (size_t i = 0; i < count; i++) turns[i] = count - 1 - i;
    if (o->random) random_order(o->random, turns, count);
    for (size_t i = 0; i < count; i++) task(argument, turns[i]);
}
static hk_executor executor_of(order *o) { return (hk_executor){o, o->threads, run_in_order}; }

/* A network, its inputs at two strides, against the end of an area, and what each row must give. */
typedef struct model {
    const shape *shape;
    hk_network *network;
    size_t inputs, outputs, rows, work, x_stride, y_stride;
    guarded close, apart, results;
    const float *x, *strided_x;
    float *expected;
} model;

/* The first rows, each alone. */
static void run_alone(const model *m, hk_isa level, float *y, size_t rows) {
    const hk_isa current = hk_isa_current();
    assert_int_equal(hk_isa_force(level), HK_OK);
    hk_network *n = build(m->shape);
    hk_session *s = open_session(n, 1, NULL);
    for (size_t r = 0; r < rows; r++)
        assert_int_equal(hk_session_forward(s, m->x + r * m->inputs, y + r * m->outputs, 1), HK_OK);
    hk_session_free(s);
    hk_network_free(n);
    assert_int_equal(hk_isa_force(current), HK_OK);
}
static void expect_alone(const model *m) {
    const size_t some_rows = SCALAR_WORK / m->work + 1, scalar_rows = some_rows < m->rows ? some_rows : m->rows;
    float *scalar = malloc(scalar_rows * m->outputs * sizeof *scalar);
    assert_non_null(scalar);
    run_alone(m, hk_isa_current(), m->expected, m->rows);
    run_alone(m, HK_ISA_SCALAR, scalar, scalar_rows);
    assert_memory_equal(scalar, m->expected, scalar_rows * m->outputs * sizeof *scalar);
    free(scalar);
    for (size_t i = 0; i < m->rows * m->outputs; i++) assert_true(isfinite(m->expected[i]));
    for (size_t r = 1; r < m->rows; r++) /* none passes for the first */
        assert_memory_not_equal(m->expected, m->expected + r * m->outputs, m->outputs * sizeof *scalar);
}

static model create_model(const shape *s) {
    model m = {.shape = s, .network = build(s), .inputs = s->widths[0], .outputs = s->widths[s->count]};
    m.work = work_of(s);
    for (const size_t *b = s->batches; *b && (!slow() || *b <= ALONE_WORK / m.work); b++) m.rows = *b;
    m.x_stride = (m.inputs + 5) | 1;
    m.y_stride = (m.outputs + 9) | 1;
    const size_t apart = (m.rows - 1) * m.x_stride + m.inputs;
    m.close = guarded_create(m.rows * m.inputs * sizeof(float));
    m.apart = guarded_create(apart * sizeof(float));
    m.results = guarded_create((m.rows * m.y_stride + CANARIES) * sizeof(float));
    float *x = (float *)(void *)m.close.high - m.rows * m.inputs, *strided_x = (float *)(void *)m.apart.high - apart;
    random_fill(F32, DATA_UNIFORM, 7, x, m.rows * m.inputs);
    for (size_t i = 0; i < apart; i++) strided_x[i] = NAN; /* what is between the rows must not reach a result */
    for (size_t r = 0; r < m.rows; r++) memcpy(strided_x + r * m.x_stride, x + r * m.inputs, m.inputs * sizeof *x);
    m.x = x;
    m.strided_x = strided_x;
    m.expected = malloc(m.rows * m.outputs * sizeof *m.expected);
    assert_non_null(m.expected);
    expect_alone(&m);
    return m;
}

static void free_model(model *m) {
    hk_network_free(m->network);
    guarded_free(&m->close), guarded_free(&m->apart), guarded_free(&m->results);
    free(m->expected);
}

typedef enum form { CLOSE, STRIDED, MANY, FORMS } form;
static const char *const form_names[FORMS] = {"forward", "forward_strided", "forward_many"};

/* One forward pass over the last rows, each result in its place and nothing written elsewhere. */
static void expect_same(const model *m, hk_session *session, form how, size_t batch, const char *executor) {
    const size_t first = m->rows - batch, stride = how == CLOSE ? m->outputs : m->y_stride;
    const size_t extent = (batch - 1) * stride + m->outputs;
    float *y = (float *)(void *)m->results.high - extent, *outs[257];
    const float *rows[257];
    uint32_t *bits = (uint32_t *)(void *)y;
    memset(y - CANARIES, 0x7f, (extent + CANARIES) * sizeof *y);
    for (size_t r = 0; r < batch; r++) { /* from and to scattered places: 251 is prime, and none of the batches */
        rows[r] = m->x + (first + r * 251 % batch) * m->inputs;
        outs[r] = y + (batch - 1 - r) * stride;
    }
    hk_status status = HK_OK;
    switch (how) {
    case CLOSE: status = hk_session_forward(session, m->x + first * m->inputs, y, batch); break;
    case STRIDED:
        status = hk_session_forward_strided(session, m->strided_x + first * m->x_stride, m->x_stride, y, stride, batch);
        break;
    default: status = hk_session_forward_many(session, rows, outs, batch);
    }
    assert_int_equal(status, HK_OK);
    for (size_t r = 0; r < batch; r++) {
        const float *result = how == MANY ? outs[r] : y + r * stride;
        const size_t row = how == MANY ? (size_t)(rows[r] - m->x) / m->inputs : first + r;
        const float *expected = m->expected + row * m->outputs;
        if (!memcmp(result, expected, m->outputs * sizeof *y)) continue;
        size_t i = 0;
        same_bits(F32, result, expected, m->outputs, &i);
        fail_msg("%s, %s of %zu rows on %s: output %zu of row %zu is %a instead of %a", m->shape->name, form_names[how],
                 batch, executor, i, r, (double)result[i], (double)expected[i]);
    }
    for (size_t i = 0; i < CANARIES; i++) assert_int_equal(bits[(ptrdiff_t)i - CANARIES], 0x7f7f7f7f);
    for (size_t i = 0; i < extent; i++)
        if (i % stride >= m->outputs && bits[i] != 0x7f7f7f7f)
            fail_msg("%s, %s of %zu rows on %s: written %zu after a row", m->shape->name, form_names[how], batch,
                     executor, i % stride - m->outputs);
}

/* All batches on one executor. There are six ways, three forms in sessions as large as the batch or larger: `ways` of
   them, others each time, are gone for `share` in a thousand batches. */
static void expect_batches(const model *m, const hk_executor *executor, const char *name, size_t ways, size_t share,
                           uint64_t seed) {
    random_state random = {seed};
    hk_session *large = open_session(m->network, m->rows + SPARE, executor);
    for (const size_t *batch = m->shape->batches; *batch && *batch <= m->rows; batch++) {
        if (random_bits(&random) % 1000 >= share) continue;
        const size_t first = random_bits(&random) % (2 * FORMS);
        for (size_t way = first; way < first + ways; way++) {
            hk_session *s = way & 1 ? open_session(m->network, *batch, executor) : large;
            expect_same(m, s, (form)(way % (2 * FORMS) / 2), *batch, name);
            if (s == large)
                expect_same(m, s, CLOSE, *batch, name); /* as many rows as last time, after any form */
            else
                hk_session_free(s);
        }
    }
    hk_session_free(large);
}

static void test_same_bits(void **state) {
    model m = create_model(*state);
    size_t rows = 0, share = 1000;
    for (const size_t *b = m.shape->batches; *b && *b <= m.rows; b++) rows += *b;
    if (slow() && EXECUTOR_WORK / m.work * 1000 / (3 * THREADS * rows) < share)
        share = EXECUTOR_WORK / m.work * 1000 / (3 * THREADS * rows) + 1;
    random_state random = {5};
    char name[64];
    expect_batches(&m, NULL, "the caller", slow() ? 1 : 2 * FORMS, 1000, 1);
    for (size_t threads = 1; threads <= THREADS; threads++) {
        const size_t ways = slow() ? 1 : 2;
        for (int shuffled = 0; shuffled < 2; shuffled++) {
            order o = {.threads = threads, .random = shuffled ? &random : NULL};
            const hk_executor executor = executor_of(&o);
            snprintf(name, sizeof name, "%zu threads, %s", threads, shuffled ? "shuffled" : "backwards");
            expect_batches(&m, &executor, name, ways, share, 10 * threads + (size_t)shuffled);
            if (threads == 1) assert_int_equal(o.calls, 0);
        }
        hk_executor *pool = NULL;
        if (hk_thread_pool_create(threads, &pool)) continue; /* a build without threads */
        snprintf(name, sizeof name, "a pool of %zu", threads);
        expect_batches(&m, pool, name, ways, share, 10 * threads + 2);
        hk_thread_pool_free(pool);
    }
    free_model(&m);
}

/* How many tasks some rows are divided into, at most; 0: none. */
static size_t tasks_of(const shape *s, size_t batch, size_t threads) {
    order o = {.threads = threads};
    const hk_executor executor = executor_of(&o);
    hk_network *n = build(s);
    float *x = uniform(batch * s->widths[0], 9, 1), *y = uniform(batch * s->widths[s->count], 9, 1);
    hk_session *session = open_session(n, batch, &executor);
    assert_int_equal(hk_session_forward(session, x, y, batch), HK_OK);
    assert_int_equal(o.calls > 0, o.most > 0);
    hk_session_free(session);
    hk_network_free(n);
    free(x), free(y);
    return o.most;
}

static void test_threads_used(void **state) {
    (void)state;
    for (size_t threads = 2; threads <= THREADS; threads++) {
        assert_in_range(tasks_of(&shapes[WIDE], 1, threads), 2, threads);   /* by outputs */
        assert_in_range(tasks_of(&shapes[SMALL], 40, threads), 2, threads); /* by rows */
        assert_int_equal(tasks_of(&shapes[TINY], 1, threads), 0);           /* less work than a parallel region costs */
    }
    assert_int_equal(tasks_of(&shapes[WIDE], 3, 1), 0);
    /* few rows of a large layer by its outputs, though there are fewer rows than threads */
    static const shape wide = {"512-512", 1, {512, 512}, {HK_RELU}, 0, few};
    assert_int_equal(tasks_of(&wide, 2, 4), 4);
}

/* Weights that are far away together, in layers that are too small to be divided, are divided by rows. */
static void test_many_small_layers(void **state) {
    (void)state;
    enum { WIDTH = 64, COUNT = 80, ROWS = 30 };
    float *w = uniform(WIDTH * WIDTH, 3, 0.25), *x = uniform(ROWS * WIDTH, 9, 1), *y = uniform(ROWS * WIDTH, 9, 1);
    hk_layer layers[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        layers[i] = (hk_layer){WIDTH, WIDTH, w, NULL, hk_activation_default(HK_RELU), HK_F32};
    hk_network *n = NULL;
    assert_int_equal(hk_network_create(layers, COUNT, &n), HK_OK);
    order o = {.threads = 2};
    const hk_executor executor = executor_of(&o);
    hk_session *session = open_session(n, ROWS, &executor);
    assert_int_equal(hk_session_forward(session, x, y, ROWS), HK_OK);
    assert_int_equal(o.calls, 1);
    hk_session_free(session);
    hk_network_free(n);
    free(w), free(x), free(y);
}

/* The memory of a session for some rows on some threads; 0 threads: no executor. */
static size_t bytes_of(const hk_network *n, size_t most, size_t threads) {
    order o = {.threads = threads};
    const hk_executor executor = executor_of(&o);
    hk_session *s = open_session(n, most, threads ? &executor : NULL);
    const size_t bytes = hk_session_bytes(s);
    hk_session_free(s);
    return bytes;
}

static void test_memory(void **state) {
    (void)state;
    static const shape wide = {"1024-4096-1024", 2, {1024, 4096, 1024}, {HK_RELU, HK_RELU}, 0, few};
    hk_network *n = build(&wide);
    const size_t bytes = bytes_of(n, 1000000, 0), two = bytes_of(n, 1000000, 2), more = two - bytes;
    assert_in_range(bytes, 1024, 4 << 20);
    assert_int_equal(bytes_of(n, 10000000, 0), bytes);
    assert_int_equal(bytes_of(n, 10000000, 2), two);
    assert_int_equal(bytes_of(n, 1000000, 1), bytes);
    assert_in_range(more, 1024, bytes);
    for (size_t threads = 3; threads <= THREADS; threads++)
        assert_int_equal(bytes_of(n, 1000000, threads), bytes + (threads - 1) * more);
    assert_true(bytes_of(n, 1, 0) < bytes / 8); /* no more than the rows need */
    hk_network_free(n);
}

/* Far weights are read backward in every other call: whatever their type, the threads and the batch, the same bits. */
static void test_turns(void **state) {
    (void)state;
    static const shape wide = {"2100-1010", 1, {2100, 1010}, {HK_SILU}, 0, NULL};
    static const hk_dtype types[] = {HK_F32, HK_BF16, HK_F16, HK_I8, HK_I4};
    enum { ROWS = 26, TYPES = sizeof types / sizeof *types };
    hk_network *n = build(&wide);
    float *x = uniform(ROWS * 2100, 7, 2), *first = malloc(ROWS * 1010 * sizeof *first),
          *again = malloc(ROWS * 1010 * sizeof *again);
    assert_true(first && again);
    order backwards = {.threads = 3};
    const hk_executor executor = executor_of(&backwards);
    for (size_t t = 0; t < TYPES; t++) {
        hk_network *kept = NULL;
        assert_int_equal(hk_network_convert(n, types[t], &kept), HK_OK);
        for (int shared = 0; shared < 2; shared++) {
            hk_session *s = open_session(kept, ROWS, shared ? &executor : NULL);
            for (size_t batch = 1; batch <= ROWS; batch += slow() ? 25 : 5) {
                assert_int_equal(hk_session_forward(s, x, first, batch), HK_OK);
                for (int call = 0; call < 3; call++) {
                    memset(again, 0, batch * 1010 * sizeof *again);
                    assert_int_equal(hk_session_forward(s, x, again, batch), HK_OK);
                    assert_memory_equal(again, first, batch * 1010 * sizeof *again);
                }
            }
            hk_session_free(s);
        }
        hk_network_free(kept);
    }
    hk_network_free(n);
    free(x), free(first), free(again);
}

int main(void) {
    expect_level();
    size_t count = 0;
    for (size_t batch = 1; batch <= 40; batch++) every[count++] = batch;
    static const size_t others[] = {63, 64, 65, 96, 127, 128, 129, 255, 256, 257};
    memcpy(every + count, others, sizeof others);
    struct CMUnitTest tests[SHAPES + 4] = {cmocka_unit_test(test_threads_used),
                                           cmocka_unit_test(test_many_small_layers), cmocka_unit_test(test_memory),
                                           cmocka_unit_test(test_turns)};
    for (size_t i = 0; i < SHAPES; i++)
        tests[i + 4] = (struct CMUnitTest){shapes[i].name, test_same_bits, NULL, NULL, (void *)(uintptr_t)&shapes[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
