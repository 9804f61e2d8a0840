/* Layers whose weights are kept in 16, 8 and 4 bits, on the current level: 16 bits against the float layer of the
 * rounded weights, the others against their definition. */
#include "oracle_i8.h"
#include "stored.h"

#include "dispatch.h"
#include "shapes.h"

#include <float.h>
#include <math.h>

/* Under an emulator every third number of inputs is enough. */
static size_t step(void) { return quick() ? 3 : 1; }

/* One layer of each width and several numbers of rows: the bits of the float layer on rounded weights, whether the
   network was created with this storage or converted to it. */
static void check_half(hk_dtype storage) {
    static const size_t inputs[] = {1, 2, 31, 64, 127, 128, 129, 300},
                        outputs[] = {1, 4, 5, 16, 17, 48, 49, 64, 131, 513};
    static float rounded[WIDE * IN], y[BATCH * WIDE], z[BATCH * WIDE], v[BATCH * WIDE];
    static const size_t rows[] = {1, 2, 3, 13, BATCH};
    stored_round(storage, stored_w1, rounded, WIDE * IN);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i += step())
        for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++)
            for (int kind = 0; kind < 3; kind++) {
                const hk_activation a = hk_activation_default(kind == 0 ? HK_LINEAR : kind == 1 ? HK_RELU : HK_SILU);
                const hk_layer l = {inputs[i], outputs[o], rounded, kind ? stored_b1 : NULL, a, HK_F32};
                hk_layer kept = {inputs[i], outputs[o], stored_w1, kind ? stored_b1 : NULL, a, storage};
                hk_network *plain = stored_create(&l, 1), *half = stored_create(&kept, 1);
                kept.storage = HK_F32;
                hk_network *other = stored_converted(&kept, 1, storage);
                for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
                    const size_t bytes = rows[r] * outputs[o] * sizeof *y;
                    stored_forward(plain, stored_x, y, rows[r]);
                    stored_forward(half, stored_x, z, rows[r]);
                    stored_forward(other, stored_x, v, rows[r]);
                    if (memcmp(y, z, bytes) || memcmp(y, v, bytes))
                        fail_msg("%zu to %zu, %zu rows, kind %d", inputs[i], outputs[o], rows[r], kind);
                }
                hk_network_free(plain), hk_network_free(half), hk_network_free(other);
            }
}
static void test_bf16(void **state) { (void)state, check_half(HK_BF16); }
static void test_f16(void **state) { (void)state, check_half(HK_F16); }

/* A long chain whose sums are parked, and the whole of a network by threads. */
static void test_long(void **state) {
    (void)state;
    enum { LONG = 5000, HERE = 70, ROWS = 9 };
    float *w = malloc(sizeof *w * LONG * HERE), *r = malloc(sizeof *r * LONG * HERE),
          *v = malloc(sizeof *v * LONG * ROWS);
    static float y[ROWS * HERE], z[ROWS * HERE];
    assert_true(w && r && v);
    stored_fill(7, 1, w, LONG * HERE);
    stored_fill(8, 1, v, LONG * ROWS);
    for (hk_dtype storage = HK_BF16; storage <= HK_F16; storage++) {
        stored_round(storage, w, r, LONG * HERE);
        const hk_layer l = {LONG, HERE, r, stored_b1, hk_activation_default(HK_TANH), HK_F32};
        const hk_layer k = {LONG, HERE, w, stored_b1, hk_activation_default(HK_TANH), storage};
        hk_network *plain = stored_create(&l, 1), *half = stored_create(&k, 1);
        for (size_t rows = 1; rows <= ROWS; rows += 4) {
            stored_forward(plain, v, y, rows);
            stored_forward(half, v, z, rows);
            assert_memory_equal(y, z, rows * HERE * sizeof *y);
        }
        hk_network_free(plain), hk_network_free(half);
    }
    free(w), free(r), free(v);
}

/* Rows that are special: nothing, constants, tiny, the widest range, one sign only. */
static void special_rows(float *to, size_t n) {
    for (size_t i = 0; i < n; i++) {
        to[0 * n + i] = 0;
        to[1 * n + i] = 3.5f;
        to[2 * n + i] = i % 2 ? 1e-44f : -3e-45f;
        to[3 * n + i] = i % 3 ? FLT_MAX : -FLT_MAX;
        to[4 * n + i] = -1 - (float)i;
        to[5 * n + i] = i == n / 2 ? 1e6f : 1;
        to[6 * n + i] = -0.0f;
        to[7 * n + i] = (float)(i % 256) / 2; /* ties */
    }
}

static void check_integers(hk_dtype storage) {
    enum { SPECIAL = 8 };
    static const size_t inputs[] = {1, 3, 4, 63, 64, 65, 129, 300}, outputs[] = {1, 4, 5, 16, 17, 33, 64, 131, 513};
    static const size_t rows[] = {1, 2, 3, 5, 8, 16, 31, 32, 33, BATCH};
    static float y[BATCH * WIDE], z[BATCH * WIDE];
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i += step())
        for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++)
            for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
                static float data[BATCH * IN];
                memcpy(data, stored_x, sizeof data);
                if (rows[r] >= SPECIAL) special_rows(data, inputs[i]);
                const hk_layer l = {
                    inputs[i], outputs[o], stored_w1, o % 2 ? stored_b1 : NULL, hk_activation_default(HK_LINEAR),
                    storage};
                hk_network *n = stored_create(&l, 1);
                (storage == HK_I4 ? oracle_dense_i4 : oracle_dense_i8)(data, rows[r], inputs[i], stored_w1, l.bias,
                                                                       outputs[o], NULL, y);
                stored_forward(n, data, z, rows[r]);
                size_t at = 0;
                if (!same_bits(F32, y, z, rows[r] * outputs[o], &at))
                    fail_msg("%zu to %zu, %zu rows: row %zu output %zu is %a instead of %a", inputs[i], outputs[o],
                             rows[r], at / outputs[o], at % outputs[o], (double)z[at], (double)y[at]);
                hk_network_free(n);
            }
}

