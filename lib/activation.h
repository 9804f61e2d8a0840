/* What the library asks about an activation. */
#ifndef HK_ACTIVATION_H
#define HK_ACTIVATION_H

#include "table.h"

/* 1 if kind and accuracy are enumerators. */
int hk_activation_known(hk_activation a);

/* 1 for the kinds that look at a whole row. */
static inline int hk_activation_over_rows(hk_activation_kind kind) {
    return kind == HK_SOFTMAX || kind == HK_LOG_SOFTMAX;
}

#endif
