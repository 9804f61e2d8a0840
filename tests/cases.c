/* How each kernel is called, and its oracle. */
#include "cases.h"

#include "oracle.h"
#include "pack.h"

#include <float.h>
#include <math.h>

#define RUN(name) static void run_##name(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n)
#define RUN_DOT(name, Y)                                                                                               \
    RUN(name) {                                                                                                        \
        (void)c;                                                                                                       \
        *(Y *)m.y = k->name(m.a, m.b, n);                                                                              \
    }
RUN_DOT(dot_f32, float)
RUN_DOT(dot_f64, double)
RUN_DOT(dot_bf16, float)
RUN_DOT(dot_f16, float)
RUN_DOT(dot_i8, int64_t)
RUN_DOT(dot_u8i8, int64_t)
#define RUN_VOID(name, ...)                                                                                            \
    RUN(name) {                                                                                                        \
        (void)c;                                                                                                       \
        k->name(__VA_ARGS__);                                                                                          \
    }
enum { MATVEC_ROWS = 6 }; /* a group of four, and two more */
RUN_VOID(matvec_f32, m.a, m.b, m.y, MATVEC_ROWS, n)
RUN_VOID(matvec_f64, m.a, m.b, m.y, MATVEC_ROWS, n)
RUN_VOID(matvec_bf16, m.a, m.b, m.y, MATVEC_ROWS, n)
RUN_VOID(matvec_f16, m.a, m.b, m.y, MATVEC_ROWS, n)
RUN_VOID(matvec_i8, m.a, m.b, m.y, MATVEC_ROWS, n)
RUN_VOID(f32_to_bf16, m.a, m.y, n)
RUN_VOID(bf16_to_f32, m.a, m.y, n)
RUN_VOID(f32_to_f16, m.a, m.y, n)
RUN_VOID(f16_to_f32, m.a, m.y, n)
RUN_VOID(affine_f32, m.a, n, m.y, n, 1, n, m.b, (const float *)m.b + n, (const float *)m.b + 2 * n)
RUN(map_f32) {
    const hk_activation a = hk_activation_default((hk_activation_kind)c->kind);
    k->map_f32[c->kind](m.a, n, m.y, n, 1, n, a.alpha, a.beta);
}
RUN(fast_f32) {
    const hk_activation a = hk_activation_default((hk_activation_kind)c->kind);
    k->fast_f32[c->kind](m.a, n, m.y, n, 1, n, a.alpha, a.beta);
}
RUN(map_f64) {
    const hk_activation a = hk_activation_default((hk_activation_kind)c->kind);
    k->map_f64[c->kind](m.a, n, m.y, n, 1, n, a.alpha, a.beta);
}

/* So many floats that end at a guard page: sanitizers do not see what assembly reads. */
static float *guarded_floats(size_t count) {
    static guarded room;
    const size_t bytes = count * sizeof(float);
    if (!room.mapping || bytes > (size_t)(room.high - room.low)) {
        if (room.mapping) guarded_free(&room);
        room = guarded_create(bytes);
    }
    return (float *)(void *)(room.high - bytes);
}

/* Three rows of n inputs through a packed layer, weights b; ReLU on each tile. A bias of 0 takes the way for few rows,
   and is as good as none. */
enum { DENSE_ROWS = CASE_DENSE_ROWS, DENSE_OUTPUTS = 256 };
RUN(dense_f32) {
    static const float zeros[DENSE_OUTPUTS];
    const size_t outputs = c->b_rows;
    float *packed = guarded_floats(hk_packed_size(n, outputs));
    assert_true(outputs <= DENSE_OUTPUTS);
    hk_pack_f32(m.b, n, outputs, packed);
    const hk_dense_f32_job job = {.x = m.a,
                                  .weights = packed,
                                  .bias = n % 2 ? zeros : NULL,
                                  .y = m.y,
                                  .x_stride = n,
                                  .y_stride = outputs,
                                  .rows = DENSE_ROWS,
                                  .inputs = n,
                                  .outputs = outputs,
                                  .map = k->map_f32[HK_RELU]};
    k->dense_f32(&job);
}
/* The same on plain weights. A layer has an input; hk_dense answers for the rest. */
#define RUN_DENSE_PLAIN(type)                                                                                          \
    RUN(dense_plain_##type) {                                                                                          \
        if (!n) {                                                                                                      \
            memset(m.y, 0, (size_t)c->y_one *element_size(c->y));                                                      \
            return;                                                                                                    \
        }                                                                                                              \
        const hk_dense_##type##_job job = {.x = m.a,                                                                   \
                                           .weights = m.b,                                                             \
                                           .y = m.y,                                                                   \
                                           .x_stride = n,                                                              \
                                           .y_stride = c->b_rows,                                                      \
                                           .rows = DENSE_ROWS,                                                         \
                                           .inputs = n,                                                                \
                                           .outputs = c->b_rows,                                                       \
                                           .map = k->map_##type[HK_RELU]};                                             \
        k->dense_plain_##type(&job);                                                                                   \
    }