static void test_i8(void **state) { (void)state, check_integers(HK_I8); }
static void test_i4(void **state) { (void)state, check_integers(HK_I4); }

static void test_i8_not_finite(void **state) {
    (void)state;
    float data[3 * IN], y[3 * MIDDLE], bad[4] = {1, NAN, 2, INFINITY};
    memcpy(data, stored_x, sizeof data);
    data[5] = NAN;
    data[IN + IN - 1] = -INFINITY;
    const hk_layer l = {IN, MIDDLE, stored_w1, stored_b2, hk_activation_default(HK_RELU), HK_I8};
    hk_network *n = stored_create(&l, 1), *none = NULL;
    stored_forward(n, data, y, 3);
    for (size_t i = 0; i < 2 * MIDDLE; i++) assert_true(isnan(y[i]));
    for (size_t i = 2 * MIDDLE; i < 3 * MIDDLE; i++) assert_true(y[i] >= 0);
    hk_network_free(n);
    for (int i = 0; i < 2; i++) {
        const hk_layer wrong = {2, 1, bad + 2 * i, NULL, hk_activation_default(HK_RELU), HK_I8};
        assert_int_equal(hk_network_create(&wrong, 1, &none), HK_INVALID_ARGUMENT);
    }
    assert_null(none);
}

/* The same with inputs of more than one part; what such a row is said to stand for is within bounds. */
static void test_i8_long_not_finite(void **state) {
    (void)state;
    enum { LONG = 70000, FEW = 20 };
    float *w = malloc(sizeof *w * LONG * FEW), *data = malloc(sizeof *data * 2 * LONG), y[2 * FEW];
    uint8_t *q = aligned_alloc(64, hk_narrow_stride(LONG));
    hk_row_scale as;
    assert_true(w && data && q);
    stored_fill(9, 1, w, LONG * FEW);
    stored_fill(10, 1, data, 2 * LONG);
    data[LONG / 2] = -INFINITY;
    const hk_layer l = {LONG, FEW, w, NULL, hk_activation_default(HK_LINEAR), HK_I8};
    hk_network *n = stored_create(&l, 1);
    stored_forward(n, data, y, 2);
    for (size_t i = 0; i < 2 * FEW; i++) assert_int_equal(isnan(y[i]) != 0, i < FEW);
    hk_network_free(n);
    hk_kernels_current()->quantize_i8(data, LONG, 1, LONG, NULL, 0, q, hk_narrow_stride(LONG), &as);
    assert_true(isnan(as.scale) && as.zero >= 0 && as.zero <= 255);
    free(w), free(data), free(q);
}

/* The largest sums that there are: all bytes at their ends, more inputs than one part has. */
static void test_i8_extremes(void **state) {
    (void)state;
    enum { LONG = 131072, PANEL = 16, ROWS = 9 };
    const size_t parts = hk_i8_parts(LONG), stride = hk_i8_panel(LONG);
    int8_t *w = aligned_alloc(64, stride + HK_I8_AFTER);
    uint8_t *q = aligned_alloc(64, ROWS * hk_narrow_stride(LONG));
    int32_t *sums = calloc(parts * PANEL, sizeof *sums);
    float ones[PANEL], none[PANEL] = {0}, y[ROWS * PANEL];
    hk_row_scale rows_as[ROWS];
    assert_true(w && q && sums);
    for (int i = 0; i < PANEL; i++) ones[i] = 1;
    for (int weight = -128; weight <= 127; weight += 255)
        for (int number = 0; number <= 255; number += 255)
            for (int zero = 0; zero <= 255; zero += 255)
                for (size_t rows = 1; rows <= ROWS; rows += 4) {
                    memset(w, weight, stride);
                    memset(w + stride, 0, HK_I8_AFTER);
                    memset(q, number, ROWS * hk_narrow_stride(LONG));
                    for (size_t i = 0; i < parts * PANEL; i++) sums[i] = weight * HK_I8_PART;
                    for (size_t r = 0; r < ROWS; r++) rows_as[r] = (hk_row_scale){1, zero};
                    const hk_dense_narrow_job job = {q,     rows_as, w,    sums,  ones, none, y, LONG,
                                                     PANEL, rows,    LONG, PANEL, NULL, 0,    0};
                    hk_kernels_with_tiles()->dense_i8(&job);
                    for (size_t i = 0; i < rows * PANEL; i++)
                        assert_true(y[i] == (float)((int64_t)(number - zero) * weight * LONG));
                }
    free(w), free(q), free(sums);
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bf16),        cmocka_unit_test(test_f16),
                                       cmocka_unit_test(test_long),        cmocka_unit_test(test_i8),
                                       cmocka_unit_test(test_i4),          cmocka_unit_test(test_i8_not_finite),
                                       cmocka_unit_test(test_i8_extremes), cmocka_unit_test(test_i8_long_not_finite)};
    return cmocka_run_group_tests(tests, stored_set_up, NULL);
}
