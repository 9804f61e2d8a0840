/* Dense layers on every level here, with the share of the machine's limit that they reach.
 *
 *   bench_dense --benchmark_filter='avx512/64x' --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
 */
#include "bench.h"

#include "pack.h"

#include <stdio.h>
#include <stdlib.h>

static const size_t shapes[][2] = {{64, 10}, {64, 64}, {64, 128}, {256, 256}, {784, 128}, {1024, 1024}};
static const size_t batches[] = {1, 4, 16, 64, 256};
enum { MOST = 1024 };

typedef struct dense_case {
    const hk_kernels *k;
    hk_dense_f32_job job;
} dense_case;
static void body_dense_f32(void *context, uint64_t iterations) {
    const dense_case *c = context;
    while (iterations--) c->k->dense_f32(&c->job);
}

static void register_dense(const bench_level *level, hk_dense_f32_job job, const float *weights) {
    const size_t bytes = hk_packed_size(job.inputs, job.outputs) * sizeof(float);
    float *packed = bench_alloc(bytes);
    hk_pack_f32(weights, job.inputs, job.outputs, packed);
    job.weights = packed;
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        dense_case *c = malloc(sizeof *c);
        if (!c) abort();
        *c = (dense_case){level->k, job};
        c->job.rows = batches[i];
        char name[64];
        const double flops = 2.0 * (double)(job.inputs * job.outputs * batches[i]);
        snprintf(name, sizeof name, "dense_f32/%s/%zux%zu/%zu", level->k->level, job.inputs, job.outputs, batches[i]);
        gbench_register(name, body_dense_f32, c,
                        (gbench_work){.bytes = (double)bytes,
                                      .flops = flops,
                                      .most_bytes = bench_bytes(level->loops, bytes),
                                      .most_flops = level->flops});
    }
}

int main(int count, char **arguments) {
    bench_start();
    const float *x = bench_uniform(256 * MOST, 1), *w = bench_uniform(MOST * MOST, 2);
    const float *bias = bench_alloc(MOST * sizeof *bias);
    float *y = bench_alloc(256 * MOST * sizeof *y);
    for (size_t i = 0; i < bench_level_count; i++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            register_dense(&bench_levels[i],
                           (hk_dense_f32_job){.x = x,
                                              .bias = bias,
                                              .y = y,
                                              .x_stride = shapes[s][0],
                                              .y_stride = shapes[s][1],
                                              .inputs = shapes[s][0],
                                              .outputs = shapes[s][1],
                                              .map = bench_levels[i].k->map_f32[HK_RELU]},
                           w);
    return gbench_run(count, arguments);
}
