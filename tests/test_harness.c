/* The harness itself: defects planted in a table must be caught. */
#include "cases.h"
#include "kernel_info.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const kernel_case *case_named(const char *name) {
    for (size_t i = 0; i < kernel_case_count; i++)
        if (!strcmp(kernel_cases[i].name, name)) return &kernel_cases[i];
    fail_msg("no case %s", name);
    return NULL;
}

static const hk_kernels *scalar;

static void wrong_last_lane(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t cols, float a,
                            float b) {
    scalar->map_f32[HK_RELU](x, xs, y, ys, rows, cols, a, b);
    if (cols % 16 == 7) y[cols - 1] += 1;
}
static void writes_behind(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t cols, float a, float b) {
    scalar->map_f32[HK_RELU](x, xs, y, ys, rows, cols, a, b);
    if (cols == 5) y[cols] = 0;
}
static void drops_nan(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t cols, float a, float b) {
    (void)xs, (void)ys, (void)rows, (void)a, (void)b;
    for (size_t i = 0; i < cols; i++) y[i] = x[i] > 0 ? x[i] : 0;
}
static void not_in_place(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t cols, float a, float b) {
    for (size_t i = 0; i < cols; i++) y[i] = 0;
    scalar->map_f32[HK_RELU](x, xs, y, ys, rows, cols, a, b);
}
static float unfused(const float *a, const float *b, size_t n) {
    float lanes[64] = {0};
    for (size_t i = 0; i < n; i++) lanes[i % 64] = lanes[i % 64] + a[i] * b[i];
    for (int half = 32; half; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    return lanes[0];
}
static float other_order(const float *a, const float *b, size_t n) {
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum = fmaf(a[i], b[i], sum);
    return sum;
}
static float reads_behind(const float *a, const float *b, size_t n) {
    volatile unsigned char byte = ((const unsigned char *)(a + n))[0];
    (void)byte;
    return scalar->dot_f32(a, b, n);
}
static float reads_before(const float *a, const float *b, size_t n) {
    volatile unsigned char byte = ((const unsigned char *)b)[-1];
    (void)byte;
    return scalar->dot_f32(a, b, n);
}

static void expect_failure(const char *name, const hk_kernels *k) {
    char why[256] = "";
    if (!case_fails(case_named(name), k, why)) fail_msg("a defect in %s was not seen", name);
    printf("seen: %s\n", why);
}

static void test_wrong_results(void **state) {
    (void)state;
    hk_map_f32_fn *const maps[] = {wrong_last_lane, drops_nan, not_in_place};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        hk_kernels k = *scalar;
        k.map_f32[HK_RELU] = maps[i];
        expect_failure("relu_f32", &k);
    }
    hk_kernels k = *scalar;
    k.dot_f32 = unfused;
    expect_failure("dot_f32", &k);
    k.dot_f32 = other_order;
    expect_failure("dot_f32", &k);
    k.dot_f32 = scalar->dot_f32;
    char why[256];
    assert_false(case_fails(case_named("dot_f32"), &k, why));
}

/* An access outside the arrays ends the process: it is made in a child. */
static void expect_signal(const char *name, hk_kernels k) {
    fflush(stdout);
    const pid_t child = fork();
    if (!child) {
        signal(SIGSEGV, SIG_DFL); /* cmocka catches them */
        signal(SIGBUS, SIG_DFL);
        char why[256];
        _exit(case_fails(case_named(name), &k, why));
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS));
}

static void test_accesses(void **state) {
    (void)state;
    hk_kernels k = *scalar;
    k.dot_f32 = reads_behind;
    expect_signal("dot_f32", k);
    k.dot_f32 = reads_before;
    expect_signal("dot_f32", k);
    k.dot_f32 = NULL;
    expect_signal("dot_f32", k);
    k.map_f32[HK_RELU] = writes_behind;
    expect_signal("relu_f32", k);
}

/* Every function of the table is called by some case: with another in its place that counts, all cases are run. */
static int calls;
static double count_call(void) { return calls++, 0; }
static void expect_called(const hk_kernels *k, const char *name, const char *ending) {
    enum { N = 5, ROOM = 1 << 16 };
    static _Alignas(64) unsigned char a[ROOM], b[ROOM], y[ROOM];
    calls = 0;
    for (size_t i = 0; i < kernel_case_count && !calls; i++)
        kernel_cases[i].run(k, &kernel_cases[i], (case_arrays){a, b, y}, N);
    if (!calls) fail_msg("no case calls %s%s", name, ending);
}
static void test_every_kernel_has_a_case(void **state) {
    (void)state;
    hk_map_f64_fn *f64[HK_KIND_COUNT];
    plant_function *const other = (plant_function *)count_call;
    for (size_t i = 0; i < HK_KERNEL_COUNT; i++) {
        hk_kernels k = *scalar;
        memcpy((char *)&k + hk_kernel_slots[i].offset, &other, sizeof other);
        expect_called(&k, hk_kernel_slots[i].name, "");
    }
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        const char *name = hk_activation_name((hk_activation_kind)kind);
        hk_kernels k = *scalar;
        memcpy(f64, k.map_f64, sizeof f64);
        k.map_f64 = f64;
        k.map_f32[kind] = (hk_map_f32_fn *)other;
        expect_called(&k, name, "_f32");
        f64[kind] = (hk_map_f64_fn *)other;
        k.map_f32[kind] = scalar->map_f32[kind];
        expect_called(&k, name, "_f64");
        f64[kind] = scalar->map_f64[kind];
        if (!k.fast_f32[kind]) continue;
        k.fast_f32[kind] = (hk_map_f32_fn *)other;
        expect_called(&k, name, "_fast_f32");
    }
}

int main(void) {
    scalar = case_scalar();
    hk_isa_force(HK_ISA_SCALAR); /* for guard pages that are near (support.c) */
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wrong_results), cmocka_unit_test(test_accesses),
                                       cmocka_unit_test(test_every_kernel_has_a_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
