/* One step of a forward pass over some rows. */
#ifndef HK_STEP_H
#define HK_STEP_H

#include "network.h"

typedef struct hk_step_rows {
    const float *x;
    float *y; /* may be x for steps other than dense layers */
    size_t x_stride, y_stride, rows;
} hk_step_rows;

/* Bytes of scratch memory that a step needs for each row: a multiple of 64. */
size_t hk_step_scratch(const hk_step *step);

/* Runs a step. `scratch` is aligned to 64 bytes. With an executor, a large layer's outputs are shared by its threads.
 */
void hk_step_run(const hk_kernels *kernels, const hk_step *step, const hk_step_rows *rows, void *scratch,
                 const hk_executor *executor);

/* How many threads may share a layer by its outputs. */
size_t hk_step_tasks(const hk_step *step, const hk_executor *executor);

#endif
