/* oneDNN 2.x on weights of 8 bits and of bf16: one layer with its bias and ReLU in the primitive, between floats.
   Inputs are brought to the narrow type by its reorder, with one fixed scale for 8 bits, as it has no ranges of its
   own. */
#include "chain.h"
#include "network_peer.h"

#include <math.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void omp_set_num_threads(int);

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

enum { INNER_PRODUCT, MATMUL, WAYS };

typedef struct network {
    dnnl_memory_t x, narrow, weights[WAYS], bias[WAYS], y;
    dnnl_primitive_t reorder, run[WAYS];
    int way;
} network;

static dnnl_memory_desc_t desc(int rank, size_t rows, size_t cols, dnnl_data_type_t type, dnnl_format_tag_t tag) {
    dnnl_memory_desc_t d;
    dnnl_dims_t dims = {(dnnl_dim_t)rows, (dnnl_dim_t)cols};
    must(dnnl_memory_desc_init_by_tag(&d, rank, dims, type, tag));
    return d;
}
static dnnl_memory_t memory(const dnnl_memory_desc_t *d, const void *data) {
    dnnl_memory_t m;
    must(dnnl_memory_create(&m, d, engine, data ? (void *)(uintptr_t)data : DNNL_MEMORY_ALLOCATE));
    return m;
}

/* From one memory to another, multiplied by a scale, which may be NULL. */
static dnnl_primitive_t reorder(const dnnl_memory_desc_t *from, const dnnl_memory_desc_t *to, const float *scale) {
    dnnl_primitive_attr_t a;
    dnnl_primitive_desc_t d;
    dnnl_primitive_t made;
    must(dnnl_primitive_attr_create(&a));
    if (scale) must(dnnl_primitive_attr_set_output_scales(a, 1, 0, scale));
    must(dnnl_reorder_primitive_desc_create(&d, from, engine, to, engine, a));
    must(dnnl_primitive_create(&made, d));
    must(dnnl_primitive_desc_destroy(d));
    must(dnnl_primitive_attr_destroy(a));
    return made;
}
static void move(dnnl_primitive_t how, dnnl_memory_t from, dnnl_memory_t to) {
    must(dnnl_primitive_execute(how, stream, 2, (dnnl_exec_arg_t[]){{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}));
}

/* One way to compute the layer; weights are 8-bit numbers or floats, `out` is what each sum is multiplied by, or NULL.
 */
static void product(network *n, const hk_layer *l, const void *weights, size_t batch, int way, dnnl_data_type_t type,
                    const float *out) {
    const int matmul = way == MATMUL;
    const dnnl_memory_desc_t x = desc(2, batch, l->inputs, type, dnnl_ab),
                             y = desc(2, batch, l->outputs, dnnl_f32, dnnl_ab);
    const size_t rows = matmul ? l->inputs : l->outputs, cols = matmul ? l->outputs : l->inputs;
    const dnnl_memory_desc_t have = desc(2, rows, cols, out ? dnnl_s8 : dnnl_f32, matmul ? dnnl_ba : dnnl_ab),
                             any = desc(2, rows, cols, type, dnnl_format_tag_any),
                             bias = matmul ? desc(2, 1, l->outputs, dnnl_f32, dnnl_ab)
                                           : desc(1, l->outputs, 1, dnnl_f32, dnnl_a);
    dnnl_primitive_attr_t a;
    dnnl_post_ops_t ops;
    dnnl_primitive_desc_t d;
    must(dnnl_primitive_attr_create(&a));
    must(dnnl_post_ops_create(&ops));
    must(dnnl_post_ops_append_eltwise(ops, 1, dnnl_eltwise_relu, 0, 0));
    must(dnnl_primitive_attr_set_post_ops(a, ops));
    if (out) must(dnnl_primitive_attr_set_output_scales(a, (dnnl_dim_t)l->outputs, 2, out));
    if (matmul) {
        dnnl_matmul_desc_t m;
        must(dnnl_matmul_desc_init(&m, &x, &any, &bias, &y));
        must(dnnl_primitive_desc_create(&d, &m, a, engine, NULL));
    } else {
        dnnl_inner_product_desc_t p;
        must(dnnl_inner_product_forward_desc_init(&p, dnnl_forward_inference, &x, &any, &bias, &y));
        must(dnnl_primitive_desc_create(&d, &p, a, engine, NULL));
    }
    const dnnl_memory_desc_t *want = dnnl_primitive_desc_query_md(d, dnnl_query_weights_md, 0);
    must(dnnl_primitive_create(&n->run[way], d));
    dnnl_memory_t plain = memory(&have, weights);
    n->weights[way] = memory(want, NULL);
    n->bias[way] = memory(&bias, l->bias);
    dnnl_primitive_t pack = reorder(&have, want, NULL);
    move(pack, plain, n->weights[way]);
    must(dnnl_stream_wait(stream));
    must(dnnl_primitive_destroy(pack));
    must(dnnl_memory_destroy(plain));
    must(dnnl_post_ops_destroy(ops));
    must(dnnl_primitive_attr_destroy(a));
    must(dnnl_primitive_desc_destroy(d));
}

static void run_way(void *context, int way) {
    const network *n = context;
    move(n->reorder, n->x, n->narrow);
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, n->narrow},
                                         {DNNL_ARG_WEIGHTS, n->weights[way]},
                                         {DNNL_ARG_BIAS, n->bias[way]},
                                         {DNNL_ARG_DST, n->y}};
    must(dnnl_primitive_execute(n->run[way], stream, 4, arguments));
    must(dnnl_stream_wait(stream));
}