RUN_DENSE_PLAIN(f32)
RUN_DENSE_PLAIN(f64)

static double bf16_value(uint16_t h) {
    const uint32_t bits = (uint32_t)h << 16;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}
static long double value(const kernel_case *c, element e, const void *p, size_t i) {
    switch (e) {
    case F32: return ((const float *)p)[i];
    case F64: return ((const double *)p)[i];
    case U16:
        return strstr(c->name, "bf16") ? bf16_value(((const uint16_t *)p)[i]) : f16_value(((const uint16_t *)p)[i]);
    case I8: return ((const int8_t *)p)[i];
    case U8: return ((const uint8_t *)p)[i];
    case I32: return ((const int32_t *)p)[i];
    case I64: return (long double)((const int64_t *)p)[i];
    }
    return 0;
}

/* dot.h's bound, row by row; exact for integers. Sums that are not finite in the accumulator's type are left out. */
static int right_dot(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    const double u = c->y == F64 ? 0x1p-53 : c->y == F32 ? 0x1p-24 : 0;
    const double most = c->y == F64 ? DBL_MAX : FLT_MAX, lanes = c->y == F64 ? 32 : 64;
    for (int r = 0; r < c->y_one; r++) {
        long double sum = 0, magnitude = 0;
        for (size_t i = 0; i < n; i++) {
            const long double p = value(c, c->a, m.a, (size_t)r * n + i) * value(c, c->b, m.b, i);
            sum += p;
            magnitude += fabsl(p);
        }
        const long double y = value(c, c->y, m.y, (size_t)r);
        if (!(magnitude < most)) {
            if (isnan(sum) && !isnan(y)) return snprintf(why, 160, "NaN lost"), 0;
            continue;
        }
        const long double bound = (ceil((double)n / lanes) + 8) * u * magnitude + (u > 0 ? n * 0x1p-149L : 0);
        if (!(fabsl(y - sum) <= bound)) return snprintf(why, 160, "%Lg instead of %Lg, bound %Lg", y, sum, bound), 0;
    }
    return 1;
}

static double map_error(const kernel_case *c, hk_activation a, long double x, long double y) {
    const long double exact = oracle_activation(a.kind, x, a.alpha, a.beta);
    if (c->y == F64) return ulps_f64((double)y, exact);
    if (c->run != run_fast_f32 || !oracle_fast_by_input(a.kind) || !isfinite(x) || !isfinite(y))
        return ulps_f32((float)y, exact);
    return ulps_f32((float)x, x + (y - exact)); /* |y - exact| in units of the last place near x */
}
static int right_map(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    const hk_activation a = hk_activation_default((hk_activation_kind)c->kind);
    const double bound = c->y == F64              ? oracle_bound_f64(a.kind)
                         : c->run == run_fast_f32 ? ORACLE_BOUND_FAST
                                                  : oracle_bound_f32(a.kind);
    for (size_t i = 0; i < n; i++) {
        const long double x = value(c, c->a, m.a, i), y = value(c, c->y, m.y, i);
        const double error = map_error(c, a, x, y);
        if (!(error <= bound))
            return snprintf(why, 160, "f(%.9Lg) = %.17Lg instead of %.17Lg: %.3g ULP", x, y,
                            oracle_activation(a.kind, x, a.alpha, a.beta), error),
                   0;
    }
    return 1;
}

