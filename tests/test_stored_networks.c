/* Networks whose weights are kept in 16, 8 and 4 bits, on the current level: one digest for every level, batch and
 * number of threads; calibration; the processor's own bf16; what a network says of itself. */
#include "oracle_i8.h"
#include "stored.h"

#include "../lib/network.h"

#include <float.h>
#include <math.h>

/* A layer large enough for its outputs to be shared by threads, as one row's are. */
static void reversed(void *context, void (*task)(void *, size_t), void *argument, size_t count) {
    *(size_t *)context += count;
    while (count--) task(argument, count);
}
static void test_shared_outputs(void **state) {
    (void)state;
    enum { SIZE = 600, ROWS = 3 };
    float *w = malloc(sizeof *w * SIZE * SIZE);
    static float b[SIZE], data[ROWS * SIZE], y[ROWS * SIZE], z[ROWS * SIZE];
    assert_non_null(w);
    stored_fill(11, 0.1f, w, SIZE * SIZE);
    stored_fill(12, 1, b, SIZE);
    stored_fill(13, 1, data, ROWS * SIZE);
    for (hk_dtype storage = HK_F32; storage <= HK_I4; storage++) {
        if (storage == HK_F64) continue;
        const hk_layer l = {SIZE, SIZE, w, b, hk_activation_default(HK_SIGMOID), storage};
        hk_network *n = stored_create(&l, 1);
        for (size_t threads = 2; threads <= 8; threads++)
            for (int fast = 0; fast <= (storage == HK_BF16); fast++) {
                size_t tasks = 0;
                const hk_executor executor = {&tasks, threads, reversed};
                hk_session *alone = NULL, *shared = NULL;
                assert_int_equal(hk_session_create(n, ROWS, NULL, &alone), HK_OK);
                assert_int_equal(hk_session_create(n, ROWS, &executor, &shared), HK_OK);
                if (hk_session_set_fast_bf16(alone, fast) == HK_OK) {
                    assert_int_equal(hk_session_set_fast_bf16(shared, fast), HK_OK);
                    assert_int_equal(hk_session_forward(alone, data, y, 1), HK_OK);
                    assert_int_equal(hk_session_forward(shared, data, z, 1), HK_OK);
                    assert_memory_equal(y, z, SIZE * sizeof *y);
                    assert_int_equal(tasks, threads);
                }
                hk_session_free(alone), hk_session_free(shared);
            }
        hk_network_free(n);
    }
    free(w);
}

/* The range of all sample rows, then every row by it, whatever it holds. */
static void test_calibrated(void **state) {
    (void)state;
    enum { ROWS = 5 };
    static float y[BATCH * MIDDLE], z[BATCH * MIDDLE], data[BATCH * IN];
    const hk_layer l = {IN, MIDDLE, stored_w1, stored_b2, hk_activation_default(HK_LINEAR), HK_I8};
    hk_network *n = stored_create(&l, 1), *c = NULL, *none = NULL;
    float range[2] = {0, 0};
    for (size_t i = 0; i < ROWS * IN; i++) {
        data[i] = stored_x[i] / 2; /* rows beyond these reach further, and are clamped */
        range[0] = fminf(range[0], data[i]);
        range[1] = fmaxf(range[1], data[i]);
    }
    assert_int_equal(hk_network_calibrate(n, data, ROWS, &c), HK_OK);
    memcpy(data + ROWS * IN, stored_x + ROWS * IN, (BATCH - ROWS) * IN * sizeof *stored_x);
    for (size_t i = 0; i < IN; i++) data[20 * IN + i] = i % 2 ? FLT_MAX : -FLT_MAX;
    data[30 * IN + 7] = INFINITY;
    hk_network_free(n); /* the calibrated one holds what it needs of it */
    oracle_dense_i8(data, BATCH, IN, stored_w1, stored_b2, MIDDLE, range, y);
    for (size_t batch = 1; batch <= BATCH; batch += 23) {
        stored_forward(c, data, z, batch);
        size_t at = 0;
        if (!same_bits(F32, y, z, batch * MIDDLE, &at)) fail_msg("row %zu output %zu", at / MIDDLE, at % MIDDLE);
    }
    assert_true(isnan(y[30 * MIDDLE]) && !isnan(y[20 * MIDDLE]));
    assert_int_equal(hk_network_calibrate(c, data, BATCH, &none), HK_INVALID_ARGUMENT); /* the infinity */
    assert_int_equal(hk_network_calibrate(c, data, 0, &none), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_calibrate(c, NULL, 1, &none), HK_INVALID_ARGUMENT);
    for (int i = 0; i < 3; i++) { /* over and over: only the arrays' owner is held */
        hk_network *again = NULL;
        assert_int_equal(hk_network_calibrate(c, stored_x, ROWS, &again), HK_OK);
        assert_true(again->base && !again->base->base);
        hk_network_free(c);
        c = again;
    }
    hk_network_free(c);
    n = stored_create(stored_layers, 3);
    assert_int_equal(hk_network_calibrate(n, stored_x, BATCH, &none), HK_UNSUPPORTED);
    assert_null(none);
    hk_network_free(n);
    /* a network of several stored_layers: each layer's range is that of what comes in */
    n = stored_converted(stored_layers, 3, HK_I8);
    assert_int_equal(hk_network_calibrate(n, stored_x, BATCH, &c), HK_OK);
    stored_forward(n, stored_x, y, BATCH);
    stored_forward(c, stored_x, z, BATCH);
    double apart = 0;
    for (size_t i = 0; i < BATCH * OUT; i++) apart += fabs((double)(y[i] - z[i]));
    assert_true(apart > 0 && apart / BATCH < 0.05); /* of 2 at most: rows of softmax */
    hk_network_free(n), hk_network_free(c);
}

