/* The table of a level that differs from the one below it, HK_BASE, in the integer kernels only. */
#include "kernel.h"

#define BASE(name) HK_PASTE(hk_##name##_, HK_BASE)

#define BASE_PROTOTYPE(name, result, parameters) result BASE(name) parameters;
HK_KERNEL_LIST(BASE_PROTOTYPE)
#define BASE_MAP_PROTOTYPE(kind, name)                                                                                 \
    hk_map_f32_fn BASE(name##_f32);                                                                                    \
    hk_map_f64_fn BASE(name##_f64);
HK_ACTIVATION_LIST(BASE_MAP_PROTOTYPE)
#define BASE_FAST_PROTOTYPE(kind, name) hk_map_f32_fn BASE(name##_f32);
HK_FAST_LIST(BASE_FAST_PROTOTYPE)

#define ENTRY(name, result, parameters)         .name = BASE(name),
#define INTEGER_ENTRY(name, result, parameters) .name = KERNEL(name),
#define MAP_F32(kind, name)                     [HK_##kind] = BASE(name##_f32),
#define MAP_F64(kind, name)                     [HK_##kind] = BASE(name##_f64),

const hk_kernels HK_PASTE(hk_kernels_, HK_LEVEL) = {
    .level = HK_QUOTE(HK_LEVEL),
    HK_REAL_KERNEL_LIST(ENTRY) HK_INTEGER_KERNEL_LIST(INTEGER_ENTRY).map_f32 = {HK_ACTIVATION_LIST(MAP_F32)},
    .fast_f32 = {HK_FAST_LIST(MAP_F32)},
    .map_f64 = {HK_ACTIVATION_LIST(MAP_F64)},
};
