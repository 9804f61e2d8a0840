/* XNNPACK: one operator for each function and number of columns, created at the first call, set up when the arrays
   change, as its users do. Its fully connected layer packs the weights when it is created. */
#include "peer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xnnpack.h>

static int start(void) { return xnn_initialize(NULL) == xnn_status_success; }

typedef struct operation {
    int kind;
    size_t cols, rows;
    const void *weights, *x;
    void *y;
    xnn_operator_t run;
} operation;

static void must(enum xnn_status status) {
    if (status == xnn_status_success) return;
    fprintf(stderr, "XNNPACK answers %d\n", (int)status);
    exit(1);
}

static operation *operation_for(int kind, size_t cols, const void *weights) {
    static operation known[256];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (known[i].kind == kind && known[i].cols == cols && known[i].weights == weights) return &known[i];
    if (count == sizeof known / sizeof *known) abort();
    known[count] = (operation){.kind = kind, .cols = cols, .weights = weights};
    return &known[count++];
}

static int same(operation *o, const void *x, void *y, size_t rows) {
    if (o->x == x && o->y == y && o->rows == rows) return 1;
    o->x = x, o->y = y, o->rows = rows;
    return 0;
}

/* A function of single numbers is an operator over n rows of one channel. */
#define MAP(kind, function, ...)                                                                                       \
    static void map_##kind(const float *x, float *y, size_t n) {                                                       \
        operation *o = operation_for(HK_##kind, 1, NULL);                                                              \
        if (!o->run) must(xnn_create_##function##_nc_f32(1, 1, 1, __VA_ARGS__, &o->run));                              \
        if (!same(o, x, y, n)) must(xnn_setup_##function##_nc_f32(o->run, n, x, y, NULL));                             \
        must(xnn_run_operator(o->run, NULL));                                                                          \
    }
MAP(RELU, clamp, 0, INFINITY, 0)
MAP(RELU6, clamp, 0, 6, 0)
MAP(CLIP, clamp, -1, 1, 0)
MAP(LEAKY_RELU, leaky_relu, 0.01f, 0)
MAP(ELU, elu, 1, 0)
MAP(SIGMOID, sigmoid, 0)
MAP(HARD_SWISH, hardswish, 0)

static void softmax(const float *x, float *y, size_t rows, size_t cols) {
    operation *o = operation_for(HK_SOFTMAX, cols, NULL);
    if (!o->run) must(xnn_create_softmax_nc_f32(cols, cols, cols, 0, &o->run));
    if (!same(o, x, y, rows)) must(xnn_setup_softmax_nc_f32(o->run, rows, x, y, NULL));
    must(xnn_run_operator(o->run, NULL));
}

static void matvec_f32(const float *w, const float *x, float *y, size_t rows, size_t cols) {
    operation *o = operation_for(HK_KIND_COUNT + (int)rows, cols, w);
    if (!o->run)
        must(xnn_create_fully_connected_nc_f32(cols, rows, cols, rows, w, NULL, -INFINITY, INFINITY, 0, &o->run));
    if (!same(o, x, y, 1)) must(xnn_setup_fully_connected_nc_f32(o->run, 1, x, y, NULL));
    must(xnn_run_operator(o->run, NULL));
}

const bench_peer peer_xnnpack = {.name = "xnnpack",
                                 .start = start,
                                 .map = {[HK_RELU] = map_RELU,
                                         [HK_RELU6] = map_RELU6,
                                         [HK_CLIP] = map_CLIP,
                                         [HK_LEAKY_RELU] = map_LEAKY_RELU,
                                         [HK_ELU] = map_ELU,
                                         [HK_SIGMOID] = map_SIGMOID,
                                         [HK_HARD_SWISH] = map_HARD_SWISH},
                                 .softmax = softmax,
                                 .matvec_f32 = matvec_f32};
