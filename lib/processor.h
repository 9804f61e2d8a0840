/* What threads ask of the processor itself: to wait gently, and how floats are rounded. */
#ifndef HK_PROCESSOR_H
#define HK_PROCESSOR_H

#include <stdint.h>

/* hk_relax: a moment's rest in a loop that polls. hk_float_control: rounding, flush-to-zero and the like, without the
   sticky exception flags. */
#if defined __x86_64__
static inline void hk_relax(void) { __asm__ volatile("pause" ::: "memory"); }
static inline uint64_t hk_float_control(void) {
    uint32_t bits = 0; /* MemorySanitizer does not see what assembly writes */
    __asm__ volatile("stmxcsr %0" : "=m"(bits));
    return bits & ~0x3fu;
}
static inline void hk_set_float_control(uint64_t bits) {
    const uint32_t word = (uint32_t)bits;
    __asm__ volatile("ldmxcsr %0" ::"m"(word));
}
#elif defined __aarch64__
static inline void hk_relax(void) { __asm__ volatile("isb" ::: "memory"); } /* where yield does nothing, as usual */
static inline uint64_t hk_float_control(void) {
    uint64_t bits;
    __asm__ volatile("mrs %0, fpcr" : "=r"(bits));
    return bits;
}
static inline void hk_set_float_control(uint64_t bits) { __asm__ volatile("msr fpcr, %0" ::"r"(bits)); }
#else
static inline void hk_relax(void) {}
static inline uint64_t hk_float_control(void) { return 0; }
static inline void hk_set_float_control(uint64_t bits) { (void)bits; }
#endif

#endif
