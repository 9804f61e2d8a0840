/* One neuron and one layer on plain weights. */
#include "hillock/dense.h"

#include "activation.h"
#include "dispatch.h"
#include "overlap.h"
#include "shapes.h"
#include "size.h"

#include <math.h>

/* NULL for linear and the row kinds: nothing to do on a finished tile. */
#define TILE_MAP(kernels, type, a)                                                                                     \
    ((a).kind == HK_LINEAR || hk_activation_over_rows((a).kind) ? NULL : hk_map_##type##_of(kernels, a))

/* The rest of the job's fields are named, too: what is left out, gcc 12 clears by an instruction that takes 10 ns to
   begin. */
#define DENSE(type, element, ...)                                                                                      \
    element hk_neuron_##type(const element *x, const element *w, size_t n, element bias, hk_activation a) {            \
        if (!hk_activation_known(a) || hk_activation_over_rows(a.kind)) return (element)NAN;                           \
        const hk_kernels *kernels = hk_kernels_current();                                                              \
        element y = kernels->dot_##type(x, w, n) + bias;                                                               \
        hk_map_##type##_of(kernels, a)(&y, 1, &y, 1, 1, 1, a.alpha, a.beta);                                           \
        return y;                                                                                                      \
    }                                                                                                                  \
    hk_status hk_dense_##type(const element *x, const element *W, const element *bias, element *y, size_t batch,       \
                              size_t inputs, size_t outputs, hk_activation a) {                                        \
        if (!inputs || !outputs || !hk_activation_known(a)) return HK_INVALID_ARGUMENT;                                \
        if (batch && (!x || !W || !y)) return HK_INVALID_ARGUMENT;                                                     \
        if (!hk_size_fits(batch, inputs, sizeof *x) || !hk_size_fits(batch, outputs, sizeof *x) ||                     \
            !hk_size_fits(inputs, outputs, sizeof *x))                                                                 \
            return HK_OUT_OF_MEMORY;                                                                                   \
        if (!batch) return HK_OK;                                                                                      \
        HK_ASSERT_APART(x, batch *inputs * sizeof *x, y, batch * outputs * sizeof *y);                                 \
        HK_ASSERT_APART(W, outputs *inputs * sizeof *W, y, batch * outputs * sizeof *y);                               \
        const hk_kernels *kernels = hk_kernels_current();                                                              \
        const hk_dense_##type##_job job = {                                                                            \
            .x = x,                                                                                                    \
            .weights = W,                                                                                              \
            .bias = bias,                                                                                              \
            .y = y,                                                                                                    \
            .x_stride = inputs,                                                                                        \
            .y_stride = outputs,                                                                                       \
            .rows = batch,                                                                                             \
            .inputs = inputs,                                                                                          \
            .outputs = outputs,                                                                                        \
            __VA_ARGS__,                                                                                               \
            .map = TILE_MAP(kernels, type, a),                                                                         \
            .alpha = a.alpha,                                                                                          \
            .beta = a.beta,                                                                                            \
        };                                                                                                             \
        kernels->dense_plain_##type(&job);                                                                             \
        if (hk_activation_over_rows(a.kind))                                                                           \
            kernels->map_##type[a.kind](y, outputs, y, outputs, batch, outputs, 0, 0);                                 \
        return HK_OK;                                                                                                  \
    }
DENSE(f32, float, .width = 0, .far = HK_NEAR, .next = NULL)
DENSE(f64, double, .width = 0, .far = HK_NEAR)
