/* Leave to use AMX's tiles. */
#include "amx.h"

#include <stdatomic.h>

#if defined __x86_64__ && defined __linux__
#include <sys/syscall.h>
#include <unistd.h>

long syscall(long number, ...); /* not declared in strict C11 */

/* Linux's arch/x86/include/uapi/asm/prctl.h, and the number of the tiles' data among the parts of a thread's state */
enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };

static int ask(void) { return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0; }
#else
static int ask(void) { return 0; }
#endif

enum { UNASKED, PERMITTED, REFUSED };
static atomic_int answer;

int hk_amx_permitted(void) {
    int now = atomic_load_explicit(&answer, memory_order_relaxed);
    if (now == UNASKED) {
        const int got = ask() ? PERMITTED : REFUSED;
        now = atomic_compare_exchange_strong(&answer, &now, got) ? got : now;
    }
    return now == PERMITTED;
}

int hk_amx_refused(void) { return atomic_load_explicit(&answer, memory_order_relaxed) == REFUSED; }
