/* Every kernel on every level here, with the share of the machine's limit that it reaches.
 *
 *   bench_kernels --benchmark_filter='dot_f32/avx512' --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
 */
#include "gbench.h"
#include "limits.h"

#include "hillock/hillock.h"

#include "dispatch.h"
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const limit_loops *const loops[] = {
    &limit_loops_scalar,
#if defined __x86_64__
    &limit_loops_avx2,
    &limit_loops_avx512,
#elif defined __aarch64__
    &limit_loops_neon,
#endif
};

enum { MOST = 4 << 20 };
static unsigned char *a, *b, *y; /* MOST doubles each */
static volatile double sink;

typedef struct vector_case {
    const hk_kernels *k;
    size_t n, rows;
    hk_activation f;
} vector_case;

static vector_case *vector_new(const hk_kernels *k, size_t n, hk_activation_kind kind) {
    vector_case *c = malloc(sizeof *c);
    if (!c) abort();
    *c = (vector_case){k, n, 1, hk_activation_default(kind)};
    return c;
}

#define DOT_BODY(name)                                                                                                 \
    static void body_##name(void *context, uint64_t iterations) {                                                      \
        const vector_case *c = context;                                                                                \
        while (iterations--) sink = (double)c->k->name((const void *)a, (const void *)b, c->n);                        \
    }
DOT_BODY(dot_f32)
DOT_BODY(dot_f64)
DOT_BODY(dot_bf16)
DOT_BODY(dot_f16)
DOT_BODY(dot_i8)
DOT_BODY(dot_u8i8)

static void body_map_f32(void *context, uint64_t iterations) {
    const vector_case *c = context;
    while (iterations--)
        c->k->map_f32[c->f.kind]((const float *)(void *)a, c->n, (float *)(void *)y, c->n, c->rows, c->n, c->f.alpha,
                                 c->f.beta);
}
static void body_map_f64(void *context, uint64_t iterations) {
    const vector_case *c = context;
    while (iterations--)
        c->k->map_f64[c->f.kind]((const double *)(void *)a, c->n, (double *)(void *)y, c->n, c->rows, c->n, c->f.alpha,
                                 c->f.beta);
}

typedef struct dense_case {
    const hk_kernels *k;
    hk_dense_f32_job job;
} dense_case;
static void body_dense_f32(void *context, uint64_t iterations) {
    const dense_case *c = context;
    while (iterations--) c->k->dense_f32(&c->job);
}

static double flops_of_level;
static double bytes_of_level(const limit_loops *l, size_t bytes) { /* measured once for each size */
    static struct {
        const limit_loops *loops;
        size_t bytes;
        double rate;
    } known[256];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (known[i].loops == l && known[i].bytes == bytes) return known[i].rate;
    const double rate = limit_bytes(l, bytes);
    if (count < 256) known[count].loops = l, known[count].bytes = bytes, known[count++].rate = rate;
    return rate;
}

static void register_dots(const limit_loops *l, const hk_kernels *k) {
    static const size_t sizes[] = {3, 16, 64, 100, 384, 768, 1536, 4096, 16384, 65536, 1 << 20, 4 << 20};
    static const struct {
        const char *name;
        gbench_body *body;
        size_t bytes;
    } dots[] = {
        {"dot_f32", body_dot_f32, 4}, {"dot_f64", body_dot_f64, 8}, {"dot_bf16", body_dot_bf16, 2},
        {"dot_f16", body_dot_f16, 2}, {"dot_i8", body_dot_i8, 1},   {"dot_u8i8", body_dot_u8i8, 1},
    };
    for (size_t d = 0; d < sizeof dots / sizeof *dots; d++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char name[64];
            const double n = (double)sizes[i], bytes = 2 * n * (double)dots[d].bytes;
            snprintf(name, sizeof name, "%s/%s/%zu", dots[d].name, k->level, sizes[i]);
            gbench_register(name, dots[d].body, vector_new(k, sizes[i], HK_LINEAR),
                            (gbench_work){bytes, 2 * n, bytes_of_level(l, (size_t)bytes), d < 2 ? flops_of_level : 0});
        }
}

