/* The error of every f32 activation over all floats: each is compared with the library's own function in double, which
 * test_kernels holds to a few units of 2^-52 of long double formulas.
 *
 * usage: accuracy [--stride N] [--json FILE] [KIND ...]
 *   Prints a Markdown table: the largest error in ULP of the result and where it lies, for normal and for subnormal
 *   results. Exits with 1 if an error is above 1 ULP, or NaN or the sign of a zero is wrong.
 *   --stride N looks at every Nth float only. */
#include "hillock/hillock.h"

#include "dispatch.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 4096, THREADS_MAX = 64 };

typedef struct finding {
    double error, subnormal_error;
    float where, subnormal_where;
    uint64_t wrong; /* NaN for a number or the reverse, or a wrong sign of zero */
    float wrong_where;
} finding;

typedef struct share {
    hk_activation a;
    uint64_t first, stride; /* of the floats first, first + stride, ... in the order of their bits */
    finding found;
} share;

static float float_of(uint32_t bits) {
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* The error in units of the last place of the exact value as a float. */
static double ulps(float y, double exact) {
    uint64_t bits;
    memcpy(&bits, &exact, sizeof bits);
    const int exponent = (int)(bits >> 52 & 2047) - 1023;
    const int place = exponent < -126 ? -149 : exponent - 23;
    const uint64_t inverse_bits = (uint64_t)(1023 - place) << 52;
    double inverse;
    memcpy(&inverse, &inverse_bits, sizeof inverse);
    if (isinf(y) && fabs(exact) >= FLT_MAX * (1 + 0x1p-25)) return 0; /* what rounds to infinity */
    return fabs((double)y - exact) * inverse;
}

static void look(finding *f, float x, float y, double exact) {
    if (isnan(y) || isnan(exact) || y == 0) {
        const int fine = isnan(y) ? isnan(exact) : !isnan(exact) && !signbit(y) == !signbit(exact);
        if (!fine) {
            f->wrong++;
            f->wrong_where = x;
        }
        if (isnan(y) || isnan(exact)) return;
    }
    if (isinf(exact)) exact = copysign(DBL_MAX, exact);
    const double error = ulps(y, exact);
    if (fabs(exact) < FLT_MIN) {
        if (error > f->subnormal_error) f->subnormal_error = error, f->subnormal_where = x;
    } else if (error > f->error) {
        f->error = error, f->where = x;
    }
}

static void *sweep(void *argument) {
    share *s = argument;
    static _Thread_local float x[BLOCK], y[BLOCK];
    static _Thread_local double exact[BLOCK];
    const hk_kernels *k = hk_kernels_current();
    size_t n = 0;
    for (uint64_t bits = s->first;; bits += s->stride) {
        if (n == BLOCK || bits >> 32) {
            for (size_t i = 0; i < n; i++) exact[i] = (double)x[i];
            k->map_f32[s->a.kind](x, n, y, n, 1, n, s->a.alpha, s->a.beta);
            k->map_f64[s->a.kind](exact, n, exact, n, 1, n, s->a.alpha, s->a.beta);
            for (size_t i = 0; i < n; i++) look(&s->found, x[i], y[i], exact[i]);
            n = 0;
        }
        if (bits >> 32) return NULL;
        x[n++] = float_of((uint32_t)bits);
    }
}

static finding find(hk_activation a, uint64_t stride) {
    long threads = sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1) threads = 1;
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    pthread_t id[THREADS_MAX];
    static share shares[THREADS_MAX];
    for (long t = 0; t < threads; t++) {
        shares[t] = (share){.a = a, .first = (uint64_t)t * stride, .stride = stride * (uint64_t)threads};
        if (pthread_create(&id[t], NULL, sweep, &shares[t])) exit(2);
    }
    finding all = {0};
    for (long t = 0; t < threads; t++) {
        pthread_join(id[t], NULL);
        const finding *f = &shares[t].found;
        if (f->error > all.error) all.error = f->error, all.where = f->where;
        if (f->subnormal_error > all.subnormal_error)
            all.subnormal_error = f->subnormal_error, all.subnormal_where = f->subnormal_where;
        if (f->wrong) all.wrong_where = f->wrong_where;
        all.wrong += f->wrong;
    }
    return all;
}

int main(int count, char **arguments) {
    uint64_t stride = 1;
    const char *json_path = NULL;
    int named[HK_SOFTMAX] = {0}, any = 0;
    for (int i = 1; i < count; i++) {
        hk_activation a;
        if (!strcmp(arguments[i], "--stride") && i + 1 < count)
            stride = strtoull(arguments[++i], NULL, 10);
        else if (!strcmp(arguments[i], "--json") && i + 1 < count)
            json_path = arguments[++i];
        else if (hk_activation_from_name(arguments[i], &a) && a.kind < HK_SOFTMAX)
            any = named[a.kind] = 1;
        else
            return fprintf(stderr, "accuracy: '%s' is no option and no activation\n", arguments[i]), 2;
    }
    if (!stride) return fprintf(stderr, "accuracy: --stride wants a number from 1\n"), 2;
    FILE *json = json_path ? fopen(json_path, "w") : NULL;
    if (json_path && !json) return fprintf(stderr, "accuracy: %s cannot be written\n", json_path), 2;
    if (json) fprintf(json, "{\"stride\": %llu, \"activations\": [", (unsigned long long)stride);
    printf("| function | max ULP | at | max ULP, subnormal results | at |\n|---|---|---|---|---|\n");
    int failed = 0;
    for (int kind = 0, first = 1; kind < HK_SOFTMAX; kind++) {
        if (any && !named[kind]) continue;
        const finding f = find(hk_activation_default((hk_activation_kind)kind), stride);
        printf("| %s | %.3f | %a | %.3f | %a |\n", hk_activation_name((hk_activation_kind)kind), f.error,
               (double)f.where, f.subnormal_error, (double)f.subnormal_where);
        if (f.wrong)
            printf("| | %llu times NaN or a sign of zero is wrong, as at %a | | | |\n", (unsigned long long)f.wrong,
                   (double)f.wrong_where);
        fflush(stdout);
        if (json)
            fprintf(json,
                    "%s\n  {\"kind\": \"%s\", \"max_ulp\": %.4f, \"at\": \"%a\", \"max_ulp_subnormal\": %.4f, "
                    "\"subnormal_at\": \"%a\", \"wrong\": %llu}",
                    first ? "" : ",", hk_activation_name((hk_activation_kind)kind), f.error, (double)f.where,
                    f.subnormal_error, (double)f.subnormal_where, (unsigned long long)f.wrong);
        first = 0;
        failed |= f.error > 1 || f.subnormal_error > 1 || f.wrong;
    }
    if (json) {
        fprintf(json, "\n]}\n");
        fclose(json);
    }
    return failed;
}
