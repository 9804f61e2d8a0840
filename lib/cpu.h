/* What the processor and the operating system offer, as feature bits. */
#ifndef HK_CPU_H
#define HK_CPU_H

#include "hillock/cpu.h"

/* X(NAME, text) */
#define HK_FEATURE_LIST(X)                                                                                             \
    X(FMA, "fma")                                                                                                      \
    X(F16C, "f16c")                                                                                                    \
    X(AVX, "avx")                                                                                                      \
    X(AVX2, "avx2")                                                                                                    \
    X(BMI2, "bmi2")                                                                                                    \
    X(AVX512F, "avx512f")                                                                                              \
    X(AVX512BW, "avx512bw")                                                                                            \
    X(AVX512DQ, "avx512dq")                                                                                            \
    X(AVX512VL, "avx512vl")                                                                                            \
    X(AVX_VNNI, "avx-vnni")                                                                                            \
    X(AVX512_VNNI, "avx512-vnni")                                                                                      \
    X(AMX_TILE, "amx-tile")                                                                                            \
    X(AMX_INT8, "amx-int8")                                                                                            \
    X(AMX_BF16, "amx-bf16")                                                                                            \
    X(AVX512_BF16, "avx512-bf16")                                                                                      \
    X(OS_YMM, "os-ymm-state")                                                                                          \
    X(OS_OPMASK, "os-opmask-state")                                                                                    \
    X(OS_ZMM, "os-zmm-state")                                                                                          \
    X(OS_TILE, "os-tile-state")                                                                                        \
    X(NEON, "neon")                                                                                                    \
    X(DOTPROD, "dotprod")                                                                                              \
    X(I8MM, "i8mm")                                                                                                    \
    X(BF16, "bf16")

#define HK_FEATURE_INDEX(name, text) HK_FEATURE_INDEX_##name,
enum { HK_FEATURE_LIST(HK_FEATURE_INDEX) HK_FEATURE_COUNT };
#define HK_FEATURE_BIT(name, text) HK_FEATURE_##name = 1 << HK_FEATURE_INDEX_##name,
enum { HK_FEATURE_LIST(HK_FEATURE_BIT) };

/* Raw registers. A leaf above the processor's maximum must be given as zeros: hk_features_x86 masks by the maximum
   itself, so that a recorded dump can be passed as it is. */
typedef struct hk_x86_registers {
    uint32_t max_leaf;                                   /* leaf 0 EAX */
    uint32_t leaf1_ecx;                                  /* leaf 1 */
    uint32_t leaf7_eax, leaf7_ebx, leaf7_ecx, leaf7_edx; /* leaf 7, subleaf 0; EAX is the largest subleaf */
    uint32_t leaf7_1_eax;                                /* leaf 7, subleaf 1 */
    uint64_t xcr0;                                       /* read only if leaf 1 announces OSXSAVE, else 0 */
} hk_x86_registers;

typedef struct hk_arm_registers {
    uint64_t hwcap, hwcap2; /* as Linux passes them to a process on arm64 */
} hk_arm_registers;

/* Pure functions from registers to feature bits, built on every architecture so that they can be tested on any. A bit
   is set only if the processor announces the feature and the operating system keeps the registers that it uses. */
uint32_t hk_features_x86(const hk_x86_registers *r);
uint32_t hk_features_arm(const hk_arm_registers *r);

/* The features of the processor that runs this. */
uint32_t hk_features_here(void);

/* Whether a processor with these features runs x86's FMA instructions; and the one that runs this, asked once. */
int hk_fma_in(uint32_t features);
int hk_fma_here(void);

/* What a level needs. */
uint32_t hk_isa_needs(hk_isa isa);

/* The name of a single feature bit. */
const char *hk_feature_name(uint32_t bit);

#endif
