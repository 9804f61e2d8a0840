/* Which table of kernels runs. */
#ifndef HK_DISPATCH_H
#define HK_DISPATCH_H

#include "table.h"

typedef struct hk_level {
    hk_isa isa;
    uint32_t also_needs; /* features beyond those of the isa */
    const hk_kernels *kernels;
} hk_level;

/* The levels of this build, worst first. */
extern const hk_level hk_levels[];
extern const size_t hk_level_count;

uint32_t hk_level_needs(const hk_level *level);

/* The best level of the build whose needs are all in `features` and that is not above `limit`; NULL: any. */
const hk_level *hk_level_choose(uint32_t features, const char *limit);

/* The current table, and its level. Chosen at first use: no lock, and racing threads choose the same. */
const hk_kernels *hk_kernels_current(void);

/* The table of a level, or NULL where it is not supported. */
const hk_kernels *hk_kernels_of(hk_isa isa);

#endif
