/* Networks of dense layers: built from arrays or read from an ONNX file, run by sessions. */
#ifndef HILLOCK_NETWORK_H
#define HILLOCK_NETWORK_H

#include "hillock/activation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One answer everywhere
   =====================
   In the default floating-point environment every f32 and f64 function of this library, and every network, gives the
   same bits (a NaN's sign and payload aside) on scalar, NEON, AVX2 and AVX-512, for every alignment and stride, every
   number of threads, and for a row of a batch whatever the batch is. Under FTZ or DAZ results may differ in subnormals;
   the setting is left alone. f64 activations come from SLEEF: their bits hold for one SLEEF version
   (hk_build_features), and on x86 without FMA they are outside the promise.

   The order of a dense layer: each output is one chain of fma over the inputs in order, started from +0, then one
   addition of the bias. Layers of at most 48 outputs use several interleaved chains (input i in chain i mod C),
   added by halves at the end: C is 4 for 5 to 16 outputs, 2 for 17 to 48. With at most 4 outputs each
   output is hk_dot_f32 plus bias. HK_NUMERICS_VERSION counts changes of any of this. */

typedef struct hk_layer {
    size_t inputs, outputs;   /* fan-in and fan-out, each at least 1 */
    const float *weights;     /* [outputs][inputs] row-major, copied */
    const float *bias;        /* [outputs] or NULL for zeros, copied */
    hk_activation activation; /* applied to the pre-activation; row kinds (softmax) to each row */
    hk_dtype storage;         /* how the weights are kept; HK_F32 is the only one in this version */
} hk_layer;
#if UINTPTR_MAX > 0xffffffffu
HK_STATIC_ASSERT(sizeof(hk_layer) == 56, "hk_layer is part of the binary interface");
#endif

typedef struct hk_network hk_network; /* immutable: one network serves any number of threads and sessions */

/* Builds a network: layer l's outputs are layer l + 1's inputs.
   Shapes: `count` layers. Alignment: that of the element. Memory: the packed weights, once.
   Errors (and *network untouched): HK_INVALID_ARGUMENT for count 0, a width of 0, widths that do not chain, NULL
   weights or network, an unknown activation or storage; HK_UNSUPPORTED for a storage other than HK_F32;
   HK_OUT_OF_MEMORY if sizes overflow or memory is short. Threads: any. */
HK_API hk_status hk_network_create(const hk_layer *layers, size_t count, hk_network **network);

/* The same with inputs that first become (x - shift) * scale, feature by feature, as networks trained on standardized
   data need. Shapes: shift and scale [layers[0].inputs]; NULL means 0 and 1. */
HK_API hk_status hk_network_create_scaled(const hk_layer *layers, size_t count, const float *shift, const float *scale,
                                          hk_network **network);

/* Reads an ONNX file, or one in memory: a chain from one input [batch, features] to one output. Operators: Gemm,
   MatMul, Add, Sub, Mul and Div with a constant, Relu, LeakyRelu, Elu, Selu, Celu, Sigmoid, HardSigmoid, Tanh,
   Softplus, Softsign, HardSwish, Clip, Erf, Exp, Softmax and LogSoftmax over the last axis, Flatten and Reshape that
   keep each row's elements, Identity, Dropout, BatchNormalization, Constant. Weights of type float, double (rounded)
   and float16 / bfloat16 (widened). Errors (and *network untouched), each with a sentence in `error` (which may be
   NULL): HK_INVALID_ARGUMENT for NULL; HK_IO_ERROR; HK_BAD_FORMAT for a damaged or foreign file; HK_UNSUPPORTED for
   anything else in it, naming the node and the operator, and in a build without the reader; HK_OUT_OF_MEMORY. Threads:
   any. */
HK_API hk_status hk_network_load(const char *onnx_path, hk_network **network, hk_error *error);
HK_API hk_status hk_network_load_memory(const void *onnx, size_t bytes, hk_network **network, hk_error *error);

/* hk_network_load that takes at most max_bytes of memory at any time, the file's bytes and the network included;
   HK_OUT_OF_MEMORY if that is too little. For files from strangers. */
HK_API hk_status hk_network_load_limited(const char *path, size_t max_bytes, hk_network **network, hk_error *error);

/* Gives up the caller's hold; sessions keep theirs. NULL is fine. */
HK_API void hk_network_free(hk_network *network);

/* Elements per row of the input and of the output; weights and biases in all layers. */
HK_API size_t hk_network_inputs(const hk_network *network);
HK_API size_t hk_network_outputs(const hk_network *network);
HK_API size_t hk_network_parameters(const hk_network *network);

/* The inputs and outputs by name, in the file's order: one of each in this version. A network made from arrays calls
   them "x" and "y". An index out of range gives NULL and 0. Names live as long as the network. */
HK_API size_t hk_network_input_count(const hk_network *network);
HK_API size_t hk_network_output_count(const hk_network *network);
HK_API const char *hk_network_input_name(const hk_network *network, size_t index);
HK_API const char *hk_network_output_name(const hk_network *network, size_t index);
HK_API size_t hk_network_input_width(const hk_network *network, size_t index);
HK_API size_t hk_network_output_width(const hk_network *network, size_t index);

/* The layers, for display. */
typedef enum hk_layer_kind {
    HK_LAYER_DENSE = 0,  /* a layer of hk_network_create */
    HK_LAYER_AFFINE,     /* x * scale + offset, feature by feature, from a file */
    HK_LAYER_ACTIVATION, /* an activation on its own, from a file */
    HK_LAYER_SCALING     /* the standardization of the inputs; counts as a layer only here, before the others */
} hk_layer_kind;
typedef struct hk_layer_info {
    size_t inputs, outputs;
    size_t parameters; /* weights and biases */
    size_t bytes;      /* memory of the packed weights and what belongs to them */
    hk_activation activation;
    hk_layer_kind kind;
    hk_dtype storage;
    int has_bias;
    int reserved;
} hk_layer_info;
HK_API size_t hk_network_layer_count(const hk_network *network);
/* HK_INVALID_ARGUMENT for NULL or an index out of range. */
HK_API hk_status hk_network_layer(const hk_network *network, size_t index, hk_layer_info *info);

/* The same network with its weights kept in another type; from f32 storage only, else HK_UNSUPPORTED. In this version
   `storage` HK_F32 gives the same network again (free both), the others answer HK_UNSUPPORTED. */
HK_API hk_status hk_network_convert(const hk_network *network, hk_dtype storage, hk_network **converted);

/* The packed file and calibration: HK_UNSUPPORTED in this version. */
#define HK_OPEN_COPY   1u /* read into memory instead of mapping */
#define HK_OPEN_VERIFY 2u /* check the weights' checksum */
HK_API hk_status hk_network_save(const hk_network *network, const char *path, hk_error *error);
HK_API hk_status hk_network_open(const char *path, unsigned flags, hk_network **network, hk_error *error);
HK_API hk_status hk_network_calibrate(const hk_network *network, const float *x, size_t rows, hk_network **calibrated);

/* Where a forward pass may run; NULL instead of one: the calling thread. parallel_for calls task(argument, i) once for
   each i < count, in any order, on any threads, one after the other included, and returns when all have ended. */
typedef struct hk_executor {
    void *context;
    size_t threads; /* how many tasks are worth making, at least 1 */
    void (*parallel_for)(void *context, void (*task)(void *argument, size_t index), void *argument, size_t count);
} hk_executor;
#if UINTPTR_MAX > 0xffffffffu
HK_STATIC_ASSERT(sizeof(hk_executor) == 24, "hk_executor is part of the binary interface");
#endif

/* A pool of threads of the library's own, for hk_session_create and for any tasks of yours: `threads` of them, the one
   that calls parallel_for included, so that 1 starts none. 0: as many as there are processors that this process may
   use, and no more than a container's limit of processor time (cgroup v2) is worth; above 1024: 1024. A parallel_for
   costs some tenths of a microsecond beside its tasks if it follows the last one within some 30 microseconds, for that
   long the workers poll; later it wakes them, does not wait for them, and may have done the tasks before they come. An
   idle pool takes no processor time. Memory: nothing is allocated in parallel_for; each worker has 256 KiB of stack.
   Workers are named "hillock", compute with the rounding and flush-to-zero settings of the thread that called
   parallel_for, and leave all signals to other threads, except for faults of a task. Errors (and *pool untouched):
   HK_INVALID_ARGUMENT for NULL; HK_OUT_OF_MEMORY if memory or threads cannot be had; HK_UNSUPPORTED in a build without
   threads (hk_build_features). Threads: any number may call parallel_for on one pool, and tasks may, too: whoever finds
   it in use runs its tasks alone. A task returns: no longjmp or pthread_exit out of it, and no fork in it but to exec.
   fork: in a child the pool has no workers; parallel_for runs all tasks on the caller, and free gives back the memory.
   A pool that a child creates has threads. free: after the last parallel_for has returned and the sessions that use the
   pool are done; waits for the workers to end. NULL is fine. */
HK_API hk_status hk_thread_pool_create(size_t threads, hk_executor **pool);
HK_API void hk_thread_pool_free(hk_executor *pool);

typedef struct hk_session hk_session; /* a network's scratch memory: one per thread that calls forward */

/* Takes all memory that forward passes of up to max_batch rows need; it does not grow with max_batch beyond one block
   of rows per thread. The session holds the network (freeing the network first is safe) and a copy of the executor
   struct, whose pool must outlive it. Errors (and *session untouched): HK_INVALID_ARGUMENT for NULL network or session,
   max_batch 0, or an executor without threads or parallel_for; HK_OUT_OF_MEMORY. */
HK_API hk_status hk_session_create(const hk_network *network, size_t max_batch, const hk_executor *executor,
                                   hk_session **session);

/* y[r] = network(x[r]) for r < batch.
   Shapes: x [batch][inputs], y [batch][outputs], row-major; strided: the rows start x_stride and y_stride elements
   apart (at least inputs and outputs); many: x[r] and y[r] point to the rows. Aliasing: y overlaps neither x nor,
   strided or many, another row of y. Alignment: that of the element; elements between strided rows are neither read nor
   written. Range and special values: as the layers give them. Accuracy: see dense.h and activation.h, layer by layer.
   Errors (nothing written): HK_INVALID_ARGUMENT for a NULL session, a batch above max_batch, NULL where data is due or
   a stride that is too small; HK_OUT_OF_MEMORY if strides and batch overflow. batch 0 is HK_OK.
   Threads: a session serves one call at a time and may move between threads. Without an executor no memory is
   allocated, no lock taken and no system call made; at most 64 KiB of stack. */
HK_API hk_status hk_session_forward(hk_session *session, const float *x, float *y, size_t batch);
HK_API hk_status hk_session_forward_strided(hk_session *session, const float *x, size_t x_stride, float *y,
                                            size_t y_stride, size_t batch);
HK_API hk_status hk_session_forward_many(hk_session *session, const float *const *x, float *const *y, size_t batch);

/* All memory of the session itself, in bytes; 0 for NULL. */
HK_API size_t hk_session_bytes(const hk_session *session);

/* Lets networks stored as bf16 use the processor's own bf16 instructions, outside "one answer". In this version 0 is
   HK_OK and anything else HK_UNSUPPORTED. */
HK_API hk_status hk_session_set_fast_bf16(hk_session *session, int on);

HK_API void hk_session_free(hk_session *session); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
