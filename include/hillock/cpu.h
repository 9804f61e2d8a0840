/* The processor: which instruction set the kernels run on, and how to choose another. */
#ifndef HILLOCK_CPU_H
#define HILLOCK_CPU_H

#include "hillock/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The levels. Those with a suffix, and AMX, differ from the one before only in the integer kernels. */
typedef enum hk_isa {
    HK_ISA_SCALAR,
    HK_ISA_NEON,
    HK_ISA_NEON_DOT,
    HK_ISA_NEON_I8MM,
    HK_ISA_AVX2, /* AVX2, FMA and F16C */
    HK_ISA_AVX2_VNNI,
    HK_ISA_AVX512, /* AVX-512 F, BW, DQ and VL, and BMI2 */
    HK_ISA_AVX512_VNNI,
    HK_ISA_AMX
} hk_isa;

/* The level chosen at first use: the best one supported, or, with HILLOCK_ISA=<name> in the environment, the best
   supported one not above it in the order scalar < avx2 < avx2_vnni < avx512 < avx512_vnni < amx on x86-64 and
   scalar < neon < neon_dot < neon_i8mm on Arm. An unknown name, or one of the other architecture, is ignored.
   Threads: any; racing first calls agree. */
HK_API hk_isa hk_isa_current(void);

/* 1 if the processor has the instructions, the operating system keeps their registers, and this build has kernels
   for the level; else 0. */
HK_API int hk_isa_supported(hk_isa isa);

/* Makes `isa` the level of every later call, in all threads; meant for tests and measurements. A network keeps the
   level that it was created with. HK_UNSUPPORTED, and no change, if the level is not supported. */
HK_API hk_status hk_isa_force(hk_isa isa);

/* "scalar" "neon" "neon_dot" "neon_i8mm" "avx2" "avx2_vnni" "avx512" "avx512_vnni" "amx"; "unknown" for other values.
 */
HK_API const char *hk_isa_name(hk_isa isa);

/* The processor features that `isa` needs and that are missing here, as words separated by blanks ("avx512vl
   os-zmm-state"); "not in this build" if the kernels are; "" if the level is supported. Writes at most `size` bytes
   including the terminator and returns the length of the whole text, as snprintf does; text may be NULL if size is 0.
 */
HK_API size_t hk_isa_missing(hk_isa isa, char *text, size_t size);

/* A kernel of the current level: "dot_f32", "dense_i8", "gelu_f32", "gelu_fast_f32", "gelu_f64", ... */
typedef struct hk_kernel_info {
    char name[32];
    hk_isa isa;  /* the level whose code runs; a level takes what it does not have from one below */
    hk_isa best; /* the highest level of this build, here or not, that has code of its own for it */
} hk_kernel_info;

/* How many there are; and which level's code kernel `index` is. HK_INVALID_ARGUMENT for an index out of range or NULL;
   HK_UNSUPPORTED for a fast form that is none of its own. Threads: any. */
HK_API size_t hk_kernel_count(void);
HK_API hk_status hk_kernel(size_t index, hk_kernel_info *info);

#ifdef __cplusplus
}
#endif
#endif
