/* oneDNN 2.x: an inner product or a matrix multiplication with bias and activation in it, whichever is faster, on
   weights reordered to the layout that the primitive asks for (or as they are, if that is faster); softmax in place. */
#include "chain.h"
#include "network_peer.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <stdlib.h>

void omp_set_num_threads(int); /* libgomp reads OMP_NUM_THREADS before main */

static dnnl_engine_t engine;
static dnnl_stream_t stream;

static int start(void) {
    return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success &&
           dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) == dnnl_success;
}

static void must(dnnl_status_t status) {
    if (status == dnnl_success) return;
    fprintf(stderr, "oneDNN answers %d\n", (int)status);
    exit(1);
}

enum { INNER_PRODUCT, INNER_PRODUCT_AS_IS, MATMUL, WAYS, ARGUMENTS = 4 };

typedef struct primitive {
    dnnl_primitive_t run; /* NULL: there is none */
    dnnl_exec_arg_t arguments[ARGUMENTS];
    int count; /* the first is the source, the last the destination */
} primitive;

typedef struct network {
    chain c;
    primitive product[CHAIN_MOST], softmax[CHAIN_MOST];
    const float *x; /* for which the memory is set */
    float *y;
} network;

static dnnl_memory_desc_t matrix(size_t rows, size_t cols, dnnl_format_tag_t tag) {
    dnnl_memory_desc_t d;
    must(dnnl_memory_desc_init_by_tag(&d, 2, (dnnl_dims_t){(dnnl_dim_t)rows, (dnnl_dim_t)cols}, dnnl_f32, tag));
    return d;
}

static dnnl_memory_t memory(const dnnl_memory_desc_t *d, const void *data) {
    dnnl_memory_t m;
    must(dnnl_memory_create(&m, d, engine, data ? (void *)(uintptr_t)data : DNNL_MEMORY_NONE));
    return m;
}

static dnnl_primitive_attr_t attributes(hk_activation_kind kind) {
    dnnl_primitive_attr_t a;
    dnnl_post_ops_t ops;
    must(dnnl_primitive_attr_create(&a));
    must(dnnl_post_ops_create(&ops));
    const dnnl_alg_kind_t algorithm = kind == HK_RELU      ? dnnl_eltwise_relu
                                      : kind == HK_TANH    ? dnnl_eltwise_tanh
                                      : kind == HK_GELU    ? dnnl_eltwise_gelu_erf
                                      : kind == HK_SIGMOID ? dnnl_eltwise_logistic
                                                           : dnnl_alg_kind_undef;
    if (algorithm != dnnl_alg_kind_undef) must(dnnl_post_ops_append_eltwise(ops, 1, algorithm, 0, 0));
    must(dnnl_primitive_attr_set_post_ops(a, ops));
    must(dnnl_post_ops_destroy(ops));
    return a;
}

