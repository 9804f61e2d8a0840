/* Packing of dense weights. */
#include "pack.h"

#include "chains.h"
#include "shapes.h"
#include "size.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { PANEL = 16 };

hk_dtype hk_stored(hk_dtype storage, size_t outputs) {
    return storage != HK_I8 && storage != HK_I4 && outputs <= HK_DOT_OUTPUTS ? HK_F32 : storage;
}

size_t hk_packed_size(size_t inputs, size_t outputs) {
    return inputs * (outputs <= HK_DOT_OUTPUTS ? outputs : hk_size_padded(outputs));
}

size_t hk_panel_bytes(hk_dtype stored, size_t inputs) {
    switch (stored) {
    case HK_BF16: return hk_bf16_panel(inputs);
    case HK_F16: return hk_f16_inputs(inputs) * PANEL * sizeof(uint16_t);
    case HK_I8: return hk_i8_panel(inputs);
    case HK_I4: return hk_i4_panel(inputs);
    default: return inputs * PANEL * sizeof(float);
    }
}

static size_t weight_bytes(hk_dtype stored, size_t inputs, size_t outputs) {
    if (stored == HK_F32) return hk_size_padded(hk_packed_size(inputs, outputs)) * sizeof(float);
    return hk_size_padded(outputs) / PANEL * hk_panel_bytes(stored, inputs) + (stored == HK_I8 ? HK_I8_AFTER : 0);
}

size_t hk_packed_bytes(hk_dtype stored, size_t inputs, size_t outputs) {
    const size_t beside = stored == HK_I8 ? hk_size_padded(outputs) * (hk_i8_parts(inputs) + 1) * sizeof(float) : 0;
    return weight_bytes(stored, inputs, outputs) + beside;
}

static float weight(const hk_weights *from, size_t o, size_t k) {
    if (!from->packed || from->outputs <= HK_DOT_OUTPUTS) return from->w[o * from->inputs + k];
    return from->w[o / PANEL * PANEL * from->inputs + k * PANEL + o % PANEL];
}

void hk_pack_f32(const float *weights, size_t inputs, size_t outputs, float *packed) {
    if (outputs <= HK_DOT_OUTPUTS) {
        memcpy(packed, weights, inputs * outputs * sizeof *packed);
        return;
    }
    for (size_t panel = 0; panel < outputs; panel += PANEL)
        for (size_t k = 0; k < inputs; k++)
            for (size_t o = panel; o < panel + PANEL; o++) *packed++ = o < outputs ? weights[o * inputs + k] : 0;
}

/* Input k of a panel, 0 beyond the last input and output. */
static void gather(const hk_weights *from, size_t panel, size_t k, float column[PANEL]) {
    for (size_t i = 0; i < PANEL; i++)
        column[i] = k < from->inputs && panel + i < from->outputs ? weight(from, panel + i, k) : 0;
}

static void pack_half(const hk_kernels *kernels, hk_dtype storage, const hk_weights *from, uint16_t *packed) {
    float column[PANEL];
    uint16_t half[PANEL];
    const size_t inputs = storage == HK_F16 ? hk_f16_inputs(from->inputs) : hk_bf16_inputs(from->inputs);
    for (size_t panel = 0; panel < from->outputs; panel += PANEL)
        for (size_t k = 0; k < inputs; k++) {
            gather(from, panel, k, column);
            if (storage == HK_F16) {
                kernels->f32_to_f16(column, packed, PANEL);
                packed += PANEL;
                continue;
            }
            kernels->f32_to_bf16(column, half, PANEL);
            for (size_t i = 0; i < PANEL; i++) packed[2 * i + k % 2] = half[i];
            if (k % 2) packed += 2 * PANEL;
        }
}

/* Rows of floats that have been rounded. */
static void round_rows(const hk_kernels *kernels, hk_dtype storage, const hk_weights *from, float *rows) {
    for (size_t i = 0; i < from->inputs * from->outputs; i++) {
        uint16_t half = 0;
        (storage == HK_F16 ? kernels->f32_to_f16 : kernels->f32_to_bf16)(from->w + i, &half, 1);
        (storage == HK_F16 ? kernels->f16_to_f32 : kernels->bf16_to_f32)(&half, rows + i, 1);
    }
}

/* To the nearest integer, ties to even, for |x| < 2^22: beyond 1.5 * 2^23 floats are integers. */
static float rounded(float x) { return (x + 0x1.8p23f) - 0x1.8p23f; }

