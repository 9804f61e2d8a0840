/* Networks whose weights are kept in 16 and 8 bits, on the current level: 16 bits against the float network of the
 * rounded weights, 8 bits against their definition, and one digest for every level. */
#include "oracle_i8.h"
#include "support.h"

#include "hillock/hillock.h"

#include "../lib/network.h"
#include "dispatch.h"
#include "pack.h"
#include "shapes.h"

#include <float.h>
#include <math.h>

/* Every number of chains, odd widths, whole and partial panels. */
enum { IN = 300, WIDE = 513, MIDDLE = 77, OUT = 10, BATCH = 70 };
static float w1[WIDE * IN], w2[MIDDLE * WIDE], w3[OUT * MIDDLE], b1[WIDE], b2[MIDDLE], x[BATCH * IN];
static hk_layer layers[3];

static void scaled(uint64_t seed, float by, float *to, size_t n) {
    random_fill(F32, DATA_UNIFORM, seed, to, n);
    for (size_t i = 0; i < n; i++) to[i] *= by;
}

/* Under an emulator every third number of inputs is enough. */
static size_t step(void) { return getenv("HK_TEST_QUICK") ? 3 : 1; }

static int set_up(void **state) {
    (void)state;
    scaled(1, 0.04f, w1, WIDE * IN);
    scaled(2, 0.03f, w2, MIDDLE * WIDE);
    scaled(3, 0.1f, w3, OUT * MIDDLE);
    scaled(4, 0.1f, b1, WIDE);
    scaled(5, 0.1f, b2, MIDDLE);
    scaled(6, 1, x, BATCH * IN);
    layers[0] = (hk_layer){IN, WIDE, w1, b1, hk_activation_default(HK_RELU), HK_F32};
    layers[1] = (hk_layer){WIDE, MIDDLE, w2, b2, hk_activation_default(HK_GELU), HK_F32};
    layers[2] = (hk_layer){MIDDLE, OUT, w3, NULL, hk_activation_default(HK_SOFTMAX), HK_F32};
    return 0;
}

static hk_network *create(const hk_layer *l, size_t count) {
    hk_network *n = NULL;
    assert_int_equal(hk_network_create(l, count, &n), HK_OK);
    return n;
}
static hk_network *converted(const hk_layer *l, size_t count, hk_dtype storage) {
    hk_network *n = create(l, count), *c = NULL;
    assert_int_equal(hk_network_convert(n, storage, &c), HK_OK);
    hk_network_free(n);
    return c;
}
static void forward(const hk_network *n, const float *from, float *to, size_t batch) {
    hk_session *s = NULL;
    assert_int_equal(hk_session_create(n, batch, NULL, &s), HK_OK);
    assert_int_equal(hk_session_forward(s, from, to, batch), HK_OK);
    hk_session_free(s);
}

static void round_to(hk_dtype storage, const float *from, float *to, size_t n) {
    uint16_t *half = malloc(n * sizeof *half);
    assert_non_null(half);
    if (storage == HK_BF16) {
        hk_convert_f32_to_bf16(from, half, n);
        hk_convert_bf16_to_f32(half, to, n);
    } else {
        hk_convert_f32_to_f16(from, half, n);
        hk_convert_f16_to_f32(half, to, n);
    }
    free(half);
}

/* One layer of each width and several numbers of rows: the bits of the float layer on rounded weights, whether the
   network was created with this storage or converted to it. */
