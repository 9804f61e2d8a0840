/* BLIS, by functions of its own names: it exports those of BLAS too, and so is opened apart from OpenBLAS. Its choice
   of kernels is made here, for it takes processors whose name it does not know for ones with half an AVX-512 unit. */
#define _GNU_SOURCE
#include "network_blas.h"
#include "network_peer.h"

#include <blis.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    void (*init)(void);
    arch_t (*arch)(void);
    char *(*arch_name)(arch_t);
    void (*threads)(dim_t);
    void (*gemm)(trans_t, trans_t, dim_t, dim_t, dim_t, const float *, const float *, inc_t, inc_t, const float *,
                 inc_t, inc_t, const float *, float *, inc_t, inc_t);
    void (*gemv)(trans_t, conj_t, dim_t, dim_t, const float *, const float *, inc_t, inc_t, const float *, inc_t,
                 const float *, float *, inc_t);
} bli;

static int find(void *library, const char *name, void *function) {
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static int start(void) {
    char type[16] = "";
#if defined __x86_64__
    snprintf(type, sizeof type, "%d", (int)(network_peers_avx512() ? BLIS_ARCH_SKX : BLIS_ARCH_HASWELL));
#endif
    if (type[0]) setenv("BLIS_ARCH_TYPE", type, 0);
    void *library = dlopen("libblis.so.4", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!library || !find(library, "bli_init", &bli.init) || !find(library, "bli_arch_query_id", &bli.arch) ||
        !find(library, "bli_arch_string", &bli.arch_name) ||
        !find(library, "bli_thread_set_num_threads", &bli.threads) || !find(library, "bli_sgemm", &bli.gemm) ||
        !find(library, "bli_sgemv", &bli.gemv))
        return 0;
    bli.init();
    fprintf(stderr, "BLIS: %s\n", bli.arch_name(bli.arch()));
    return 1;
}

static void threads(int count) { bli.threads(count); }

static const float one = 1, zero = 0;

static void gemm(int turned, const float *w, const float *x, float *y, size_t rows, size_t outputs, size_t inputs) {
    const inc_t in = (inc_t)inputs, out = (inc_t)outputs; /* w as [inputs][outputs], by its strides */
    bli.gemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, (dim_t)rows, out, in, &one, x, in, 1, w, turned ? out : 1,
             turned ? 1 : in, &zero, y, out, 1);
}
static void gemv(int turned, const float *w, const float *x, float *y, size_t outputs, size_t inputs) {
    const inc_t in = (inc_t)inputs, out = (inc_t)outputs;
    bli.gemv(BLIS_NO_TRANSPOSE, BLIS_NO_CONJUGATE, out, in, &one, w, turned ? 1 : in, turned ? out : 1, x, 1, &zero, y,
             1);
}

static const blas functions = {gemm, gemv};
static void *create(const hk_layer *layers, size_t count, size_t batch, int thread_count) {
    (void)thread_count;
    return blas_create(&functions, layers, count, batch);
}

const network_peer network_peer_blis = {"blis", start, threads, create, blas_run, blas_free, HK_F32};
