/* Protocol Buffers by hand, as much as a model needs; numbers of fields from onnx.proto. */
#include "onnx_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(bytes *b, const void *data, size_t count) {
    if (b->count + count > b->room) {
        b->room = 2 * (b->count + count);
        b->at = realloc(b->at, b->room);
        if (!b->at) abort();
    }
    memcpy(b->at + b->count, data, count);
    b->count += count;
}

static void varint(bytes *b, uint64_t value) {
    unsigned char byte;
    for (; value > 127; value >>= 7) append(b, (byte = (unsigned char)(value | 128), &byte), 1);
    append(b, (byte = (unsigned char)value, &byte), 1);
}

static void integer(bytes *b, int field, uint64_t value) {
    varint(b, (uint64_t)field * 8);
    varint(b, value);
}

static void block(bytes *b, int field, const void *data, size_t count) {
    varint(b, (uint64_t)field * 8 + 2);
    varint(b, count);
    append(b, data, count);
}

static void text(bytes *b, int field, const char *s) { block(b, field, s, strlen(s)); }

/* Takes the inner message's memory. */
static void message(bytes *b, int field, bytes inner) {
    block(b, field, inner.at, inner.count);
    free(inner.at);
}

static void initializer(bytes *graph, const char *name, const float *data, size_t rows, size_t cols) {
    bytes t = {NULL, 0, 0};
    if (rows) integer(&t, 1, rows);
    integer(&t, 1, cols);
    integer(&t, 2, 1); /* FLOAT */
    text(&t, 8, name);
    block(&t, 9, data, (rows ? rows : 1) * cols * sizeof *data);
    message(graph, 5, t);
}

static void value(bytes *graph, int field, const char *name, size_t rows, size_t cols) {
    bytes shape = {NULL, 0, 0}, tensor = {NULL, 0, 0}, type = {NULL, 0, 0}, info = {NULL, 0, 0};
    const size_t widths[2] = {rows, cols};
    for (int i = 0; i < 2; i++) {
        bytes width = {NULL, 0, 0};
        integer(&width, 1, widths[i]);
        message(&shape, 1, width);
    }
    integer(&tensor, 1, 1); /* FLOAT */
    message(&tensor, 2, shape);
    message(&type, 1, tensor);
    text(&info, 1, name);
    message(&info, 2, type);
    message(graph, field, info);
}

static void node(bytes *graph, const char *operation, const char *const *inputs, const char *output) {
    bytes n = {NULL, 0, 0};
    for (; *inputs; inputs++) text(&n, 1, *inputs);
    text(&n, 2, output);
    text(&n, 4, operation);
    if (!strcmp(operation, "Gemm")) { /* weights are [outputs][inputs] */
        bytes turned = {NULL, 0, 0};
        text(&turned, 1, "transB");
        integer(&turned, 3, 1);
        integer(&turned, 20, 2); /* INT */
        message(&n, 5, turned);
    }
    message(graph, 1, n);
}

static const char *operation_of(hk_activation_kind kind) {
    switch ((int)kind) {
    case HK_RELU: return "Relu";
    case HK_SIGMOID: return "Sigmoid";
    case HK_TANH: return "Tanh";
    case HK_GELU: return "Gelu";
    case HK_SOFTMAX: return "Softmax";
    default: return NULL;
    }
}

bytes onnx_model(const hk_layer *layers, size_t count, size_t batch) {
    bytes graph = {NULL, 0, 0}, opset = {NULL, 0, 0}, model = {NULL, 0, 0};
    char x[24] = "x", w[24], b[24], z[24];
    for (size_t l = 0; l < count; l++) {
        const int last = l + 1 == count;
        const char *operation = operation_of(layers[l].activation.kind);
        snprintf(w, sizeof w, "w%zu", l);
        snprintf(b, sizeof b, "b%zu", l);
        initializer(&graph, w, layers[l].weights, layers[l].outputs, layers[l].inputs);
        initializer(&graph, b, layers[l].bias, 0, layers[l].outputs);
        if (last && !operation)
            snprintf(z, sizeof z, "y");
        else
            snprintf(z, sizeof z, "z%zu", l);
        node(&graph, "Gemm", (const char *const[]){x, w, b, NULL}, z);
        memcpy(x, z, sizeof x);
        if (!operation) continue;
        if (last)
            snprintf(x, sizeof x, "y");
        else
            snprintf(x, sizeof x, "x%zu", l);
        node(&graph, operation, (const char *const[]){z, NULL}, x);
    }
    text(&graph, 2, "network");
    value(&graph, 11, "x", batch, layers[0].inputs);
    value(&graph, 12, "y", batch, layers[count - 1].outputs);
    text(&opset, 1, "");
    integer(&opset, 2, 20);
    integer(&model, 1, 9); /* ir_version */
    message(&model, 8, opset);
    message(&model, 7, graph);
    return model;
}
