/* LIBXSMM: small products compiled at run time. Weights are packed into blocks of some outputs times all inputs, on
   each of which one kernel runs for some rows; bias and activation follow in plain loops while the block is in cache.
   Of several block sizes each layer takes the fastest. Threads, which LIBXSMM leaves to its users, share out the blocks
   of outputs. */
#include "chain.h"
#include "network_peer.h"

#include <libxsmm.h>
#include <stdio.h>
#include <stdlib.h>

/* outputs of a block, rows of a block */
static const size_t blocks[][2] = {{16, 24}, {32, 12}, {32, 48}, {48, 8}, {64, 24}, {64, 96}, {128, 48}};
enum { WAYS = sizeof blocks / sizeof *blocks };

typedef struct layer {
    size_t outputs, rows;             /* of a block */
    float *weights;                   /* blocks [inputs][outputs of the block] */
    libxsmm_smmfunction kernel[2][2]; /* [the last block of outputs][the last block of rows] */
} layer;

typedef struct network {
    chain c;
    layer of[CHAIN_MOST];
    plain_finish_fn *finish;
    int threads;
} network;

typedef struct trial {
    const network *n;
    size_t l;
    const layer *ways;
    float *x, *y;
} trial;

static int start(void) {
    libxsmm_init();
    fprintf(stderr, "LIBXSMM: %s\n", libxsmm_get_target_arch());
    return libxsmm_get_target_archid() >= LIBXSMM_X86_AVX2;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static libxsmm_smmfunction kernel(const hk_layer *l, size_t outputs, size_t rows) {
    const libxsmm_blasint lda = (libxsmm_blasint)outputs, ldb = (libxsmm_blasint)l->inputs,
                          ldc = (libxsmm_blasint)l->outputs;
    const float one = 1, zero = 0;
    const int flags = LIBXSMM_GEMM_FLAG_NONE, prefetch = LIBXSMM_GEMM_PREFETCH_NONE;
    return libxsmm_smmdispatch(lda, (libxsmm_blasint)rows, ldb, &lda, &ldb, &ldc, &one, &zero, &flags, &prefetch);
}

/* 0 if LIBXSMM makes no such kernels. */
static int pack(layer *p, const hk_layer *l, size_t batch, size_t outputs, size_t rows) {
    *p = (layer){.outputs = smaller(outputs, l->outputs), .rows = smaller(rows, batch)};
    const size_t outputs_left = l->outputs % p->outputs, rows_left = batch % p->rows;
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++) {
            const size_t m = i && outputs_left ? outputs_left : p->outputs, n = k && rows_left ? rows_left : p->rows;
            if (!(p->kernel[i][k] = kernel(l, m, n))) return 0;
        }
    p->weights = chain_floats(l->inputs * l->outputs);
    float *to = p->weights;
    for (size_t first = 0; first < l->outputs; first += p->outputs) {
        const size_t width = smaller(p->outputs, l->outputs - first);
        for (size_t i = 0; i < l->inputs; i++)
            for (size_t o = 0; o < width; o++) *to++ = l->weights[(first + o) * l->inputs + i];
    }
    return 1;
}

/* One block of outputs for the rows from `row` on. */
static void block_run(const network *n, const hk_layer *l, const layer *p, size_t block, size_t row, const float *x,
                      float *y) {
    const size_t first = block * p->outputs, width = smaller(p->outputs, l->outputs - first),
                 rows = smaller(p->rows, n->c.batch - row);
    float *to = y + row * l->outputs + first;
    p->kernel[width < p->outputs][rows < p->rows](p->weights + first * l->inputs, x + row * l->inputs, to);
    const int whole = l->activation.kind == HK_SOFTMAX && width < l->outputs;
    n->finish(whole ? HK_LINEAR : l->activation.kind, l->bias + first, to, l->outputs, rows, width);
}

static void layer_run(const network *n, const hk_layer *l, const layer *p, const float *x, float *y) {
    const size_t count = (l->outputs + p->outputs - 1) / p->outputs;
    if (n->threads == 1) {
        for (size_t row = 0; row < n->c.batch; row += p->rows)
            for (size_t block = 0; block < count; block++) block_run(n, l, p, block, row, x, y);
    } else {
        const size_t rows = (n->c.batch + p->rows - 1) / p->rows;
#pragma omp parallel for num_threads(n->threads)
        for (size_t i = 0; i < rows * count; i++) block_run(n, l, p, i % count, i / count * p->rows, x, y);
    }
    if (l->activation.kind == HK_SOFTMAX && p->outputs < l->outputs)
        n->finish(HK_SOFTMAX, NULL, y, l->outputs, n->c.batch, l->outputs);
}

static void trial_run(void *context, int way) {
    const trial *t = context;
    layer_run(t->n, &t->n->c.layers[t->l], &t->ways[way], t->x, t->y);
}

static void *create(const hk_layer *layers, size_t count, size_t batch, int threads) {
    network *n = calloc(1, sizeof *n);
    if (!n) abort();
    chain_start(&n->c, layers, count, batch);
    n->finish = plain_finish_here();
    n->threads = threads;
    for (size_t l = 0; l < count; l++) {
        layer ways[WAYS];
        int found = 0;
        for (int way = 0; way < WAYS; way++)
            found += pack(&ways[found], &layers[l], batch, blocks[way][0], blocks[way][1]);
        if (!found) abort();
        trial t = {n, l, ways, chain_floats(batch * layers[l].inputs), chain_floats(batch * layers[l].outputs)};
        const int best = chain_fastest(found, trial_run, &t);
        for (int i = 0; i < found; i++)
            if (i != best) free(ways[i].weights);
        n->of[l] = ways[best];
        free(t.x);
        free(t.y);
    }
    return n;
}

static void run(void *context, const float *x, float *y) {
    const network *n = context;
    for (size_t l = 0; l < n->c.count; l++) {
        float *to = chain_to(&n->c, l, y);
        layer_run(n, &n->c.layers[l], &n->of[l], x, to);
        x = to;
    }
}

static void free_network(void *context) {
    network *n = context;
    for (size_t l = 0; l < n->c.count; l++) free(n->of[l].weights);
    chain_end(&n->c);
    free(n);
}

const network_peer network_peer_libxsmm = {"libxsmm", start, NULL, create, run, free_network};
