/* Detection: raw CPUID, XCR0 and HWCAP values in, feature bits out. */
#include "cpu.h"

#include <stdatomic.h>

#if defined __x86_64__
#include <cpuid.h>
#elif defined __aarch64__ && defined __linux__
#include <sys/auxv.h>
#endif

enum {
    XCR0_SSE = 1 << 1,
    XCR0_YMM = 1 << 2,
    XCR0_OPMASK = 1 << 5,
    XCR0_ZMM_HIGH = 1 << 6,
    XCR0_ZMM_16 = 1 << 7,
    XCR0_TILE_CONFIG = 1 << 17,
    XCR0_TILE_DATA = 1 << 18
};

static uint32_t when(uint32_t word, int bit, uint32_t feature) { return word >> bit & 1 ? feature : 0; }

static uint32_t kept(uint64_t xcr0, uint64_t state, uint32_t feature) { return (xcr0 & state) == state ? feature : 0; }

uint32_t hk_features_x86(const hk_x86_registers *r) {
    uint32_t f = 0;
    if (r->max_leaf >= 1) {
        const uint32_t c = r->leaf1_ecx;
        f |= when(c, 12, HK_FEATURE_FMA) | when(c, 28, HK_FEATURE_AVX) | when(c, 29, HK_FEATURE_F16C);
        if (c >> 27 & 1) { /* OSXSAVE: without it XCR0 cannot be read, and means nothing */
            f |= kept(r->xcr0, XCR0_SSE | XCR0_YMM, HK_FEATURE_OS_YMM);
            f |= kept(r->xcr0, XCR0_OPMASK, HK_FEATURE_OS_OPMASK);
            f |= kept(r->xcr0, XCR0_ZMM_HIGH | XCR0_ZMM_16, HK_FEATURE_OS_ZMM);
            f |= kept(r->xcr0, XCR0_TILE_CONFIG | XCR0_TILE_DATA, HK_FEATURE_OS_TILE);
        }
    }
    if (r->max_leaf >= 7) {
        const uint32_t b = r->leaf7_ebx;
        f |= when(b, 5, HK_FEATURE_AVX2) | when(b, 8, HK_FEATURE_BMI2) | when(b, 16, HK_FEATURE_AVX512F) |
             when(b, 17, HK_FEATURE_AVX512DQ) | when(b, 30, HK_FEATURE_AVX512BW) | when(b, 31, HK_FEATURE_AVX512VL) |
             when(r->leaf7_ecx, 11, HK_FEATURE_AVX512_VNNI) | when(r->leaf7_edx, 24, HK_FEATURE_AMX_TILE) |
             when(r->leaf7_edx, 25, HK_FEATURE_AMX_INT8) | when(r->leaf7_edx, 22, HK_FEATURE_AMX_BF16);
        if (r->leaf7_eax >= 1)
            f |= when(r->leaf7_1_eax, 4, HK_FEATURE_AVX_VNNI) | when(r->leaf7_1_eax, 5, HK_FEATURE_AVX512_BF16);
    }
    return f;
}

uint32_t hk_features_arm(const hk_arm_registers *r) {
    /* HWCAP_ASIMD, HWCAP_ASIMDDP, HWCAP2_I8MM and HWCAP2_BF16 of Linux's arm64 uapi/asm/hwcap.h */
    return (r->hwcap >> 1 & 1 ? HK_FEATURE_NEON : 0) | (r->hwcap >> 20 & 1 ? HK_FEATURE_DOTPROD : 0) |
           (r->hwcap2 >> 13 & 1 ? HK_FEATURE_I8MM : 0) | (r->hwcap2 >> 14 & 1 ? HK_FEATURE_BF16 : 0);
}

#if defined __x86_64__
uint32_t hk_features_here(void) {
    hk_x86_registers r = {0};
    uint32_t a, b, c, d;
    __cpuid(0, r.max_leaf, b, c, d);
    if (r.max_leaf >= 1) __cpuid(1, a, b, r.leaf1_ecx, d);
    if (r.max_leaf >= 7) {
        __cpuid_count(7, 0, r.leaf7_eax, r.leaf7_ebx, r.leaf7_ecx, r.leaf7_edx);
        if (r.leaf7_eax >= 1) __cpuid_count(7, 1, r.leaf7_1_eax, b, c, d);
    }
    if (r.leaf1_ecx >> 27 & 1) {
        uint32_t low, high;
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        r.xcr0 = (uint64_t)high << 32 | low;
    }
    return hk_features_x86(&r);
}
#elif defined __aarch64__ && defined __linux__
uint32_t hk_features_here(void) {
    const hk_arm_registers r = {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
    return hk_features_arm(&r);
}
#elif defined __aarch64__
uint32_t hk_features_here(void) { return HK_FEATURE_NEON; } /* part of every AArch64 application processor */
#else
uint32_t hk_features_here(void) { return 0; }
#endif

int hk_fma_in(uint32_t features) { return !((HK_FEATURE_FMA | HK_FEATURE_AVX | HK_FEATURE_OS_YMM) & ~features); }

int hk_fma_here(void) {
    enum { UNKNOWN, WITHOUT, WITH };
    static atomic_int known = UNKNOWN; /* racing threads find the same */
    int now = atomic_load_explicit(&known, memory_order_relaxed);
    if (now == UNKNOWN) {
        now = hk_fma_in(hk_features_here()) ? WITH : WITHOUT;
        atomic_store_explicit(&known, now, memory_order_relaxed);
    }
    return now == WITH;
}

uint32_t hk_isa_needs(hk_isa isa) {
    const uint32_t avx2 = HK_FEATURE_AVX | HK_FEATURE_AVX2 | HK_FEATURE_FMA | HK_FEATURE_F16C | HK_FEATURE_OS_YMM;
    const uint32_t avx512 = avx2 | HK_FEATURE_BMI2 | HK_FEATURE_AVX512F | HK_FEATURE_AVX512BW | HK_FEATURE_AVX512DQ |
                            HK_FEATURE_AVX512VL | HK_FEATURE_OS_OPMASK | HK_FEATURE_OS_ZMM;
    switch (isa) {
    case HK_ISA_SCALAR: return 0;
    case HK_ISA_NEON: return HK_FEATURE_NEON;
    case HK_ISA_NEON_DOT: return HK_FEATURE_NEON | HK_FEATURE_DOTPROD;
    case HK_ISA_NEON_I8MM: return HK_FEATURE_NEON | HK_FEATURE_DOTPROD | HK_FEATURE_I8MM;
    case HK_ISA_AVX2: return avx2;
    case HK_ISA_AVX2_VNNI: return avx2 | HK_FEATURE_AVX_VNNI;
    case HK_ISA_AVX512: return avx512;
    case HK_ISA_AVX512_VNNI: return avx512 | HK_FEATURE_AVX512_VNNI;
    case HK_ISA_AMX:
        return avx512 | HK_FEATURE_AVX512_VNNI | HK_FEATURE_AMX_TILE | HK_FEATURE_AMX_INT8 | HK_FEATURE_OS_TILE;
    }
    return UINT32_MAX;
}

const char *hk_feature_name(uint32_t bit) {
#define NAME(name, text)                                                                                               \
    if (bit == HK_FEATURE_##name) return text;
    HK_FEATURE_LIST(NAME)
    return "unknown";
}
