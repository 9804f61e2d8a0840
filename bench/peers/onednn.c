/* oneDNN 2.x: one primitive for each function and shape, created at the first call. */
#include "peer.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <stdlib.h>

void omp_set_num_threads(int); /* libgomp reads OMP_NUM_THREADS before main */

static dnnl_engine_t engine;
static dnnl_stream_t stream;

static int start(void) {
    omp_set_num_threads(1);
    return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success &&
           dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) == dnnl_success;
}

/* A primitive with up to two inputs and one output, found again by what it was made for. */
typedef struct primitive {
    int what;
    size_t rows, cols;
    dnnl_primitive_t run;
    dnnl_exec_arg_t arguments[3];
    int count;
} primitive;

static void must(dnnl_status_t status) {
    if (status == dnnl_success) return;
    fprintf(stderr, "oneDNN answers %d\n", (int)status);
    exit(1);
}

static primitive *primitive_for(int what, size_t rows, size_t cols) {
    static primitive known[512];
    static size_t count, last;
    if (known[last].what == what && known[last].rows == rows && known[last].cols == cols) return &known[last];
    for (last = 0; last < count; last++)
        if (known[last].what == what && known[last].rows == rows && known[last].cols == cols) return &known[last];
    if (count == sizeof known / sizeof *known) abort();
    known[count] = (primitive){.what = what, .rows = rows, .cols = cols};
    return &known[count++];
}

static dnnl_memory_desc_t matrix(size_t rows, size_t cols, dnnl_data_type_t type) {
    dnnl_memory_desc_t d;
    must(dnnl_memory_desc_init_by_tag(&d, 2, (dnnl_dims_t){(dnnl_dim_t)rows, (dnnl_dim_t)cols}, type, dnnl_ab));
    return d;
}

static void add_argument(primitive *p, int argument, const dnnl_memory_desc_t *d) {
    dnnl_exec_arg_t *a = &p->arguments[p->count++];
    a->arg = argument;
    must(dnnl_memory_create(&a->memory, d, engine, DNNL_MEMORY_NONE));
}

/* Leaves p->run NULL if there is no such primitive on this instruction set. */
static void create(primitive *p, const void *description) {
    dnnl_primitive_desc_t d;
    const dnnl_status_t status = dnnl_primitive_desc_create(&d, description, NULL, engine, NULL);
    if (status == dnnl_unimplemented) return;
    must(status);
    must(dnnl_primitive_create(&p->run, d));
    must(dnnl_primitive_desc_destroy(d));
}

static void execute(primitive *p, const void *first, const void *second, void *last) {
    if (!p->run) return;
    const void *const data[] = {first, p->count == 3 ? second : last, last};
    for (int i = 0; i < p->count; i++)
        must(dnnl_memory_set_data_handle(p->arguments[i].memory, (void *)(uintptr_t)data[i]));
    must(dnnl_primitive_execute(p->run, stream, p->count, p->arguments));
    must(dnnl_stream_wait(stream));
}

static void eltwise(int what, dnnl_alg_kind_t kind, float alpha, float beta, const float *x, float *y, size_t n) {
    primitive *p = primitive_for(what, 1, n);
    if (!p->run) {
        const dnnl_memory_desc_t d = matrix(1, n, dnnl_f32);
        dnnl_eltwise_desc_t e;
        must(dnnl_eltwise_forward_desc_init(&e, dnnl_forward_inference, kind, &d, alpha, beta));
        create(p, &e);
        add_argument(p, DNNL_ARG_SRC, &d);
        add_argument(p, DNNL_ARG_DST, &d);
    }
    execute(p, x, NULL, y);
}

static void rows_through(dnnl_alg_kind_t kind, const float *x, float *y, size_t rows, size_t cols) {
    primitive *p = primitive_for((int)kind, rows, cols);
    if (!p->run) {
        const dnnl_memory_desc_t d = matrix(rows, cols, dnnl_f32);
        dnnl_softmax_v2_desc_t s;
        must(dnnl_softmax_v2_forward_desc_init(&s, dnnl_forward_inference, kind, &d, &d, 1));
        create(p, &s);
        add_argument(p, DNNL_ARG_SRC, &d);
        add_argument(p, DNNL_ARG_DST, &d);
    }
    execute(p, x, NULL, y);
}
static void softmax(const float *x, float *y, size_t rows, size_t cols) {
    rows_through(dnnl_softmax_accurate, x, y, rows, cols);
}
static void log_softmax(const float *x, float *y, size_t rows, size_t cols) {
    rows_through(dnnl_softmax_log, x, y, rows, cols);
}

