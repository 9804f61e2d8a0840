/* The table of this level: compiled once per level, it fails to link if a kernel is missing.
 *
 * Most levels have every kernel of their own. Those that differ from another in one kind of kernel only name it in
 * kernels/meson.build: HK_REAL_LEVEL, HK_INTEGER_LEVEL, HK_DOT_LEVEL and HK_F64_LEVEL are whose real kernels and f32
 * maps, 8-bit layers, byte dots with 4-bit layers, and f64 maps stand here. */
#include "kernel.h"

#ifndef HK_REAL_LEVEL
#define HK_REAL_LEVEL HK_LEVEL
#endif
#ifndef HK_INTEGER_LEVEL
#define HK_INTEGER_LEVEL HK_LEVEL
#endif
#ifndef HK_DOT_LEVEL
#define HK_DOT_LEVEL HK_INTEGER_LEVEL
#endif
#ifndef HK_NIBBLE_LEVEL
#define HK_NIBBLE_LEVEL HK_DOT_LEVEL
#endif
#ifdef HK_F64_LEVEL
#define HK_SHARED_F64
#else
#define HK_F64_LEVEL HK_LEVEL
#endif

#define OF(name, level)                             HK_PASTE(hk_##name##_, level)
#define REAL_PROTOTYPE(name, result, parameters)    result OF(name, HK_REAL_LEVEL) parameters;
#define INTEGER_PROTOTYPE(name, result, parameters) result OF(name, HK_INTEGER_LEVEL) parameters;
#define DOT_PROTOTYPE(name, result, parameters)     result OF(name, HK_DOT_LEVEL) parameters;
#define NIBBLE_PROTOTYPE(name, result, parameters)  result OF(name, HK_NIBBLE_LEVEL) parameters;
#define F32_PROTOTYPE(kind, name)                   hk_map_f32_fn OF(name##_f32, HK_REAL_LEVEL);
#define F64_PROTOTYPE(kind, name)                   hk_map_f64_fn OF(name##_f64, HK_F64_LEVEL);
HK_REAL_KERNEL_LIST(REAL_PROTOTYPE)
HK_INTEGER_KERNEL_LIST(INTEGER_PROTOTYPE)
HK_DOT_KERNEL_LIST(DOT_PROTOTYPE)
HK_NIBBLE_KERNEL_LIST(NIBBLE_PROTOTYPE)
HK_ACTIVATION_LIST(F32_PROTOTYPE)
HK_FAST_LIST(F32_PROTOTYPE)
HK_ACTIVATION_LIST(F64_PROTOTYPE)

#define REAL_ENTRY(name, result, parameters)    .name = OF(name, HK_REAL_LEVEL),
#define INTEGER_ENTRY(name, result, parameters) .name = OF(name, HK_INTEGER_LEVEL),
#define DOT_ENTRY(name, result, parameters)     .name = OF(name, HK_DOT_LEVEL),
#define NIBBLE_ENTRY(name, result, parameters)  .name = OF(name, HK_NIBBLE_LEVEL),
#define MAP_F32(kind, name)                     [HK_##kind] = OF(name##_f32, HK_REAL_LEVEL),
#define MAP_F64(kind, name)                     [HK_##kind] = OF(name##_f64, HK_F64_LEVEL),

/* Levels share the f64 maps, since each pointer in a shared library costs 32 bytes. */
extern hk_map_f64_fn *const OF(maps_f64, HK_F64_LEVEL)[];
#ifndef HK_SHARED_F64
hk_map_f64_fn *const OF(maps_f64, HK_F64_LEVEL)[HK_KIND_COUNT] = {HK_ACTIVATION_LIST(MAP_F64)};
#endif

const hk_kernels HK_PASTE(hk_kernels_, HK_LEVEL) = {
    .level = HK_QUOTE(HK_LEVEL),
    .region_work = HK_REGION_WORK,
    HK_REAL_KERNEL_LIST(REAL_ENTRY) HK_INTEGER_KERNEL_LIST(INTEGER_ENTRY) HK_DOT_KERNEL_LIST(DOT_ENTRY)
        HK_NIBBLE_KERNEL_LIST(NIBBLE_ENTRY)
            .map_f32 = {HK_ACTIVATION_LIST(MAP_F32)},
    .fast_f32 = {HK_FAST_LIST(MAP_F32)},
    .map_f64 = OF(maps_f64, HK_F64_LEVEL),
};