/* The weights in the layout that the primitive wants. */
static dnnl_memory_t packed(const dnnl_memory_desc_t *have, const dnnl_memory_desc_t *want, const float *weights) {
    if (dnnl_memory_desc_equal(have, want)) return memory(want, weights);
    dnnl_memory_t from = memory(have, weights), to;
    must(dnnl_memory_create(&to, want, engine, DNNL_MEMORY_ALLOCATE));
    dnnl_primitive_desc_t d;
    dnnl_primitive_t reorder;
    must(dnnl_reorder_primitive_desc_create(&d, have, engine, want, engine, NULL));
    must(dnnl_primitive_create(&reorder, d));
    must(dnnl_primitive_execute(reorder, stream, 2, (dnnl_exec_arg_t[]){{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}));
    must(dnnl_stream_wait(stream));
    must(dnnl_primitive_destroy(reorder));
    must(dnnl_primitive_desc_destroy(d));
    must(dnnl_memory_destroy(from));
    return to;
}

static primitive product(const hk_layer *l, size_t batch, int way) {
    const dnnl_memory_desc_t x = matrix(batch, l->inputs, dnnl_ab), y = matrix(batch, l->outputs, dnnl_ab);
    dnnl_memory_desc_t have, want, bias;
    dnnl_primitive_desc_t d;
    dnnl_primitive_attr_t a = attributes(l->activation.kind);
    dnnl_status_t status;
    if (way == MATMUL) {
        dnnl_matmul_desc_t m;
        have = matrix(l->inputs, l->outputs, dnnl_ba);
        want = matrix(l->inputs, l->outputs, dnnl_format_tag_any);
        bias = matrix(1, l->outputs, dnnl_ab);
        must(dnnl_matmul_desc_init(&m, &x, &want, &bias, &y));
        status = dnnl_primitive_desc_create(&d, &m, a, engine, NULL);
    } else {
        dnnl_inner_product_desc_t p;
        have = matrix(l->outputs, l->inputs, dnnl_ab);
        want = matrix(l->outputs, l->inputs, way == INNER_PRODUCT ? dnnl_format_tag_any : dnnl_ab);
        must(dnnl_memory_desc_init_by_tag(&bias, 1, (dnnl_dims_t){(dnnl_dim_t)l->outputs}, dnnl_f32, dnnl_a));
        must(dnnl_inner_product_forward_desc_init(&p, dnnl_forward_inference, &x, &want, &bias, &y));
        status = dnnl_primitive_desc_create(&d, &p, a, engine, NULL);
    }
    must(dnnl_primitive_attr_destroy(a));
    primitive made = {NULL, {{0, NULL}}, 0};
    if (status == dnnl_unimplemented) return made;
    must(status);
    must(dnnl_primitive_create(&made.run, d));
    made.arguments[made.count++] = (dnnl_exec_arg_t){DNNL_ARG_SRC, memory(&x, NULL)};
    made.arguments[made.count++] = (dnnl_exec_arg_t){
        DNNL_ARG_WEIGHTS, packed(&have, dnnl_primitive_desc_query_md(d, dnnl_query_weights_md, 0), l->weights)};
    made.arguments[made.count++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, memory(&bias, l->bias)};
    made.arguments[made.count++] = (dnnl_exec_arg_t){DNNL_ARG_DST, memory(&y, NULL)};
    must(dnnl_primitive_desc_destroy(d));
    return made;
}

static primitive softmax(const hk_layer *l, size_t batch) {
    const dnnl_memory_desc_t y = matrix(batch, l->outputs, dnnl_ab);
    dnnl_softmax_v2_desc_t s;
    dnnl_primitive_desc_t d;
    must(dnnl_softmax_v2_forward_desc_init(&s, dnnl_forward_inference, dnnl_softmax_accurate, &y, &y, 1));
    must(dnnl_primitive_desc_create(&d, &s, NULL, engine, NULL));
    primitive made = {
        NULL, {{DNNL_ARG_SRC, memory(&y, NULL)}, {DNNL_ARG_DST, memory(&y, NULL)}, {0, NULL}, {0, NULL}}, 2};
    must(dnnl_primitive_create(&made.run, d));
    must(dnnl_primitive_desc_destroy(d));
    return made;
}

static void set(primitive *p, const float *x, float *y) {
    must(dnnl_memory_set_data_handle(p->arguments[0].memory, (void *)(uintptr_t)x));
    must(dnnl_memory_set_data_handle(p->arguments[p->count - 1].memory, y));
}

static void execute(const primitive *p) { must(dnnl_primitive_execute(p->run, stream, p->count, p->arguments)); }

static void destroy(primitive *p) {
    for (int i = 0; i < p->count; i++) must(dnnl_memory_destroy(p->arguments[i].memory));
    if (p->run) must(dnnl_primitive_destroy(p->run));
}

static void trial_run(void *context, int i) {
    execute((const primitive *)context + i);
    must(dnnl_stream_wait(stream));
}

static void *create(const hk_layer *layers, size_t count, size_t batch, int threads) {
    (void)threads;
    network *n = calloc(1, sizeof *n);
    if (!n) abort();
    chain_start(&n->c, layers, count, batch);
    for (size_t l = 0; l < count; l++) {
        primitive ways[WAYS];
        int found = 0;
        float *x = chain_floats(batch * layers[l].inputs), *y = chain_floats(batch * layers[l].outputs);
        for (int way = 0; way < WAYS; way++) {
            ways[found] = product(&layers[l], batch, way);
            if (!ways[found].run) continue;
            set(&ways[found++], x, y);
        }
        if (!found) abort();
        const int best = chain_fastest(found, trial_run, ways);
        for (int i = 0; i < found; i++)
            if (i != best) destroy(&ways[i]);
        n->product[l] = ways[best];
        if (layers[l].activation.kind == HK_SOFTMAX) n->softmax[l] = softmax(&layers[l], batch);
        free(x);
        free(y);
    }
    return n;
}

static void set_all(network *n, const float *x, float *y) {
    n->x = x, n->y = y;
    for (size_t l = 0; l < n->c.count; l++) {
        float *to = chain_to(&n->c, l, y);
        set(&n->product[l], x, to);
        if (n->softmax[l].run) set(&n->softmax[l], to, to);
        x = to;
    }
}

static void run(void *context, const float *x, float *y) {
    network *n = context;
    if (n->x != x || n->y != y) set_all(n, x, y);
    for (size_t l = 0; l < n->c.count; l++) {
        execute(&n->product[l]);
        if (n->softmax[l].run) execute(&n->softmax[l]);
    }
    must(dnnl_stream_wait(stream));
}

static void free_network(void *context) {
    network *n = context;
    for (size_t l = 0; l < n->c.count; l++) {
        destroy(&n->product[l]);
        destroy(&n->softmax[l]);
    }
    chain_end(&n->c);
    free(n);
}

const network_peer network_peer_onednn = {"onednn", start, omp_set_num_threads, create, run, free_network, HK_F32};
