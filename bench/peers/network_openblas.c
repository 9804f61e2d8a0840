/* OpenBLAS. */
#include "network_blas.h"
#include "network_peer.h"

#include <cblas.h>
#include <stdio.h>

static int start(void) {
    fprintf(stderr, "OpenBLAS: %s\n", openblas_get_corename());
    return 1;
}

static void threads(int count) { openblas_set_num_threads(count); }

static void gemm(int turned, const float *w, const float *x, float *y, size_t rows, size_t outputs, size_t inputs) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, turned ? CblasNoTrans : CblasTrans, (blasint)rows, (blasint)outputs,
                (blasint)inputs, 1, x, (blasint)inputs, w, (blasint)(turned ? outputs : inputs), 0, y,
                (blasint)outputs);
}
static void gemv(int turned, const float *w, const float *x, float *y, size_t outputs, size_t inputs) {
    cblas_sgemv(turned ? CblasColMajor : CblasRowMajor, CblasNoTrans, (blasint)outputs, (blasint)inputs, 1, w,
                (blasint)(turned ? outputs : inputs), x, 1, 0, y, 1);
}

static const blas functions = {gemm, gemv};
static void *create(const hk_layer *layers, size_t count, size_t batch, int thread_count) {
    (void)thread_count;
    return blas_create(&functions, layers, count, batch);
}

const network_peer network_peer_openblas = {"openblas", start, threads, create, blas_run, blas_free, HK_F32};
