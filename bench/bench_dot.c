/* Dot products and matrix times vector on every level, through the shared library and beside other libraries.
 *
 *   bench_dot --benchmark_filter='dot_f32/.*' --benchmark_repetitions=9 --benchmark_out=dot.json
 *   bench/report.py dot.json
 *
 * Rows are FUNCTION/WHO/SIZE, as in bench_activation; behind the size, off4 means that both arrays begin 4 bytes (f64:
 * 8) after a multiple of 64 bytes, off4one that the second does. of_limit is the share of the speed of a loop that only
 * loads as many bytes, at WHO's level, or at the best level for the others. max_error is |result - exact| over the sum
 * of |a[i] * b[i]|, up to 65536 elements; what is wrong by more than 1e-2 (integers: at all) is named and not timed.
 *
 * The rows of WHO `loop` are limits, not libraries: the inner loop of this kernel alone (limit_dot_of in limits.h).
 *
 * Peers run on one thread. What limits their instruction set holds for a whole process: OPENBLAS_CORETYPE=Haswell,
 * ONEDNN_MAX_CPU_ISA=AVX2. */
#include "bench.h"

#include "hillock/hillock.h"
#include "peers/peer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t sizes[] = {3, 16, 64, 100, 384, 768, 1024, 1536, 4096, 16384, 65536, 1 << 20, 4 << 20};
static const size_t shapes[][2] = {{128, 128}, {1000, 64}, {1000, 384}, {1000, 768}, {1000, 1536}, {1024, 1024}};
enum { MOST = 4 << 20, CHECKED = 65536 };

static volatile double sink;

typedef struct dot_case { /* one function of one type, on some data */
    union {
        float (*dot_f32)(const float *, const float *, size_t);
        double (*dot_f64)(const double *, const double *, size_t);
        float (*dot_bf16)(const uint16_t *, const uint16_t *, size_t);
        float (*dot_f16)(const uint16_t *, const uint16_t *, size_t);
        int64_t (*dot_i8)(const int8_t *, const int8_t *, size_t);
        int64_t (*dot_u8i8)(const uint8_t *, const int8_t *, size_t);
        void (*any)(void);
    } of;
    const void *a, *b;
    size_t n;
} dot_case;

/* X(name, types of both sides, bytes to begin after a line, is it of integers) */
#define DOT_LIST(X)                                                                                                    \
    X(dot_f32, float, float, 4, 0)                                                                                     \
    X(dot_f64, double, double, 8, 0)                                                                                   \
    X(dot_bf16, bf16, bf16, 4, 0)                                                                                      \
    X(dot_f16, f16, f16, 4, 0)                                                                                         \
    X(dot_i8, int8_t, int8_t, 4, 1)                                                                                    \
    X(dot_u8i8, uint8_t, int8_t, 4, 1)

/* For each type, elements from floats in [-1, 1), and elements as doubles. */
typedef uint16_t bf16, f16;
#define INTEGER_OR_FLOAT(type, from_x)                                                                                 \
    static void fill_##type(void *p, const float *x, size_t n) {                                                       \
        for (size_t i = 0; i < n; i++) ((type *)p)[i] = (type)(from_x);                                                \
    }                                                                                                                  \
    static double at_##type(const void *p, size_t i) { return (double)((const type *)p)[i]; }
#define NARROW_FLOAT(type)                                                                                             \
    static void fill_##type(void *p, const float *x, size_t n) { hk_kernels_current()->f32_to_##type(x, p, n); }       \
    static double at_##type(const void *p, size_t i) {                                                                 \
        float f;                                                                                                       \
        hk_kernels_current()->type##_to_f32((const type *)p + i, &f, 1);                                               \
        return (double)f;                                                                                              \
    }
INTEGER_OR_FLOAT(float, x[i])
INTEGER_OR_FLOAT(double, (double)x[i] / 3)
INTEGER_OR_FLOAT(int8_t, 128 * x[i])
INTEGER_OR_FLOAT(uint8_t, 128 + 128 * x[i])
NARROW_FLOAT(bf16)
NARROW_FLOAT(f16)

