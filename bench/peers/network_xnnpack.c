/* XNNPACK: fully connected operators, which pack their weights and clamp their outputs (so ReLU costs nothing), its
   sigmoid and softmax. It has no tanh and no GELU for floats: those are plain loops over its outputs. */
#include "chain.h"
#include "network_peer.h"

#include <cpuinfo.h>
#include <math.h>
#include <pthreadpool.h>
#include <stdio.h>
#include <stdlib.h>
#include <xnnpack.h>

typedef struct layer {
    xnn_operator_t product, activation;
} layer;

typedef struct network {
    chain c;
    layer of[CHAIN_MOST];
    pthreadpool_t pool;
    plain_finish_fn *finish;
    const float *x; /* for which the operators are set up */
    float *y;
} network;

static pthreadpool_t pools[9];

static int start(void) {
    cpuinfo_initialize();
#if CPUINFO_ARCH_X86_64
    if (network_peers_avx2())
        cpuinfo_isa.avx512f = cpuinfo_isa.avx512bw = cpuinfo_isa.avx512dq = cpuinfo_isa.avx512vl = false;
#endif
    return xnn_initialize(NULL) == xnn_status_success;
}

static void must(enum xnn_status status) {
    if (status == xnn_status_success) return;
    fprintf(stderr, "XNNPACK answers %d\n", (int)status);
    exit(1);
}

static void *create(const hk_layer *layers, size_t count, size_t batch, int threads) {
    network *n = calloc(1, sizeof *n);
    if (!n) abort();
    chain_start(&n->c, layers, count, batch);
    n->finish = plain_finish_here();
    if (threads > 1 && !pools[threads]) pools[threads] = pthreadpool_create((size_t)threads);
    n->pool = pools[threads];
    for (size_t l = 0; l < count; l++) {
        const hk_layer *a = &layers[l];
        layer *of = &n->of[l];
        must(xnn_create_fully_connected_nc_f32(a->inputs, a->outputs, a->inputs, a->outputs, a->weights, a->bias,
                                               a->activation.kind == HK_RELU ? 0 : -INFINITY, INFINITY, 0,
                                               &of->product));
        if (a->activation.kind == HK_SIGMOID) must(xnn_create_sigmoid_nc_f32(1, 1, 1, 0, &of->activation));
        if (a->activation.kind == HK_SOFTMAX)
            must(xnn_create_softmax_nc_f32(a->outputs, a->outputs, a->outputs, 0, &of->activation));
    }
    return n;
}

static void set_up(network *n, const float *x, float *y) {
    n->x = x, n->y = y;
    for (size_t l = 0; l < n->c.count; l++) {
        const hk_layer *a = &n->c.layers[l];
        const layer *of = &n->of[l];
        float *to = chain_to(&n->c, l, y);
        must(xnn_setup_fully_connected_nc_f32(of->product, n->c.batch, x, to, n->pool));
        if (a->activation.kind == HK_SIGMOID)
            must(xnn_setup_sigmoid_nc_f32(of->activation, n->c.batch * a->outputs, to, to, n->pool));
        if (a->activation.kind == HK_SOFTMAX)
            must(xnn_setup_softmax_nc_f32(of->activation, n->c.batch, to, to, n->pool));
        x = to;
    }
}

static void run(void *context, const float *x, float *y) {
    network *n = context;
    if (n->x != x || n->y != y) set_up(n, x, y);
    for (size_t l = 0; l < n->c.count; l++) {
        const hk_layer *a = &n->c.layers[l];
        must(xnn_run_operator(n->of[l].product, n->pool));
        if (n->of[l].activation)
            must(xnn_run_operator(n->of[l].activation, n->pool));
        else if (a->activation.kind != HK_RELU && a->activation.kind != HK_LINEAR)
            n->finish(a->activation.kind, NULL, chain_to(&n->c, l, y), a->outputs, n->c.batch, a->outputs);
    }
}

static void free_network(void *context) {
    network *n = context;
    for (size_t l = 0; l < n->c.count; l++) {
        xnn_delete_operator(n->of[l].product);
        if (n->of[l].activation) xnn_delete_operator(n->of[l].activation);
    }
    chain_end(&n->c);
    free(n);
}

const network_peer network_peer_xnnpack = {"xnnpack", start, NULL, create, run, free_network, HK_F32};
