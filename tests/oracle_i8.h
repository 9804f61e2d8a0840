/* A dense layer on 8-bit weights and rows, by its definition. */
#ifndef HK_TEST_ORACLE_I8_H
#define HK_TEST_ORACLE_I8_H

#include <stddef.h>

/* y[rows][outputs], without an activation. With `range` (least and largest input) rows are quantized by that. */
void oracle_dense_i8(const float *x, size_t rows, size_t inputs, const float *w, const float *bias, size_t outputs,
                     const float *range, float *y);
/* The same on 4-bit weights. */
void oracle_dense_i4(const float *x, size_t rows, size_t inputs, const float *w, const float *bias, size_t outputs,
                     const float *range, float *y);

#endif
