/* What a network is made of. */
#ifndef HK_NETWORK_H
#define HK_NETWORK_H

#include "hillock/network.h"

#include "table.h"

#include <stdatomic.h>

/* One step of a forward pass. The arrays are the builder's input in a specification (dense: weights [outputs][inputs]),
   and the network's own, packed, in a network. */
typedef struct hk_step {
    hk_layer_kind kind;
    hk_dtype storage;
    int has_bias;
    size_t inputs, outputs;
    hk_activation activation;            /* of a dense layer, or the step itself */
    const float *weights, *bias;         /* dense; bias may be NULL */
    int packed;                          /* weights are those of another network, packed floats */
    const float *shift, *scale, *offset; /* scaling, affine: (x - shift) * scale + offset, NULL: 0, 1, -0 */
    /* Filled by the builder: a dense layer's job but for what changes from call to call, the kernel for it (NULL where
       rows are quantized), and what runs over finished rows, or NULL. Layers kept as HK_I8 or HK_BF16 have a job for
       narrow rows, and, once they are calibrated, inputs that all stand for the same. */
    hk_dense_f32_job job;
    void (*kernel)(const hk_dense_f32_job *job);
    hk_dense_narrow_job narrow;
    hk_row_scale inputs_as;
    int calibrated;
    hk_dtype stored; /* HK_F32 where there are too few outputs for another */
    size_t panel_bytes;
    hk_map_f32_fn *row_map;
} hk_step;

struct hk_network {
    atomic_size_t holders; /* the creator and the sessions */
    const hk_kernels *kernels;
    hk_network *base;      /* whose arrays the steps use, or NULL: those in memory */
    unsigned char *memory; /* all arrays of the steps */
    char *input_name, *output_name;
    hk_dense_narrow_fn *fast_bf16; /* for layers kept as HK_BF16, where a session asks for it; NULL: not here */
    size_t parameters, widest;     /* widest: the largest width between two steps */
    size_t weight_bytes;
    size_t count;
    hk_step steps[];
};

/* The memory that a network of these steps takes; 0 if it overflows. */
size_t hk_network_size(const hk_step *steps, size_t count, const char *input_name, const char *output_name);

/* Copies and packs. The steps must be well-formed: widths chain, dense layers have weights. HK_INVALID_ARGUMENT if
   weights to be kept as HK_I8 or HK_I4 are not all finite. */
hk_status hk_network_build(const hk_step *steps, size_t count, const char *input_name, const char *output_name,
                           hk_network **network);

/* A network with the same arrays and steps of its own, which may be changed as long as nobody else has it; NULL if
   memory is short. */
hk_network *hk_network_derive(const hk_network *base);

/* One more holder of an immutable network. */
hk_network *hk_network_hold(const hk_network *network);

#endif
