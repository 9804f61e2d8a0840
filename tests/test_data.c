/* The digits and tumor networks in every storage type: accuracy, distance from the float64 reference, and one digest
 * for every level and batch. */
#include "support.h"

#include "hillock/hillock.h"
#include "npy.h"

#include <math.h>

enum { STORAGES = 5 };
static const struct {
    hk_dtype storage;
    double apart; /* from the reference, at most */
} storages[STORAGES] = {{HK_F32, 2e-6}, {HK_BF16, 0.01}, {HK_F16, 1e-3}, {HK_I8, 0.05}, {HK_I4, 1}};

typedef struct trained {
    const char *name;
    size_t rows, inputs, outputs, right; /* right: in every storage type */
    uint64_t digests[STORAGES];          /* of the outputs, on every level, for every batch */
} trained;
static const trained all[] = {
    {"digits",
     360,
     64,
     10,
     350,
     {UINT64_C(0x4cf7cfcbf67fda18), UINT64_C(0x10e871a2de941f72), UINT64_C(0xf465a89e5f97459e),
      UINT64_C(0xfdbd49c1924f09f7), UINT64_C(0x91d3886876c47c37)}},
    {"tumor",
     114,
     30,
     1,
     112,
     {UINT64_C(0x8e89249ec94a5dd9), UINT64_C(0x9ef0d964d6abf6eb), UINT64_C(0x72c57ccf1c2dcd1b),
      UINT64_C(0x054d9f81d97f4ca3), UINT64_C(0xfbc3974be70ed064)}},
};

static npy_array read_array(const char *name, const char *suffix) {
    char path[512], file[64], message[NPY_MESSAGE];
    npy_array a;
    snprintf(file, sizeof file, "%s.%s.npy", name, suffix);
    if (!npy_read(data_path(file, path), &a, message)) fail_msg("%s", message);
    return a;
}

/* The outputs for every batch size in y. */
static void run_all(const trained *t, const hk_network *network, const float *x, float *y, uint64_t expected) {
    static const size_t batches[] = {1, 7, 360};
    hk_session *session;
    assert_int_equal(hk_session_create(network, t->rows, NULL, &session), HK_OK);
    for (size_t b = 0; b < 3; b++) {
        memset(y, 0, t->rows * t->outputs * sizeof *y);
        for (size_t r = 0; r < t->rows; r += batches[b])
            assert_int_equal(hk_session_forward(session, x + r * t->inputs, y + r * t->outputs,
                                                t->rows - r < batches[b] ? t->rows - r : batches[b]),
                             HK_OK);
        const uint64_t d = digest(1, F32, y, t->rows * t->outputs);
        if (d != expected) fail_msg("%s: digest %llx at batch %zu", t->name, (unsigned long long)d, batches[b]);
    }
    hk_session_free(session);
}

static void check(const trained *t) {
    char path[512], file[64];
    hk_error error;
    hk_network *network, *converted;
    snprintf(file, sizeof file, "%s.onnx", t->name);
    if (hk_network_load(data_path(file, path), &network, &error)) fail_msg("%s", error.message);
    assert_int_equal(hk_network_inputs(network), t->inputs);
    assert_int_equal(hk_network_outputs(network), t->outputs);
    npy_array x = read_array(t->name, "x"), reference = read_array(t->name, "y"),
              labels = read_array(t->name, "labels");
    assert_int_equal(x.count, t->rows * t->inputs);
    float *y = malloc(t->rows * t->outputs * sizeof *y);
    for (size_t s = 0; s < STORAGES; s++) {
        assert_int_equal(hk_network_convert(network, storages[s].storage, &converted), HK_OK);
        run_all(t, converted, (const float *)(const void *)x.data, y, t->digests[s]);
        size_t right = 0;
        for (size_t r = 0; r < t->rows; r++) {
            int64_t best = 0;
            for (size_t o = 0; o < t->outputs; o++) {
                const float v = y[r * t->outputs + o];
                assert_true(fabs((double)v - npy_number(&reference, r * t->outputs + o)) <= storages[s].apart);
                if (v > y[r * t->outputs + (size_t)best]) best = (int64_t)o;
            }
            if (t->outputs == 1) best = y[r] > 0.5f;
            right += best == npy_integer(&labels, r);
        }
        assert_int_equal(right, t->right);
        hk_network_free(converted);
    }
    free(y);
    npy_free(&x), npy_free(&reference), npy_free(&labels);
    hk_network_free(network);
}

static void test_digits(void **state) { (void)state, check(&all[0]); }
static void test_tumor(void **state) { (void)state, check(&all[1]); }

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digits), cmocka_unit_test(test_tumor)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