/* Weights [rows][cols] times an input [cols]: an inner product, which is faster here than the primitive matmul. */
static void product(dnnl_data_type_t x_type, dnnl_data_type_t w_type, dnnl_data_type_t y_type, const void *x,
                    const void *w, void *y, size_t rows, size_t cols) {
    primitive *p = primitive_for(-(int)x_type - 16 * (int)w_type, rows, cols);
    if (!p->run) {
        const dnnl_memory_desc_t in = matrix(1, cols, x_type), by = matrix(rows, cols, w_type),
                                 out = matrix(1, rows, y_type);
        dnnl_inner_product_desc_t d;
        must(dnnl_inner_product_forward_desc_init(&d, dnnl_forward_inference, &in, &by, NULL, &out));
        create(p, &d);
        add_argument(p, DNNL_ARG_SRC, &in);
        add_argument(p, DNNL_ARG_WEIGHTS, &by);
        add_argument(p, DNNL_ARG_DST, &out);
    }
    execute(p, x, w, y);
}
static void matvec_f32(const float *w, const float *x, float *y, size_t rows, size_t cols) {
    product(dnnl_f32, dnnl_f32, dnnl_f32, x, w, y, rows, cols);
}

#define DOT(name, a_type, b_type, result, a_dnnl, b_dnnl, sum_type, sum_dnnl)                                          \
    static result name(const a_type *a, const b_type *b, size_t n) {                                                   \
        sum_type sum = 1 << 30; /* stays, and is found to be wrong, where there is no such primitive */                \
        product(a_dnnl, b_dnnl, sum_dnnl, a, b, &sum, 1, n);                                                           \
        return sum;                                                                                                    \
    }
DOT(dot_f32, float, float, float, dnnl_f32, dnnl_f32, float, dnnl_f32)
DOT(dot_bf16, uint16_t, uint16_t, float, dnnl_bf16, dnnl_bf16, float, dnnl_f32)
DOT(dot_i8, int8_t, int8_t, int64_t, dnnl_s8, dnnl_s8, int32_t, dnnl_s32)
DOT(dot_u8i8, uint8_t, int8_t, int64_t, dnnl_u8, dnnl_s8, int32_t, dnnl_s32)

/* X(KIND, algorithm, alpha, beta) */
#define ELTWISE_LIST(X)                                                                                                \
    X(RELU, dnnl_eltwise_relu, 0, 0)                                                                                   \
    X(RELU6, dnnl_eltwise_bounded_relu, 6, 0)                                                                          \
    X(LEAKY_RELU, dnnl_eltwise_relu, 0.01f, 0)                                                                         \
    X(ELU, dnnl_eltwise_elu, 1, 0)                                                                                     \
    X(SIGMOID, dnnl_eltwise_logistic, 0, 0)                                                                            \
    X(TANH, dnnl_eltwise_tanh, 0, 0)                                                                                   \
    X(GELU, dnnl_eltwise_gelu_erf, 0, 0)                                                                               \
    X(GELU_TANH, dnnl_eltwise_gelu_tanh, 0, 0)                                                                         \
    X(SILU, dnnl_eltwise_swish, 1, 0)                                                                                  \
    X(HARD_SWISH, dnnl_eltwise_hardswish, 0, 0)                                                                        \
    X(SOFTPLUS, dnnl_eltwise_soft_relu, 0, 0)                                                                          \
    X(MISH, dnnl_eltwise_mish, 0, 0)                                                                                   \
    X(EXP, dnnl_eltwise_exp, 0, 0)                                                                                     \
    X(CLIP, dnnl_eltwise_clip, -1, 1)
#define ELTWISE(kind, algorithm, alpha, beta)                                                                          \
    static void map_##kind(const float *x, float *y, size_t n) { eltwise(HK_##kind, algorithm, alpha, beta, x, y, n); }
ELTWISE_LIST(ELTWISE)

#define ROW(kind, algorithm, alpha, beta) [HK_##kind] = map_##kind,
const bench_peer peer_onednn = {.name = "onednn",
                                .start = start,
                                .map = {ELTWISE_LIST(ROW)},
                                .softmax = softmax,
                                .log_softmax = log_softmax,
                                .dot_f32 = dot_f32,
                                .dot_bf16 = dot_bf16,
                                .dot_i8 = dot_i8,
                                .dot_u8i8 = dot_u8i8,
                                .matvec_f32 = matvec_f32};
