/* Dense layers on 8-bit rows and weights of 8 and 4 bits, by their definition: what network.h says, one number after
 * the other. */
#include "oracle_i8.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static float at_least_normal(float scale) { return scale > FLT_MIN ? scale : FLT_MIN; }
static float clamped(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

/* The numbers of a row and what 0 is among them; returns the scale, NaN where something is not finite. */
static float quantize(const float *x, size_t n, const float *range, int symmetric, int *q, int *zero) {
    float low = range ? range[0] : 0, high = range ? range[1] : 0;
    int finite = 1;
    for (size_t i = 0; i < n; i++) {
        finite &= isfinite(x[i]) != 0;
        if (range) continue;
        low = fminf(low, x[i]);
        high = fmaxf(high, x[i]);
    }
    if (!finite) return NAN;
    if (symmetric) {
        high = fmaxf(high, -low);
        low = -high;
    }
    const float scale = at_least_normal((high / 2 - low / 2) / 127.5f), inverse = 1 / scale;
    *zero = symmetric ? 128 : (int)clamped(nearbyintf(-low / scale), 0, 255);
    for (size_t i = 0; i < n; i++)
        q[i] = (int)nearbyintf(clamped(x[i] * inverse, (float)-*zero, (float)(255 - *zero))) + *zero;
    return scale;
}

void oracle_dense_i8(const float *x, size_t rows, size_t inputs, const float *w, const float *bias, size_t outputs,
                     const float *range, float *y) {
    int *q = calloc(inputs + 1, sizeof *q), zero = 0;
    for (size_t r = 0; r < rows; r++) {
        const float row_scale = quantize(x + r * inputs, inputs, range, 0, q, &zero);
        for (size_t o = 0; o < outputs; o++) {
            float most = 0;
            for (size_t k = 0; k < inputs; k++) most = fmaxf(most, fabsf(w[o * inputs + k]));
            const float scale = at_least_normal(most / 127);
            int64_t sum = 0;
            for (size_t k = 0; k < inputs; k++)
                sum += (q[k] - zero) * (int64_t)clamped(nearbyintf(w[o * inputs + k] / scale), -127, 127);
            y[r * outputs + o] = fmaf((float)sum, row_scale * scale, bias ? bias[o] : 0);
        }
    }
    free(q);
}

static float as_bf16(float x) { /* to nearest even; x is positive and finite */
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
    memcpy(&x, &bits, sizeof x);
    return x;
}

void oracle_dense_i4(const float *x, size_t rows, size_t inputs, const float *w, const float *bias, size_t outputs,
                     const float *range, float *y) {
    enum { GROUP = 32 };
    int *q = calloc(inputs + 1, sizeof *q), zero = 0;
    for (size_t r = 0; r < rows; r++) {
        const float row_scale = quantize(x + r * inputs, inputs, range, 1, q, &zero);
        for (size_t o = 0; o < outputs; o++) {
            float total = 0;
            for (size_t g = 0; g < inputs; g += GROUP) {
                const size_t end = g + GROUP < inputs ? g + GROUP : inputs;
                float most = 0;
                for (size_t k = g; k < end; k++) most = fmaxf(most, fabsf(w[o * inputs + k]));
                const float scale = as_bf16(at_least_normal(most / 7));
                int sum = 0;
                for (size_t k = g; k < end; k++)
                    sum += (q[k] - 128) * (int)clamped(nearbyintf(w[o * inputs + k] / scale), -8, 7);
                total = fmaf((float)sum, scale, total);
            }
            y[r * outputs + o] = fmaf(total, row_scale, bias ? bias[o] : 0);
        }
    }
    free(q);
}
