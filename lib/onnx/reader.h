/* Reading a chain of ONNX nodes into steps of a network. */
#ifndef HK_ONNX_READER_H
#define HK_ONNX_READER_H

#include "../error.h"
#include "../network.h"
#include "onnx.pb-c.h"

/* Memory that is counted, and freed together at the end. */
typedef struct onnx_memory {
    size_t left;  /* bytes that may still be taken */
    int short_of; /* whether memory was refused */
    struct onnx_chunk *chunks;
} onnx_memory;
void *onnx_take(onnx_memory *memory, size_t count,
                size_t size); /* zeroed; NULL if short, over the limit or overflowing */
void onnx_release(onnx_memory *memory);

/* A hash table from names to the constants that they stand for. */
typedef struct onnx_names {
    const char **keys;
    const HkOnnx__TensorProto **values;
    size_t slots; /* a power of two */
} onnx_names;
int onnx_names_create(onnx_names *names, size_t capacity, onnx_memory *memory);
void onnx_names_put(onnx_names *names, const char *key, const HkOnnx__TensorProto *value);
const HkOnnx__TensorProto *onnx_names_get(const onnx_names *names, const char *key);

enum { ONNX_RANK_MAX = 8 };

/* A step being built: arrays that later nodes may still change. */
typedef struct onnx_step {
    hk_step step;
    float *weights, *bias;          /* dense; bias always there, has_bias says whether it was asked for */
    double *shift, *scale, *offset; /* affine */
} onnx_step;

typedef struct onnx_reader {
    const char *source; /* the file's name, for messages */
    hk_error *error;
    onnx_memory *memory;
    onnx_names constants;
    int64_t opset;
    const char *current; /* the value that the chain has reached */
    size_t width;        /* its elements per row, 0 while unknown */
    size_t rank;         /* its dimensions behind the batch, 0 while unknown */
    size_t batch;        /* rows, where the file fixes them, else 0 */
    size_t dims[ONNX_RANK_MAX];
    onnx_step *steps;
    size_t count;
} onnx_reader;

/* Fails with a sentence that names the node and its operator. A macro, so that who reads the code, a compiler too, sees
   that the status is the one given. */
#define onnx_fail_node(r, node, status, ...) (onnx_tell_node(r, node, status, __VA_ARGS__), (status))
__attribute__((format(printf, 4, 5))) void onnx_tell_node(onnx_reader *r, const HkOnnx__NodeProto *node,
                                                          hk_status status, const char *format, ...);

/* tensor.c: a tensor's elements as float or int64, checked against its dimensions. `count` receives their number. */
hk_status onnx_floats(onnx_reader *r, const HkOnnx__TensorProto *t, float **values, size_t *count);
hk_status onnx_integers(onnx_reader *r, const HkOnnx__TensorProto *t, int64_t **values, size_t *count);

/* operators.c: applies one node to the chain. */
hk_status onnx_apply(onnx_reader *r, const HkOnnx__NodeProto *node);

/* reader.c: the steps that nodes turn into. */
hk_status onnx_append_dense(onnx_reader *r, const HkOnnx__NodeProto *node, size_t inputs, size_t outputs,
                            float *weights, float *bias, int has_bias);
/* y = (x - shift) * scale + offset; each array has `count` elements, 1 or the width, or is NULL for 0, 1, 0. */
hk_status onnx_append_affine(onnx_reader *r, const HkOnnx__NodeProto *node, size_t count, const double *shift,
                             const double *scale, const double *offset);
hk_status onnx_append_activation(onnx_reader *r, const HkOnnx__NodeProto *node, hk_activation a);
/* Learns the width from a node that fixes it; fails if it is known and another. */
hk_status onnx_expect_width(onnx_reader *r, const HkOnnx__NodeProto *node, size_t width);

hk_status onnx_read_model(const HkOnnx__ModelProto *model, const char *source, onnx_memory *memory,
                          hk_network **network, hk_error *error);

#endif
