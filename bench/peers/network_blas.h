/* A BLAS as a peer: products by its functions, bias and activation in plain loops. */
#ifndef HK_NETWORK_BLAS_H
#define HK_NETWORK_BLAS_H

#include "chain.h"

/* w is [outputs][inputs], or [inputs][outputs] if it is turned. */
typedef struct blas {
    /* y [rows][outputs] = x [rows][inputs] times w */
    void (*gemm)(int turned, const float *w, const float *x, float *y, size_t rows, size_t outputs, size_t inputs);
    void (*gemv)(int turned, const float *w, const float *x, float *y, size_t outputs, size_t inputs);
} blas;

void *blas_create(const blas *b, const hk_layer *layers, size_t count, size_t batch);
void blas_run(void *network, const float *x, float *y);
void blas_free(void *network);

#endif
