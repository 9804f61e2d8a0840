/* The ONNX reader: every operator against its definition, what it refuses, and damaged files. */
#include "onnx_writer.h"

#include "hillock/hillock.h"
#include "oracle.h"

#include <math.h>

enum { N = 3 };
static const float input[N] = {-1.25f, 0.5f, 2.75f}, row[N] = {0.5f, -2, 4},
                   square[N * N] = {1, 2, 3, -4, 5, 6, 7, -8, 9};
static const int64_t row_dims[2] = {1, N}, square_dims[2] = {N, N}, one_dims[1] = {1}, value_dims[2] = {-1, N};
static const float one = 0.75f;

/* A chain of nodes between x and y, with constants row [3], matrix [3][3], one [1]. */
static void begin(model *m, int64_t opset) {
    model_begin(m, opset);
    model_value(m, 11, "x", 2, value_dims);
    model_value(m, 12, "y", 2, value_dims);
    model_floats(m, "row", row, 1, row_dims + 1);
    model_floats(m, "row2", row, 2, row_dims);
    model_floats(m, "matrix", square, 2, square_dims);
    model_floats(m, "one", &one, 1, one_dims);
    model_floats(m, "scalar", &one, 0, one_dims);
}

static void run(const message *file, float *y) {
    hk_network *n = NULL;
    hk_session *s = NULL;
    hk_error error = {HK_IO_ERROR, "?"};
    if (hk_network_load_memory(file->bytes, file->size, &n, &error)) fail_msg("%s", error.message);
    assert_int_equal(error.status, HK_OK);
    assert_string_equal(error.message, "");
    assert_int_equal(hk_network_inputs(n), N);
    assert_string_equal(hk_network_input_name(n, 0), "x");
    assert_string_equal(hk_network_output_name(n, 0), "y");
    assert_int_equal(hk_session_create(n, 1, NULL, &s), HK_OK);
    assert_int_equal(hk_session_forward(s, input, y, 1), HK_OK);
    hk_session_free(s);
    hk_network_free(n);
}

static void expect(const model *m, const double *expected) {
    float y[N];
    const message file = model_end(m);
    run(&file, y);
    for (int i = 0; i < N; i++)
        if ((double)y[i] != expected[i] && !(fabs((double)y[i] - expected[i]) <= 1e-5 * fmax(1, fabs(expected[i]))))
            fail_msg("element %d is %g instead of %g", i, (double)y[i], expected[i]);
}

static void refuse_bytes(const message *file, hk_status status, const char *part) {
    hk_network *n = NULL;
    hk_error error = {HK_OK, ""};
    assert_int_equal(hk_network_load_memory(file->bytes, file->size, &n, &error), status);
    assert_null(n);
    assert_int_equal(error.status, status);
    if (!strstr(error.message, part)) fail_msg("'%s' does not tell '%s'", error.message, part);
    assert_int_equal(hk_network_load_memory(file->bytes, file->size, &n, NULL), status);
}
static void refuse(const model *m, hk_status status, const char *part) {
    const message file = model_end(m);
    refuse_bytes(&file, status, part);
}

static void test_activations(void **state) {
    (void)state;
    static const struct {
        const char *op, *attributes;
        hk_activation_kind kind;
        double alpha, beta;
    } ops[] = {
        {"Relu", "", HK_RELU, 0, 0},
        {"LeakyRelu", "", HK_LEAKY_RELU, 0.01, 0},
        {"LeakyRelu", "alpha=0.25", HK_LEAKY_RELU, 0.25, 0},
        {"Elu", "alpha=0.5", HK_ELU, 0.5, 0},
        {"Selu", "", HK_SELU, 1.6732632, 1.050701},
        {"Selu", "alpha=2.0 gamma=3.0", HK_SELU, 2, 3},
        {"Celu", "alpha=2.0", HK_CELU, 2, 0},
        {"Sigmoid", "", HK_SIGMOID, 0, 0},
        {"HardSigmoid", "", HK_HARD_SIGMOID, 0.2, 0.5},
        {"HardSigmoid", "alpha=0.1 beta=0.25", HK_HARD_SIGMOID, 0.1, 0.25},
        {"Tanh", "", HK_TANH, 0, 0},
        {"Softplus", "", HK_SOFTPLUS, 0, 0},
        {"Softsign", "", HK_SOFTSIGN, 0, 0},
        {"HardSwish", "", HK_HARD_SWISH, 0, 0},
        {"Erf", "", HK_ERF, 0, 0},
        {"Exp", "", HK_EXP, 0, 0},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        model m;
        double expected[N];
        begin(&m, 15);
        model_node(&m, ops[i].op, "x", "y", ops[i].attributes);
        for (int k = 0; k < N; k++)
            expected[k] =
                (double)oracle_activation(ops[i].kind, input[k], (long double)ops[i].alpha, (long double)ops[i].beta);
        expect(&m, expected);
    }
}

