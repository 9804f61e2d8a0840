/* The public activation functions: special values kind by kind, names, defaults, in place, bad arguments. */
#include "support.h"

#include "hillock/hillock.h"

#include "dispatch.h"

#include <float.h>
#include <math.h>

/* The table of activation.h: f(-infinity), f(-0), f(0), f(+infinity). */
static const struct {
    hk_activation_kind kind;
    float low, minus_zero, zero, high;
} limits[] = {
    {HK_LINEAR, -INFINITY, -0.0f, 0, INFINITY},
    {HK_STEP, 0, 0, 0, 1},
    {HK_RELU, 0, 0, 0, INFINITY},
    {HK_RELU6, 0, 0, 0, 6},
    {HK_LEAKY_RELU, -INFINITY, -0.0f, 0, INFINITY},
    {HK_ELU, -1, -0.0f, 0, INFINITY},
    {HK_SELU, -1.7580993f, -0.0f, 0, INFINITY},
    {HK_CELU, -1, -0.0f, 0, INFINITY},
    {HK_SIGMOID, 0, 0.5f, 0.5f, 1},
    {HK_HARD_SIGMOID, 0, 0.5f, 0.5f, 1},
    {HK_TANH, -1, -0.0f, 0, 1},
    {HK_GELU, -0.0f, -0.0f, 0, INFINITY},
    {HK_GELU_TANH, -0.0f, -0.0f, 0, INFINITY},
    {HK_SILU, -0.0f, -0.0f, 0, INFINITY},
    {HK_HARD_SWISH, -0.0f, -0.0f, 0, INFINITY},
    {HK_SOFTPLUS, 0, 0.6931472f, 0.6931472f, INFINITY},
    {HK_SOFTSIGN, -1, -0.0f, 0, 1},
    {HK_MISH, -0.0f, -0.0f, 0, INFINITY},
    {HK_EXP, 0, 1, 1, INFINITY},
    {HK_ERF, -1, -0.0f, 0, 1},
    {HK_CLIP, -1, -0.0f, 0, 1},
    {HK_THRESHOLDED_RELU, 0, 0, 0, INFINITY},
};
enum { KINDS = sizeof limits / sizeof *limits };

static int identical(float a, float b) { return a == b && !signbit(a) == !signbit(b); }

static void test_limits(void **state) {
    (void)state;
    assert_int_equal(KINDS, HK_SOFTMAX);
    for (int i = 0; i < KINDS; i++) {
        const hk_activation a = hk_activation_default(limits[i].kind);
        const float expected[4] = {limits[i].low, limits[i].minus_zero, limits[i].zero, limits[i].high};
        /* every position within a block and a group of blocks, among ordinary numbers */
        for (int at = 0; at < 70; at += 3) {
            float x[75], y[75];
            double xd[75], yd[75];
            for (int k = 0; k < 75; k++) x[k] = 0.5f;
            x[at] = -INFINITY, x[at + 1] = -0.0f, x[at + 2] = 0, x[at + 3] = INFINITY, x[at + 4] = NAN;
            for (int k = 0; k < 75; k++) xd[k] = x[k];
            assert_int_equal(hk_activate_f32(a, x, y, 75), HK_OK);
            assert_int_equal(hk_activate_f64(a, xd, yd, 75), HK_OK);
            for (int k = 0; k < 4; k++)
                if (!identical(y[at + k], expected[k]) || !identical((float)yd[at + k], expected[k]))
                    fail_msg("%s(%g) = %g, %g instead of %g", hk_activation_name(a.kind), (double)x[at + k],
                             (double)y[at + k], yd[at + k], (double)expected[k]);
            assert_true(isnan(y[at + 4]) && isnan(yd[at + 4]));
        }
    }
}

