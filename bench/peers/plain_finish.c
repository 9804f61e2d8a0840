/* Bias and activation in plain loops; compiled per level with -O3 -ffast-math, so that gcc takes libmvec's functions.
 */
#include "chain.h"
#include "level.h"

#include <math.h>

#define ROWS(expression)                                                                                               \
    for (size_t r = 0; r < rows; r++) {                                                                                \
        float *z = y + r * stride;                                                                                     \
        for (size_t i = 0; i < cols; i++) {                                                                            \
            const float v = bias ? z[i] + bias[i] : z[i];                                                              \
            z[i] = (expression);                                                                                       \
        }                                                                                                              \
    }

static void softmax(float *z, size_t n) {
    float most = z[0], sum = 0;
    for (size_t i = 1; i < n; i++) most = z[i] > most ? z[i] : most;
    for (size_t i = 0; i < n; i++) sum += z[i] = expf(z[i] - most);
    const float scale = 1 / sum;
    for (size_t i = 0; i < n; i++) z[i] *= scale;
}

void PEER_PASTE(plain_finish, LEVEL)(hk_activation_kind kind, const float *restrict bias, float *restrict y,
                                     size_t stride, size_t rows, size_t cols) {
    switch ((int)kind) {
    case HK_RELU: ROWS(v > 0 ? v : 0); break;
    case HK_SIGMOID: ROWS(1 / (1 + expf(-v))); break;
    case HK_TANH: ROWS(tanhf(v)); break;
    case HK_GELU: ROWS(0.5f * v * (1 + erff(0.70710678f * v))); break;
    case HK_SOFTMAX:
        for (size_t r = 0; bias && r < rows; r++)
            for (size_t i = 0; i < cols; i++) y[r * stride + i] += bias[i];
        for (size_t r = 0; r < rows; r++) softmax(y + r * stride, cols);
        break;
    default:
        if (bias) {
            ROWS(v);
        }
    }
}
