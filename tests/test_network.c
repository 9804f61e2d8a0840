/* Networks and sessions on the current level. */
#include "support.h"

#include "hillock/hillock.h"

#include "../lib/network.h"

#include <math.h>

enum { IN = 30, HIDDEN = 77, MIDDLE = 130, OUT = 10, BATCH = 257 };
static float w1[HIDDEN * IN], b1[HIDDEN], w2[MIDDLE * HIDDEN], w3[OUT * MIDDLE], b3[OUT], x[BATCH * IN],
    expected[BATCH * OUT];
static hk_layer layers[3];

static int set_up(void **state) {
    (void)state;
    random_fill(F32, DATA_UNIFORM, 1, w1, HIDDEN * IN);
    random_fill(F32, DATA_UNIFORM, 2, b1, HIDDEN);
    random_fill(F32, DATA_UNIFORM, 3, w2, MIDDLE * HIDDEN);
    random_fill(F32, DATA_UNIFORM, 4, w3, OUT * MIDDLE);
    random_fill(F32, DATA_UNIFORM, 5, b3, OUT);
    random_fill(F32, DATA_UNIFORM, 6, x, BATCH * IN);
    layers[0] = (hk_layer){IN, HIDDEN, w1, b1, hk_activation_default(HK_TANH), HK_F32};
    layers[1] = (hk_layer){HIDDEN, MIDDLE, w2, NULL, hk_activation_default(HK_GELU), HK_F32};
    layers[2] = (hk_layer){MIDDLE, OUT, w3, b3, hk_activation_default(HK_SOFTMAX), HK_F32};
    /* the network by hand, layer by layer */
    static float h1[BATCH * HIDDEN], h2[BATCH * MIDDLE];
    return hk_dense_f32(x, w1, b1, h1, BATCH, IN, HIDDEN, layers[0].activation) ||
           hk_dense_f32(h1, w2, NULL, h2, BATCH, HIDDEN, MIDDLE, layers[1].activation) ||
           hk_dense_f32(h2, w3, b3, expected, BATCH, MIDDLE, OUT, layers[2].activation);
}

static hk_network *make(void) {
    hk_network *n = NULL;
    assert_int_equal(hk_network_create(layers, 3, &n), HK_OK);
    return n;
}
static hk_session *open_session(const hk_network *n, size_t most, const hk_executor *executor) {
    hk_session *s = NULL;
    assert_int_equal(hk_session_create(n, most, executor, &s), HK_OK);
    return s;
}

static void test_every_batch(void **state) {
    (void)state;
    static float y[BATCH * OUT];
    hk_network *n = make();
    hk_session *s = open_session(n, BATCH, NULL);
    hk_network_free(n); /* the session holds it */
    for (size_t batch = 0; batch <= BATCH; batch += batch < 40 ? 1 : 31) {
        const size_t first = (BATCH - batch) / 3; /* another position of each row */
        memset(y, 0x7f, sizeof y);
        assert_int_equal(hk_session_forward(s, x + first * IN, y, batch), HK_OK);
        assert_memory_equal(y, expected + first * OUT, batch * OUT * sizeof *y);
        if (batch < BATCH) assert_int_equal(((unsigned char *)(y + batch * OUT))[0], 0x7f);
    }
    hk_session_free(s);
}

static void test_strides_and_pointers(void **state) {
    (void)state;
    enum { XS = IN + 3, YS = OUT + 5, N = 53 };
    static float xs[N * XS], ys[N * YS];
    const float *rows[N];
    float *outs[N], scattered[N * OUT];
    hk_network *n = make();
    hk_session *s = open_session(n, 100, NULL);
    for (int i = 0; i < N * XS; i++) xs[i] = NAN;
    for (int i = 0; i < N * YS; i++) ys[i] = 99;
    for (int r = 0; r < N; r++) {
        memcpy(xs + r * XS, x + r * IN, IN * sizeof *x);
        rows[r] = x + (N - 1 - r) * IN;
        outs[r] = scattered + r * OUT;
    }
    assert_int_equal(hk_session_forward_strided(s, xs, XS, ys, YS, N), HK_OK);
    assert_int_equal(hk_session_forward_many(s, rows, outs, N), HK_OK);
    for (int r = 0; r < N; r++) {
        assert_memory_equal(ys + r * YS, expected + r * OUT, OUT * sizeof *ys);
        for (int i = OUT; i < YS; i++) assert_true(ys[r * YS + i] == 99);
        assert_memory_equal(outs[r], expected + (N - 1 - r) * OUT, OUT * sizeof *ys);
    }
    rows[7] = NULL;
    scattered[0] = 5;
    assert_int_equal(hk_session_forward_many(s, rows, outs, N), HK_INVALID_ARGUMENT);
    assert_true(scattered[0] == 5);
    assert_int_equal(hk_session_forward_many(s, NULL, outs, N), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward_many(s, NULL, NULL, 0), HK_OK);
    assert_int_equal(hk_session_forward_many(s, rows, outs, 101), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward_strided(s, xs, IN - 1, ys, YS, 1), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward_strided(s, xs, XS, ys, OUT - 1, 1), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward_strided(s, xs, (size_t)1 << 62, ys, YS, 2), HK_OUT_OF_MEMORY);
    hk_session_free(s);
    hk_network_free(n);
}