/* Where other libraries are known to fail. */
static void test_known_traps(void **state) {
    (void)state;
    static const struct {
        hk_activation_kind kind;
        float x, y;
    } traps[] = {
        {HK_SIGMOID, 1e30f, 1},
        {HK_SIGMOID, -1e30f, 0},
        {HK_SIGMOID, -100, 3.783506e-44f},
        {HK_SILU, -90, -7.374611e-38f},
        {HK_SILU, FLT_MAX, FLT_MAX},
        {HK_GELU, FLT_MAX, FLT_MAX},
        {HK_GELU, -FLT_MAX, -0.0f},
        {HK_GELU, -13, -7.952314e-38f},
        {HK_GELU, -0x1p-149f, -0.0f},
        {HK_EXP, 88.7f, 3.3259768e38f},
        {HK_EXP, 89, INFINITY},
        {HK_EXP, -103.9f, 1.4012985e-45f},
        {HK_ELU, -1e-30f, -1e-30f},
        {HK_SOFTPLUS, -100, 3.783506e-44f},
        {HK_SOFTPLUS, FLT_MAX, FLT_MAX},
        {HK_MISH, -90, -7.374611e-38f},
        {HK_MISH, FLT_MAX, FLT_MAX},
        {HK_TANH, 1e-40f, 1e-40f},
        {HK_ERF, -FLT_MAX, -1},
        {HK_HARD_SWISH, FLT_MAX, FLT_MAX},
        {HK_SOFTSIGN, FLT_MAX, 1},
        {HK_GELU_TANH, -FLT_MAX, -0.0f},
        {HK_GELU_TANH, FLT_MAX, FLT_MAX},
        {HK_GELU_TANH, -0x1p-149f, -0.0f},
        {HK_SOFTSIGN, 1e-45f, 1e-45f},
    };
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        float y;
        hk_activate_f32(hk_activation_default(traps[i].kind), &traps[i].x, &y, 1);
        const float low = nextafterf(traps[i].y, -INFINITY), high = nextafterf(traps[i].y, INFINITY);
        if (!(y >= low && y <= high) || (traps[i].y == 0 && !identical(y, traps[i].y)))
            fail_msg("%s(%g) = %g instead of %g", hk_activation_name(traps[i].kind), (double)traps[i].x, (double)y,
                     (double)traps[i].y);
    }
}

/* a b is rounded once, with the rest: where the result is just below a power of two, one product left out is seen. */
static void test_selu_of_far_parameters(void **state) {
    (void)state;
    const hk_activation a = {.kind = HK_SELU, .alpha = 1000, .beta = -0x1.0624dep-10f};
    enum { N = 4000 };
    float x[N], y[N];
    x[0] = -0x1.1d8p-2f;
    for (int i = 1; i < N; i++) x[i] = nextafterf(x[i - 1], -1);
    assert_int_equal(hk_activate_f32(a, x, y, N), HK_OK);
    for (int i = 0; i < N; i++) {
        const long double exact = (long double)a.alpha * (long double)a.beta * expm1l(x[i]);
        if (!(ulps_f32(y[i], exact) <= 1)) fail_msg("selu(%a) is %g ULP off", (double)x[i], ulps_f32(y[i], exact));
    }
}

static void test_names(void **state) {
    (void)state;
    for (int i = 0; i < HK_KIND_COUNT; i++) {
        const hk_activation d = hk_activation_default((hk_activation_kind)i);
        hk_activation a = {HK_STEP, 9, 9, HK_FAST};
        assert_int_equal(hk_activation_from_name(hk_activation_name(d.kind), &a), 1);
        assert_memory_equal(&a, &d, sizeof a);
    }
    hk_activation a = {HK_STEP, 9, 9, HK_FAST};
    assert_int_equal(hk_activation_from_name("swish?", &a), 0);
    assert_int_equal(hk_activation_from_name(NULL, &a), 0);
    assert_true(a.kind == HK_STEP && a.alpha == 9);
    assert_string_equal(hk_activation_name((hk_activation_kind)-1), "unknown");
    assert_true(hk_activation_default(HK_LEAKY_RELU).alpha == 0.01f);
    assert_true(hk_activation_default(HK_HARD_SIGMOID).alpha == 1.0f / 6 &&
                hk_activation_default(HK_HARD_SIGMOID).beta == 0.5f);
}