#define BODY(name, left, right, off, whole)                                                                            \
    static void body_##name(void *context, uint64_t iterations) {                                                      \
        const dot_case *c = context;                                                                                   \
        while (iterations--) sink = (double)c->of.name(c->a, c->b, c->n);                                              \
    }
DOT_LIST(BODY)

typedef struct side {
    void (*fill)(void *, const float *, size_t);
    double (*at)(const void *, size_t);
    unsigned char *data; /* MOST elements and a line */
} side;
static struct dot {
    const char *name;
    gbench_body *body;
    side a, b;
    size_t bytes, of_level, of_peer; /* of an element; where the tables hold the function */
    int offset, whole;
} dots[] = {
#define ROW(name, left, right, off, integers)                                                                          \
    {#name,                                                                                                            \
     body_##name,                                                                                                      \
     {fill_##left, at_##left, NULL},                                                                                   \
     {fill_##right, at_##right, NULL},                                                                                 \
     sizeof(left),                                                                                                     \
     offsetof(hk_kernels, name),                                                                                       \
     offsetof(bench_peer, name),                                                                                       \
     off,                                                                                                              \
     integers},
    DOT_LIST(ROW)};

static void fill(side *s, size_t bytes, uint64_t seed) {
    float *x = bench_uniform(MOST + 64, seed);
    s->data = bench_alloc((MOST + 64) * bytes);
    s->fill(s->data, x, MOST + 64);
    free(x);
}

/* A dot product's exact value and the size of its terms, for each size and each way to begin. */
enum { WAYS = 3 };
typedef struct known {
    double exact, size;
} known;
static known known_of[sizeof sizes / sizeof *sizes][WAYS];

static dot_case case_of(const struct dot *d, size_t i, int way) {
    return (dot_case){
        .a = d->a.data + (way == 1 ? d->offset : 0), .b = d->b.data + (way ? d->offset : 0), .n = sizes[i]};
}

static void know(const struct dot *d) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && sizes[i] <= CHECKED; i++)
        for (int way = 0; way < WAYS; way++) {
            const dot_case c = case_of(d, i, way);
            known_of[i][way] = (known){0, 0};
            for (size_t k = 0; k < c.n; k++) {
                const double term = d->a.at(c.a, k) * d->b.at(c.b, k);
                known_of[i][way].exact += term, known_of[i][way].size += fabs(term);
            }
        }
}

static void add_dot(const struct dot *d, const char *who, void (*of)(void), const limit_loops *loops) {
    int wrong = 0; /* then what is too large to be checked is not timed either */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int way = 0; way < WAYS; way++) {
            dot_case *c = malloc(sizeof *c);
            if (!c) abort();
            *c = case_of(d, i, way);
            c->of.any = of;
            char name[96], behind[16] = "";
            if (way) snprintf(behind, sizeof behind, "/off%d%s", d->offset, way == 1 ? "" : "one");
            snprintf(name, sizeof name, "%s/%s/%zu%s", d->name, who, c->n, behind);
            double error = -1;
            if (c->n <= CHECKED) {
                d->body(c, 1);
                error = fabs(sink - known_of[i][way].exact) / known_of[i][way].size;
            }
            if (c->n <= CHECKED && !(error <= (d->whole ? 0 : 1e-2))) {
                if (!wrong) fprintf(stderr, "%s is wrong by %.3g: not timed\n", name, error); /* the first of many */
                wrong = 1;
                continue;
            }
            if (c->n > CHECKED && wrong) continue;
            const size_t bytes = 2 * c->n * d->bytes;
            gbench_register(name, d->body, c,
                            (gbench_work){.bytes = (double)bytes,
                                          .most_bytes = bench_bytes(loops, bytes),
                                          .elements = (double)c->n,
                                          .max_ulp = -1,
                                          .max_error = error});
        }
}

typedef void matvec_fn(const float *w, const float *x, float *y, size_t rows, size_t cols);
typedef struct matvec_case {
    matvec_fn *of;
    const float *w, *x;
    float *y;
    size_t rows, cols;
} matvec_case;
static void body_matvec_f32(void *context, uint64_t iterations) {
    const matvec_case *c = context;
    while (iterations--) c->of(c->w, c->x, c->y, c->rows, c->cols);
}

