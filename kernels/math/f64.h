/* vd_exp, vd_expm1, vd_log1p, vd_tanh, vd_erf, vd_erfc: SLEEF's deterministic functions, the variant of this level. All
 * variants agree bit for bit within one SLEEF version, but for those without FMA instructions, which only x86
 * processors that lack them use. Without SLEEF the C library stands in, lane by lane. */
#ifndef HK_MATH_F64_H
#define HK_MATH_F64_H

#include "../simd/simd.h"

#ifdef HK_WITH_SLEEF
#ifndef FP_FAST_FMA /* sleef.h declares the purecfma functions only where this is set; the library has them always */
#define FP_FAST_FMA
#endif
#include <sleef.h>

#define HK_VD_FUNCTION_8(name, ulp) Sleef_finz_##name##d8_##ulp##avx512f
#define HK_VD_FUNCTION_4(name, ulp) Sleef_finz_##name##d4_##ulp##avx2
#define HK_VD_FUNCTION_2(name, ulp) Sleef_finz_##name##d2_##ulp##advsimd
#ifdef __x86_64__      /* at the scalar level, whose other code is for any processor */
int hk_fma_here(void); /* lib/cpu.c */
#define HK_VD_FUNCTION_1(name, ulp)                                                                                    \
    (hk_fma_here() ? Sleef_finz_##name##d1_##ulp##purecfma : Sleef_cinz_##name##d1_##ulp##purec)
#else
#define HK_VD_FUNCTION_1(name, ulp) Sleef_finz_##name##d1_##ulp##purecfma
#endif

#else
#include <math.h>

#undef VD_FUNCTION
#define VD_FUNCTION(name, ulp)                                                                                         \
    HK_INLINE vd vd_##name(vd x) {                                                                                     \
        double lanes[VD_LANES];                                                                                        \
        vd_store(lanes, x);                                                                                            \
        for (int i = 0; i < VD_LANES; i++) lanes[i] = name(lanes[i]);                                                  \
        return vd_load(lanes);                                                                                         \
    }
#endif

VD_FUNCTION(exp, u10)
VD_FUNCTION(expm1, u10)
VD_FUNCTION(log1p, u10)
VD_FUNCTION(tanh, u10)
VD_FUNCTION(erf, u10)
VD_FUNCTION(erfc, u15)

#endif
