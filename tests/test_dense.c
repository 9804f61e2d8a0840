/* Dense layers: neuron, plain and packed, against the definition of network.h, and each other, on the current level. */
#include "support.h"

#include "hillock/hillock.h"

#include <math.h>

/* network.h's definition for one output of at least 5: interleaved chains, halves, bias. */
#define DEFINITION(type, FMA)                                                                                          \
    static type defined_##type(const type *x, const type *w, size_t inputs, size_t outputs, type bias) {               \
        const size_t chains = outputs > 48 ? 1 : outputs > 16 ? 2 : 4;                                                 \
        type sum[4] = {0};                                                                                             \
        for (size_t i = 0; i < inputs; i++) sum[i % chains] = FMA(x[i], w[i], sum[i % chains]);                        \
        for (size_t half = chains / 2; half; half /= 2)                                                                \
            for (size_t c = 0; c < half; c++) sum[c] += sum[c + half];                                                 \
        return sum[0] + bias;                                                                                          \
    }
DEFINITION(float, fmaf)
DEFINITION(double, fma)

static const size_t some_inputs[] = {1, 2, 3, 5, 13, 64, 77, 256, 257, 515},
                    some_outputs[] = {1, 2, 4, 5, 10, 16, 17, 31, 33, 48, 49, 64, 80, 96, 112, 127, 128, 130, 200};
static const size_t some_batches[] = {1, 2, 3, 5, 6, 7, 11, 12, 13, 25, 50};
#define COUNT(a) (sizeof a / sizeof *a)

static void check_f32(size_t inputs, size_t outputs, size_t batch, hk_activation a) {
    guarded gx = guarded_create(batch * inputs * 4), gw = guarded_create(inputs * outputs * 4),
            gb = guarded_create(outputs * 4), gy = guarded_create(batch * outputs * 4);
    float *x = (float *)gx.high - batch * inputs, *w = (float *)gw.high - inputs * outputs,
          *b = (float *)gb.high - outputs, *y = (float *)gy.high - batch * outputs,
          *expected = malloc(batch * outputs * sizeof *expected);
    random_fill(F32, DATA_UNIFORM, inputs, x, batch * inputs);
    random_fill(F32, DATA_WIDE, outputs, w, inputs * outputs);
    random_fill(F32, DATA_UNIFORM, batch, b, outputs);
    for (size_t r = 0; r < batch; r++)
        for (size_t o = 0; o < outputs; o++)
            expected[r * outputs + o] = outputs <= 4
                                            ? hk_dot_f32(x + r * inputs, w + o * inputs, inputs) + b[o]
                                            : defined_float(x + r * inputs, w + o * inputs, inputs, outputs, b[o]);
    if (a.kind == HK_SOFTMAX)
        hk_softmax_f32(expected, expected, batch, outputs);
    else
        hk_activate_f32(a, expected, expected, batch * outputs);
    size_t i = 0;
    assert_int_equal(hk_dense_f32(x, w, b, y, batch, inputs, outputs, a), HK_OK);
    if (!same_bits(F32, y, expected, batch * outputs, &i))
        fail_msg("plain %zux%zu batch %zu: element %zu is %a instead of %a", inputs, outputs, batch, i, (double)y[i],
                 (double)expected[i]);

    const hk_layer layer = {inputs, outputs, w, b, a, HK_F32};
    hk_network *network;
    hk_session *session;
    assert_int_equal(hk_network_create(&layer, 1, &network), HK_OK);
    assert_int_equal(hk_session_create(network, batch, NULL, &session), HK_OK);
    memset(y, 0xff, batch * outputs * sizeof *y);
    assert_int_equal(hk_session_forward(session, x, y, batch), HK_OK);
    if (!same_bits(F32, y, expected, batch * outputs, &i))
        fail_msg("network %zux%zu batch %zu: element %zu is %a instead of %a", inputs, outputs, batch, i, (double)y[i],
                 (double)expected[i]);
    hk_session_free(session);
    hk_network_free(network);
    free(expected);
    guarded_free(&gx);
    guarded_free(&gw);
    guarded_free(&gb);
    guarded_free(&gy);
}

static void test_f32(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(some_inputs); i++)
        for (size_t o = 0; o < COUNT(some_outputs); o++)
            for (size_t b = 0; b < COUNT(some_batches); b++) {
                const hk_activation_kind kinds[] = {HK_LINEAR, HK_RELU, HK_TANH, HK_SOFTMAX, HK_SILU};
                check_f32(some_inputs[i], some_outputs[o], some_batches[b],
                          hk_activation_default(kinds[(i + o + b) % 5]));
            }
}

/* Inputs that go in several blocks, with and without a partial panel, and every height of tile. */
static void test_f32_long(void **state) {
    (void)state;
    static const size_t inputs[] = {2048, 2049, 4500}, outputs[] = {128, 144, 150}, batches[] = {1, 2, 3, 4, 5, 17, 26};
    for (size_t i = 0; i < COUNT(inputs); i++)
        for (size_t o = 0; o < COUNT(outputs); o++)
            for (size_t b = 0; b < COUNT(batches); b++)
                check_f32(inputs[i], outputs[o], batches[b], hk_activation_default(b % 2 ? HK_TANH : HK_RELU));
    /* weights that come from memory, with two chains and with one; long for emulators, and nothing new for scalar */
    if (quick() || hk_isa_current() == HK_ISA_SCALAR) return;
    check_f32(70000, 33, 26, hk_activation_default(HK_RELU));
    check_f32(17000, 130, 26, hk_activation_default(HK_RELU));
    /* rows that do not stay near while all weights pass */
    check_f32(6000, 130, 200, hk_activation_default(HK_TANH));
}

