/* The harness itself: defects planted in a table must be caught. */
#include "cases.h"

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

static const hk_kernels *scalar = &hk_kernels_scalar;

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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wrong_results), cmocka_unit_test(test_accesses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
