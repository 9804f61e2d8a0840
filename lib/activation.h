/* What the library asks about an activation. */
#ifndef HK_ACTIVATION_H
#define HK_ACTIVATION_H

#include "table.h"

/* 1 if kind and accuracy are enumerators. */
int hk_activation_known(hk_activation a);

/* alpha and beta of hk_activation_default. */
typedef struct hk_parameters {
    float alpha, beta;
} hk_parameters;
extern const hk_parameters hk_default_parameters[HK_KIND_COUNT];

/* 1 for the kinds that look at a whole row. */
static inline int hk_activation_over_rows(hk_activation_kind kind) {
    return kind == HK_SOFTMAX || kind == HK_LOG_SOFTMAX;
}

#endif