/* The function of each kind is hk_activate with the defaults, in place too; HK_FAST is accepted. */
static void test_functions(void **state) {
    (void)state;
    float x[100], y[100], z[100];
    double xd[100], yd[100], zd[100];
    size_t i = 0;
    random_fill(F32, DATA_SPECIAL, 4, x, 100);
    random_fill(F64, DATA_SPECIAL, 4, xd, 100);
#define CHECK(KIND, name)                                                                                              \
    hk_##name##_f32(x, y, 100);                                                                                        \
    memcpy(z, x, sizeof z);                                                                                            \
    hk_activation a_##name = hk_activation_default(HK_##KIND);                                                         \
    assert_int_equal(hk_activate_f32(a_##name, z, z, 100), HK_OK);                                                     \
    assert_true(same_bits(F32, y, z, 100, &i));                                                                        \
    a_##name.accuracy = HK_FAST;                                                                                       \
    hk_map_f32_fn *fast_##name = hk_kernels_current()->fast_f32[HK_##KIND];                                            \
    if (fast_##name) fast_##name(x, 100, y, 100, 1, 100, a_##name.alpha, a_##name.beta);                               \
    assert_int_equal(hk_activate_f32(a_##name, x, z, 100), HK_OK);                                                     \
    assert_true(same_bits(F32, y, z, 100, &i));                                                                        \
    hk_##name##_f64(xd, yd, 100);                                                                                      \
    memcpy(zd, xd, sizeof zd);                                                                                         \
    assert_int_equal(hk_activate_f64(a_##name, zd, zd, 100), HK_OK);                                                   \
    assert_true(same_bits(F64, yd, zd, 100, &i));
    HK_ELEMENTWISE_LIST(CHECK)
}

static void test_parameters(void **state) {
    (void)state;
    const float x[4] = {-2, -0.5f, 0.5f, 3};
    float y[4];
    hk_activate_f32((hk_activation){HK_LEAKY_RELU, 0.25f, 0, HK_ACCURATE}, x, y, 4);
    assert_true(y[0] == -0.5f && y[3] == 3);
    hk_activate_f32((hk_activation){HK_CLIP, -1, 2, HK_ACCURATE}, x, y, 4);
    assert_true(y[0] == -1 && y[1] == -0.5f && y[3] == 2);
    hk_activate_f32((hk_activation){HK_CELU, 2, 0, HK_ACCURATE}, x, y, 4);
    assert_float_equal(y[0], -1.2642411, 1e-6);
    hk_activate_f32((hk_activation){HK_HARD_SIGMOID, 0.2f, 0.5f, HK_ACCURATE}, x, y, 4);
    assert_float_equal(y[1], 0.4, 1e-7);
    hk_activate_f32((hk_activation){HK_THRESHOLDED_RELU, 0.5f, 0, HK_ACCURATE}, x, y, 4);
    assert_true(y[2] == 0 && y[3] == 3);
}

static void test_softmax(void **state) {
    (void)state;
    float x[3] = {2, 1, 0.5f}, y[3], wide[2 * 40];
    for (int shift = 0; shift < 2; shift++) {
        hk_softmax_f32(x, y, 1, 3);
        assert_float_equal(y[0], 0.6285317, 1e-6);
        assert_float_equal(y[1], 0.2312239, 1e-6);
        assert_float_equal(y[2], 0.1402444, 1e-6);
        for (int i = 0; i < 3; i++) x[i] += 1000;
    }
    random_fill(F32, DATA_UNIFORM, 1, wide, 80);
    wide[3] = -INFINITY, wide[40] = NAN;
    hk_softmax_f32(wide, wide, 2, 40);
    float sum = 0;
    for (int i = 0; i < 40; i++) {
        sum += wide[i];
        assert_true(isnan(wide[40 + i]));
    }
    assert_true(wide[3] == 0);
    assert_float_equal(sum, 1, 1e-6);
    const float lows[2] = {-INFINITY, -INFINITY};
    hk_log_softmax_f32(lows, y, 1, 2);
    assert_true(isnan(y[0]) && isnan(y[1]));
    const float far[2] = {0, -200};
    hk_log_softmax_f32(far, y, 1, 2);
    assert_true(y[0] == 0 && y[1] == -200);
    hk_softmax_f32(NULL, NULL, 0, 5);
    hk_softmax_f32(NULL, NULL, 5, 0);
    double d[2] = {0, 1}, e[2];
    hk_softmax_f64(d, e, 1, 2);
    assert_true(fabs(e[1] - 0.731058578630004879) < 1e-15);
    hk_log_softmax_f64(d, e, 1, 2);
    assert_true(fabs(e[1] + 0.313261687518222834) < 1e-15);
}

static void test_bad_arguments(void **state) {
    (void)state;
    float x[2] = {1, 2}, y[2] = {7, 7};
    double d[2] = {7, 7};
    assert_int_equal(hk_activate_f32(hk_activation_default(HK_SOFTMAX), x, y, 2), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_activate_f64(hk_activation_default(HK_LOG_SOFTMAX), d, d, 2), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_activate_f32(hk_activation_default((hk_activation_kind)24), x, y, 2), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_activate_f32(hk_activation_default((hk_activation_kind)-1), x, y, 2), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_activate_f32((hk_activation){HK_RELU, 0, 0, (hk_accuracy)2}, x, y, 2), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_activate_f32(hk_activation_default(HK_RELU), NULL, y, 2), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_activate_f64(hk_activation_default(HK_RELU), d, NULL, 2), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_activate_f32(hk_activation_default(HK_RELU), NULL, NULL, 0), HK_OK);
    assert_true(y[0] == 7 && y[1] == 7 && d[0] == 7);
}

int main(void) {
    expect_level();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_known_traps),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_functions),
        cmocka_unit_test(test_parameters),    cmocka_unit_test(test_softmax),
        cmocka_unit_test(test_bad_arguments), cmocka_unit_test(test_selu_of_far_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
