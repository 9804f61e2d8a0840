/* Which level's code a kernel of the current table is. */
#include "kernel_info.h"

#include "activation.h"
#include "dispatch.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define SLOT(name, result, parameters) {#name, offsetof(hk_kernels, name)},
const hk_kernel_slot hk_kernel_slots[] = {HK_KERNEL_LIST(SLOT)};
_Static_assert(sizeof hk_kernel_slots / sizeof *hk_kernel_slots == HK_KERNEL_COUNT, "one slot for each kernel");

enum { FORMS = 3 }; /* of an activation: f32, fast f32, f64 */

/* Where a table has its function; NULL stands there where a kind has no fast form. */
static const void *slot_of(const hk_kernels *k, size_t index) {
    const size_t map = index - HK_KERNEL_COUNT, kind = map / FORMS;
    if (index < HK_KERNEL_COUNT) return (const char *)k + hk_kernel_slots[index].offset;
    if (map % FORMS == 0) return &k->map_f32[kind];
    return map % FORMS == 1 ? (const void *)&k->fast_f32[kind] : (const void *)&k->map_f64[kind];
}
static const void *function_of(const hk_kernels *k, size_t index) {
    const void *function;
    memcpy(&function, slot_of(k, index), sizeof function);
    return function;
}

/* The first level whose table has this function: the others take it from there. */
static hk_isa owner(const void *function, size_t index) {
    size_t i = 0;
    while (i + 1 < hk_level_count && function_of(hk_levels[i].kernels, index) != function) i++;
    return hk_levels[i].isa;
}

size_t hk_kernel_count(void) { return HK_KERNEL_COUNT + FORMS * HK_KIND_COUNT; }

hk_status hk_kernel(size_t index, hk_kernel_info *info) {
    static const char endings[FORMS][10] = {"_f32", "_fast_f32", "_f64"};
    if (index >= hk_kernel_count() || !info) return HK_INVALID_ARGUMENT;
    const size_t map = index - HK_KERNEL_COUNT;
    if (index < HK_KERNEL_COUNT)
        snprintf(info->name, sizeof info->name, "%s", hk_kernel_slots[index].name);
    else
        snprintf(info->name, sizeof info->name, "%s%s", hk_activation_name((hk_activation_kind)(map / FORMS)),
                 endings[map % FORMS]);
    const void *function = function_of(hk_kernels_current(), index);
    if (!function) return HK_UNSUPPORTED;
    info->isa = owner(function, index);
    info->best = owner(function_of(hk_levels[hk_level_count - 1].kernels, index), index);
    return HK_OK;
}
