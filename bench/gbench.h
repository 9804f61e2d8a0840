/* Google Benchmark for C. */
#ifndef HK_GBENCH_H
#define HK_GBENCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A benchmark's body: `iterations` calls of what is measured. */
typedef void gbench_body(void *context, uint64_t iterations);

/* The work of one iteration and the machine's limits for it, measured in the same process; 0 where it has no meaning.
   Each row then shows GB/s, GFLOP/s and of_limit, the share of the nearer of the two limits; with most_fed also the
   shares of each: of_peak, of_ceiling, of_bandwidth. The errors are shown in rows with elements. */
typedef struct gbench_work {
    double bytes, flops;
    double most_bytes, most_flops; /* per second */
    double most_fed;               /* as most_flops, when operands come from the first-level cache */
    double elements;               /* ns_per_element, and where cycles are known cycles_per_element */
    double max_ulp, max_error;     /* shown as they are; negative: not known */
    int wall;                      /* time on the wall, not that of the calling thread alone */
    /* Called before each repetition, untimed; may fill in what is above. 0 leaves the row out. May be NULL. */
    int (*prepare)(void *context, struct gbench_work *work);
} gbench_work;

void gbench_register(const char *name, gbench_body *body, void *context, gbench_work work);

/* How fast the core is: seconds of a cycle, and floating-point operations a second at most. */
typedef struct gbench_pace {
    double cycle, flops;
} gbench_pace;

/* The pace when the limits were measured, and what measures it now: before and after each repetition, whose limits of
   arithmetic are then taken at that speed. Each row then shows `alone`, the lesser of the two times' operations a cycle
   over those of `then`: well below 1 where another thread has part of the core. Until it is called, cycles are not
   known. */
void gbench_paces(gbench_pace then, gbench_pace (*now)(void));

/* Runs what --benchmark_filter and the other flags of Google Benchmark ask for, repetitions interleaved at random. */
int gbench_run(int count, char **arguments);

#ifdef __cplusplus
}
#endif
#endif
