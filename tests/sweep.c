#include "sweep.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 4096, THREADS_MAX = 64 };

/* A thread's part: every `step` of bits from `first` on, a block of BLOCK floats. */
typedef struct share {
    const sweep_job *job;
    uint64_t first, step;
    finding found;
} share;

static float float_of(uint32_t bits) {
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* |y - exact| in units of the last place that a float near `scale` has. */
static double units(float y, double exact, double scale) {
    uint64_t bits;
    memcpy(&bits, &scale, sizeof bits);
    const int exponent = (int)(bits >> 52 & 2047) - 1023;
    const int place = exponent < -126 ? -149 : exponent - 23;
    const uint64_t inverse_bits = (uint64_t)(1023 - place) << 52;
    double inverse;
    memcpy(&inverse, &inverse_bits, sizeof inverse);
    if (isinf(y) && (y > 0) == (exact > 0) && fabs(exact) >= FLT_MAX * (1 + 0x1p-25)) return 0; /* rounds to infinity */
    return fabs((double)y - exact) * inverse;
}

static void note(mistake *m, int is_one, float x) {
    if (!is_one) return;
    m->count++;
    m->where = x;
}

/* The larger error; of equal ones that of the smaller bits, whatever the number of threads. */
static void keep_worst(double *most, float *where, double error, float x) {
    uint32_t old, new;
    memcpy(&old, where, sizeof old);
    memcpy(&new, &x, sizeof new);
    if (error < *most || (error == *most && (error == 0 || new >= old))) return;
    *most = error;
    *where = x;
}

static void look(finding *f, float x, float y, double exact, int by_input) {
    note(&f->nan, !isnan(y) != !isnan(exact), x);
    if (isnan(y) || isnan(exact)) return;
    note(&f->infinity, isinf(y) ? fabs(exact) < FLT_MAX * (1 + 0x1p-25) : fabs(exact) >= 0x1p128, x);
    note(&f->zero, y == 0 && !signbit(y) != !signbit(exact), x);
    if (isinf(exact)) exact = copysign(DBL_MAX, exact);
    const double error = units(y, exact, by_input ? (double)x : exact);
    if (fabs(exact) < FLT_MIN)
        keep_worst(&f->subnormal_error, &f->subnormal_where, error, x);
    else
        keep_worst(&f->error, &f->where, error, x);
}

/* Where a zero may have either sign: a product with a parameter that is 0, and HARD_SIGMOID's a x + b where it
   underflows to -0, which max(0, ...) lets pass. */
static int zero_sign_is_open(hk_activation a, float x) {
    const double part = (double)a.alpha * (double)x + (double)a.beta;
    return a.kind == HK_HARD_SIGMOID ? part < 0 && part > -FLT_MIN
           : a.kind == HK_ELU        ? a.alpha == 0
           : a.kind == HK_SELU       ? a.alpha == 0 || a.beta == 0
                                     : 0;
}

/* Neighbours in the order of bits: below 0 the next one is smaller. */
static void look_for_descents(finding *f, const float *x, const float *y, size_t n) {
    for (size_t i = 0; i + 1 < n; i++)
        note(&f->descent, (x[i] < x[i + 1] && y[i] > y[i + 1]) || (x[i] > x[i + 1] && y[i] < y[i + 1]), x[i]);
}

/* The block from `first` on, and the neighbour of its last float. */
static void look_at_block(const sweep_job *job, uint64_t first, uint64_t stride, finding *f) {
    static _Thread_local float x[BLOCK + 1], y[BLOCK + 1];
    static _Thread_local double exact[BLOCK];
    size_t n = 0;
    for (uint64_t bits = first; n <= BLOCK && !(bits >> 32); bits += stride) x[n++] = float_of((uint32_t)bits);
    const size_t own = n < BLOCK ? n : BLOCK;
    for (size_t i = 0; i < own; i++) exact[i] = (double)x[i];
    job->f32(x, n, y, n, 1, n, job->a.alpha, job->a.beta);
    job->f64(exact, own, exact, own, 1, own, job->a.alpha, job->a.beta);
    for (size_t i = 0; i < own; i++)
        if (y[i] != 0 || exact[i] != 0 || !zero_sign_is_open(job->a, x[i]))
            look(f, x[i], y[i], exact[i], job->by_input);
    if (job->monotone) look_for_descents(f, x, y, n);
}

static void *sweep_share(void *argument) {
    share *s = argument;
    /* the neighbours of the zeros and infinities, whatever the stride */
    static const uint32_t edges[] = {0, 0x80000000, 0x7f800000 - BLOCK / 2, 0xff800000 - BLOCK / 2};
    if (!s->first && s->job->stride > 1)
        for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) look_at_block(s->job, edges[i], 1, &s->found);
    for (uint64_t first = s->first; !(first >> 32); first += s->step)
        look_at_block(s->job, first, s->job->stride, &s->found);
    return NULL;
}

static void merge_mistake(mistake *all, const mistake *m) {
    if (m->count) all->where = m->where;
    all->count += m->count;
}
static void merge(finding *all, const finding *f) {
    keep_worst(&all->error, &all->where, f->error, f->where);
    keep_worst(&all->subnormal_error, &all->subnormal_where, f->subnormal_error, f->subnormal_where);
    merge_mistake(&all->nan, &f->nan);
    merge_mistake(&all->infinity, &f->infinity);
    merge_mistake(&all->zero, &f->zero);
    merge_mistake(&all->descent, &f->descent);
}

finding sweep(const sweep_job *job) {
    long threads = sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1) threads = 1;
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    pthread_t id[THREADS_MAX];
    static share shares[THREADS_MAX];
    const uint64_t block = BLOCK * job->stride;
    for (long t = 0; t < threads; t++) {
        shares[t] = (share){.job = job, .first = (uint64_t)t * block, .step = (uint64_t)threads * block};
        if (pthread_create(&id[t], NULL, sweep_share, &shares[t])) exit(2);
    }
    finding all = {0};
    for (long t = 0; t < threads; t++) {
        pthread_join(id[t], NULL);
        merge(&all, &shares[t].found);
    }
    return all;
}
