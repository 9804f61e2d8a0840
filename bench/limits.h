/* What the machine can do at most, measured: loops that only multiply and add, and loops that only load. */
#ifndef HK_LIMITS_H
#define HK_LIMITS_H

#include "hillock/cpu.h"

typedef struct limit_loops {
    hk_isa isa;
    size_t tile_blocks;
    /* `steps` times 24 independent fma of a block each: 24 * 16 * 2 floating-point operations. */
    float (*fma)(uint64_t steps);
    /* `steps` times 24 fma of a block each, every one on the result of the one before. */
    float (*chain)(uint64_t steps);
    /* Reads n floats, a multiple of 128, and does next to nothing with them. */
    float (*load)(const float *p, size_t n);
    /* `steps` times a step of a dense layer's full tile on the same 48 floats: tile_blocks fma of a block each,
       with the broadcasts and loads that feed them. On AVX-512: 24 fma, 12 broadcasts, 2 loads. */
    float (*tile)(const float *p, uint64_t steps);
} limit_loops;

extern const limit_loops limit_loops_scalar, limit_loops_avx2, limit_loops_avx512, limit_loops_neon;

/* What a dot product of bf16 or i8 cannot exceed beside the speed of its loads: the loads and operations of its inner
   loop alone, without a beginning, a rest and a sum across lanes. `bytes` of each side is a multiple of
   LIMIT_DOT_BYTES. The loop for this function of the library, or NULL: there are some for AVX-512 with VNNI. */
enum { LIMIT_DOT_BYTES = 512 };
typedef void limit_dot(const void *a, const void *b, size_t bytes);
limit_dot *limit_dot_of(const char *name);

/* Operations per second of the best of so many runs of so many steps. */
double limit_flops(const limit_loops *loops, uint64_t steps, int times);

/* The same of fmas that are fed from the first-level cache as in a dense layer: what such a layer can reach. */
double limit_fed_flops(const limit_loops *loops);

/* Seconds of a cycle: a quarter of an fma's latency, which is four cycles on Intel since Skylake, on AMD since Zen 3
   and on Arm's large cores since Cortex-A76. The best of so many tries of some microseconds. */
double limit_cycle(const limit_loops *loops, int times);

/* Bytes per second read from an array of that many bytes, warm. */
double limit_bytes(const limit_loops *loops, size_t bytes);

double seconds_now(void);

#endif
