/* Activations, softmax and log-softmax on every level, through the shared library and beside other libraries.
 *
 *   bench_activation --benchmark_filter='^(exp|tanh)_f32/.*' --benchmark_repetitions=9 --benchmark_out=activation.json
 *   bench/report.py activation.json
 *
 * Rows are FUNCTION/WHO/SIZE: WHO is a level (its kernel, entered as the library enters it), `hillock` (the public
 * function of the shared library at the best level) or a peer. Beside the time stand the errors:
 *   max_ulp    the largest in units of the last place, over every 65537th float and 65536 of the numbers timed with,
 *              where the exact result is a normal float; inf: NaN or infinity in place of a number
 *   max_error  the largest |y - exact| / max(1, |exact|) for |x| <= 8
 * What is wrong by more than 1e-2 in this sense is named and not timed.
 *
 * Peers run on one thread. What limits their instruction set holds for a whole process, so that such a comparison is a
 * run of its own: ONEDNN_MAX_CPU_ISA=AVX2 for oneDNN; XNNPACK and VOLK always take their best. */
#include "bench.h"

#include "hillock/hillock.h"
#include "peers/peer.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t sizes[] = {3, 16, 64, 100, 384, 768, 1024, 1536, 4096, 16384, 65536, 1 << 20, 4 << 20};
static const size_t shapes[][2] = {{1638, 10}, {128, 128}, {16, 1000}, {1, 32000}};
enum { MOST = 4 << 20, SAMPLE = 1 << 16, BLOCK = 4096, F64_SIZE = 16384 };

/* The tables of a level, with what is put behind the level's name. */
static const struct {
    const char *suffix;
    size_t table;
} forms[] = {
    {"", offsetof(hk_kernels, map_f32)},
    {"_fast", offsetof(hk_kernels, fast_f32)},
};

static float *x, *y; /* MOST floats each */
static double *x64, *y64;

typedef struct entrant {
    char who[32];
    hk_activation a;
    hk_map_f32_fn *level; /* one of these three */
    peer_map *map;
    peer_rows *map_rows;
    size_t rows, cols;
} entrant;

static void run(const entrant *e, const float *from, float *to, size_t rows, size_t cols, uint64_t times) {
    if (e->level)
        while (times--) e->level(from, cols, to, cols, rows, cols, e->a.alpha, e->a.beta);
    else if (e->map_rows)
        while (times--) e->map_rows(from, to, rows, cols);
    else
        while (times--) e->map(from, to, cols);
}
static void body(void *context, uint64_t iterations) {
    const entrant *e = context;
    run(e, x, y, e->rows, e->cols, iterations);
}

typedef struct errors {
    double ulp, mixed;
} errors;

static void compare(errors *worst, const float *at, const float *got, const double *exact, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const double size = fabs(exact[i]);
        if (!(size <= FLT_MAX)) continue;
        const double error = isfinite(got[i]) ? fabs((double)got[i] - exact[i]) : (double)INFINITY;
        int exponent;
        frexp(exact[i], &exponent);
        if (size >= FLT_MIN) worst->ulp = fmax(worst->ulp, error * ldexp(1, FLT_MANT_DIG - exponent));
        if (fabsf(at[i]) <= 8) worst->mixed = fmax(worst->mixed, error / fmax(1, size));
    }
}

static errors errors_of(const entrant *e) {
    errors worst = {0, 0};
    const int by_rows = e->a.kind >= HK_SOFTMAX;
    const size_t rows = by_rows ? 32 : 1, cols = BLOCK / rows;
    const hk_kernels *exact = hk_kernels_current();
    static float in[BLOCK], out[BLOCK + 16];
    static double wide[BLOCK];
    for (uint32_t first = 0; first < 2 * SAMPLE; first += BLOCK) {
        if (by_rows && first < SAMPLE) continue; /* any float beside any other: its softmax is 0 or 1 */
        for (uint32_t i = 0; i < BLOCK; i++) {
            const uint32_t bits = (first + i) * 65537u;
            memcpy(&in[i], &bits, sizeof bits);
            if (first >= SAMPLE || !isfinite(in[i])) in[i] = x[(first + i) % SAMPLE];
            wide[i] = (double)in[i];
        }
        run(e, in, out, rows, cols, 1);
        exact->map_f64[e->a.kind](wide, cols, wide, cols, rows, cols, e->a.alpha, e->a.beta);
        compare(&worst, in, out, wide, BLOCK);
    }
    return worst;
}

