/* LIBXSMM: small products compiled at run time. Weights are packed into blocks of some outputs times all inputs; on
   each a kernel runs for some rows, for all inputs at once or for some at a time; bias and activation follow in plain
   loops while the outputs are in cache. Of several sizes each layer takes the fastest. Threads, which LIBXSMM leaves to
   its users, share out the blocks. */
#include "chain.h"
#include "network_peer.h"

#include <libxsmm.h>
#include <stdio.h>
#include <stdlib.h>

/* Outputs, rows and inputs of a block. */
typedef struct size {
    size_t outputs, rows, inputs;
} size;
enum { ALL = 1 << 20 };
static const size sizes[] = {{16, 24, ALL}, {32, 12, ALL}, {32, 48, ALL}, {48, 8, ALL},   {64, 24, ALL},
                             {64, 96, ALL}, {64, 1, ALL},  {64, 96, 128}, {64, 192, 128}, {32, 192, 256}};
enum { WAYS = sizeof sizes / sizeof *sizes };

typedef struct layer {
    size block;
    float *weights;                         /* blocks [inputs][outputs of the block] */
    libxsmm_smmfunction kernel[2][2][2][2]; /* [last outputs][last rows][last inputs][not the first inputs] */
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

static libxsmm_smmfunction kernel(const hk_layer *l, size part, int more) {
    const libxsmm_blasint lda = (libxsmm_blasint)part.outputs, ldb = (libxsmm_blasint)l->inputs,
                          ldc = (libxsmm_blasint)l->outputs;
    const float one = 1, beta = more ? 1 : 0;
    const int flags = LIBXSMM_GEMM_FLAG_NONE, prefetch = LIBXSMM_GEMM_PREFETCH_NONE;
    return libxsmm_smmdispatch(lda, (libxsmm_blasint)part.rows, (libxsmm_blasint)part.inputs, &lda, &ldb, &ldc, &one,
                               &beta, &flags, &prefetch);
}

/* What is left behind whole blocks, or a whole one. */
static size_t left(size_t all, size_t block) { return all % block ? all % block : block; }

/* 0 if LIBXSMM makes no such kernels, or the sizes are those of another way. */
static int pack(layer *p, const hk_layer *l, size_t batch, size wanted) {
    if (wanted.inputs != ALL && wanted.inputs >= l->inputs) return 0;
    const size b = {smaller(wanted.outputs, l->outputs), smaller(wanted.rows, batch),
                    smaller(wanted.inputs, l->inputs)};
    *p = (layer){.block = b};
    for (int i = 0; i < 16; i++) {
        const size part = {i & 8 ? left(l->outputs, b.outputs) : b.outputs, i & 4 ? left(batch, b.rows) : b.rows,
                           i & 2 ? left(l->inputs, b.inputs) : b.inputs};
        p->kernel[i / 8][i / 4 % 2][i / 2 % 2][i % 2] = kernel(l, part, i & 1);
        if (!p->kernel[i / 8][i / 4 % 2][i / 2 % 2][i % 2]) return 0;
    }
    p->weights = chain_floats(l->inputs * l->outputs);
    float *to = p->weights;
    for (size_t first = 0; first < l->outputs; first += b.outputs) {
        const size_t width = smaller(b.outputs, l->outputs - first);
        for (size_t i = 0; i < l->inputs; i++)
            for (size_t o = 0; o < width; o++) *to++ = l->weights[(first + o) * l->inputs + i];
    }
    return 1;
}

/* The outputs from `first` on for the rows from `row` on. */
static void block_run(const network *n, const hk_layer *l, const layer *p, size_t first, size_t row, const float *x,
                      float *y) {
    const size_t width = smaller(p->block.outputs, l->outputs - first), rows = smaller(p->block.rows, n->c.batch - row);
    const libxsmm_smmfunction(*kernels)[2] = p->kernel[width < p->block.outputs][rows < p->block.rows];
    const float *w = p->weights + first * l->inputs;
    float *to = y + row * l->outputs + first;
    for (size_t i = 0; i < l->inputs; i += p->block.inputs)
        kernels[l->inputs - i < p->block.inputs][i > 0](w + i * width, x + row * l->inputs + i, to);
    const int whole = l->activation.kind == HK_SOFTMAX && width < l->outputs;
    n->finish(whole ? HK_LINEAR : l->activation.kind, l->bias + first, to, l->outputs, rows, width);
}

static void layer_run(const network *n, const hk_layer *l, const layer *p, const float *x, float *y) {
    if (n->threads == 1) {
        for (size_t row = 0; row < n->c.batch; row += p->block.rows)
            for (size_t o = 0; o < l->outputs; o += p->block.outputs) block_run(n, l, p, o, row, x, y);
    } else {
#pragma omp parallel for collapse(2) num_threads(n->threads)
        for (size_t row = 0; row < n->c.batch; row += p->block.rows)
            for (size_t o = 0; o < l->outputs; o += p->block.outputs) block_run(n, l, p, o, row, x, y);
    }
    if (l->activation.kind == HK_SOFTMAX && p->block.outputs < l->outputs)
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
        for (int way = 0; way < WAYS; way++) found += pack(&ways[found], &layers[l], batch, sizes[way]);
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

const network_peer network_peer_libxsmm = {"libxsmm", start, NULL, create, run, free_network, HK_F32};