static void test_layers(void **state) {
    (void)state;
    double product[N], transposed[N], expected[N];
    for (int o = 0; o < N; o++) {
        product[o] = transposed[o] = 0;
        for (int i = 0; i < N; i++) {
            product[o] += (double)(input[i] * square[i * N + o]);
            transposed[o] += (double)(input[i] * square[o * N + i]);
        }
    }
    model m;
#define CHAIN(opset, formula, ...)                                                                                     \
    begin(&m, opset);                                                                                                  \
    __VA_ARGS__                                                                                                        \
    for (int i = 0; i < N; i++) expected[i] = formula;                                                                 \
    expect(&m, expected);
    CHAIN(13, product[i] + row[i], model_node(&m, "Gemm", "x,matrix,row", "y", "");)
    CHAIN(13, transposed[i] + row[i], model_node(&m, "Gemm", "x,matrix,row2", "y", "transB=1");)
    CHAIN(13, 0.5 * transposed[i] + 2.0 * one,
          model_node(&m, "Gemm", "x,matrix,one", "y", "transB=1 alpha=0.5 beta=2.0");)
    CHAIN(13, product[i], model_node(&m, "Gemm", "x,matrix", "y", "");)
    CHAIN(13, product[i], model_node(&m, "MatMul", "x,matrix", "y", "");)
    CHAIN(13, product[i] + row[i], model_node(&m, "MatMul", "x,matrix", "h", "");
          model_node(&m, "Add", "h,row", "y", "");)
    CHAIN(13, fmax(0, product[i] + row[i]), model_node(&m, "MatMul", "x,matrix", "h", "");
          model_node(&m, "Add", "row,h", "g", ""); model_node(&m, "Relu", "g", "y", "");)
    CHAIN(13, (product[i] - row[i]) * one, model_node(&m, "MatMul", "x,matrix", "h", "");
          model_node(&m, "Sub", "h,row", "g", ""); model_node(&m, "Mul", "g,scalar", "y", "");)
    CHAIN(13, (double)input[i] + row[i], model_node(&m, "Add", "x,row", "y", "");)
    CHAIN(13, (double)(input[i] - row[i]) / row[i], model_node(&m, "Sub", "x,row2", "h", "");
          model_node(&m, "Div", "h,row", "y", "");)
    CHAIN(13, (double)(row[i] - input[i]) * row[i] + 0.75, model_node(&m, "Sub", "row,x", "h", "");
          model_node(&m, "Mul", "row,h", "g", ""); model_node(&m, "Add", "g,one", "y", "");)
    CHAIN(13, tanh(tanh((double)input[i]) * one + row[i]), model_node(&m, "Tanh", "x", "h", "");
          model_node(&m, "Mul", "h,one", "g", ""); model_node(&m, "Add", "g,row", "k", "");
          model_node(&m, "Tanh", "k", "y", "");)
    CHAIN(13, fmax(-1, fmin(2, (double)input[i])), model_floats(&m, "low", (float[]){-1}, 0, one_dims);
          model_floats(&m, "high", (float[]){2}, 0, one_dims); model_node(&m, "Clip", "x,low,high", "y", "");)
    CHAIN(13, fmin(0.75, (double)input[i]), model_node(&m, "Clip", "x,-,scalar", "y", "");)
    CHAIN(6, fmax(-0.5, fmin(1.5, (double)input[i])), model_node(&m, "Clip", "x", "y", "min=-0.5 max=1.5");)
    CHAIN(13, input[i], model_node(&m, "Identity", "x", "a", ""); model_node(&m, "Dropout", "a", "b", "");
          model_node(&m, "Flatten", "b", "c", "axis=1"); model_integers(&m, "shape", (int64_t[]){-1, 3}, 2);
          model_node(&m, "Reshape", "c,shape", "d", ""); model_integers(&m, "shape2", (int64_t[]){0, -1}, 2);
          model_node(&m, "Reshape", "d,shape2", "e", ""); model_integers(&m, "shape3", (int64_t[]){0, 1, 3}, 3);
          model_node(&m, "Reshape", "e,shape3", "f", ""); model_node(&m, "Flatten", "f", "g", "axis=-2");
          model_node(&m, "Mul", "g,k", "y", ""); model_floats(&m, "k", (float[]){1}, 0, one_dims);)
    CHAIN(13, product[i], model_node(&m, "Identity", "matrix", "same", "");
          model_node(&m, "MatMul", "x,same", "y", "");)
    double sum = exp(product[0] - 20) + exp(product[1] - 20) + exp(product[2] - 20);
    CHAIN(13, exp(product[i] - 20) / sum, model_node(&m, "MatMul", "x,matrix", "h", "");
          model_node(&m, "Softmax", "h", "y", "");)
    CHAIN(11, product[i] - 20 - log(sum), model_node(&m, "MatMul", "x,matrix", "h", "");
          model_node(&m, "LogSoftmax", "h", "y", "axis=1");)
    CHAIN(13, product[i] / 0.0, model_floats(&m, "zero", (float[]){0}, 0, one_dims);
          model_node(&m, "MatMul", "x,matrix", "h", ""); model_node(&m, "Div", "h,zero", "y", "");)
    CHAIN(13, input[i] + row[i], model_constant(&m, "c", row, N); model_node(&m, "Add", "x,c", "y", "");)
    CHAIN(13, input[i] * row[i], model_constant(&m, "c", row, N); model_node(&m, "Identity", "c", "d", "");
          model_node(&m, "Mul", "x,d", "y", "");)
    const float mean[N] = {1, 2, 3}, variance[N] = {4, 0.25f, 1}, gain[N] = {1, -1, 2};
#define NORMALIZATION                                                                                                  \
    model_floats(&m, "mean", mean, 1, row_dims + 1);                                                                   \
    model_floats(&m, "variance", variance, 1, row_dims + 1);                                                           \
    model_floats(&m, "gain", gain, 1, row_dims + 1);
    CHAIN(13, (input[i] - mean[i]) / sqrt(variance[i] + 0.5) * gain[i] + row[i],
          NORMALIZATION model_node(&m, "BatchNormalization", "x,gain,row,mean,variance", "y", "epsilon=0.5");)
    CHAIN(13, (product[i] - mean[i]) / sqrt(variance[i] + 1e-5) * gain[i] + row[i],
          NORMALIZATION model_node(&m, "MatMul", "x,matrix", "h", "");
          model_node(&m, "BatchNormalization", "h,gain,row,mean,variance", "y", "");)
}

