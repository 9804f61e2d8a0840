#define _GNU_SOURCE
#include "bench.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const limit_loops *const loops[] = {
    &limit_loops_scalar,
#if defined __x86_64__
    &limit_loops_avx2,
    &limit_loops_avx512,
#elif defined __aarch64__
    &limit_loops_neon,
#endif
};

bench_level bench_levels[sizeof loops / sizeof *loops];
size_t bench_level_count;

/* A processor slows down under heavy work, and for some time after it; and another thread may share the core. */
static gbench_pace pace_now(void) {
    const limit_loops *l = bench_levels[bench_level_count - 1].loops;
    return (gbench_pace){limit_cycle(l, 3), limit_flops(l, 500, 3)};
}

void bench_start(void) {
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        const hk_kernels *k = hk_kernels_of(loops[i]->isa);
        if (!k) continue;
        const double flops = limit_flops(loops[i], 20000, 50);
        const double fed = limit_fed_flops(loops[i]);
        bench_levels[bench_level_count++] = (bench_level){loops[i], k, flops, fed};
        fprintf(stderr,
                "%s: %.1f GFLOP/s of fma, %.1f fed; loads %.0f GB/s at 16 KiB, %.0f at 256 KiB, %.0f at 8 MiB\n",
                k->level, 1e-9 * flops, 1e-9 * fed, 1e-9 * bench_bytes(loops[i], 16 << 10),
                1e-9 * bench_bytes(loops[i], 256 << 10), 1e-9 * bench_bytes(loops[i], 8 << 20));
    }
    if (bench_level_count < 2) return; /* scalar alone: its fma is a function, not an instruction */
    const bench_level *best = &bench_levels[bench_level_count - 1];
    const double cycle = limit_cycle(best->loops, 1000);
    fprintf(stderr, "a cycle: %.4f ns\n", 1e9 * cycle);
    gbench_paces((gbench_pace){cycle, best->flops}, pace_now);
}

double bench_bytes(const limit_loops *l, size_t bytes) {
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

static double processor_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void bench_rest(void) {
    const struct timespec moment = {.tv_nsec = 5000000};
    for (int i = 0, quiet = 0; i < 100 && quiet < 2; i++) {
        const double start = processor_seconds();
        nanosleep(&moment, NULL);
        quiet = processor_seconds() - start < 2e-4 ? quiet + 1 : 0;
    }
}

int bench_public(const char *name, void *function) {
    static void *library; /* opened, since the program itself contains the static library */
    if (!library && !(library = dlopen(HK_SHARED_LIBRARY, RTLD_NOW | RTLD_LOCAL))) fprintf(stderr, "%s\n", dlerror());
    void *found = library ? dlsym(library, name) : NULL;
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

void *bench_alloc(size_t bytes) {
    const size_t whole = (bytes + 127) / 64 * 64;
    void *p = aligned_alloc(64, whole);
    if (!p) abort();
    memset(p, 0, whole);
    return p;
}

static double next(uint64_t *state) { /* in [0, 1) */
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) * 0x1p-24;
}

float *bench_uniform(size_t n, uint64_t seed) {
    float *p = bench_alloc(n * sizeof *p);
    for (size_t i = 0; i < n; i++) p[i] = (float)(2 * next(&seed) - 1);
    return p;
}

float *bench_normal(size_t n) {
    float *p = bench_alloc(n * sizeof *p);
    uint64_t state = 1;
    for (size_t i = 0; i < n; i++) { /* twelve uniform numbers of variance 1/12, times 2 */
        double sum = -6;
        for (int k = 0; k < 12; k++) sum += next(&state);
        p[i] = (float)(2 * sum);
    }
    return p;
}