/* Symmetric, each output by its largest weight: w ~ q * scale, |q| <= 127. */
static void pack_i8(const hk_weights *from, const hk_packed *to) {
    const size_t parts = hk_i8_parts(from->inputs), stride = hk_i8_panel(from->inputs);
    for (size_t o = 0; o < from->outputs; o++) {
        int8_t *w = (int8_t *)to->weights + o / PANEL * stride + o % PANEL * HK_I8_GROUP;
        int32_t *sums = to->sums + o / PANEL * parts * PANEL + o % PANEL;
        float most = 0;
        for (size_t k = 0; k < from->inputs; k++) most = fmaxf(most, fabsf(weight(from, o, k)));
        const float scale = most / 127 > FLT_MIN ? most / 127 : FLT_MIN;
        to->scales[o] = scale;
        for (size_t k = 0; k < from->inputs; k++) {
            const float q = rounded(weight(from, o, k) / scale);
            const int8_t number = (int8_t)(q > 127 ? 127 : q < -127 ? -127 : q);
            w[k / HK_I8_GROUP * HK_I8_GROUP * PANEL + k % HK_I8_GROUP] = number;
            sums[k / HK_I8_PART * PANEL] += number;
        }
    }
}

/* Groups of 32 inputs of an output have a scale s each, in bf16: w ~ q * s, -8 <= q <= 7, kept as q + 8. */
static void pack_i4(const hk_kernels *kernels, const hk_weights *from, uint8_t *panels) {
    const size_t groups = hk_i4_groups(from->inputs), outputs = hk_size_padded(from->outputs);
    for (size_t o = 0; o < outputs; o++) {
        uint8_t *panel = panels + o / PANEL * hk_i4_panel(from->inputs);
        uint16_t *scales = (uint16_t *)(void *)(panel + groups * HK_I4_BYTES) + o % PANEL;
        for (size_t g = 0; g < groups; g++) {
            float w[HK_I4_GROUP] = {0}, most = 0, scale;
            for (size_t i = 0; i < HK_I4_GROUP; i++) {
                const size_t k = g * HK_I4_GROUP + i;
                if (o < from->outputs && k < from->inputs) w[i] = weight(from, o, k);
                most = fmaxf(most, fabsf(w[i]));
            }
            scale = most / 7 > FLT_MIN ? most / 7 : FLT_MIN;
            kernels->f32_to_bf16(&scale, scales + g * PANEL, 1);
            kernels->bf16_to_f32(scales + g * PANEL, &scale, 1);
            for (size_t i = 0; i < HK_I4_GROUP; i++) {
                const float q = rounded(w[i] / scale);
                const int u = (int)(q > 7 ? 7 : q < -8 ? -8 : q) + 8;
                /* of each 8 inputs, the first four are low halves of bytes */
                panel[g * HK_I4_BYTES + i / 8 * 4 * PANEL + o % PANEL * 4 + i % 4] |= (uint8_t)(u << i / 4 % 2 * 4);
            }
        }
    }
}

hk_packed hk_pack(const hk_kernels *kernels, hk_dtype storage, hk_weights from, void *memory) {
    const hk_dtype stored = hk_stored(storage, from.outputs);
    hk_packed to = {memory, NULL, NULL};
    memset(memory, 0, hk_packed_bytes(stored, from.inputs, from.outputs));
    if (stored == HK_I8) {
        to.sums = (int32_t *)(void *)((unsigned char *)memory + weight_bytes(HK_I8, from.inputs, from.outputs));
        to.scales = (float *)(void *)(to.sums + hk_size_padded(from.outputs) * hk_i8_parts(from.inputs));
        pack_i8(&from, &to);
    } else if (stored == HK_I4) {
        pack_i4(kernels, &from, memory);
    } else if (stored != HK_F32) {
        pack_half(kernels, storage, &from, memory);
    } else if (storage != HK_F32) {
        round_rows(kernels, storage, &from, memory);
    } else { /* a network that is converted to floats is shared, not packed again */
        hk_pack_f32(from.w, from.inputs, from.outputs, memory);
    }
    return to;
}

int hk_weights_finite(hk_weights from) {
    const size_t count =
        from.packed ? hk_packed_size(from.inputs, from.outputs) : from.inputs * from.outputs; /* padding is 0 */
    for (size_t i = 0; i < count; i++)
        if (!isfinite(from.w[i])) return 0;
    return 1;
}
