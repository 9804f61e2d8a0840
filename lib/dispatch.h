/* Which table of kernels runs. */
#ifndef HK_DISPATCH_H
#define HK_DISPATCH_H

#include "table.h"

#include <stdatomic.h>

typedef struct hk_level {
    hk_isa isa;
    const hk_kernels *kernels;
} hk_level;

/* The levels of this build, worst first. */
extern const hk_level hk_levels[];
extern const size_t hk_level_count;

/* The best level of the build whose needs are all in `features` and that is not above `limit`; NULL: any. */
const hk_level *hk_level_choose(uint32_t features, const char *limit);

/* The current table. Chosen at first use: no lock, and racing threads choose the same. One load, so that a short
   kernel's call costs no more than the call itself. */
extern _Atomic(const hk_kernels *) hk_kernels_published;
const hk_kernels *hk_kernels_choose(void);
static inline const hk_kernels *hk_kernels_current(void) {
    const hk_kernels *kernels = atomic_load_explicit(&hk_kernels_published, memory_order_acquire);
    return __builtin_expect(kernels != NULL, 1) ? kernels : hk_kernels_choose();
}

/* Asks the operating system for leave to use AMX, once; where it refuses, the level is not to be had any more, and
   another takes its place as the current one. */
int hk_tiles_permitted(void);

/* The current table for a network with integer layers, AMX's only with leave. */
const hk_kernels *hk_kernels_with_tiles(void);

/* Dense layers by the instructions for bf16 that the processor has beside a table's level, or NULL. To call them, take
   the second, which asks the operating system where they are AMX's. */
hk_dense_narrow_fn *hk_fast_bf16(const hk_kernels *kernels);
hk_dense_narrow_fn *hk_fast_bf16_permitted(const hk_kernels *kernels);

/* What the processor and the operating system offer and have not refused. */
uint32_t hk_features_usable(void);

/* The table of a level, or NULL where it is not supported. */
const hk_kernels *hk_kernels_of(hk_isa isa);

#endif
