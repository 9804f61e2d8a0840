/* What the benchmark programs share: levels with their limits, and data. */
#ifndef HK_BENCH_H
#define HK_BENCH_H

#include "gbench.h"
#include "limits.h"

#include "dispatch.h"

/* The levels of this build that the machine has, best last. */
typedef struct bench_level {
    const limit_loops *loops;
    const hk_kernels *k;
    double flops, fed_flops; /* per second: see limits.h */
} bench_level;
extern bench_level bench_levels[];
extern size_t bench_level_count;

/* Finds the levels and measures their limits and a processor's cycle, which it prints to stderr; without an fma
   instruction there are no cycles. */
void bench_start(void);

/* Bytes per second that a level loads from an array of that many bytes; measured once for each size. */
double bench_bytes(const limit_loops *loops, size_t bytes);

/* Waits until no other thread of this process computes, half a second at most. */
void bench_rest(void);

/* The function of the shared library by that name into the function pointer at `function`; 0 if there is none. */
int bench_public(const char *name, void *function);

/* Memory for `bytes` and a line more, which some peers read; aborts when there is none. */
void *bench_alloc(size_t bytes);

/* n floats, uniform in [-1, 1), in a fixed order that `seed` changes. */
float *bench_uniform(size_t n, uint64_t seed);

/* n floats of the normal distribution, within +-8 but for a few in a hundred thousand. */
float *bench_normal(size_t n);

#endif