static void test_element_types(void **state) {
    (void)state;
    const double doubles[N] = {1.5, -2, 0.25};
    const uint16_t f16[N] = {0x3e00, 0xc000, 0x3400}, bf16[N] = {0x3fc0, 0xc000, 0x3e80};
    const struct {
        int type;
        const void *bytes;
        size_t size;
    } types[] = {{11, doubles, sizeof doubles}, {10, f16, sizeof f16}, {16, bf16, sizeof bf16}};
    for (size_t t = 0; t < 3; t++) {
        model m;
        double expected[N];
        begin(&m, 13);
        model_raw(&m, "typed", types[t].type, types[t].bytes, types[t].size, 1, row_dims + 1);
        model_node(&m, "Mul", "x,typed", "y", "");
        for (int i = 0; i < N; i++) expected[i] = input[i] * doubles[i];
        expect(&m, expected);
    }
}

static void test_refusals(void **state) {
    (void)state;
    model m;
#define REFUSE(status, part, ...)                                                                                      \
    begin(&m, 13);                                                                                                     \
    __VA_ARGS__                                                                                                        \
    refuse(&m, status, part);
    REFUSE(HK_UNSUPPORTED, "node 'y' (operator Conv)", model_node(&m, "Conv", "x,matrix", "y", "");)
    REFUSE(HK_UNSUPPORTED, "node 'h' (operator Gemm) transposes its data",
           model_node(&m, "Gemm", "x,matrix", "h", "transA=1");)
    REFUSE(HK_UNSUPPORTED, "not a constant", model_node(&m, "Add", "x,z", "y", "");)
    REFUSE(HK_UNSUPPORTED, "one input of data", model_node(&m, "Mul", "x,x", "y", "");)
    REFUSE(HK_UNSUPPORTED, "one input of data", model_node(&m, "Relu", "x", "h", "");
           model_node(&m, "Relu", "x", "y", "");)
    REFUSE(HK_UNSUPPORTED, "one input of data", model_node(&m, "MatMul", "matrix,x", "y", "");)
    REFUSE(HK_UNSUPPORTED, "divides by its data", model_node(&m, "Div", "row,x", "y", "");)
    REFUSE(HK_UNSUPPORTED, "end of a chain", model_node(&m, "Relu", "x", "h", "");)
    REFUSE(HK_UNSUPPORTED, "computes nothing", model_node(&m, "Identity", "x", "y", "");)
    REFUSE(HK_UNSUPPORTED, "features of a row", model_node(&m, "Softmax", "x", "y", "axis=0");)
    REFUSE(HK_UNSUPPORTED, "rows of a batch", model_node(&m, "Flatten", "x", "y", "axis=0");)
    REFUSE(HK_UNSUPPORTED, "number of features", model_integers(&m, "s", (int64_t[]){-1, 4}, 2);
           model_node(&m, "Reshape", "x,s", "y", "");)
    REFUSE(HK_UNSUPPORTED, "shape is not that of a row", model_node(&m, "Add", "x,matrix", "y", "");)
    REFUSE(HK_UNSUPPORTED, "weights that are not a matrix", model_node(&m, "MatMul", "x,row", "y", "");)
    REFUSE(HK_BAD_FORMAT, "wants 2 features, but gets 3", model_floats(&m, "w", square, 2, (int64_t[]){2, 3});
           model_node(&m, "MatMul", "x,w", "y", "");)
    REFUSE(HK_UNSUPPORTED, "a bias of 3 values for 2 outputs", model_floats(&m, "w", square, 2, (int64_t[]){3, 2});
           model_node(&m, "Gemm", "x,w,row", "y", "");)
    REFUSE(HK_BAD_FORMAT, "do not fit its data", model_raw(&m, "bad", 1, row, 8, 1, row_dims + 1);
           model_node(&m, "Add", "x,bad", "y", "");)
    REFUSE(HK_BAD_FORMAT, "negative or too large", model_raw(&m, "bad", 1, row, 8, 2, (int64_t[]){-1, 3});
           model_node(&m, "Add", "x,bad", "y", "");)
    REFUSE(HK_BAD_FORMAT, "negative or too large", model_raw(&m, "bad", 1, row, 8, 2, (int64_t[]){INT64_MAX, 3});
           model_node(&m, "Add", "x,bad", "y", "");)
    REFUSE(HK_UNSUPPORTED, "floating-point type", model_raw(&m, "bad", 6, row, 12, 1, row_dims + 1);
           model_node(&m, "Add", "x,bad", "y", "");)
    REFUSE(HK_BAD_FORMAT, "different lengths", model_node(&m, "BatchNormalization", "x,row,row,row,one", "y", "");)
    REFUSE(HK_UNSUPPORTED, "rows of a batch", model_integers(&m, "s", (int64_t[]){2, -1}, 2);
           model_node(&m, "Reshape", "x,s", "y", "");)
    REFUSE(HK_UNSUPPORTED, "training mode",
           model_node(&m, "BatchNormalization", "x,row,row,row,row", "y", "training_mode=1");)
    REFUSE(HK_BAD_FORMAT, "wants 1 features", model_node(&m, "BatchNormalization", "x,one,one,one,one", "y", "");)
    REFUSE(HK_UNSUPPORTED, "from row to row", model_floats(&m, "column", row, 2, (int64_t[]){3, 1});
           model_node(&m, "Gemm", "x,matrix,column", "y", "");)
    REFUSE(HK_UNSUPPORTED, "shape is not that of a row", model_floats(&m, "deep", &one, 4, (int64_t[]){1, 1, 1, 1});
           model_node(&m, "Mul", "x,deep", "y", "");)
    REFUSE(HK_BAD_FORMAT, "declared with 3 features and has 2", model_floats(&m, "w", square, 2, (int64_t[]){3, 2});
           model_node(&m, "MatMul", "x,w", "y", "");)
    REFUSE(HK_UNSUPPORTED, "more than one input", model_value(&m, 11, "x2", 2, value_dims);
           model_node(&m, "Relu", "x", "y", "");)
    REFUSE(HK_UNSUPPORTED, "more than one output", model_value(&m, 12, "y2", 2, value_dims);
           model_node(&m, "Relu", "x", "y", "");)
    model_begin(&m, 13); /* rows of two dimensions, of unknown sizes */
    model_value(&m, 11, "x", 3, (int64_t[]){-1, -1, -1});
    model_value(&m, 12, "y", 2, value_dims);
    model_floats(&m, "matrix", square, 2, square_dims);
    model_node(&m, "MatMul", "x,matrix", "y", "");
    refuse(&m, HK_UNSUPPORTED, "more than one dimension");
    model_begin(&m, 13);
    refuse(&m, HK_BAD_FORMAT, "no input or no output");
    begin(&m, 0);
    refuse(&m, HK_BAD_FORMAT, "not an ONNX model");
    model_begin(&m, 13);
    model_value(&m, 11, "x", 1, value_dims);
    model_value(&m, 12, "y", 1, value_dims);
    refuse(&m, HK_UNSUPPORTED, "dimensions");
    model_begin(&m, 13);
    model_value(&m, 11, "x", 3, (int64_t[]){-1, INT64_MAX, INT64_MAX});
    model_value(&m, 12, "y", 2, value_dims);
    model_node(&m, "Relu", "x", "y", "");
    refuse(&m, HK_BAD_FORMAT, "is too large");
    REFUSE(HK_UNSUPPORTED, "has no tensor as its value", model_node(&m, "Constant", "", "c", "value_float=1.0");
           model_node(&m, "Add", "x,c", "y", "");)
    hk_network *n = NULL;
    hk_error error;
    assert_int_equal(hk_network_load("no/such/file.onnx", &n, &error), HK_IO_ERROR);
    assert_non_null(strstr(error.message, "no/such/file.onnx"));
    assert_int_equal(hk_network_load("/", &n, &error), HK_IO_ERROR);
    assert_int_equal(hk_network_load(NULL, &n, &error), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_load_memory(NULL, 3, &n, &error), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_load_memory(&m, 3, NULL, NULL), HK_INVALID_ARGUMENT);
    assert_null(n);
}