/* Softmax and log-softmax of one row of n. */
static int right_row(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    long double top = -INFINITY, sum = 0;
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        const long double x = value(c, c->a, m.a, i);
        wrong |= isnan(x) || x == INFINITY;
        top = fmaxl(top, x);
    }
    wrong |= top == -INFINITY;
    int counted = 0; /* one maximum aside, so that log1p sees the rest */
    for (size_t i = 0; i < n; i++) {
        const long double x = value(c, c->a, m.a, i);
        if (x == top && !counted)
            counted = 1;
        else
            sum += expl(x - top);
    }
    for (size_t i = 0; i < n; i++) {
        const long double x = value(c, c->a, m.a, i), y = value(c, c->y, m.y, i);
        const long double exact = wrong                   ? NAN
                                  : c->kind == HK_SOFTMAX ? expl(x - top) / (1 + sum)
                                                          : x - top - log1pl(sum);
        const double error = c->y == F32 ? ulps_f32((float)y, exact) : ulps_f64((double)y, exact);
        if (!(error <= (c->y == F32 ? ORACLE_BOUND_ROW_F32 : oracle_bound_f64((hk_activation_kind)c->kind))))
            return snprintf(why, 160, "element %zu: %.9Lg instead of %.9Lg: %.3g ULP", i, y, exact, error), 0;
    }
    return 1;
}

/* Widening is exact; narrowing gives a pattern whose neighbours are no nearer. */
static int right_conversion(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    for (size_t i = 0; i < n; i++) {
        const long double x = value(c, c->a, m.a, i), y = value(c, c->y, m.y, i);
        if (isnan(x) || isnan(y) || c->y == F32) {
            if ((isnan(x) && isnan(y)) || x == y) continue;
            return snprintf(why, 160, "%Lg became %Lg", x, y), 0;
        }
        for (int step = -1; step <= 1; step += 2) {
            const uint16_t other = (uint16_t)(((const uint16_t *)m.y)[i] + step);
            const long double z = strstr(c->name, "bf16") ? bf16_value(other) : f16_value(other);
            if (!isinf(y) && !isinf(z) && fabsl(z - x) < fabsl(y - x))
                return snprintf(why, 160, "%Lg became %Lg", x, y), 0;
        }
    }
    return 1;
}

/* dense.h's bound, ReLU after it. */
static int right_dense(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    const double u = c->y == F64 ? 0x1p-53 : 0x1p-24, most = c->y == F64 ? DBL_MAX : FLT_MAX;
    for (size_t i = 0; i < (size_t)c->y_one; i++) {
        long double sum = 0, magnitude = 0;
        for (size_t k = 0; k < n; k++) {
            const long double p =
                value(c, c->a, m.a, i / c->b_rows * n + k) * value(c, c->b, m.b, i % c->b_rows * n + k);
            sum += p;
            magnitude += fabsl(p);
        }
        const long double y = value(c, c->y, m.y, i), exact = sum > 0 ? sum : 0;
        if (magnitude < most && !(fabsl(y - exact) <= ((double)n + 1) * u * magnitude + n * 0x1p-149L))
            return snprintf(why, 160, "output %zu: %Lg instead of %Lg", i, y, exact), 0;
    }
    return 1;
}

static int right_affine(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    const float *x = m.a, *p = m.b, *y = m.y;
    (void)c;
    for (size_t i = 0; i < n; i++) {
        const float expected = fmaf(x[i] - p[i], p[n + i], p[2 * n + i]);
        if (memcmp(&y[i], &expected, sizeof expected) && !(isnan(y[i]) && isnan(expected)))
            return snprintf(why, 160, "element %zu: %g instead of %g", i, (double)y[i], (double)expected), 0;
    }
    return 1;
}