static void check_half(hk_dtype storage) {
    static const size_t inputs[] = {1, 2, 31, 64, 127, 128, 129, 300},
                        outputs[] = {1, 4, 5, 16, 17, 48, 49, 64, 131, 513};
    static float rounded[WIDE * IN], y[BATCH * WIDE], z[BATCH * WIDE], v[BATCH * WIDE];
    static const size_t rows[] = {1, 2, 3, 13, BATCH};
    round_to(storage, w1, rounded, WIDE * IN);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i += step())
        for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++)
            for (int kind = 0; kind < 3; kind++) {
                const hk_activation a = hk_activation_default(kind == 0 ? HK_LINEAR : kind == 1 ? HK_RELU : HK_SILU);
                const hk_layer l = {inputs[i], outputs[o], rounded, kind ? b1 : NULL, a, HK_F32};
                hk_layer kept = {inputs[i], outputs[o], w1, kind ? b1 : NULL, a, storage};
                hk_network *plain = create(&l, 1), *half = create(&kept, 1);
                kept.storage = HK_F32;
                hk_network *other = converted(&kept, 1, storage);
                for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
                    const size_t bytes = rows[r] * outputs[o] * sizeof *y;
                    forward(plain, x, y, rows[r]);
                    forward(half, x, z, rows[r]);
                    forward(other, x, v, rows[r]);
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
    scaled(7, 1, w, LONG * HERE);
    scaled(8, 1, v, LONG * ROWS);
    for (hk_dtype storage = HK_BF16; storage <= HK_F16; storage++) {
        round_to(storage, w, r, LONG * HERE);
        const hk_layer l = {LONG, HERE, r, b1, hk_activation_default(HK_TANH), HK_F32};
        const hk_layer k = {LONG, HERE, w, b1, hk_activation_default(HK_TANH), storage};
        hk_network *plain = create(&l, 1), *half = create(&k, 1);
        for (size_t rows = 1; rows <= ROWS; rows += 4) {
            forward(plain, v, y, rows);
            forward(half, v, z, rows);
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
                memcpy(data, x, sizeof data);
                if (rows[r] >= SPECIAL) special_rows(data, inputs[i]);
                const hk_layer l = {inputs[i], outputs[o], w1, o % 2 ? b1 : NULL, hk_activation_default(HK_LINEAR),
                                    storage};
                hk_network *n = create(&l, 1);
                (storage == HK_I4 ? oracle_dense_i4 : oracle_dense_i8)(data, rows[r], inputs[i], w1, l.bias, outputs[o],
                                                                       NULL, y);
                forward(n, data, z, rows[r]);
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
    memcpy(data, x, sizeof data);
    data[5] = NAN;
    data[IN + IN - 1] = -INFINITY;
    const hk_layer l = {IN, MIDDLE, w1, b2, hk_activation_default(HK_RELU), HK_I8};
    hk_network *n = create(&l, 1), *none = NULL;
    forward(n, data, y, 3);
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
    scaled(9, 1, w, LONG * FEW);
    scaled(10, 1, data, 2 * LONG);
    data[LONG / 2] = -INFINITY;
    const hk_layer l = {LONG, FEW, w, NULL, hk_activation_default(HK_LINEAR), HK_I8};
    hk_network *n = create(&l, 1);
    forward(n, data, y, 2);
    for (size_t i = 0; i < 2 * FEW; i++) assert_int_equal(isnan(y[i]) != 0, i < FEW);
    hk_network_free(n);
    hk_kernels_current()->quantize_i8(data, LONG, 1, LONG, NULL, 0, q, hk_narrow_stride(LONG), &as);
    assert_true(isnan(as.scale) && as.zero >= 0 && as.zero <= 255);
    free(w), free(data), free(q);
}

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
    scaled(11, 0.1f, w, SIZE * SIZE);
    scaled(12, 1, b, SIZE);
    scaled(13, 1, data, ROWS * SIZE);
    for (hk_dtype storage = HK_F32; storage <= HK_I4; storage++) {
        if (storage == HK_F64) continue;
        const hk_layer l = {SIZE, SIZE, w, b, hk_activation_default(HK_SIGMOID), storage};
        hk_network *n = create(&l, 1);
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

/* The range of all sample rows, then every row by it, whatever it holds. */
static void test_calibrated(void **state) {
    (void)state;
    enum { ROWS = 5 };
    static float y[BATCH * MIDDLE], z[BATCH * MIDDLE], data[BATCH * IN];
    const hk_layer l = {IN, MIDDLE, w1, b2, hk_activation_default(HK_LINEAR), HK_I8};
    hk_network *n = create(&l, 1), *c = NULL, *none = NULL;
    float range[2] = {0, 0};
    for (size_t i = 0; i < ROWS * IN; i++) {
        data[i] = x[i] / 2; /* rows beyond these reach further, and are clamped */
        range[0] = fminf(range[0], data[i]);
        range[1] = fmaxf(range[1], data[i]);
    }
    assert_int_equal(hk_network_calibrate(n, data, ROWS, &c), HK_OK);
    memcpy(data + ROWS * IN, x + ROWS * IN, (BATCH - ROWS) * IN * sizeof *x);
    for (size_t i = 0; i < IN; i++) data[20 * IN + i] = i % 2 ? FLT_MAX : -FLT_MAX;
    data[30 * IN + 7] = INFINITY;
    hk_network_free(n); /* the calibrated one holds what it needs of it */
    oracle_dense_i8(data, BATCH, IN, w1, b2, MIDDLE, range, y);
    for (size_t batch = 1; batch <= BATCH; batch += 23) {
        forward(c, data, z, batch);
        size_t at = 0;
        if (!same_bits(F32, y, z, batch * MIDDLE, &at)) fail_msg("row %zu output %zu", at / MIDDLE, at % MIDDLE);
    }
    assert_true(isnan(y[30 * MIDDLE]) && !isnan(y[20 * MIDDLE]));
    assert_int_equal(hk_network_calibrate(c, data, BATCH, &none), HK_INVALID_ARGUMENT); /* the infinity */
    assert_int_equal(hk_network_calibrate(c, data, 0, &none), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_calibrate(c, NULL, 1, &none), HK_INVALID_ARGUMENT);
    for (int i = 0; i < 3; i++) { /* over and over: only the arrays' owner is held */
        hk_network *again = NULL;
        assert_int_equal(hk_network_calibrate(c, x, ROWS, &again), HK_OK);
        assert_true(again->base && !again->base->base);
        hk_network_free(c);
        c = again;
    }
    hk_network_free(c);
    n = create(layers, 3);
    assert_int_equal(hk_network_calibrate(n, x, BATCH, &none), HK_UNSUPPORTED);
    assert_null(none);
    hk_network_free(n);
    /* a network of several layers: each layer's range is that of what comes in */
    n = converted(layers, 3, HK_I8);
    assert_int_equal(hk_network_calibrate(n, x, BATCH, &c), HK_OK);
    forward(n, x, y, BATCH);
    forward(c, x, z, BATCH);
    double apart = 0;
    for (size_t i = 0; i < BATCH * OUT; i++) apart += fabs((double)(y[i] - z[i]));
    assert_true(apart > 0 && apart / BATCH < 0.05); /* of 2 at most: rows of softmax */
    hk_network_free(n), hk_network_free(c);
}

/* Digests of the 300-513-77-10 network, for any batch and any number of threads, on every level. */
static const struct {
    hk_dtype storage;
    uint64_t digest;
} all[] = {{HK_F32, UINT64_C(0xd8df195006e31edd)},
           {HK_BF16, UINT64_C(0xf01465e1467178c2)},
           {HK_F16, UINT64_C(0xbfc8efd89297ad3e)},
           {HK_I8, UINT64_C(0x07f72fd37fdfa3f1)},
           {HK_I4, UINT64_C(0xb8cbc327abee1c34)}};
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
    hk_network *n = converted(layers, 3, HK_BF16);
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
    assert_int_equal(hk_session_forward(s, x, y, BATCH), HK_OK);
    for (size_t threads = 1; threads <= 8; threads += threads) {
        size_t tasks = 0;
        const hk_executor executor = {&tasks, threads, reversed};
        hk_session *t = NULL;
        assert_int_equal(hk_session_create(n, BATCH, &executor, &t), HK_OK);
        assert_int_equal(hk_session_set_fast_bf16(t, 1), HK_OK);
        for (size_t batch = 1; batch <= BATCH; batch += batch < 36 ? 1 : 17) {
            const size_t from = (BATCH - batch) / 2;
            assert_int_equal(hk_session_forward(t, x + from * IN, z, batch), HK_OK);
            assert_memory_equal(y + from * OUT, z, batch * OUT * sizeof *y);
        }
        hk_session_free(t);
    }
    assert_int_equal(hk_session_set_fast_bf16(s, 0), HK_OK);
    assert_int_equal(hk_session_forward(s, x, z, BATCH), HK_OK);
    assert_int_equal(digest(1, F32, z, BATCH * OUT), digest_of(HK_BF16));
    hk_session_free(s);
    hk_network_free(n);
    /* one layer, an odd number of inputs: the bound of dense.h on rounded numbers, with room for another order */
    round_to(HK_BF16, x, rx, BATCH * IN);
    round_to(HK_BF16, w1, rw, WIDE * IN);
    const hk_layer l = {IN - 1, WIDE, w1, b1, hk_activation_default(HK_LINEAR), HK_BF16};
    const hk_layer r = {IN - 1, WIDE, rw, b1, hk_activation_default(HK_LINEAR), HK_F32};
    n = create(&l, 1);
    hk_network *plain = create(&r, 1);
    assert_int_equal(hk_session_create(n, BATCH, NULL, &s), HK_OK);
    assert_int_equal(hk_session_set_fast_bf16(s, 1), HK_OK);
    assert_int_equal(hk_session_forward(s, x, first, BATCH), HK_OK);
    forward(plain, rx, near, BATCH);
    for (size_t i = 0; i < BATCH * WIDE; i++) {
        float sum = fabsf(b1[i % WIDE]);
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
        hk_network *n = converted(layers, 3, all[i].storage);
        forward(n, x, y, BATCH);
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
                assert_int_equal(hk_session_forward(s, x, z, batch), HK_OK);
                assert_memory_equal(y, z, batch * OUT * sizeof *y);
            }
            const float *rows[BATCH];
            float *outs[BATCH];
            for (size_t r = 0; r < BATCH; r++) rows[r] = x + r * IN, outs[r] = z + (BATCH - 1 - r) * OUT;
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
    hk_network *n = create(layers, 3), *c = NULL, *none = NULL;
    static const hk_dtype types[] = {HK_F32, HK_BF16, HK_F16, HK_I8, HK_I4};
    size_t bytes[5];
    assert_int_equal(hk_network_convert(n, HK_F64, &none), HK_UNSUPPORTED);
    assert_int_equal(hk_network_convert(n, (hk_dtype)9, &none), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_network_convert(NULL, HK_I8, &none), HK_INVALID_ARGUMENT);
    for (int i = 0; i < 5; i++) {
        hk_layer_info info;
        assert_int_equal(hk_network_convert(n, types[i], &c), HK_OK);
        assert_int_equal(hk_network_parameters(c), hk_network_parameters(n));
        assert_int_equal(hk_network_layer(c, 0, &info), HK_OK);
        assert_int_equal(info.storage, types[i]);
        assert_true(info.has_bias);
        bytes[i] = info.bytes;
        assert_int_equal(hk_network_layer(c, 2, &info), HK_OK);
        assert_false(info.has_bias);
        if (types[i] != HK_F32) assert_int_equal(hk_network_convert(c, HK_BF16, &none), HK_UNSUPPORTED);
        hk_network_free(c);
    }
    assert_true(bytes[1] * 100 < bytes[0] * 55 && bytes[2] * 100 < bytes[0] * 52 && bytes[3] * 100 < bytes[0] * 28 &&
                bytes[4] * 100 < bytes[0] * 17);
    assert_null(none);
    hk_network_free(n);
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_f16),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_i8),
        cmocka_unit_test(test_i4),
        cmocka_unit_test(test_i8_not_finite),
        cmocka_unit_test(test_i8_extremes),
        cmocka_unit_test(test_i8_long_not_finite),
        cmocka_unit_test(test_shared_outputs),
        cmocka_unit_test(test_calibrated),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_fast_bf16),
        cmocka_unit_test(test_questions),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
