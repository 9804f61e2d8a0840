/* Softmax and log-softmax in float on every level: the error against long double, and that a row's bits depend neither
 * on its neighbours nor on where it lies. With the argument --all over more rows. */
#include "cases.h"
#include "oracle.h"

#include "dispatch.h"

#include <float.h>
#include <math.h>

enum { MOST = 32000, ROWS = 40, KINDS = 2 };
static const hk_activation_kind kinds[KINDS] = {HK_SOFTMAX, HK_LOG_SOFTMAX};
static int repeats = 1;

/* Sizes: 1 to 64, then a few larger ones. */
static const size_t larger[] = {100, 128, 1000, 4096, MOST};
enum { SIZES = 64 + sizeof larger / sizeof *larger };
static size_t size_at(size_t i) { return i < 64 ? i + 1 : larger[i - 64]; }

typedef enum shape { PLAIN, MASKED, TIES, DOMINATED, SHAPES } shape;
static const float scales[] = {0, 0.01f, 1, 10, 60, 1000};
static const float offsets[] = {0, 100, -187, 195, -1000, 1e4f, -1e7f, 3e38f, -3e38f};
enum { SCALES = sizeof scales / sizeof *scales, OFFSETS = sizeof offsets / sizeof *offsets };

static void fill_row(random_state *r, float *x, size_t n, shape s, float scale, float offset) {
    for (size_t i = 0; i < n; i++) {
        x[i] = offset + scale * (float)random_unit(r);
        if (s == MASKED && random_bits(r) % 3 == 0) x[i] = -INFINITY;
        if (s == TIES && i && random_bits(r) % 2) x[i] = x[random_bits(r) % i];
    }
    const size_t one = random_bits(r) % n;
    if (s == DOMINATED) /* all others underflow, or are -infinity */
        for (size_t i = 0; i < n; i++)
            if (i != one) x[i] = random_bits(r) % 2 ? -INFINITY : -0.9f * FLT_MAX;
    if (s != TIES) x[one] = offset;
}

typedef struct worst {
    double error;
    size_t cols;
    float scale, offset;
} worst;

/* One row, all in long double; the maximum is set aside so that log1p sees the rest. Where all the rest is subnormal,
   each of its terms was rounded to a multiple of 2^-149: half an ULP each is let go. */
static double row_error(hk_activation_kind kind, const float *x, const float *y, size_t n) {
    size_t top = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] > x[top]) top = i;
    long double rest = 0;
    for (size_t i = 0; i < n; i++)
        if (i != top) rest += expl((long double)x[i] - x[top]);
    const long double log = log1pl(rest);
    const double slack = kind == HK_LOG_SOFTMAX && rest < (long double)n * FLT_MIN ? 0.5 * (double)n : 0;
    double error = 0;
    for (size_t i = 0; i < n; i++) {
        const long double d = (long double)x[i] - x[top];
        error = fmax(error, ulps_f32(y[i], kind == HK_SOFTMAX ? expl(d) / (1 + rest) : d - log) - slack);
    }
    return error;
}

static const hk_level *level_here(void **state) {
    const hk_level *level = *state;
    if (hk_isa_supported(level->isa) && hk_kernels_of(level->isa) == level->kernels) return level;
    printf("level %s is not here: skipped\n", level->kernels->level);
    skip();
    return NULL;
}

static void test_error(void **state) {
    const hk_level *level = level_here(state);
    static float x[MOST], y[MOST];
    for (int k = 0; k < KINDS; k++) {
        worst w = {0};
        random_state r = {(uint64_t)k};
        for (size_t i = 0; i < SIZES; i++)
            for (int s = 0; s < SHAPES; s++)
                for (int pair = 0; pair < SCALES * OFFSETS * repeats; pair++) {
                    const size_t n = size_at(i);
                    if (repeats == 1 && n > 1000 && pair % 11) continue; /* the quick version's large rows */
                    const float scale = scales[pair % SCALES], offset = offsets[pair / SCALES % OFFSETS];
                    fill_row(&r, x, n, (shape)s, scale, offset);
                    level->kernels->map_f32[kinds[k]](x, n, y, n, 1, n, 0, 0);
                    const double error = row_error(kinds[k], x, y, n);
                    if (error > w.error) w = (worst){error, n, scale, offset};
                    if (s != DOMINATED || offset < -1e38f) continue;
                    size_t top = 0;
                    for (size_t j = 0; j < n; j++)
                        if (x[j] > x[top]) top = j;
                    assert_true(y[top] == (kinds[k] == HK_SOFTMAX ? 1.0f : 0.0f));
                }
        printf("%s/%s: %.3f ULP, cols %zu, scale %g, offset %g\n", hk_activation_name(kinds[k]), level->kernels->level,
               w.error, w.cols, (double)w.scale, (double)w.offset);
        assert_true(w.error <= ORACLE_BOUND_ROW_F32);
    }
}

