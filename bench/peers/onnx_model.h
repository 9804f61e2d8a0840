/* A network as the bytes of an ONNX model. */
#ifndef HK_ONNX_MODEL_H
#define HK_ONNX_MODEL_H

#include "hillock/network.h"

typedef struct bytes {
    unsigned char *at;
    size_t count, room;
} bytes;

/* Input "x" [batch][inputs], output "y"; a Gemm for each layer and a node for its activation. Free `at`. */
bytes onnx_model(const hk_layer *layers, size_t count, size_t batch);

#endif