static void register_maps(const limit_loops *l, const hk_kernels *k) {
    const size_t n = 16384;
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        char name[64];
        snprintf(name, sizeof name, "%s_f32/%s/%zu", hk_activation_name((hk_activation_kind)kind), k->level, n);
        gbench_register(name, body_map_f32, vector_new(k, n, (hk_activation_kind)kind),
                        (gbench_work){8.0 * (double)n, 0, bytes_of_level(l, 8 * n), 0});
        snprintf(name, sizeof name, "%s_f64/%s/%zu", hk_activation_name((hk_activation_kind)kind), k->level, n);
        gbench_register(name, body_map_f64, vector_new(k, n, (hk_activation_kind)kind),
                        (gbench_work){16.0 * (double)n, 0, bytes_of_level(l, 16 * n), 0});
    }
    vector_case *c = vector_new(k, 10, HK_SOFTMAX);
    char name[64];
    c->rows = 1638;
    snprintf(name, sizeof name, "softmax_f32/%s/1638x10", k->level);
    gbench_register(name, body_map_f32, c, (gbench_work){8.0 * 16380, 0, bytes_of_level(l, 8 * n), 0});
}

static void register_dense(const limit_loops *l, const hk_kernels *k) {
    static const size_t shapes[][2] = {{64, 10}, {64, 64}, {64, 128}, {256, 256}, {784, 128}, {1024, 1024}};
    static const size_t batches[] = {1, 4, 16, 64, 256};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const size_t inputs = shapes[s][0], outputs = shapes[s][1];
        const size_t bytes = hk_packed_size(inputs, outputs) * sizeof(float);
        float *packed = aligned_alloc(64, (bytes + 63) / 64 * 64), *bias = calloc(outputs + 16, sizeof *bias);
        if (!packed || !bias) abort();
        hk_pack_f32((const float *)(void *)b, inputs, outputs, packed);
        for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
            dense_case *c = malloc(sizeof *c);
            if (!c) abort();
            *c = (dense_case){k,
                              {.x = (const float *)(void *)a,
                               .weights = packed,
                               .bias = bias,
                               .y = (float *)(void *)y,
                               .x_stride = inputs,
                               .y_stride = outputs,
                               .rows = batches[i],
                               .inputs = inputs,
                               .outputs = outputs,
                               .map = k->map_f32[HK_RELU]}};
            char name[64];
            const double flops = 2.0 * (double)(inputs * outputs * batches[i]);
            snprintf(name, sizeof name, "dense_f32/%s/%zux%zu/%zu", k->level, inputs, outputs, batches[i]);
            gbench_register(name, body_dense_f32, c,
                            (gbench_work){(double)bytes, flops, bytes_of_level(l, bytes), flops_of_level});
        }
    }
}

int main(int count, char **arguments) {
    a = aligned_alloc(64, MOST * sizeof(double));
    b = aligned_alloc(64, MOST * sizeof(double));
    y = aligned_alloc(64, MOST * sizeof(double));
    if (!a || !b || !y) return 1;
    for (size_t i = 0; i < 2 * MOST;
         i++) { /* bytes of ordinary floats; as doubles, 16-bit types and integers ordinary too */
        const float v = 2 * ((float)(i * 7919 % 1024) / 1024 - 0.5f);
        memcpy(a + 4 * i, &v, sizeof v);
        memcpy(b + 4 * i, &v, sizeof v);
    }
    memset(y, 0, MOST * sizeof(double));
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        const hk_kernels *k = hk_kernels_of(loops[i]->isa);
        if (!k) continue;
        flops_of_level = limit_flops(loops[i]);
        fprintf(stderr, "%s: %.1f GFLOP/s of fma; loads %.0f GB/s at 16 KiB, %.0f at 256 KiB, %.0f at 8 MiB\n",
                k->level, 1e-9 * flops_of_level, 1e-9 * bytes_of_level(loops[i], 16 << 10),
                1e-9 * bytes_of_level(loops[i], 256 << 10), 1e-9 * bytes_of_level(loops[i], 8 << 20));
        register_dots(loops[i], k);
        register_maps(loops[i], k);
        register_dense(loops[i], k);
    }
    return gbench_run(count, arguments);
}
