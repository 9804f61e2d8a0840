/* Networks of dense layers: built from arrays or read from an ONNX file, run by sessions. */
#ifndef HILLOCK_NETWORK_H
#define HILLOCK_NETWORK_H

#include "hillock/activation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One answer everywhere
   =====================
   In the default floating-point environment every f32 and f64 function of this library, and every network, whatever
   type its weights are kept in, gives the same bits (a NaN's sign and payload aside) on scalar, NEON, AVX2 and AVX-512,
   for every alignment and stride, every number of threads, and for a row of a batch whatever the batch is. Under FTZ or
   DAZ, which are left alone, subnormal numbers count as 0, and an activation may differ by one ULP or by 2^-125
   (double: by 2^-1021, and by a part in 2^44 of results below 2^-950). f64 activations come from SLEEF: their bits hold
   for one SLEEF version (hk_build_features), and on x86 without FMA they are outside the promise.

   The order of a dense layer: each output is one chain of fma over the inputs in order, started from +0, then one
   addition of the bias. Layers of at most 48 outputs use several interleaved chains (input i in chain i mod C),
   added by halves at the end: C is 4 for 5 to 16 outputs, 2 for 17 to 48. With at most 4 outputs each
   output is hk_dot_f32 plus bias. HK_NUMERICS_VERSION counts changes of any of this.

   Weights of 16, 8 and 4 bits
   ===========================
   HK_BF16, HK_F16: weights are rounded to the nearest (ties to even; beyond f16's range to infinity), and the layer
   gives the bits of the HK_F32 layer with the rounded weights. Half the memory; one row of a large layer takes half the
   time. Layers of at most 4 outputs keep the rounded weights as floats.

   HK_I8: weights w = q * s, q = round(w / s) within +-127, with one scale s = max |w| / 127 for each output. Inputs are
   quantized row by row as the layer runs: with low and high the least and the largest of the row and 0,

     t = (high / 2 - low / 2) / 127.5
     zero = min(round(-low / t), 255)
     p = clamp(round(x * (1 / t)) + zero, 0, 255)
     y = f(fma(S, t * s, bias)), S the exact sum of (p - zero) * q, rounded once to f32.

   Each operation is one f32 operation, rounded to the nearest, ties to even; scales are at least 2^-126, so that rows
   and weights of zeros, constants and the tiniest numbers are as defined as others. A row with a NaN or an infinity
   gives NaN in every output of the layer; so may others where t * s is beyond the range of f32, inputs times weights
   beyond 3e42. Weights that are not finite are refused. An error of half a step, range / 510, in
   each input and of s / 2 in each weight is what 8 bits cost: try it on data of yours (hillock run --compare). A
   quarter of the memory; one row of a large layer takes a quarter of the time, and many rows, on processors with VNNI,
   AMX or Arm's dot products, a quarter to a tenth. hk_network_calibrate fixes the ranges beforehand.

   HK_I4: weights w = q * s, q = round(w / s) within -8 to 7, with a scale s for every 32 inputs of each output, max |w|
   / 7 rounded to bf16. Inputs as with HK_I8, with low = -high and zero = 128; y = f(fma(A, t, bias)), A one chain of
   fma(S, s, A) over the groups of 32 inputs in order, S the exact sum of (p - 128) * q of a group. What is said of
   HK_I8 holds. It is for one row or two of layers whose HK_I8 weights do not fit the second-level cache; more rows are
   faster with HK_I8. */

typedef struct hk_layer {
    size_t inputs, outputs;   /* fan-in and fan-out, each at least 1 */
    const float *weights;     /* [outputs][inputs] row-major, copied */
    const float *bias;        /* [outputs] or NULL for zeros, copied */
    hk_activation activation; /* applied to the pre-activation; row kinds (softmax) to each row */
    hk_dtype storage;         /* how the weights are kept: HK_F32, HK_BF16, HK_F16, HK_I8 or HK_I4; each its own */
} hk_layer;
#if UINTPTR_MAX > 0xffffffffu
HK_STATIC_ASSERT(sizeof(hk_layer) == 56, "hk_layer is part of the binary interface");
#endif

typedef struct hk_network hk_network; /* immutable: one network serves any number of threads and sessions */

/* Builds a network: layer l's outputs are layer l + 1's inputs.
   Shapes: `count` layers. Alignment: that of the element. Memory: the packed weights, once.
   Errors (and *network untouched): HK_INVALID_ARGUMENT for count 0, a width of 0, widths that do not chain, NULL
   weights or network, an unknown activation or storage, weights for HK_I8 or HK_I4 that are not finite; HK_UNSUPPORTED
   for HK_F64; HK_OUT_OF_MEMORY if sizes overflow or memory is short. Threads: any. The first network with HK_I8 or
   HK_I4 asks the operating system for leave to use AMX where the processor has it; refused, the level is not to be had
   any more.
 */
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

/* The same network with the weights of its dense layers kept in another type, as told above; HK_F32 gives the same
   network again (free both). Errors (and *converted untouched): HK_INVALID_ARGUMENT for NULL, an unknown type, or
   weights for HK_I8 or HK_I4 that are not finite; HK_UNSUPPORTED for HK_F64, or where weights are not all kept as
   HK_F32; HK_OUT_OF_MEMORY. Threads: any. */
HK_API hk_status hk_network_convert(const hk_network *network, hk_dtype storage, hk_network **converted);

/* The same network with fixed input ranges for its HK_I8 and HK_I4 layers, instead of each row's own: those that sample
   rows have on their way through the network, 0 included. Inputs beyond are clamped; a row with a NaN or an infinity
   still gives NaN. It saves the pass over each row that finds its range, and one row's range is no longer spoilt by a
   single large element; in exchange the samples must be like what is to come. A network that is calibrated already is
   measured anew. Shapes: x [rows][inputs], row-major. Memory: the weights are shared with `network`, which may be
   freed. Errors (and *calibrated untouched): HK_INVALID_ARGUMENT for NULL, rows 0, or samples that are not finite or
   become so on the way; HK_UNSUPPORTED without an HK_I8 or HK_I4 layer; HK_OUT_OF_MEMORY. Threads: any. */
HK_API hk_status hk_network_calibrate(const hk_network *network, const float *x, size_t rows, hk_network **calibrated);

/* The packed file: HK_UNSUPPORTED in this version. */
#define HK_OPEN_COPY   1u /* read into memory instead of mapping */
#define HK_OPEN_VERIFY 2u /* check the weights' checksum */
HK_API hk_status hk_network_save(const hk_network *network, const char *path, hk_error *error);
HK_API hk_status hk_network_open(const char *path, unsigned flags, hk_network **network, hk_error *error);

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

/* Lets layers kept as HK_BF16 (of more than 4 outputs) use the processor's own instructions for bf16: AMX, AVX-512 BF16
   or Arm's bfdot. Inputs are rounded to bf16; products and sums are taken in the instruction's order and rounding,
   subnormals being zeros: outside "one answer", but the same for every batch, stride and number of threads on one
   machine and level. AMX, for which the operating system is asked as for
   HK_I8, takes a fifth of the time of HK_F32 with many rows; with AVX-512 BF16 it depends on the
   processor: measure. 0: back to one answer. Errors: HK_INVALID_ARGUMENT for NULL; HK_UNSUPPORTED where on is not 0 and
   the network has no such layer, or the processor, the level or the operating system no such instructions. */
HK_API hk_status hk_session_set_fast_bf16(hk_session *session, int on);

HK_API void hk_session_free(hk_session *session); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
