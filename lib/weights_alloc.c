#define _DEFAULT_SOURCE /* madvise */
#include "weights_alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

void *hk_weights_alloc(size_t bytes) {
    enum { HUGE_PAGE = 2 << 20, LARGE = 2 * HUGE_PAGE }; /* what second-level caches may hold gains nothing */
    void *memory = aligned_alloc(64, bytes);
#ifdef MADV_HUGEPAGE
    if (memory && bytes >= LARGE) {
        /* whole huge pages only: the others may be those of the allocator, too */
        const size_t skipped = (HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE) % HUGE_PAGE;
        madvise((char *)memory + skipped, (bytes - skipped) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    }
#endif
    return memory;
}