/* Digests of the 300-513-77-10 network, for any batch and any number of threads, on every level. */
static const struct {
    hk_dtype storage;
    uint64_t digest;
} all[] = {{HK_F32, UINT64_C(0xc2884cb6d9e087e6)},
           {HK_BF16, UINT64_C(0x9885ccee8f9514ac)},
           {HK_F16, UINT64_C(0xdc320bd6d7122fbc)},
           {HK_I8, UINT64_C(0x4a0fca9d805a5236)},
           {HK_I4, UINT64_C(0xb35828e710face17)}};
static uint64_t digest_of(hk_dtype storage) {
    size_t i = 0;
    while (all[i].storage != storage) i++;
    return all[i].digest;
}

/* The processor's own instructions for bf16: near the float network on rounded inputs and weights, and the same for
   every batch, place and number of threads. */
static void test_fast_bf16(void **state) {
    (void)state;
    static float y[BATCH * OUT], z[BATCH * OUT], first[BATCH * WIDE], near[BATCH * WIDE], rx[BATCH * IN], rw[WIDE * IN];
    hk_network *n = stored_converted(stored_layers, 3, HK_BF16);
    hk_session *s = NULL;
    assert_int_equal(hk_session_create(n, BATCH, NULL, &s), HK_OK);
    assert_int_equal(hk_session_set_fast_bf16(NULL, 1), HK_INVALID_ARGUMENT);
    const hk_status status = hk_session_set_fast_bf16(s, 1);
    if (status) {
        assert_int_equal(status, HK_UNSUPPORTED);
        assert_int_equal(hk_session_set_fast_bf16(s, 0), HK_OK);
        hk_session_free(s);
        hk_network_free(n);
        print_message("no instructions for bf16 on this level\n");
        return;
    }
    assert_int_equal(hk_session_forward(s, stored_x, y, BATCH), HK_OK);
    assert_int_equal(hk_session_set_fast_bf16(s, 0), HK_OK);
    assert_int_equal(hk_session_forward(s, stored_x, z, BATCH), HK_OK);
    assert_memory_not_equal(y, z, BATCH * OUT * sizeof *y);
    assert_int_equal(hk_session_set_fast_bf16(s, 1), HK_OK); /* after a call without */
    assert_int_equal(hk_session_forward(s, stored_x, z, BATCH), HK_OK);
    assert_memory_equal(y, z, BATCH * OUT * sizeof *y);
    for (size_t threads = 1; threads <= 8; threads += threads) {
        size_t tasks = 0;
        const hk_executor executor = {&tasks, threads, reversed};
        hk_session *t = NULL;
        assert_int_equal(hk_session_create(n, BATCH, &executor, &t), HK_OK);
        assert_int_equal(hk_session_set_fast_bf16(t, 1), HK_OK);
        for (size_t batch = 1; batch <= BATCH; batch += batch < 36 ? 1 : 17) {
            const size_t from = (BATCH - batch) / 2;
            assert_int_equal(hk_session_forward(t, stored_x + from * IN, z, batch), HK_OK);
            assert_memory_equal(y + from * OUT, z, batch * OUT * sizeof *y);
        }
        hk_session_free(t);
    }
    assert_int_equal(hk_session_set_fast_bf16(s, 0), HK_OK);
    assert_int_equal(hk_session_forward(s, stored_x, z, BATCH), HK_OK);
    assert_int_equal(digest(1, F32, z, BATCH * OUT), digest_of(HK_BF16));
    hk_session_free(s);
    hk_network_free(n);
    /* one layer, an odd number of inputs: the bound of dense.h on rounded numbers, with room for another order */
    stored_round(HK_BF16, stored_x, rx, BATCH * IN);
    stored_round(HK_BF16, stored_w1, rw, WIDE * IN);
    const hk_layer l = {IN - 1, WIDE, stored_w1, stored_b1, hk_activation_default(HK_LINEAR), HK_BF16};
    const hk_layer r = {IN - 1, WIDE, rw, stored_b1, hk_activation_default(HK_LINEAR), HK_F32};
    n = stored_create(&l, 1);
    hk_network *plain = stored_create(&r, 1);
    assert_int_equal(hk_session_create(n, BATCH, NULL, &s), HK_OK);
    assert_int_equal(hk_session_set_fast_bf16(s, 1), HK_OK);
    assert_int_equal(hk_session_forward(s, stored_x, first, BATCH), HK_OK);
    stored_forward(plain, rx, near, BATCH);
    for (size_t i = 0; i < BATCH * WIDE; i++) {
        float sum = fabsf(stored_b1[i % WIDE]);
        for (size_t k = 0; k < IN - 1; k++) sum += fabsf(rx[i / WIDE * (IN - 1) + k] * rw[i % WIDE * (IN - 1) + k]);
        assert_true(fabsf(first[i] - near[i]) <= 4 * IN * 0x1p-24f * sum);
    }
    hk_session_free(s);
    hk_network_free(n), hk_network_free(plain);
}

