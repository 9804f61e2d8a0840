/* Cases of layers whose weights are kept in 16 or 8 bits. */
#include "cases.h"
#include "oracle_i8.h"
#include "pack.h"
#include "shapes.h"

#include <math.h>

enum { ROWS = CASE_DENSE_ROWS };

/* Packed weights, kept for the next call, which often wants the same. */
static const hk_packed *packed(const hk_kernels *k, hk_dtype storage, const float *w, size_t inputs, size_t outputs) {
    static struct {
        const hk_kernels *kernels;
        hk_dtype storage;
        size_t inputs, outputs;
        float *w;
        void *memory;
        hk_packed to;
    } last;
    const size_t bytes = inputs * outputs * sizeof *w;
    if (last.kernels == k && last.storage == storage && last.inputs == inputs && last.outputs == outputs &&
        !memcmp(last.w, w, bytes))
        return &last.to;
    free(last.w), free(last.memory);
    last.kernels = k, last.storage = storage, last.inputs = inputs, last.outputs = outputs;
    last.w = malloc(bytes);
    last.memory = aligned_alloc(64, hk_packed_bytes(storage, inputs, outputs));
    assert_true(last.w && last.memory);
    memcpy(last.w, w, bytes);
    last.to = hk_pack(k, storage, (hk_weights){w, inputs, outputs, 0}, last.memory);
    return &last.to;
}

static void run_half(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n, hk_dtype storage,
                     void (*kernel)(const hk_dense_f32_job *job)) {
    memset(m.y, 0, (size_t)c->y_one * sizeof(float));
    if (!n) return;
    const hk_dense_f32_job job = {.x = m.a,
                                  .weights = packed(k, storage, m.b, n, c->b_rows)->weights,
                                  .y = m.y,
                                  .x_stride = n,
                                  .y_stride = c->b_rows,
                                  .rows = ROWS,
                                  .inputs = n,
                                  .outputs = c->b_rows,
                                  .map = k->map_f32[HK_RELU]};
    kernel(&job);
}
void run_dense_bf16(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n) {
    run_half(k, c, m, n, HK_BF16, k->dense_bf16);
}
void run_dense_f16(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n) {
    run_half(k, c, m, n, HK_F16, k->dense_f16);
}

/* The float layer's bits on rounded weights. */
int right_dense_half(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    const hk_kernels *k = &hk_kernels_scalar;
    const int bf16 = strstr(c->name, "bf16") != NULL;
    const size_t count = n * c->b_rows, outputs = (size_t)c->y_one;
    uint16_t *half = malloc((count + 1) * sizeof *half);
    float *rounded = malloc((count + 1) * sizeof *rounded), *plain = calloc(outputs, sizeof *plain);
    assert_true(half && rounded && plain);
    (bf16 ? k->f32_to_bf16 : k->f32_to_f16)(m.b, half, count);
    (bf16 ? k->bf16_to_f32 : k->f16_to_f32)(half, rounded, count);
    const hk_dense_f32_job job = {.x = m.a,
                                  .weights = rounded,
                                  .y = plain,
                                  .x_stride = n,
                                  .y_stride = c->b_rows,
                                  .rows = ROWS,
                                  .inputs = n,
                                  .outputs = c->b_rows,
                                  .map = k->map_f32[HK_RELU]};
    if (n) k->dense_plain_f32(&job);
    size_t at = 0;
    const int right = same_bits(F32, m.y, plain, outputs, &at);
    if (!right) snprintf(why, 160, "output %zu: %a instead of %a", at, (double)((float *)m.y)[at], (double)plain[at]);
    free(half), free(rounded), free(plain);
    return right;
}

/* Weights are finite numbers. */
static float *finite_weights(const float *w, size_t count) {
    float *copy = malloc((count + 1) * sizeof *copy);
    assert_non_null(copy);
    for (size_t i = 0; i < count; i++) copy[i] = isfinite(w[i]) ? w[i] : 1;
    return copy;
}

static void run_quantized(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n, hk_dtype storage) {
    const size_t outputs = c->b_rows, stride = hk_narrow_stride(n), width = (outputs + 15) / 16 * 16;
    hk_row_scale rows_as[ROWS];
    memset(m.y, 0, (size_t)c->y_one * sizeof(float));
    if (!n) return;
    float *w = finite_weights(m.b, n * outputs), *bias = calloc(width, sizeof *bias);
    uint8_t *q = aligned_alloc(64, ROWS * stride);
    const hk_packed to = *packed(k, storage, w, n, outputs);
    assert_true(q && bias);
    for (size_t o = 0; o < outputs; o++) bias[o] = (float)o / 8;
    k->quantize_i8(m.a, n, ROWS, n, NULL, storage == HK_I4, q, stride, rows_as);
    const hk_dense_narrow_job job = {.q = q,
                                     .rows_as = rows_as,
                                     .weights = to.weights,
                                     .sums = to.sums,
                                     .scales = to.scales,
                                     .bias = bias,
                                     .y = m.y,
                                     .q_stride = stride,
                                     .y_stride = outputs,
                                     .rows = ROWS,
                                     .inputs = n,
                                     .outputs = outputs};
    (storage == HK_I4 ? k->dense_i4 : k->dense_i8)(&job);
    free(w), free(bias), free(q);
}
void run_dense_i8(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n) {
    run_quantized(k, c, m, n, HK_I8);
}
void run_dense_i4(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n) {
    run_quantized(k, c, m, n, HK_I4);
}

int right_dense_i8(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    if (!n) return 1;
    float *w = finite_weights(m.b, n * c->b_rows), expected[ROWS * 64], bias[64];
    for (size_t o = 0; o < c->b_rows; o++) bias[o] = (float)o / 8;
    (strstr(c->name, "i4") ? oracle_dense_i4 : oracle_dense_i8)(m.a, ROWS, n, w, bias, c->b_rows, NULL, expected);
    free(w);
    size_t at = 0;
    if (same_bits(F32, m.y, expected, (size_t)c->y_one, &at)) return 1;
    return snprintf(why, 160, "output %zu: %a instead of %a", at, (double)((float *)m.y)[at], (double)expected[at]), 0;
}

void run_quantize_i8(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n) {
    (void)c;
    if (!n) return;
    hk_row_scale as;
    uint8_t *q = aligned_alloc(64, hk_narrow_stride(n));
    assert_non_null(q);
    k->quantize_i8(m.a, n, 1, n, NULL, 0, q, hk_narrow_stride(n), &as);
    memcpy(m.y, q, n);
    free(q);
}

/* No number is further from what it stands for than half a step, or a step at the ends, where it is clamped; and a bit
   for the rounding of the scale. */
int right_quantize_i8(const kernel_case *c, case_arrays m, size_t n, char why[160]) {
    (void)c;
    const float *x = m.a;
    const uint8_t *q = m.y;
    float low = 0, high = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) return 1;
        low = fminf(low, x[i]);
        high = fmaxf(high, x[i]);
    }
    const float scale = (high / 2 - low / 2) / 127.5f, least = scale > 0x1p-126f ? scale : 0x1p-126f;
    const double step = (double)least, zero = (double)fminf(nearbyintf(-low / least), 255);
    for (size_t i = 0; i < n; i++)
        if (fabs((q[i] - zero) * step - (double)x[i]) > (q[i] && q[i] < 255 ? 0.51 : 1.01) * step)
            return snprintf(why, 160, "element %zu: %g became %d", i, (double)x[i], q[i]), 0;
    return 1;
}
