/* The floating-point control word: kept by every call whatever it says, and under FTZ and DAZ only subnormals differ.
 */
#include "support.h"

#include "hillock/hillock.h"

#include "processor.h"
#include "table.h"

#include <fenv.h>
#include <float.h>
#include <math.h>

enum { IN = 37, WIDE = 70, OUT = 6, ROWS = 13, N = 4096, OTHERS = 23, PADDED = N - 3 };
static float w[WIDE * IN], x[N], y[N], z[N];
static double d[N], e[N], f[N];
static hk_session *sessions[STORAGE_TYPES];
struct results {
    float f;
    double d;
    int64_t i;
} results; /* not static, so that no call can be left out */

/* Calls that are no forward pass and no activation; with numbers that overflow nowhere. */
static void call(int which) {
    static int8_t i[N];
    static uint8_t u[N];
    static uint16_t h[N];
    static int64_t sums[N];
    hk_network *network = NULL, *other = NULL;
    const hk_layer layer = {IN, OUT, w, NULL, hk_activation_default(HK_RELU), HK_F32};
    switch (which) {
    case 0: results.f = hk_dot_f32(x, w, 1000); return;
    case 1: results.d = hk_dot_f64(d, d, 1000); return;
    case 2: hk_convert_f32_to_bf16(x, h, N), hk_convert_bf16_to_f32(h, y, N); return;
    case 3: hk_convert_f32_to_f16(x, h, N), hk_convert_f16_to_f32(h, y, N); return;
    case 4: results.f = hk_dot_bf16(h, h, 1000) + hk_dot_f16(h, h, 1000); return;
    case 5: results.i = hk_dot_i8(i, i, N) + hk_dot_u8i8(u, i, N); return;
    case 6: hk_matvec_f32(w, x, y, WIDE, IN), hk_matvec_f64(d, d, e, 9, 100); return;
    case 7: hk_matvec_i8(i, i, sums, 9, 100); return;
    case 8: hk_dense_f32(x, w, NULL, y, ROWS, IN, WIDE, hk_activation_default(HK_SILU)); return;
    case 9: hk_dense_f64(d, d, NULL, e, 3, 20, 30, hk_activation_default(HK_SILU)); return;
    case 10:
        assert_int_equal(hk_network_create_scaled(&layer, 1, x, x + IN, &network), HK_OK);
        assert_int_equal(hk_network_convert(network, HK_I8, &other), HK_OK);
        hk_network_free(network);
        assert_int_equal(hk_network_calibrate(other, x, ROWS, &network), HK_OK);
        hk_network_free(network), hk_network_free(other);
        return;
    case 11: assert_int_equal(hk_self_check(NULL), HK_OK); return;
    case 12: hk_softmax_f32(x, y, 4, 100), hk_log_softmax_f32(x, y, 4, 100); return;
    case 13: hk_softmax_f64(d, e, 4, 100), hk_log_softmax_f64(d, e, 4, 100); return;
    case 14: hk_matvec_bf16(h, h, y, 9, 100), hk_matvec_f16(h, h, y, 9, 100); return;
    case 15:
        results.f = hk_neuron_f32(x, w, IN, 1, hk_activation_default(HK_TANH));
        results.d = hk_neuron_f64(d, d, IN, 1, hk_activation_default(HK_TANH));
        return;
    case 16: assert_int_equal(hk_session_forward_strided(sessions[0], x, IN, y, OUT + 1, ROWS), HK_OK); return;
    case 17: {
        const float *rows[2] = {x, x + IN};
        float *outputs[2] = {y, y + OUT};
        assert_int_equal(hk_session_forward_many(sessions[0], rows, outputs, 2), HK_OK);
        return;
    }
    case 18:
        if (hk_session_set_fast_bf16(sessions[1], 1) == HK_OK)
            assert_int_equal(hk_session_forward(sessions[1], x, y, ROWS), HK_OK);
        hk_session_set_fast_bf16(sessions[1], 0);
        return;
    case 19: {
#define NAMED_F32(KIND, name) hk_##name##_f32(x, y, 100);
        HK_ELEMENTWISE_LIST(NAMED_F32)
        return;
    }
    case 20:
        for (int kind = 0; kind < HK_SOFTMAX; kind++) {
            hk_activation a = hk_activation_default((hk_activation_kind)kind);
            a.accuracy = HK_FAST;
            assert_int_equal(hk_activate_f32(a, x, y, N), HK_OK);
        }
        return;
    case 21: { /* whatever the file is */
        char path[512];
        if (hk_network_load(data_path("tumor.onnx", path), &network, NULL) == HK_OK) hk_network_free(network);
        return;
    }
    case 22: {
#define NAMED_F64(KIND, name) hk_##name##_f64(d, e, 100);
        HK_ELEMENTWISE_LIST(NAMED_F64)
        return;
    }
    default: break;
    }
    which -= OTHERS;
    if (which < STORAGE_TYPES)
        assert_int_equal(hk_session_forward(sessions[which], x, y, ROWS), HK_OK);
    else if ((which -= STORAGE_TYPES) < HK_SOFTMAX)
        assert_int_equal(hk_activate_f32(hk_activation_default((hk_activation_kind)which), x, y, PADDED), HK_OK);
    else
        assert_int_equal(hk_activate_f64(hk_activation_default((hk_activation_kind)(which - HK_SOFTMAX)), d, e, N),
                         HK_OK);
}
enum {
    CALLS = OTHERS + STORAGE_TYPES + 2 * HK_SOFTMAX,
    SELF_CHECK = 11,
    ALL_F64 = 22,
    GELU_F64 = OTHERS + STORAGE_TYPES + HK_SOFTMAX + HK_GELU
};