#define DOT(name, a, b, y)     {#name, a, b, y, 1, 1, 1, 0, 0, 0, run_##name, right_dot},
#define MATVEC(name, a, y)     {#name, a, a, y, MATVEC_ROWS, 1, MATVEC_ROWS, 0, 0, 0, run_##name, right_dot},
#define CONVERSION(name, a, y) {#name, a, a, y, 1, 0, 0, 0, 0, 0, run_##name, right_conversion},
#define DENSE(kernel, e, outputs)                                                                                      \
    {#kernel "_" #outputs, e, e, e, DENSE_ROWS, outputs, DENSE_ROWS * outputs, 0, 0, 0, run_##kernel, right_dense},
#define NARROW(kernel, outputs, check)                                                                                 \
    {#kernel "_" #outputs, F32, F32, F32, DENSE_ROWS, outputs, DENSE_ROWS * outputs, 0, 0, 0, run_##kernel, check},
#define USES_SLEEF(kind)                                                                                               \
    (kind == HK_ELU || kind == HK_SELU || kind == HK_CELU || kind == HK_SIGMOID || kind == HK_TANH ||                  \
     kind == HK_GELU || kind == HK_GELU_TANH || kind == HK_SILU || kind == HK_SOFTPLUS || kind == HK_MISH ||           \
     kind == HK_EXP || kind == HK_ERF || kind == HK_SOFTMAX || kind == HK_LOG_SOFTMAX)
#define MAP_F32(KIND, name)  {#name "_f32", F32, F32, F32, 1, 0, 0, 1, 0, HK_##KIND, run_map_f32, right_map},
#define FAST_F32(KIND, name) {#name "_f32", F32, F32, F32, 1, 0, 0, 1, 0, HK_##KIND, run_fast_f32, right_map},
#define MAP_F64(KIND, name)                                                                                            \
    {#name "_f64", F64, F64, F64, 1, 0, 0, 1, USES_SLEEF(HK_##KIND), HK_##KIND, run_map_f64, right_map},
const kernel_case kernel_cases[] = {
    DOT(dot_f32, F32, F32, F32) DOT(dot_f64, F64, F64, F64) DOT(dot_bf16, U16, U16, F32) DOT(dot_f16, U16, U16, F32)
        DOT(dot_i8, I8, I8, I64) DOT(dot_u8i8, U8, I8, I64) MATVEC(matvec_f32, F32, F32) MATVEC(matvec_f64, F64, F64)
            MATVEC(matvec_bf16, U16, F32) MATVEC(matvec_f16, U16, F32) MATVEC(matvec_i8, I8, I64)
                CONVERSION(f32_to_bf16, F32, U16) CONVERSION(bf16_to_f32, U16, F32) CONVERSION(f32_to_f16, F32, U16)
                    CONVERSION(f16_to_f32, U16, F32) DENSE(dense_f32, F32, 3) DENSE(dense_f32, F32, 10)
                        DENSE(dense_f32, F32, 33) DENSE(dense_f32, F32, 64) DENSE(dense_plain_f32, F32, 10)
                            DENSE(dense_plain_f32, F32, 33) DENSE(dense_plain_f64, F64, 10)
                                NARROW(dense_bf16, 10, right_dense_half) NARROW(dense_bf16, 64, right_dense_half)
                                    NARROW(dense_f16, 33, right_dense_half) NARROW(dense_f16, 64, right_dense_half)
                                        NARROW(dense_i8, 10, right_dense_i8) NARROW(dense_i8, 64, right_dense_i8)
                                            NARROW(dense_i4, 10, right_dense_i8) NARROW(dense_i4, 64, right_dense_i8){
                                                "quantize_i8", F32, F32, U8, 1, 0, 0, 0, 0, 0, run_quantize_i8,
                                                right_quantize_i8},
    {"affine_f32", F32, F32, F32, 1, 3, 0, 1, 0, 0, run_affine_f32, right_affine},
    HK_ELEMENTWISE_LIST(MAP_F32) HK_FAST_LIST(FAST_F32)
        HK_ELEMENTWISE_LIST(MAP_F64){"softmax_f32", F32, F32, F32, 1, 0, 0, 1, 0, HK_SOFTMAX, run_map_f32, right_row},
    {"log_softmax_f32", F32, F32, F32, 1, 0, 0, 1, 0, HK_LOG_SOFTMAX, run_map_f32, right_row},
    {"softmax_f64", F64, F64, F64, 1, 0, 0, 1, 1, HK_SOFTMAX, run_map_f64, right_row},
    {"log_softmax_f64", F64, F64, F64, 1, 0, 0, 1, 1, HK_LOG_SOFTMAX, run_map_f64, right_row},
};
const size_t kernel_case_count = sizeof kernel_cases / sizeof *kernel_cases;
