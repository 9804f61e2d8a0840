#include "limits.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

double seconds_now(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static volatile float sink;

double limit_flops(const limit_loops *loops, uint64_t steps, int times) {
    double best = 0;
    for (int i = 0; i < times; i++) {
        const double start = seconds_now();
        sink = loops->fma(steps);
        const double rate = (double)steps * 24 * 16 * 2 / (seconds_now() - start);
        if (rate > best) best = rate;
    }
    return best;
}

double limit_fed_flops(const limit_loops *loops) {
    const float zeros[48] = {0};
    const uint64_t steps = 20000;
    double best = 0;
    for (int i = 0; i < 50; i++) {
        const double start = seconds_now();
        sink = loops->tile(zeros, steps);
        const double rate = (double)(steps * loops->tile_blocks) * 16 * 2 / (seconds_now() - start);
        if (rate > best) best = rate;
    }
    return best;
}

double limit_cycle(const limit_loops *loops, int times) {
    const uint64_t steps = 250;
    double best = 1;
    for (int i = 0; i < times; i++) {
        const double start = seconds_now();
        sink = loops->chain(steps);
        const double cycle = (seconds_now() - start) / (double)steps / (24 * 4);
        if (cycle < best) best = cycle;
    }
    return best;
}

double limit_bytes(const limit_loops *loops, size_t bytes) {
    const size_t n = (bytes / sizeof(float) + 127) / 128 * 128;
    float *p = aligned_alloc(64, n * sizeof *p);
    if (!p) return 0;
    memset(p, 0, n * sizeof *p);
    const uint64_t repeats = 1 + (4u << 20) / (n * sizeof *p);
    double best = 0;
    for (int i = 0; i < 12; i++) {
        const double start = seconds_now();
        for (uint64_t r = 0; r < repeats; r++) sink = loops->load(p, n);
        const double rate = (double)(repeats * n * sizeof *p) / (seconds_now() - start);
        if (rate > best) best = rate;
    }
    free(p);
    return best;
}
