/* Writing small ONNX files for tests, message by message (protocol buffers' wire format). */
#ifndef HK_TEST_ONNX_WRITER_H
#define HK_TEST_ONNX_WRITER_H

#include "support.h"

typedef struct message {
    unsigned char bytes[16384];
    size_t size;
} message;

void put_integer(message *m, int field, uint64_t value);
void put_float(message *m, int field, float value);
void put_bytes(message *m, int field, const void *bytes, size_t size);
void put_text(message *m, int field, const char *text);
void put_message(message *m, int field, const message *inner);

/* A model under construction: nodes and initializers are added to the graph. */
typedef struct model {
    message graph;
    int64_t opset;
} model;
void model_begin(model *m, int64_t opset);
/* inputs and outputs: names separated by commas. attributes: text like "alpha=0.5 transB=1 axis=-1 shape=0,3": numbers
   with a point are floats, with a comma lists of integers; name@x=tensor is not needed here. */
void model_node(model *m, const char *op, const char *inputs, const char *output, const char *attributes);
void model_floats(model *m, const char *name, const float *values, size_t rank, const int64_t *dims);
void model_integers(model *m, const char *name, const int64_t *values, size_t count);
/* The tensor of a type other than float, from raw bytes. */
void model_raw(model *m, const char *name, int type, const void *bytes, size_t size, size_t rank, const int64_t *dims);
/* A node Constant whose value is a vector. */
void model_constant(model *m, const char *output, const float *values, size_t count);
void model_value(model *m, int field, const char *name, size_t rank,
                 const int64_t *dims); /* field 11 input, 12 output */
message model_end(const model *m);

#endif
