/* Each layer takes the fastest of four ways: weights as they are or turned, one gemm, or, up to 32 rows, a gemv for
   each. */
#include "network_blas.h"

#include <stdlib.h>

enum { TURNED = 1, GEMM = 2, WAYS = 4, GEMV_ROWS = 32 };

typedef struct blas_layer {
    float *turned;
    int way;
} blas_layer;

typedef struct blas_network {
    const blas *b;
    plain_finish_fn *finish;
    chain c;
    blas_layer of[CHAIN_MOST];
} blas_network;

typedef struct trial {
    blas_network *n;
    size_t layer;
    float *x, *y;
    int ways[WAYS];
} trial;

static void layer_run(const blas_network *n, size_t l, int way, const float *x, float *y) {
    const hk_layer *a = &n->c.layers[l];
    const float *w = way & TURNED ? n->of[l].turned : a->weights;
    if (way & GEMM)
        n->b->gemm(way & TURNED, w, x, y, n->c.batch, a->outputs, a->inputs);
    else
        for (size_t r = 0; r < n->c.batch; r++)
            n->b->gemv(way & TURNED, w, x + r * a->inputs, y + r * a->outputs, a->outputs, a->inputs);
    n->finish(a->activation.kind, a->bias, y, a->outputs, n->c.batch, a->outputs);
}

static void trial_run(void *context, int i) {
    const trial *t = context;
    layer_run(t->n, t->layer, t->ways[i], t->x, t->y);
}

void *blas_create(const blas *b, const hk_layer *layers, size_t count, size_t batch) {
    blas_network *n = calloc(1, sizeof *n);
    if (!n) abort();
    n->b = b;
    n->finish = plain_finish_here();
    chain_start(&n->c, layers, count, batch);
    for (size_t l = 0; l < count; l++) {
        blas_layer *of = &n->of[l];
        of->turned = chain_transposed(&layers[l]);
        trial t = {.n = n,
                   .layer = l,
                   .x = chain_floats(batch * layers[l].inputs),
                   .y = chain_floats(batch * layers[l].outputs)};
        int ways = 0;
        for (int way = batch > GEMV_ROWS ? GEMM : 0; way < WAYS; way++) t.ways[ways++] = way;
        of->way = t.ways[chain_fastest(ways, trial_run, &t)];
        free(t.x);
        free(t.y);
        if (of->way & TURNED) continue;
        free(of->turned);
        of->turned = NULL;
    }
    return n;
}

void blas_run(void *network, const float *x, float *y) {
    const blas_network *n = network;
    for (size_t l = 0; l < n->c.count; l++) {
        float *to = chain_to(&n->c, l, y);
        layer_run(n, l, n->of[l].way, x, to);
        x = to;
    }
}

void blas_free(void *network) {
    blas_network *n = network;
    chain_end(&n->c);
    for (size_t l = 0; l < n->c.count; l++) free(n->of[l].turned);
    free(n);
}