/* Tasks one after the other, backwards. */
static void backwards(void *context, void (*task)(void *, size_t), void *argument, size_t count) {
    *(size_t *)context += count;
    while (count--) task(argument, count);
}

static void test_executor(void **state) {
    (void)state;
    static float y[BATCH * OUT];
    hk_network *n = make();
    for (size_t threads = 1; threads <= 9; threads += 2) {
        size_t tasks = 0;
        const hk_executor executor = {&tasks, threads, backwards};
        hk_session *s = open_session(n, BATCH, &executor);
        for (size_t batch = 1; batch <= BATCH; batch += 64) {
            memset(y, 0, sizeof y);
            assert_int_equal(hk_session_forward(s, x, y, batch), HK_OK);
            assert_memory_equal(y, expected, batch * OUT * sizeof *y);
        }
        assert_int_equal(tasks > 0, threads > 1);
        hk_session_free(s);
    }
    hk_session *s = NULL;
    hk_executor broken = {NULL, 0, backwards};
    assert_int_equal(hk_session_create(n, 1, &broken, &s), HK_INVALID_ARGUMENT);
    broken = (hk_executor){NULL, 2, NULL};
    assert_int_equal(hk_session_create(n, 1, &broken, &s), HK_INVALID_ARGUMENT);
    assert_null(s);
    hk_network_free(n);
}

static void test_scaled(void **state) {
    (void)state;
    float shift[IN], scale[IN], moved[IN], y[OUT], z[OUT];
    for (int i = 0; i < IN; i++) {
        shift[i] = (float)i / 8;
        scale[i] = 1 / (1 + (float)i);
        moved[i] = (x[i] - shift[i]) * scale[i];
    }
    hk_network *n, *plain = make();
    assert_int_equal(hk_network_create_scaled(layers, 3, shift, scale, &n), HK_OK);
    hk_session *s = open_session(n, 1, NULL), *p = open_session(plain, 1, NULL);
    assert_int_equal(hk_session_forward(s, x, y, 1), HK_OK);
    assert_int_equal(hk_session_forward(p, moved, z, 1), HK_OK);
    assert_memory_equal(y, z, sizeof y);
    hk_layer_info info;
    assert_int_equal(hk_network_layer(n, 0, &info), HK_OK);
    assert_int_equal(info.kind, HK_LAYER_SCALING);
    assert_int_equal(hk_network_parameters(n), hk_network_parameters(plain));
    hk_session_free(s), hk_session_free(p);
    hk_network_free(n), hk_network_free(plain);
    assert_int_equal(hk_network_create_scaled(layers, 3, NULL, scale, &n), HK_OK);
    hk_network_free(n);
}

static void test_questions(void **state) {
    (void)state;
    hk_network *n = make(), *same = NULL, *none = NULL;
    assert_int_equal(hk_network_inputs(n), IN);
    assert_int_equal(hk_network_outputs(n), OUT);
    assert_int_equal(hk_network_parameters(n), HIDDEN * IN + HIDDEN + MIDDLE * HIDDEN + OUT * MIDDLE + OUT);
    assert_int_equal(hk_network_input_count(n), 1);
    assert_int_equal(hk_network_output_count(n), 1);
    assert_string_equal(hk_network_input_name(n, 0), "x");
    assert_string_equal(hk_network_output_name(n, 0), "y");
    assert_null(hk_network_input_name(n, 1));
    assert_int_equal(hk_network_input_width(n, 0), IN);
    assert_int_equal(hk_network_output_width(n, 0), OUT);
    assert_int_equal(hk_network_output_width(n, 1), 0);
    assert_int_equal(hk_network_layer_count(n), 3);
    hk_layer_info info;
    assert_int_equal(hk_network_layer(n, 1, &info), HK_OK);
    assert_true(info.inputs == HIDDEN && info.outputs == MIDDLE && !info.has_bias && info.activation.kind == HK_GELU);
    assert_int_equal(hk_network_layer(n, 3, &info), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_convert(n, HK_F32, &same), HK_OK);
    assert_int_equal(hk_network_convert(n, HK_F64, &none), HK_UNSUPPORTED);
    assert_null(none);
    hk_session *s = open_session(n, 1000000, NULL);
    assert_true(hk_session_bytes(s) < 1 << 20);
    assert_int_equal(hk_session_set_fast_bf16(s, 0), HK_OK);
    assert_int_equal(hk_session_set_fast_bf16(s, 1), HK_UNSUPPORTED); /* there are no bf16 weights */
    hk_session_free(s);
    hk_network_free(n);
    assert_int_equal(hk_network_outputs(same), OUT);
    hk_network_free(same);
    hk_network_free(NULL);
    hk_session_free(NULL);
    assert_int_equal(hk_session_bytes(NULL), 0);
    hk_error error;
    hk_executor *pool = NULL;
    assert_int_equal(hk_network_open("x", 0, &none, &error), HK_UNSUPPORTED);
    assert_int_equal(error.status, HK_UNSUPPORTED);
    assert_int_equal(hk_network_open("x", 4, &none, &error), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_save(NULL, "x", &error), HK_INVALID_ARGUMENT);
    const hk_status threads = strstr(hk_build_features(), "threads ") ? HK_OK : HK_UNSUPPORTED;
    assert_int_equal(hk_thread_pool_create(2, &pool), threads);
    hk_thread_pool_free(pool);
}