static void test_digests(void **state) {
    (void)state;
    static float y[BATCH * OUT], z[BATCH * OUT];
    int failures = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        hk_network *n = stored_converted(stored_layers, 3, all[i].storage);
        stored_forward(n, stored_x, y, BATCH);
        const uint64_t d = digest(1, F32, y, BATCH * OUT);
        if (d != all[i].digest)
            printf("storage %d: digest %llx\n", (int)all[i].storage, (unsigned long long)d), failures++;
        for (size_t threads = 1; threads <= 8; threads += threads) {
            size_t tasks = 0;
            const hk_executor executor = {&tasks, threads, reversed};
            hk_session *s = NULL;
            assert_int_equal(hk_session_create(n, BATCH, &executor, &s), HK_OK);
            for (size_t batch = 1; batch <= BATCH; batch += batch < 20 ? 1 : 10) {
                memset(z, 0, sizeof z);
                assert_int_equal(hk_session_forward(s, stored_x, z, batch), HK_OK);
                assert_memory_equal(y, z, batch * OUT * sizeof *y);
            }
            const float *rows[BATCH];
            float *outs[BATCH];
            for (size_t r = 0; r < BATCH; r++) rows[r] = stored_x + r * IN, outs[r] = z + (BATCH - 1 - r) * OUT;
            assert_int_equal(hk_session_forward_many(s, rows, outs, BATCH), HK_OK);
            for (size_t r = 0; r < BATCH; r++) assert_memory_equal(y + r * OUT, outs[r], OUT * sizeof *y);
            hk_session_free(s);
        }
        hk_network_free(n);
    }
    assert_int_equal(failures, 0);
}

static void test_questions(void **state) {
    (void)state;
    hk_network *n = stored_create(stored_layers, 3), *c = NULL, *none = NULL;
    size_t bytes[STORAGE_TYPES];
    assert_int_equal(hk_network_convert(n, HK_F64, &none), HK_UNSUPPORTED);
    assert_int_equal(hk_network_convert(n, (hk_dtype)9, &none), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_convert(NULL, HK_I8, &none), HK_INVALID_ARGUMENT);
    for (int i = 0; i < STORAGE_TYPES; i++) {
        hk_layer_info info;
        assert_int_equal(hk_network_convert(n, storage_types[i].type, &c), HK_OK);
        assert_int_equal(hk_network_parameters(c), hk_network_parameters(n));
        assert_int_equal(hk_network_layer(c, 0, &info), HK_OK);
        assert_int_equal(info.storage, storage_types[i].type);
        assert_true(info.has_bias);
        bytes[i] = info.bytes;
        assert_int_equal(hk_network_layer(c, 2, &info), HK_OK);
        assert_false(info.has_bias);
        if (storage_types[i].type != HK_F32) assert_int_equal(hk_network_convert(c, HK_BF16, &none), HK_UNSUPPORTED);
        hk_network_free(c);
    }
    assert_true(bytes[1] * 100 < bytes[0] * 55 && bytes[2] * 100 < bytes[0] * 52 && bytes[3] * 100 < bytes[0] * 28 &&
                bytes[4] * 100 < bytes[0] * 17);
    assert_null(none);
    hk_network_free(n);
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shared_outputs), cmocka_unit_test(test_calibrated),
                                       cmocka_unit_test(test_digests), cmocka_unit_test(test_fast_bf16),
                                       cmocka_unit_test(test_questions)};
    return cmocka_run_group_tests(tests, stored_set_up, NULL);
}
