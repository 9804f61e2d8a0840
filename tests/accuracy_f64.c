/* The error of every f64 activation against MPFR, on random and special inputs.
 *
 * usage: accuracy_f64 [--count N] [--json FILE]
 *   Prints a Markdown table of the largest errors in ULP; N inputs from each range. Exits with 1 if one is above its
 *   bound or NaN or the sign of a zero is wrong. */
#include "hillock/hillock.h"

#include "dispatch.h"
#include "exact.h"
#include "oracle.h"
#include "support.h"

#include <float.h>
#include <math.h>

typedef struct worst {
    double error, where, subnormal_error, subnormal_where;
    long wrong;
    double wrong_where;
} worst;

/* Uniform in [low, high); the whole range of exponents where both are 0. */
typedef struct range {
    double low, high;
} range;
static const range ranges[] = {
    {-1, 1},
    {-8, 8},
    {-40, 40},
    {-800, 800},
    {0, 0},
    {-1e-3, 1e-3},
    {-0.7, 0.7},
    {-20, -17},
    {-37.6, -36.4},
    {-39.1, -36.9},
    {-40, -38},
    {31, 33},
    {-13, -9},
    {-22.5, -20},
    {-9.5, -8.5},
    {-60, -35},
    {-709, -699},
    {-700.01, -699.99},
    {-746, -707},
    {-754, -744},
    {709, 711},
    {709.7827, 709.78272},
    {-3.1, -2.9},
    {2.9, 3.1},
    {0.9999, 1.0001},
    {1e-308, 1e-3},
    {-1e-307, 1e-307},
};
enum { RANGES = sizeof ranges / sizeof *ranges, BLOCK = 256 };

static double input(random_state *r, const range *g) {
    if (g->low == 0 && g->high == 0) {
        const uint64_t bits = random_bits(r);
        double x;
        memcpy(&x, &bits, sizeof x);
        return x;
    }
    return g->low + (g->high - g->low) * (random_unit(r) + 1) / 2;
}

/* The sign of a zero counts for elementwise kinds only: log-softmax's is not promised. */
static void look(worst *w, double x, double y, exact_value *exact, int row) {
    if (exact_is_wrong(y, exact) && !(row && y == 0)) {
        w->wrong++;
        w->wrong_where = x;
    }
    int subnormal;
    const double error = exact_ulps(y, exact, &subnormal);
    if (error > (subnormal ? w->subnormal_error : w->error)) {
        if (subnormal)
            w->subnormal_error = error, w->subnormal_where = x;
        else
            w->error = error, w->where = x;
    }
}

static void measure_block(hk_activation a, const double *x, size_t n, exact_value *exact, worst *w) {
    double y[BLOCK];
    hk_kernels_current()->map_f64[a.kind](x, n, y, n, 1, n, a.alpha, a.beta);
    for (size_t i = 0; i < n; i++) {
        exact_activation(a, x[i], exact);
        look(w, x[i], y[i], exact, 0);
    }
}

static worst measure(hk_activation a, long count, exact_value *exact) {
    worst w = {0};
    random_state r = {(uint64_t)a.kind + 1};
    double x[BLOCK];
    for (size_t g = 0; g < RANGES; g++)
        for (long done = 0; done < count; done += BLOCK) {
            const size_t n = count - done < BLOCK ? (size_t)(count - done) : BLOCK;
            for (size_t i = 0; i < n; i++) x[i] = input(&r, &ranges[g]);
            measure_block(a, x, n, exact, &w);
        }
    /* Neighbours of what a branch, a table or a clamp may turn on; both signs. */
    static const double special[] = {0,
                                     0x1p-1074,
                                     DBL_MIN,
                                     0x1p-500,
                                     0x1p-54,
                                     0x1p-27,
                                     0.5,
                                     1,
                                     3,
                                     4,
                                     6,
                                     32,
                                     37,
                                     38.5,
                                     39,
                                     40,
                                     60,
                                     372,
                                     700,
                                     708,
                                     709,
                                     709.78271289338397,
                                     745.13321910194122,
                                     746,
                                     1490,
                                     1e10,
                                     0x1p60,
                                     1e100,
                                     1.3e154,
                                     DBL_MAX,
                                     INFINITY,
                                     NAN};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        const double s = special[i];
        const double near[] = {s,  nextafter(s, 0),  nextafter(s, INFINITY),
                               -s, -nextafter(s, 0), -nextafter(s, INFINITY)};
        measure_block(a, near, sizeof near / sizeof *near, exact, &w);
    }
    return w;
}

static FILE *json;