static void expect_refusal(hk_layer *l, size_t count, hk_status status) {
    hk_network *n = NULL;
    assert_int_equal(hk_network_create(l, count, &n), status);
    assert_null(n);
}

static void test_bad_arguments(void **state) {
    (void)state;
    hk_layer l[2] = {layers[0], layers[1]};
    expect_refusal(l, 0, HK_INVALID_ARGUMENT);
    expect_refusal(NULL, 1, HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_create(l, 2, NULL), HK_INVALID_ARGUMENT);
#define WITH(field, value, status)                                                                                     \
    l[1] = layers[1];                                                                                                  \
    l[1].field = value;                                                                                                \
    expect_refusal(l, 2, status);
    WITH(inputs, HIDDEN + 1, HK_INVALID_ARGUMENT)
    WITH(inputs, 0, HK_INVALID_ARGUMENT)
    WITH(outputs, 0, HK_INVALID_ARGUMENT)
    WITH(weights, NULL, HK_INVALID_ARGUMENT)
    WITH(activation.kind, (hk_activation_kind)77, HK_INVALID_ARGUMENT)
    WITH(activation.accuracy, (hk_accuracy)-1, HK_INVALID_ARGUMENT)
    WITH(storage, (hk_dtype)9, HK_INVALID_ARGUMENT)
    WITH(storage, HK_F64, HK_UNSUPPORTED)
    WITH(outputs, SIZE_MAX, HK_OUT_OF_MEMORY)
    WITH(outputs, (size_t)1 << 60, HK_OUT_OF_MEMORY)
    hk_layer wide = {(size_t)1 << 40, (size_t)1 << 40, w1, NULL, layers[0].activation, HK_F32};
    expect_refusal(&wide, 1, HK_OUT_OF_MEMORY);

    hk_network *n = make();
    hk_session *s = NULL;
    float y[OUT] = {7};
    assert_int_equal(hk_session_create(n, 0, NULL, &s), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_create(NULL, 1, NULL, &s), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_create(n, 1, NULL, NULL), HK_INVALID_ARGUMENT);
    assert_null(s);
    s = open_session(n, 2, NULL);
    assert_int_equal(hk_session_forward(s, x, y, 3), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward(s, NULL, y, 1), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward(s, x, NULL, 1), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward(NULL, x, y, 1), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_session_forward(s, NULL, NULL, 0), HK_OK);
    assert_true(y[0] == 7);
    hk_session_free(s);
    hk_network_free(n);
}

/* A network keeps the level it was created with. */
static void test_keeps_level(void **state) {
    (void)state;
    float y[OUT];
    const hk_isa level = hk_isa_current();
    hk_network *n = make();
    assert_int_equal(hk_isa_force(HK_ISA_SCALAR), HK_OK);
    assert_string_equal(n->kernels->level, hk_isa_name(level));
    hk_session *s = open_session(n, 1, NULL);
    assert_int_equal(hk_session_forward(s, x, y, 1), HK_OK);
    assert_memory_equal(y, expected, sizeof y);
    hk_session_free(s);
    hk_network_free(n);
    assert_int_equal(hk_isa_force(level), HK_OK);
}

/* Large weights lie where the system has been asked for huge pages: the flag "hg" of a mapping that holds some. */
static void test_huge_pages(void **state) {
    (void)state;
    enum { WIDTH = 2048 };
    FILE *modes = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    if (!modes || getenv("HK_TEST_EMULATED")) skip();
    fclose(modes);
    float *weights = calloc(WIDTH * WIDTH, sizeof *weights);
    const hk_layer layer = {WIDTH, WIDTH, weights, NULL, hk_activation_default(HK_RELU), HK_F32};
    hk_network *n = NULL;
    char line[1024];
    int asked = 0;
    assert_int_equal(hk_network_create(&layer, 1, &n), HK_OK);
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) asked |= !strncmp(line, "VmFlags:", 8) && strstr(line, " hg");
    fclose(maps);
    hk_network_free(n);
    free(weights);
    assert_true(asked);
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_batch), cmocka_unit_test(test_strides_and_pointers),
        cmocka_unit_test(test_executor),    cmocka_unit_test(test_scaled),
        cmocka_unit_test(test_questions),   cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_keeps_level), cmocka_unit_test(test_huge_pages),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