static void test_f64(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(some_inputs); i++)
        for (size_t o = 0; o < COUNT(some_outputs); o++)
            for (size_t batch = 1; batch < 60; batch += 7) {
                const size_t inputs = some_inputs[i], outputs = some_outputs[o];
                double *x = malloc(batch * inputs * 8), *w = malloc(inputs * outputs * 8), *b = malloc(outputs * 8),
                       *y = malloc(batch * outputs * 8);
                random_fill(F64, DATA_UNIFORM, inputs, x, batch * inputs);
                random_fill(F64, DATA_WIDE, outputs, w, inputs * outputs);
                random_fill(F64, DATA_UNIFORM, batch, b, outputs);
                assert_int_equal(hk_dense_f64(x, w, b, y, batch, inputs, outputs, hk_activation_default(HK_LINEAR)),
                                 HK_OK);
                for (size_t k = 0; k < batch * outputs; k++) {
                    const double *row = x + k / outputs * inputs, *weights = w + k % outputs * inputs;
                    const double bias = b[k % outputs];
                    const double expected = outputs <= 4 ? hk_dot_f64(row, weights, inputs) + bias
                                                         : defined_double(row, weights, inputs, outputs, bias);
                    size_t index = 0;
                    assert_true(same_bits(F64, &y[k], &expected, 1, &index));
                }
                free(x), free(w), free(b), free(y);
            }
}

/* A missing bias is zeros; a neuron, a dense call with one output and a one-output network agree. */
static void test_agreement(void **state) {
    (void)state;
    float x[77], w[77], y, z, bias = 0.25f;
    double xd[77], wd[77], yd;
    random_fill(F32, DATA_UNIFORM, 1, x, 77);
    random_fill(F32, DATA_UNIFORM, 2, w, 77);
    for (int i = 0; i < 77; i++) xd[i] = x[i], wd[i] = w[i];
    for (int kind = 0; kind < HK_SOFTMAX; kind++) {
        const hk_activation a = hk_activation_default((hk_activation_kind)kind);
        assert_int_equal(hk_dense_f32(x, w, &bias, &y, 1, 77, 1, a), HK_OK);
        z = hk_neuron_f32(x, w, 77, bias, a);
        assert_memory_equal(&y, &z, sizeof y);
        assert_int_equal(hk_dense_f64(xd, wd, NULL, &yd, 1, 77, 1, a), HK_OK);
        const double zd = hk_neuron_f64(xd, wd, 77, 0, a);
        assert_memory_equal(&yd, &zd, sizeof yd);
    }
    assert_true(isnan(hk_neuron_f32(x, w, 77, 0, hk_activation_default(HK_SOFTMAX))));
    assert_true(isnan(hk_neuron_f64(xd, wd, 77, 0, hk_activation_default(HK_LOG_SOFTMAX))));
    assert_true(isnan(hk_neuron_f32(x, w, 77, 0, hk_activation_default((hk_activation_kind)99))));
    assert_true(hk_neuron_f32(NULL, NULL, 0, 3, hk_activation_default(HK_LINEAR)) == 3);
}

static void test_bad_arguments(void **state) {
    (void)state;
    float x[4] = {1, 2, 3, 4}, w[4] = {1, 1, 1, 1}, y[4] = {7, 7, 7, 7};
    double xd[4] = {1}, yd[4] = {7};
    const hk_activation linear = hk_activation_default(HK_LINEAR);
    hk_activation odd = linear;
    odd.accuracy = (hk_accuracy)5;
    const size_t huge = (size_t)1 << 62;
    assert_int_equal(hk_dense_f32(x, w, NULL, y, 1, 0, 2, linear), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_dense_f32(x, w, NULL, y, 1, 2, 0, linear), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_dense_f32(NULL, w, NULL, y, 1, 2, 2, linear), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_dense_f32(x, NULL, NULL, y, 1, 2, 2, linear), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_dense_f32(x, w, NULL, NULL, 1, 2, 2, linear), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_dense_f32(x, w, NULL, y, 1, 2, 2, hk_activation_default((hk_activation_kind)99)),
                     HK_INVALID_ARGUMENT);
    assert_int_equal(hk_dense_f32(x, w, NULL, y, 1, 2, 2, odd), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_dense_f32(x, w, NULL, y, huge, 8, 2, linear), HK_OUT_OF_MEMORY);
    assert_int_equal(hk_dense_f32(x, w, NULL, y, 1, huge, 8, linear), HK_OUT_OF_MEMORY);
    assert_int_equal(hk_dense_f64(xd, xd, NULL, yd, huge, 1, 8, linear), HK_OUT_OF_MEMORY);
    assert_int_equal(hk_dense_f32(NULL, NULL, NULL, NULL, 0, 2, 2, linear), HK_OK);
    for (int i = 0; i < 4; i++) assert_true(y[i] == 7);
    assert_true(yd[0] == 7);
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_f32), cmocka_unit_test(test_f32_long),
                                       cmocka_unit_test(test_f64), cmocka_unit_test(test_agreement),
                                       cmocka_unit_test(test_bad_arguments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
