/* The kernels of a table by name. */
#ifndef HK_KERNEL_INFO_H
#define HK_KERNEL_INFO_H

#include "table.h"

/* Names in place: a pointer costs a shared library more. */
typedef struct hk_kernel_slot {
    char name[18];
    uint16_t offset; /* in hk_kernels */
} hk_kernel_slot;

#define HK_COUNT_ONE(name, result, parameters) +1
enum { HK_KERNEL_COUNT = HK_KERNEL_LIST(HK_COUNT_ONE) };
extern const hk_kernel_slot hk_kernel_slots[];

#endif