/* Files cut off anywhere, with any byte changed, or too large for the memory allowed: a sentence, or a network. */
static void test_damage(void **state) {
    (void)state;
    model m;
    begin(&m, 13);
    model_node(&m, "Gemm", "x,matrix,row", "h", "transB=1");
    model_node(&m, "Relu", "h", "y", "");
    message file = model_end(&m);
    for (size_t size = 0; size < file.size; size++) {
        message cut = file;
        cut.size = size;
        refuse_bytes(&cut, HK_BAD_FORMAT, "memory: ");
    }
    for (size_t i = 0; i < file.size; i++)
        for (int change = 1; change < 256; change += 50) {
            message changed = file;
            changed.bytes[i] = (unsigned char)(changed.bytes[i] + change);
            hk_network *n = NULL;
            hk_error error;
            const hk_status status = hk_network_load_memory(changed.bytes, changed.size, &n, &error);
            assert_int_equal(status, error.status);
            assert_int_equal(status == HK_OK, n != NULL);
            assert_int_equal(status == HK_OK, !*error.message);
            hk_network_free(n);
        }
    char path[512];
    size_t least = 0;
    for (size_t bytes = 1024; !least; bytes += bytes / 4) {
        hk_network *n = NULL;
        hk_error error;
        const hk_status status = hk_network_load_limited(data_path("tumor.onnx", path), bytes, &n, &error);
        assert_true(status == HK_OK || status == HK_OUT_OF_MEMORY);
        assert_true(status == HK_OK || *error.message);
        if (status == HK_OK) least = bytes;
        hk_network_free(n);
    }
    assert_true(least > 4973 && least < 64 * 1024);
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_activations), cmocka_unit_test(test_layers), cmocka_unit_test(test_element_types),
        cmocka_unit_test(test_refusals),    cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
