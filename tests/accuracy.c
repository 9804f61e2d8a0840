/* The error of every f32 activation over all floats, in its accurate form and in that of HK_FAST; docs/accuracy.md is
 * made from what it writes with --json (tools/accuracy_table.py).
 *
 * usage: accuracy [--stride N] [--parameters N] [--json FILE] [KIND ...]
 *   Prints a Markdown table: the largest error and where it lies, for normal and for subnormal results. Exits with 1 if
 *   an error is above its bound, NaN, an infinity or the sign of a zero is wrong, or an exact value (sigmoid(0) = 1/2,
 *   ...) is not.
 *   Bounds: 1 ULP of the result; fast forms 4, for gelu and gelu_tanh in units of the last place of x instead.
 *   "not monotone at" counts the neighbours among the floats looked at whose results decrease where the function does
 *   not.
 *   --stride N looks at every Nth float only. --parameters N takes the kinds that have parameters, with N pairs of them
 *   each, and prints each kind's worst pair: the bound is 1 ULP. */
#include "hillock/hillock.h"

#include "dispatch.h"
#include "oracle.h"
#include "support.h"
#include "sweep.h"

#include <inttypes.h>
#include <math.h>

#define REFERENCE_ERROR 0x1p-26 /* 4 units of 2^-53, in ULP of a float */

typedef struct options {
    uint64_t stride;
    long parameters;
    FILE *json;
    int named[HK_SOFTMAX], any;
} options;

/* Values that are promised exactly. */
static const struct {
    hk_activation_kind kind;
    float x, y;
} anchors[] = {
    {HK_SIGMOID, 0, 0.5f},
    {HK_SIGMOID, INFINITY, 1},
    {HK_SIGMOID, -INFINITY, 0},
    {HK_TANH, 0, 0},
    {HK_TANH, INFINITY, 1},
    {HK_TANH, -INFINITY, -1},
    {HK_GELU, 0, 0},
    {HK_GELU_TANH, 0, 0},
    {HK_SILU, 0, 0},
    {HK_MISH, 0, 0},
    {HK_ELU, 0, 0},
    {HK_ELU, -INFINITY, -1},
    {HK_SELU, 0, 0},
    {HK_CELU, 0, 0},
    {HK_EXP, 0, 1},
    {HK_EXP, -INFINITY, 0},
    {HK_ERF, 0, 0},
    {HK_ERF, INFINITY, 1},
    {HK_ERF, -INFINITY, -1},
    {HK_SOFTSIGN, 0, 0},
    {HK_SOFTPLUS, -INFINITY, 0},
    {HK_HARD_SIGMOID, 0, 0.5f},
    {HK_HARD_SWISH, 0, 0},
};
enum { ANCHORS = sizeof anchors / sizeof *anchors };

static size_t anchor_count(hk_activation_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < ANCHORS; i++) count += anchors[i].kind == kind;
    return count;
}
/* The anchors that are missed. */
static size_t missed_anchors(const sweep_job *job) {
    size_t missed = 0;
    for (size_t i = 0; i < ANCHORS; i++) {
        float y;
        if (anchors[i].kind != job->a.kind) continue;
        job->f32(&anchors[i].x, 1, &y, 1, 1, 1, job->a.alpha, job->a.beta);
        if (y == anchors[i].y) continue;
        printf("| | %s(%g) is %a |\n", hk_activation_name(job->a.kind), (double)anchors[i].x, (double)y);
        missed++;
    }
    return missed;
}

static uint64_t complain(const char *what, const mistake *m) {
    if (m->count) printf("| | %" PRIu64 " times %s is wrong, as at %a |\n", m->count, what, (double)m->where);
    return m->count;
}

/* A row of the table, and of the JSON file. 1 if the bound is broken. */
static int report(const options *o, const sweep_job *job, const finding *f, int fast, double bound) {
    static int rows;
    const char *kind = hk_activation_name(job->a.kind), *unit = job->by_input ? "ulp(x)" : "ULP";
    const double alpha = (double)job->a.alpha, beta = (double)job->a.beta;
    printf("| %s%s | ", kind, fast ? ", fast" : "");
    if (o->parameters)
        printf("%a | %a | ", alpha, beta);
    else
        printf("%g %s | ", bound, unit);
    printf("%.3f | %a | %.3f | %a |", f->error, (double)f->where, f->subnormal_error, (double)f->subnormal_where);
    if (!o->parameters && job->monotone) printf(" %" PRIu64, f->descent.count);
    if (!o->parameters) printf(" |");
    printf("\n");
    const int exact = !fast && !o->parameters;
    const size_t missed = exact ? missed_anchors(job) : 0;
    const uint64_t wrong = complain("NaN", &f->nan) + complain("an infinity", &f->infinity) +
                           complain("the sign of a zero", &f->zero) + missed;
    fflush(stdout);
    if (o->json) {
        fprintf(o->json,
                "%s\n  {\"kind\": \"%s\", \"fast\": %s, \"alpha\": \"%a\", \"beta\": \"%a\", \"unit\": \"%s\", "
                "\"bound\": %g, \"max_ulp\": %.4f, \"at\": \"%a\", \"max_ulp_subnormal\": %.4f, "
                "\"subnormal_at\": \"%a\", \"wrong_nan\": %" PRIu64 ", \"wrong_infinity\": %" PRIu64
                ", \"wrong_zero\": %" PRIu64 ", ",
                rows++ ? "," : "", kind, fast ? "true" : "false", alpha, beta, unit, bound, f->error, (double)f->where,
                f->subnormal_error, (double)f->subnormal_where, f->nan.count, f->infinity.count, f->zero.count);
        if (job->monotone)
            fprintf(o->json, "\"not_monotone\": %" PRIu64 ", ", f->descent.count);
        else
            fprintf(o->json, "\"not_monotone\": null, ");
        const size_t all = exact ? anchor_count(job->a.kind) : 0;
        fprintf(o->json, "\"anchors\": %zu, \"anchors_exact\": %zu}", all, all - missed);
    }
    return f->error > bound + REFERENCE_ERROR || f->subnormal_error > bound + REFERENCE_ERROR || wrong;
}