static void add(const entrant *e) {
    const errors worst = errors_of(e);
    const char *kind = hk_activation_name(e->a.kind);
    if (!(worst.mixed <= 1e-2)) {
        fprintf(stderr, "%s/%s is wrong by %.3g: not timed\n", kind, e->who, worst.mixed);
        return;
    }
    const int by_rows = e->a.kind >= HK_SOFTMAX;
    for (size_t i = 0; i < (by_rows ? sizeof shapes / sizeof *shapes : sizeof sizes / sizeof *sizes); i++) {
        entrant *timed = malloc(sizeof *timed);
        if (!timed) abort();
        *timed = *e;
        timed->rows = by_rows ? shapes[i][0] : 1;
        timed->cols = by_rows ? shapes[i][1] : sizes[i];
        char name[96], rows[32] = "";
        if (by_rows) snprintf(rows, sizeof rows, "%zux", timed->rows);
        snprintf(name, sizeof name, "%s_f32/%s/%s%zu", kind, e->who, rows, timed->cols);
        gbench_register(name, body, timed,
                        (gbench_work){.elements = (double)(timed->rows * timed->cols),
                                      .max_ulp = worst.ulp,
                                      .max_error = worst.mixed});
    }
}

static void add_level(const hk_kernels *k, hk_activation a) {
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        entrant e = {.a = a};
        memcpy(&e.level, (const char *)k + forms[f].table + (size_t)a.kind * sizeof e.level, sizeof e.level);
        snprintf(e.who, sizeof e.who, "%s%s", k->level, forms[f].suffix);
        if (e.level) add(&e);
    }
}

static void add_public(hk_activation a) {
    entrant e = {.who = "hillock", .a = a};
    char name[64];
    snprintf(name, sizeof name, "hk_%s_f32", hk_activation_name(a.kind));
    if (a.kind >= HK_SOFTMAX ? bench_public(name, &e.map_rows) : bench_public(name, &e.map)) add(&e);
}

static void add_peer(const bench_peer *peer, hk_activation a) {
    entrant e = {.a = a, .map = peer->map[a.kind]};
    snprintf(e.who, sizeof e.who, "%s", peer->name);
    if (a.kind == HK_SOFTMAX) e.map_rows = peer->softmax;
    if (a.kind == HK_LOG_SOFTMAX) e.map_rows = peer->log_softmax;
    if (e.map || e.map_rows) add(&e);
}

/* The double kernels, which have no peers here. */
typedef struct f64_case {
    hk_map_f64_fn *map;
    hk_activation a;
} f64_case;
static void body_f64(void *context, uint64_t iterations) {
    const f64_case *c = context;
    while (iterations--) c->map(x64, F64_SIZE, y64, F64_SIZE, 1, F64_SIZE, c->a.alpha, c->a.beta);
}
static void add_f64(const hk_kernels *k, hk_activation a) {
    f64_case *c = malloc(sizeof *c);
    if (!c) abort();
    *c = (f64_case){k->map_f64[a.kind], a};
    char name[64];
    snprintf(name, sizeof name, "%s_f64/%s/%d", hk_activation_name(a.kind), k->level, F64_SIZE);
    gbench_register(name, body_f64, c, (gbench_work){.elements = F64_SIZE, .max_ulp = -1, .max_error = -1});
}

int main(int count, char **arguments) {
    bench_start();
    bench_peers_start();
    x = bench_normal(MOST);
    y = bench_alloc(MOST * sizeof *y);
    x64 = bench_alloc(F64_SIZE * sizeof *x64);
    y64 = bench_alloc(F64_SIZE * sizeof *y64);
    for (size_t i = 0; i < F64_SIZE; i++) x64[i] = (double)x[i];
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        const hk_activation a = hk_activation_default((hk_activation_kind)kind);
        for (size_t i = 0; i < bench_level_count; i++) add_level(bench_levels[i].k, a);
        add_public(a);
        for (size_t i = 0; i < bench_peer_count; i++)
            if (bench_peer_runs(i)) add_peer(bench_peers[i], a);
        for (size_t i = 0; i < bench_level_count; i++) add_f64(bench_levels[i].k, a);
    }
    return gbench_run(count, arguments);
}
