/* OpenBLAS. Its bf16 dot product is there only if it was built for it. */
#include "peer.h"

#include <cblas.h>

static int start(void) {
    openblas_set_num_threads(1);
    return 1;
}

static float dot_f32(const float *a, const float *b, size_t n) { return cblas_sdot((blasint)n, a, 1, b, 1); }
static double dot_f64(const double *a, const double *b, size_t n) { return cblas_ddot((blasint)n, a, 1, b, 1); }
#ifdef HAVE_SBDOT
static float dot_bf16(const uint16_t *a, const uint16_t *b, size_t n) { return cblas_sbdot((blasint)n, a, 1, b, 1); }
#endif
static void matvec_f32(const float *w, const float *x, float *y, size_t rows, size_t cols) {
    cblas_sgemv(CblasRowMajor, CblasNoTrans, (blasint)rows, (blasint)cols, 1, w, (blasint)cols, x, 1, 0, y, 1);
}

const bench_peer peer_openblas = {
    .name = "openblas",
    .start = start,
    .dot_f32 = dot_f32,
    .dot_f64 = dot_f64,
#ifdef HAVE_SBDOT
    .dot_bf16 = dot_bf16,
#endif
    .matvec_f32 = matvec_f32,
};