static int report(const char *name, double alpha, double beta, double bound, const worst *w) {
    printf("| %s | %g | %g | %g | %.3f | %a | %.3f | %a |\n", name, alpha, beta, bound, w->error, w->where,
           w->subnormal_error, w->subnormal_where);
    if (w->wrong)
        printf("| | %ld times NaN, infinity or a sign of zero is wrong, as at %a |\n", w->wrong, w->wrong_where);
    fflush(stdout);
    static int rows;
    if (json)
        fprintf(
            json,
            "%s\n  {\"kind\": \"%s\", \"alpha\": %g, \"beta\": %g, \"bound\": %g, \"max_ulp\": %.4f, \"at\": \"%a\", "
            "\"max_ulp_subnormal\": %.4f, \"subnormal_at\": \"%a\", \"wrong\": %ld}",
            rows++ ? "," : "", name, alpha, beta, bound, w->error, w->where, w->subnormal_error, w->subnormal_where,
            w->wrong);
    return w->error > bound || w->subnormal_error > bound || w->wrong;
}

static int measure_elementwise(long count, exact_value *exact) {
    static const hk_activation others[] = {
        {HK_LEAKY_RELU, 0.3f, 0, HK_ACCURATE}, {HK_ELU, 0.7f, 0, HK_ACCURATE},
        {HK_SELU, 2.3f, 0.7f, HK_ACCURATE},    {HK_CELU, 0.3f, 0, HK_ACCURATE},
        {HK_CELU, 77.7f, 0, HK_ACCURATE},      {HK_HARD_SIGMOID, 0.2f, 0.5f, HK_ACCURATE},
    };
    int failed = 0;
    for (size_t i = 0; i < HK_SOFTMAX + sizeof others / sizeof *others; i++) {
        const hk_activation a = i < HK_SOFTMAX ? hk_activation_default((hk_activation_kind)i) : others[i - HK_SOFTMAX];
        const worst w = measure(a, count, exact);
        failed |= report(hk_activation_name(a.kind), (double)a.alpha, (double)a.beta, oracle_bound_f64(a.kind), &w);
    }
    return failed;
}

/* Rows of logits: scale times uniform numbers, an offset, every fifth row with ties and masks. */
static int measure_rows(hk_activation_kind kind, long rows, exact_value *exact) {
    static const double scales[] = {1e-9, 0.1, 1, 30, 300, 800}, offsets[] = {0, 100, -1e4, 1e15, 1e308};
    enum { COLS = 100, SCALES = sizeof scales / sizeof *scales, OFFSETS = sizeof offsets / sizeof *offsets };
    random_state r = {(uint64_t)kind};
    worst w = {0};
    for (long row = 0; row < rows; row++) {
        const size_t cols = 1 + (size_t)(random_bits(&r) % COLS);
        const double scale = scales[random_bits(&r) % SCALES], offset = offsets[random_bits(&r) % OFFSETS];
        double x[COLS], y[COLS];
        for (size_t i = 0; i < cols; i++) {
            x[i] = offset + scale * random_unit(&r);
            if (row % 5 == 0 && random_bits(&r) % 4 == 0) x[i] = random_bits(&r) % 2 ? -INFINITY : x[0];
        }
        if (isinf(x[0])) x[0] = offset;
        hk_kernels_current()->map_f64[kind](x, cols, y, cols, 1, cols, 0, 0);
        exact_row(kind, x, cols, exact);
        for (size_t i = 0; i < cols; i++) {
            exact_element(kind, x[i], exact);
            look(&w, x[i], y[i], exact, 1);
        }
    }
    return report(hk_activation_name(kind), 0, 0, oracle_bound_f64(kind), &w);
}

int main(int count, char **arguments) {
    long n = 1000;
    for (int i = 1; i < count; i += 2) {
        if (i + 1 < count && !strcmp(arguments[i], "--count"))
            n = strtol(arguments[i + 1], NULL, 10);
        else if (i + 1 == count || strcmp(arguments[i], "--json") || !(json = fopen(arguments[i + 1], "w")))
            n = 0;
    }
    if (n < 1) return fprintf(stderr, "usage: accuracy_f64 [--count N] [--json FILE], N from 1\n"), 2;
    if (json) fprintf(json, "{\"count\": %ld, \"activations\": [", n);
    exact_value exact;
    exact_start(&exact);
    printf("| function | alpha | beta | bound | max ULP | at | max ULP, subnormal results | at |\n"
           "|---|---|---|---|---|---|---|---|\n");
    int failed = measure_elementwise(n, &exact);
    failed |= measure_rows(HK_SOFTMAX, n, &exact);
    failed |= measure_rows(HK_LOG_SOFTMAX, n, &exact);
    exact_end(&exact);
    if (json) {
        fprintf(json, "\n]}\n");
        fclose(json);
    }
    return failed;
}
