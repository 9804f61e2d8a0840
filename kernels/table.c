/* The table of this level: compiled once per instruction set, it fails to link if a kernel is missing. */
#include "kernel.h"

#define ENTRY(name, result, parameters) .name = KERNEL(name),
#define MAP_F32(kind, name)             [HK_##kind] = KERNEL(name##_f32),
#define MAP_F64(kind, name)             [HK_##kind] = KERNEL(name##_f64),

const hk_kernels HK_PASTE(hk_kernels_, HK_LEVEL) = {
    .level = HK_QUOTE(HK_LEVEL),
    HK_KERNEL_LIST(ENTRY).map_f32 = {HK_ACTIVATION_LIST(MAP_F32)},
    .fast_f32 = {HK_FAST_LIST(MAP_F32)},
    .map_f64 = {HK_ACTIVATION_LIST(MAP_F64)},
};