static void add_matvec(const char *who, matvec_fn *of, const limit_loops *loops) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const size_t rows = shapes[i][0], cols = shapes[i][1];
        matvec_case *c = malloc(sizeof *c);
        if (!c) abort();
        *c = (matvec_case){of,
                           (const float *)(void *)dots[0].a.data,
                           (const float *)(void *)dots[0].b.data,
                           bench_alloc(rows * sizeof(float)),
                           rows,
                           cols};
        char name[96];
        snprintf(name, sizeof name, "matvec_f32/%s/%zux%zu", who, rows, cols);
        body_matvec_f32(c, 1);
        double error = 0;
        for (size_t r = 0; r < rows; r++) {
            const double exact = (double)hk_dot_f32(c->w + r * cols, c->x, cols);
            error = fmax(error, fabs((double)c->y[r] - exact) / (double)cols);
        }
        if (!(error <= 1e-5)) {
            fprintf(stderr, "%s is wrong by %.3g: not timed\n", name, error);
            continue;
        }
        const size_t bytes = (rows + 1) * cols * sizeof(float);
        gbench_register(name, body_matvec_f32, c,
                        (gbench_work){.bytes = (double)bytes,
                                      .most_bytes = bench_bytes(loops, bytes),
                                      .elements = (double)(rows * cols),
                                      .max_ulp = -1,
                                      .max_error = error});
    }
}

typedef struct loop_case {
    limit_dot *loop;
    const void *a, *b;
    size_t bytes;
} loop_case;
static void body_loop(void *context, uint64_t iterations) {
    const loop_case *c = context;
    while (iterations--) c->loop(c->a, c->b, c->bytes);
}
static void add_loop(const struct dot *d) {
    limit_dot *loop = limit_dot_of(d->name);
    for (size_t i = 0; loop && i < sizeof sizes / sizeof *sizes; i++) {
        const size_t bytes = sizes[i] * d->bytes;
        if (bytes % LIMIT_DOT_BYTES) continue;
        loop_case *c = malloc(sizeof *c);
        if (!c) abort();
        *c = (loop_case){loop, d->a.data, d->b.data, bytes};
        char name[96];
        snprintf(name, sizeof name, "%s/loop/%zu", d->name, sizes[i]);
        gbench_register(
            name, body_loop, c,
            (gbench_work){.bytes = 2 * (double)bytes, .elements = (double)sizes[i], .max_ulp = -1, .max_error = -1});
    }
}

int main(int count, char **arguments) {
    bench_start();
    bench_peers_start();
    const limit_loops *best = bench_levels[bench_level_count - 1].loops;
    for (size_t d = 0; d < sizeof dots / sizeof *dots; d++) {
        fill(&dots[d].a, dots[d].bytes, 1);
        fill(&dots[d].b, dots[d].bytes, 2);
        know(&dots[d]);
        void (*of)(void);
        char name[32];
        for (size_t i = 0; i < bench_level_count; i++) {
            memcpy(&of, (const char *)bench_levels[i].k + dots[d].of_level, sizeof of);
            add_dot(&dots[d], bench_levels[i].k->level, of, bench_levels[i].loops);
        }
        snprintf(name, sizeof name, "hk_%s", dots[d].name);
        if (bench_public(name, &of)) add_dot(&dots[d], "hillock", of, best);
        add_loop(&dots[d]);
        for (size_t i = 0; i < bench_peer_count; i++) {
            memcpy(&of, (const char *)bench_peers[i] + dots[d].of_peer, sizeof of);
            if (of && bench_peer_runs(i)) add_dot(&dots[d], bench_peers[i]->name, of, best);
        }
    }
    for (size_t i = 0; i < bench_level_count; i++)
        add_matvec(bench_levels[i].k->level, bench_levels[i].k->matvec_f32, bench_levels[i].loops);
    matvec_fn *of;
    if (bench_public("hk_matvec_f32", &of)) add_matvec("hillock", of, best);
    for (size_t i = 0; i < bench_peer_count; i++)
        if (bench_peers[i]->matvec_f32 && bench_peer_runs(i))
            add_matvec(bench_peers[i]->name, bench_peers[i]->matvec_f32, best);
    return gbench_run(count, arguments);
}
