/* The scalar table with f64 activations on SLEEF's functions without FMA instructions. Those sources are compiled a
 * second time, with this level's name; everything else is the scalar level's. */
#include "kernel.h"

#define SCALAR_PROTOTYPE(name, result, parameters) result hk_##name##_scalar parameters;
#define SCALAR_MAP_PROTOTYPE(kind, name)           hk_map_f32_fn hk_##name##_f32_scalar;
HK_KERNEL_LIST(SCALAR_PROTOTYPE)
HK_ACTIVATION_LIST(SCALAR_MAP_PROTOTYPE)
HK_FAST_LIST(SCALAR_MAP_PROTOTYPE)

#define ENTRY(name, result, parameters) .name = hk_##name##_scalar,
#define MAP_F32(kind, name)             [HK_##kind] = hk_##name##_f32_scalar,
#define MAP_F64(kind, name)             [HK_##kind] = KERNEL(name##_f64),

const hk_kernels hk_kernels_scalar_nofma = {
    .level = "scalar",
    HK_KERNEL_LIST(ENTRY).map_f32 = {HK_ACTIVATION_LIST(MAP_F32)},
    .fast_f32 = {HK_FAST_LIST(MAP_F32)},
    .map_f64 = {HK_ACTIVATION_LIST(MAP_F64)},
};