static void test_kept(void **state) {
    (void)state;
    static const int rounding[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    const uint64_t usual = hk_float_control();
    static const uint64_t flushes[] = {0, FLUSH_RESULTS, FLUSH_OPERANDS, FLUSH_TO_ZERO};
    for (size_t mode = 0; mode < 4; mode++)
        for (size_t flush = 0; flush < 4; flush++)
            for (int which = 0; which < CALLS; which++) {
                if (which == SELF_CHECK && (mode || flush)) continue; /* whose levels may differ there */
                fesetround(rounding[mode]);
                hk_set_float_control(hk_float_control() | flushes[flush]);
                const uint64_t before = hk_float_control();
                call(which);
                const uint64_t after = hk_float_control();
                hk_set_float_control(usual);
                fesetround(FE_TONEAREST);
                if (before != after)
                    fail_msg("call %d: the control word was 0x%llx and is 0x%llx", which, (unsigned long long)before,
                             (unsigned long long)after);
            }
}

/* With exceptions unmasked, as Fortran's -ffpe-trap does, a program ends at the first one: ordinary numbers make no
   invalid operation and no division by zero, in the padding of vectors neither. */
static void test_traps(void **state) {
    (void)state;
#if defined __x86_64__
    enum { INVALID_MASK = 1 << 7, ZERO_DIVIDE_MASK = 1 << 9 };
    const uint64_t usual = hk_float_control();
    hk_set_float_control(usual & ~(uint64_t)(INVALID_MASK | ZERO_DIVIDE_MASK));
    const uint64_t before = hk_float_control();
    for (int which = 0; which < CALLS; which++)
        /* the self-check converts numbers beyond f16's range, and SLEEF's erfc divides by its argument, if it is 0 too
         */
        if (which != SELF_CHECK && which != ALL_F64 && which != GELU_F64) call(which);
    const uint64_t after = hk_float_control();
    hk_set_float_control(usual);
    assert_true(before == after);
#else
    skip(); /* processors for Arm need not have traps */
#endif
}

/* Numbers of every magnitude, and all small ones near the smallest normal ones. */
static void every_magnitude(uint64_t seed) {
    random_state r = {seed};
    for (size_t i = 0; i < N; i++) {
        const double u = random_unit(&r);
        x[i] = (float)ldexp(u < 0 ? u - 1 : u + 1, (int)(random_bits(&r) % 130) - 126);
        d[i] = ldexp(u < 0 ? u - 1 : u + 1, (int)(random_bits(&r) % 1030) - 1022);
        if (i % 4 == 0) x[i] = (float)(110 * u), d[i] = 800 * u; /* where tails end in subnormals */
    }
}

/* One unit of the last place, or two of the smallest normal numbers; in double, where SLEEF's erfc keeps a rounding
   error that is subnormal, a part in 2^44 of results below 2^-950. */
static int near_f32(float a, float b) {
    return !memcmp(&a, &b, sizeof a) || fabsf(a - b) <= 2 * FLT_MIN || nextafterf(a, b) == b;
}
static int near_f64(double a, double b) {
    return !memcmp(&a, &b, sizeof a) || fabs(a - b) <= 2 * DBL_MIN || nextafter(a, b) == b ||
           (fabs(a) < 0x1p-950 && fabs(a - b) <= (without_fma() ? 0x1p-25 : 0x1p-44) * fabs(a));
}

/* Elementwise functions of normal numbers: what is lost where a result, or its rounding error, is subnormal. */
static void test_flushed(void **state) {
    (void)state;
    const uint64_t usual = hk_float_control();
    for (uint64_t seed = 1; seed <= 40; seed++) {
        every_magnitude(seed);
        for (int kind = 0; kind < 2 * HK_SOFTMAX; kind++) {
            hk_activation a = hk_activation_default((hk_activation_kind)(kind / 2));
            a.accuracy = kind % 2 ? HK_FAST : HK_ACCURATE;
            hk_activate_f32(a, x, y, N);
            hk_activate_f64(a, d, e, N);
            hk_set_float_control(usual | FLUSH_TO_ZERO);
            hk_activate_f32(a, x, z, N);
            hk_activate_f64(a, d, f, N);
            hk_set_float_control(usual);
            for (size_t i = 0; i < N; i++) {
                if (!near_f32(y[i], z[i]))
                    fail_msg("%s(%a) is %a, and %a under FTZ", hk_activation_name(a.kind), (double)x[i], (double)y[i],
                             (double)z[i]);
                if (!near_f64(e[i], f[i]))
                    fail_msg("f64 %s(%a) is %a, and %a under FTZ", hk_activation_name(a.kind), d[i], e[i], f[i]);
            }
        }
    }
}

/* Sums of products that are normal, and networks whose numbers are. */
static void test_flushed_sums(void **state) {
    (void)state;
    const uint64_t usual = hk_float_control();
    random_fill(F32, DATA_UNIFORM, 3, x, N);
    const float sum = hk_dot_f32(x, w, WIDE * IN);
    float kept[ROWS * OUT];
    for (int type = 0; type < STORAGE_TYPES; type++) {
        assert_int_equal(hk_session_forward(sessions[type], x, kept, ROWS), HK_OK);
        hk_set_float_control(usual | FLUSH_TO_ZERO);
        const hk_status status = hk_session_forward(sessions[type], x, y, ROWS);
        const float flushed = hk_dot_f32(x, w, WIDE * IN);
        hk_set_float_control(usual);
        assert_int_equal(status, HK_OK);
        assert_memory_equal(&sum, &flushed, sizeof sum);
        assert_memory_equal(kept, y, sizeof kept);
    }
}

static int set_up(void **state) {
    (void)state;
    random_fill(F32, DATA_UNIFORM, 1, w, WIDE * IN);
    random_fill(F32, DATA_UNIFORM, 2, x, N);
    random_fill(F64, DATA_UNIFORM, 2, d, N);
    for (int i = 0; i < STORAGE_TYPES; i++) {
        const hk_layer layers[] = {{IN, WIDE, w, NULL, hk_activation_default(HK_RELU), storage_types[i].type},
                                   {WIDE, OUT, w, NULL, hk_activation_default(HK_TANH), storage_types[i].type}};
        hk_network *network = NULL;
        assert_int_equal(hk_network_create(layers, 2, &network), HK_OK);
        assert_int_equal(hk_session_create(network, ROWS, NULL, &sessions[i]), HK_OK);
        hk_network_free(network);
    }
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < STORAGE_TYPES; i++) hk_session_free(sessions[i]);
    return 0;
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kept), cmocka_unit_test(test_traps),
                                       cmocka_unit_test(test_flushed), cmocka_unit_test(test_flushed_sums)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