static int is_monotone(hk_activation_kind kind) {
    return kind != HK_GELU && kind != HK_GELU_TANH && kind != HK_SILU && kind != HK_HARD_SWISH && kind != HK_MISH;
}

/* The forms of every kind, with the default parameters. */
static int measure_forms(const options *o) {
    int failed = 0;
    const hk_kernels *k = hk_kernels_current();
    printf("| function | bound | max | at | max, subnormal results | at | not monotone at |\n"
           "|---|---|---|---|---|---|---|\n");
    for (int kind = 0; kind < HK_SOFTMAX; kind++) {
        if (o->any && !o->named[kind]) continue;
        sweep_job job = {.f32 = k->map_f32[kind],
                         .f64 = k->map_f64[kind],
                         .a = hk_activation_default((hk_activation_kind)kind),
                         .stride = o->stride,
                         .monotone = is_monotone((hk_activation_kind)kind)};
        finding f = sweep(&job);
        failed |= report(o, &job, &f, 0, oracle_bound_f32(job.a.kind));
        if (!k->fast_f32[kind]) continue;
        job.f32 = k->fast_f32[kind];
        job.by_input = oracle_fast_by_input(job.a.kind);
        f = sweep(&job);
        failed |= report(o, &job, &f, 1, ORACLE_BOUND_FAST);
    }
    return failed;
}

/* A parameter: the first are common ones, then magnitudes from 0 to 2, then from 2^-10 to 2^10. */
static float parameter(random_state *r, long i) {
    static const float common[] = {1, 0.5f, 0.01f, 0.2f, 2, 0x1p-10f, 1000, 0.001f, 0};
    enum { COMMON = sizeof common / sizeof *common };
    const double u = random_unit(r);
    const float sign = random_bits(r) % 4 ? 1.0f : -1.0f;
    const uint64_t pick = random_bits(r);
    if (i % 4 == 0) return sign * common[pick % COMMON];
    return sign * (float)(i % 4 == 1 ? 1 + u : exp2(10 * u));
}

static int has_parameters(hk_activation_kind kind) {
    const hk_activation a = hk_activation_default(kind);
    return a.alpha > 0 || a.beta > 0;
}

static int measure_parameters(const options *o) {
    int failed = 0;
    const hk_kernels *k = hk_kernels_current();
    printf("| function | alpha | beta | max ULP | at | max ULP, subnormal results | at "
           "|\n|---|---|---|---|---|---|---|\n");
    for (int kind = 0; kind < HK_SOFTMAX; kind++) {
        sweep_job job = {.f32 = k->map_f32[kind], .f64 = k->map_f64[kind], .stride = o->stride};
        if (!has_parameters((hk_activation_kind)kind) || (o->any && !o->named[kind])) continue;
        random_state r = {(uint64_t)kind};
        sweep_job worst_job = job;
        finding worst = {.error = -1, .subnormal_error = -1};
        for (long i = 0; i < o->parameters; i++) {
            job.a = (hk_activation){(hk_activation_kind)kind, parameter(&r, i), parameter(&r, i / 4), HK_ACCURATE};
            if (kind == HK_CELU) job.a.alpha = job.a.alpha == 0 ? 3 : fabsf(job.a.alpha); /* it wants one above 0 */
            const finding f = sweep(&job);
            if (fmax(f.error, f.subnormal_error) > 1 + REFERENCE_ERROR || f.nan.count || f.infinity.count ||
                f.zero.count)
                failed |= report(o, &job, &f, 0, 1);
            if (fmax(f.error, f.subnormal_error) > fmax(worst.error, worst.subnormal_error)) worst = f, worst_job = job;
        }
        failed |= report(o, &worst_job, &worst, 0, 1);
    }
    return failed;
}

int main(int count, char **arguments) {
    options o = {.stride = 1};
    for (int i = 1; i < count; i++) {
        hk_activation a;
        if (!strcmp(arguments[i], "--stride") && i + 1 < count)
            o.stride = strtoull(arguments[++i], NULL, 10);
        else if (!strcmp(arguments[i], "--parameters") && i + 1 < count)
            o.parameters = strtol(arguments[++i], NULL, 10);
        else if (!strcmp(arguments[i], "--json") && i + 1 < count) {
            if (!(o.json = fopen(arguments[++i], "w")))
                return fprintf(stderr, "accuracy: %s cannot be written\n", arguments[i]), 2;
        } else if (hk_activation_from_name(arguments[i], &a) && a.kind < HK_SOFTMAX)
            o.any = o.named[a.kind] = 1;
        else
            return fprintf(stderr, "accuracy: '%s' is no option and no activation\n", arguments[i]), 2;
    }
    if (!o.stride || o.parameters < 0) return fprintf(stderr, "accuracy: --stride wants a number from 1\n"), 2;
    if (o.json) fprintf(o.json, "{\"stride\": %" PRIu64 ", \"activations\": [", o.stride);
    const int failed = o.parameters ? measure_parameters(&o) : measure_forms(&o);
    if (o.json) {
        fprintf(o.json, "\n]}\n");
        fclose(o.json);
    }
    return failed;
}
