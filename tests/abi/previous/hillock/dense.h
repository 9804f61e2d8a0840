/* One neuron and one dense (fully connected) layer on plain row-major weights. */
#ifndef HILLOCK_DENSE_H
#define HILLOCK_DENSE_H

#include "hillock/activation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* f(w . x + bias), the dot in hk_dot's order, the bias added last by one addition.
   Shapes: x and w of n elements. Aliasing: x and w may overlap. Alignment: that of the element. Range and special
   values: as the dot product and the activation; NaN for the row kinds, unknown kinds and an unknown accuracy.
   Errors: none. Threads: any. */
HK_API float hk_neuron_f32(const float *x, const float *w, size_t n, float bias, hk_activation a);
HK_API double hk_neuron_f64(const double *x, const double *w, size_t n, double bias, hk_activation a);

/* y[r][o] = f(sum over i of x[r][i] * W[o][i] + bias[o]): what torch.nn.Linear and an activation do. Nothing is
   prepared ahead and nothing is allocated: it suits weights that change at every call. For weights that stay, a
   network (network.h) is faster and gives the same bits.
   Shapes: x [batch][inputs], W [outputs][inputs], bias [outputs] or NULL (zeros), y [batch][outputs], all row-major.
   Row kinds (softmax) work over each row of y.
   Aliasing: y overlaps none of the others. Alignment: that of the element. Stack: at most 64 KiB.
   Range and special values: as the operations give them; see activation.h for the activation.
   Accuracy: at most (inputs + 1) * u * (sum |x * W| + |bias|), u = 2^-24 (f64 2^-53), before the activation.
   Order: as told in network.h. Errors: HK_INVALID_ARGUMENT if inputs or outputs is 0, a pointer is NULL where data is
   due, or the activation is unknown; HK_OUT_OF_MEMORY if a product of the sizes overflows. batch 0 is HK_OK.
   Threads: any. */
HK_API hk_status hk_dense_f32(const float *x, const float *W, const float *bias, float *y, size_t batch, size_t inputs,
                              size_t outputs, hk_activation a);
HK_API hk_status hk_dense_f64(const double *x, const double *W, const double *bias, double *y, size_t batch,
                              size_t inputs, size_t outputs, hk_activation a);

#ifdef __cplusplus
}
#endif
#endif