/* Rows with NaN, +infinity, or of -infinity alone, next to ordinary ones. */
static void test_invalid(void **state) {
    const hk_level *level = level_here(state);
    static float x[ROWS * 70], y[ROWS * 70];
    static const float bad[] = {NAN, INFINITY, -NAN};
    for (int k = 0; k < KINDS; k++)
        for (size_t n = 1; n < 70; n++) {
            random_state r = {n};
            for (size_t i = 0; i < ROWS; i++) {
                fill_row(&r, x + i * n, n, MASKED, 1, 3);
                if (i % 3 == 1) x[i * n + random_bits(&r) % n] = bad[random_bits(&r) % 3];
                for (size_t j = 0; i % 6 == 2 && j < n; j++) x[i * n + j] = -INFINITY;
            }
            level->kernels->map_f32[kinds[k]](x, n, y, n, ROWS, n, 0, 0);
            for (size_t i = 0; i < ROWS * n; i++) assert_int_equal(!!isnan(y[i]), i / n % 3 == 1 || i / n % 6 == 2);
        }
}

/* The first `rows` of the rows in x, at these strides, against the rows taken one by one. */
static void check_rows(const hk_kernels *k, hk_activation_kind kind, const float *x, const float *expected, size_t n,
                       size_t rows, size_t x_gap, size_t y_gap, int in_place) {
    static float from[ROWS * (1000 + 5)], to[ROWS * (1000 + 5)];
    const size_t xs = n + x_gap, ys = in_place ? xs : n + y_gap;
    float *y = in_place ? from : to;
    memset(from, 0xa5, sizeof from);
    memset(to, 0xa5, sizeof to);
    for (size_t i = 0; i < rows; i++) memcpy(from + i * xs, x + i * n, n * sizeof *x);
    k->map_f32[kind](from, xs, y, ys, rows, n, 0, 0);
    for (size_t i = 0; i < rows; i++) {
        size_t index = 0;
        if (!same_bits(F32, y + i * ys, expected + i * n, n, &index))
            fail_msg("%s/%s: row %zu of %zu, %zu columns, strides %zu and %zu%s: element %zu differs",
                     hk_activation_name(kind), k->level, i, rows, n, xs, ys, in_place ? ", in place" : "", index);
    }
}

static void test_independence(void **state) {
    const hk_level *level = level_here(state);
    static const size_t row_counts[] = {1, 2, 3, 5, 16, 17, ROWS};
    static float x[ROWS * 1000], expected[ROWS * 1000];
    for (int k = 0; k < KINDS; k++)
        for (size_t i = 0; i < SIZES; i++) {
            const size_t n = size_at(i);
            if (n > 1000) continue;
            random_state r = {n};
            for (size_t row = 0; row < ROWS; row++) { /* one in seven is not plain, and sends its tile elsewhere */
                const float offset = row % 7 == 6 ? 1e4f : offsets[random_bits(&r) % 3];
                fill_row(&r, x + row * n, n, (shape)(random_bits(&r) % SHAPES), scales[random_bits(&r) % SCALES],
                         offset);
                case_scalar()->map_f32[kinds[k]](x + row * n, n, expected + row * n, n, 1, n, 0, 0);
            }
            for (size_t c = 0; c < sizeof row_counts / sizeof *row_counts; c++)
                for (size_t first = 0; first + row_counts[c] <= ROWS; first += 6)
                    for (int form = 0; form < 4; form++)
                        check_rows(level->kernels, kinds[k], x + first * n, expected + first * n, n, row_counts[c],
                                   form == 1 ? 3 : 0, form == 2 ? 5 : 0, form == 3);
        }
}

/* A richer level takes its softmax from the one that it builds on. */
static int is_new(size_t level) {
    for (size_t i = 0; i < level; i++)
        if (hk_levels[i].kernels->map_f32[HK_SOFTMAX] == hk_levels[level].kernels->map_f32[HK_SOFTMAX]) return 0;
    return 1;
}

int main(int count, char **arguments) {
    if (count > 1 && !strcmp(arguments[1], "--all")) repeats = 20;
    struct CMUnitTest tests[48];
    size_t n = 0;
    for (size_t i = 0; i < hk_level_count && n + 3 <= 48; i++) {
        void *level = (void *)&hk_levels[i];
        if (!is_new(i)) continue;
        tests[n++] = (struct CMUnitTest){"error", test_error, NULL, NULL, level};
        tests[n++] = (struct CMUnitTest){"invalid rows", test_invalid, NULL, NULL, level};
        tests[n++] = (struct CMUnitTest){"rows on their own", test_independence, NULL, NULL, level};
    }
    return _cmocka_run_group_tests("softmax", tests, n, NULL, NULL);
}