static void *create(const hk_layer *l, size_t count, size_t batch, dnnl_data_type_t type) {
    if (count != 1 || l->activation.kind != HK_RELU) return NULL;
    const float input_scale = 127; /* inputs are within +-1 */
    const int bytes = type == dnnl_s8;
    float *bias = chain_floats(l->outputs), *out = chain_floats(l->outputs);
    int8_t *w = malloc(l->inputs * l->outputs);
    network *n = calloc(1, sizeof *n);
    if (!w || !n) abort();
    for (size_t o = 0; o < l->outputs; o++) {
        const float *from = l->weights + o * l->inputs;
        float most = 0;
        for (size_t k = 0; k < l->inputs; k++) most = fmaxf(most, fabsf(from[k]));
        for (size_t k = 0; k < l->inputs; k++) w[o * l->inputs + k] = (int8_t)lrintf(from[k] / most * 127);
        out[o] = most / 127 / input_scale;
        bias[o] = bytes ? l->bias[o] / out[o] : l->bias[o]; /* added before the scale */
    }
    hk_layer layer = *l;
    layer.bias = bias;
    const dnnl_memory_desc_t x = desc(2, batch, l->inputs, dnnl_f32, dnnl_ab),
                             narrow = desc(2, batch, l->inputs, type, dnnl_ab),
                             y = desc(2, batch, l->outputs, dnnl_f32, dnnl_ab);
    n->x = memory(&x, NULL), n->narrow = memory(&narrow, NULL), n->y = memory(&y, NULL);
    n->reorder = reorder(&x, &narrow, bytes ? &input_scale : NULL);
    for (int way = 0; way < WAYS; way++)
        product(n, &layer, bytes ? (const void *)w : l->weights, batch, way, type, bytes ? out : NULL);
    n->way = chain_fastest(WAYS, run_way, n);
    free(w), free(out); /* the bias is used where it is */
    return n;
}
static void *create_i8(const hk_layer *layers, size_t count, size_t batch, int threads) {
    (void)threads;
    return create(layers, count, batch, dnnl_s8);
}
static void *create_bf16(const hk_layer *layers, size_t count, size_t batch, int threads) {
    (void)threads;
    return create(layers, count, batch, dnnl_bf16);
}

static void run(void *context, const float *x, float *y) {
    network *n = context;
    must(dnnl_memory_set_data_handle(n->x, (void *)(uintptr_t)x));
    must(dnnl_memory_set_data_handle(n->y, y));
    run_way(n, n->way);
}

static void free_network(void *context) {
    network *n = context;
    void *bias;
    must(dnnl_memory_get_data_handle(n->bias[0], &bias));
    for (int way = 0; way < WAYS; way++) {
        must(dnnl_primitive_destroy(n->run[way]));
        must(dnnl_memory_destroy(n->weights[way]));
        must(dnnl_memory_destroy(n->bias[way]));
    }
    must(dnnl_primitive_destroy(n->reorder));
    must(dnnl_memory_destroy(n->x));
    must(dnnl_memory_destroy(n->narrow));
    must(dnnl_memory_destroy(n->y));
    free(bias);
    free(n);
}

const network_peer network_peer_onednn_i8 = {"onednn_i8",  start, omp_set_num_threads, create_i8, run,
                                             free_network, HK_I8};
const network_peer network_peer_onednn_bf16 = {"onednn_bf16", start,  omp_set_num_threads, create_bf16, run,
                                               free_network,  HK_BF16};
