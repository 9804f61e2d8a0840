/* Building networks and asking about them. */
#include "network.h"

#include "activation.h"
#include "dispatch.h"
#include "pack.h"
#include "shapes.h"
#include "size.h"
#include "weights_alloc.h"

#include <stdlib.h>
#include <string.h>

static hk_dtype stored(const hk_step *s) { return hk_stored(s->storage, s->outputs); }

/* Bytes of a step's arrays, each padded to whole blocks; 0 if it does not fit. */
static size_t step_bytes(const hk_step *s) {
    const size_t width = hk_size_padded(s->outputs) * sizeof(float);
    switch (s->kind) {
    case HK_LAYER_DENSE:
        if (s->outputs > (size_t)-1 / 64 || s->inputs > (size_t)-1 / 64 ||
            !hk_size_fits(s->inputs + 64, s->outputs + 16, sizeof(float)))
            return 0;
        return hk_packed_bytes(stored(s), s->inputs, s->outputs) + width;
    case HK_LAYER_AFFINE:
    case HK_LAYER_SCALING: return s->outputs > (size_t)-1 / 64 ? 0 : 3 * width;
    case HK_LAYER_ACTIVATION: break;
    }
    return 64;
}

static size_t all_bytes(const hk_step *steps, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t bytes = step_bytes(&steps[i]);
        if (!bytes || !hk_size_sum(total, bytes, &total) || !hk_size_fits(total, 1, 1)) return 0;
    }
    return total;
}

size_t hk_network_size(const hk_step *steps, size_t count, const char *input_name, const char *output_name) {
    const size_t bytes = all_bytes(steps, count);
    if (!bytes || !hk_size_fits(count, sizeof *steps, 1)) return 0;
    return bytes + count * sizeof *steps + sizeof(hk_network) + strlen(input_name) + strlen(output_name) + 2;
}

static float *fill(unsigned char **free_memory, const float *from, size_t count, float otherwise) {
    float *array = (float *)(void *)*free_memory;
    const size_t padded = hk_size_padded(count);
    *free_memory += padded * sizeof *array;
    for (size_t i = 0; i < padded; i++) array[i] = from && i < count ? from[i] : otherwise;
    return array;
}

/* Moves a step's arrays into the network's memory. */
static void place(hk_step *s, unsigned char **free_memory, const hk_kernels *kernels) {
    const hk_activation a = s->activation;
    const int over_rows = hk_activation_over_rows(a.kind);
    hk_map_f32_fn *const map = over_rows || a.kind == HK_LINEAR ? NULL : hk_map_f32_of(kernels, a);
    s->row_map = over_rows ? kernels->map_f32[a.kind] : NULL;
    if (s->kind == HK_LAYER_ACTIVATION) return;
    if (s->kind != HK_LAYER_DENSE) {
        s->shift = fill(free_memory, s->shift, s->outputs, 0);
        s->scale = fill(free_memory, s->scale, s->outputs, 1);
        s->offset = fill(free_memory, s->offset, s->outputs, -0.0f); /* adds nothing, to -0 neither */
        return;
    }
    const hk_dtype kept = s->stored = stored(s);
    const hk_weights from = {s->weights, s->inputs, s->outputs, s->packed};
    const hk_packed packed = hk_pack(kernels, s->storage, from, *free_memory);
    *free_memory += hk_packed_bytes(kept, s->inputs, s->outputs);
    s->weights = kept == HK_F32 ? packed.weights : NULL; /* what another network may be made of */
    s->packed = 1;
    s->bias = fill(free_memory, s->bias, s->outputs, 0);
    s->panel_bytes = hk_panel_bytes(kept, s->inputs);
    s->kernel = kept == HK_F32    ? kernels->dense_f32
                : kept == HK_BF16 ? kernels->dense_bf16
                : kept == HK_F16  ? kernels->dense_f16
                                  : NULL;
    s->narrow = (hk_dense_narrow_job){.weights = packed.weights,
                                      .sums = packed.sums,
                                      .scales = packed.scales,
                                      .bias = s->bias,
                                      .inputs = s->inputs,
                                      .outputs = s->outputs,
                                      .map = map,
                                      .alpha = a.alpha,
                                      .beta = a.beta};
    s->job = (hk_dense_f32_job){.weights = packed.weights,
                                .bias = s->bias,
                                .inputs = s->inputs,
                                .outputs = s->outputs,
                                .map = map,
                                .alpha = a.alpha,
                                .beta = a.beta};
}

static char *copy_text(const char *text) {
    const size_t bytes = strlen(text) + 1;
    char *copy = malloc(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

/* An empty network for so many steps. */
static hk_network *allocate(size_t count, const char *input_name, const char *output_name) {
    hk_network *n = calloc(1, sizeof *n + count * sizeof *n->steps);
    if (!n) return NULL;
    atomic_init(&n->holders, 1);
    n->count = count;
    n->input_name = copy_text(input_name);
    n->output_name = copy_text(output_name);
    if (n->input_name && n->output_name) return n;
    hk_network_free(n);
    return NULL;
}

hk_status hk_network_build(const hk_step *steps, size_t count, const char *input_name, const char *output_name,
                           hk_network **network) {
    if (!hk_network_size(steps, count, input_name, output_name)) return HK_OUT_OF_MEMORY;
    int integers = 0, halves = 0;
    for (size_t i = 0; i < count; i++) {
        const hk_weights w = {steps[i].weights, steps[i].inputs, steps[i].outputs, steps[i].packed};
        if (steps[i].kind != HK_LAYER_DENSE) continue;
        halves |= stored(&steps[i]) == HK_BF16;
        if (steps[i].storage != HK_I8 && steps[i].storage != HK_I4) continue;
        if (!hk_weights_finite(w)) return HK_INVALID_ARGUMENT;
        integers = 1;
    }
    hk_network *n = allocate(count, input_name, output_name);
    if (!n) return HK_OUT_OF_MEMORY;
    const size_t bytes = all_bytes(steps, count);
    n->memory = hk_weights_alloc(bytes);
    if (!n->memory) {
        hk_network_free(n);
        return HK_OUT_OF_MEMORY;
    }
    n->kernels = integers ? hk_kernels_with_tiles() : hk_kernels_current();
    n->fast_bf16 = halves ? hk_fast_bf16(n->kernels) : NULL;
    unsigned char *free_memory = n->memory;
    for (size_t i = 0; i < count; i++) {
        hk_step *s = &n->steps[i];
        *s = steps[i];
        size_t own = 0;
        if (s->kind == HK_LAYER_DENSE) {
            n->parameters += s->inputs * s->outputs + (s->bias ? s->outputs : 0);
            n->weight_bytes += own = hk_packed_bytes(stored(s), s->inputs, s->outputs);
        }
        if (i + 1 < count && s->outputs > n->widest) n->widest = s->outputs;
        s->has_bias = s->bias != NULL; /* the packed form has one always */
        place(s, &free_memory, n->kernels);
        s->job.far = bytes > HK_VERY_FAR_WEIGHTS && own > HK_FAR_WEIGHTS ? HK_VERY_FAR : HK_NEAR;
    }
    *network = n;
    return HK_OK;
}

hk_network *hk_network_derive(const hk_network *base) {
    hk_network *n = allocate(base->count, base->input_name, base->output_name);
    if (!n) return NULL;
    n->kernels = base->kernels;
    n->base = hk_network_hold(base->base ? base->base : base);
    n->fast_bf16 = base->fast_bf16;
    n->parameters = base->parameters;
    n->widest = base->widest;
    n->weight_bytes = base->weight_bytes;
    memcpy(n->steps, base->steps, base->count * sizeof *base->steps);
    return n;
}

hk_status hk_network_create(const hk_layer *layers, size_t count, hk_network **network) {
    return hk_network_create_scaled(layers, count, NULL, NULL, network);
}

static hk_status check_layer(const hk_layer *layer, const hk_layer *next) {
    if (!layer->inputs || !layer->outputs || !layer->weights || !hk_activation_known(layer->activation))
        return HK_INVALID_ARGUMENT;
    if ((unsigned)layer->storage > HK_I4 || (next && next->inputs != layer->outputs)) return HK_INVALID_ARGUMENT;
    return HK_OK;
}

hk_status hk_network_create_scaled(const hk_layer *layers, size_t count, const float *shift, const float *scale,
                                   hk_network **network) {
    if (!layers || !count || !network) return HK_INVALID_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        if (check_layer(&layers[i], i + 1 < count ? &layers[i + 1] : NULL)) return HK_INVALID_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        if (layers[i].storage == HK_F64) return HK_UNSUPPORTED;
    const size_t scaled = shift || scale;
    hk_step *steps = calloc(count + scaled, sizeof *steps);
    if (!steps) return HK_OUT_OF_MEMORY;
    if (scaled)
        steps[0] = (hk_step){.kind = HK_LAYER_SCALING,
                             .inputs = layers[0].inputs,
                             .outputs = layers[0].inputs,
                             .shift = shift,
                             .scale = scale};
    for (size_t i = 0; i < count; i++)
        steps[i + scaled] = (hk_step){.kind = HK_LAYER_DENSE,
                                      .inputs = layers[i].inputs,
                                      .outputs = layers[i].outputs,
                                      .storage = layers[i].storage,
                                      .activation = layers[i].activation,
                                      .weights = layers[i].weights,
                                      .bias = layers[i].bias};
    const hk_status status = hk_network_build(steps, count + scaled, "x", "y", network);
    free(steps);
    return status;
}

hk_network *hk_network_hold(const hk_network *network) {
    hk_network *shared = (hk_network *)(uintptr_t)network; /* immutable but for the count of its holders */
    atomic_fetch_add_explicit(&shared->holders, 1, memory_order_relaxed);
    return shared;
}

void hk_network_free(hk_network *network) {
    if (!network || atomic_fetch_sub_explicit(&network->holders, 1, memory_order_acq_rel) != 1) return;
    hk_network_free(network->base);
    free(network->memory);
    free(network->input_name);
    free(network->output_name);
    free(network);
}

size_t hk_network_inputs(const hk_network *network) { return network ? network->steps[0].inputs : 0; }
size_t hk_network_outputs(const hk_network *network) {
    return network ? network->steps[network->count - 1].outputs : 0;
}
size_t hk_network_parameters(const hk_network *network) { return network ? network->parameters : 0; }

size_t hk_network_input_count(const hk_network *network) { return network != NULL; }
size_t hk_network_output_count(const hk_network *network) { return network != NULL; }
const char *hk_network_input_name(const hk_network *network, size_t index) {
    return network && index == 0 ? network->input_name : NULL;
}
const char *hk_network_output_name(const hk_network *network, size_t index) {
    return network && index == 0 ? network->output_name : NULL;
}
size_t hk_network_input_width(const hk_network *network, size_t index) {
    return index == 0 ? hk_network_inputs(network) : 0;
}
size_t hk_network_output_width(const hk_network *network, size_t index) {
    return index == 0 ? hk_network_outputs(network) : 0;
}

size_t hk_network_layer_count(const hk_network *network) { return network ? network->count : 0; }

hk_status hk_network_layer(const hk_network *network, size_t index, hk_layer_info *info) {
    if (!network || !info || index >= network->count) return HK_INVALID_ARGUMENT;
    const hk_step *s = &network->steps[index];
    const int dense = s->kind == HK_LAYER_DENSE;
    *info = (hk_layer_info){
        .inputs = s->inputs,
        .outputs = s->outputs,
        .parameters = dense ? s->inputs * s->outputs + (s->has_bias ? s->outputs : 0) : 0,
        .bytes = s->kind == HK_LAYER_ACTIVATION ? 0 : step_bytes(s),
        .activation = s->activation,
        .kind = s->kind,
        .storage = s->storage,
        .has_bias = s->has_bias,
    };
    return HK_OK;
}

hk_status hk_network_convert(const hk_network *network, hk_dtype storage, hk_network **converted) {
    if (!network || !converted || (unsigned)storage > HK_I4) return HK_INVALID_ARGUMENT;
    if (storage == HK_F64) return HK_UNSUPPORTED;
    for (size_t i = 0; i < network->count; i++)
        if (network->steps[i].kind == HK_LAYER_DENSE && network->steps[i].storage != HK_F32) return HK_UNSUPPORTED;
    if (storage == HK_F32) {
        *converted = hk_network_hold(network);
        return HK_OK;
    }
    hk_step *steps = malloc(network->count * sizeof *steps);
    if (!steps) return HK_OUT_OF_MEMORY;
    memcpy(steps, network->steps, network->count * sizeof *steps);
    for (size_t i = 0; i < network->count; i++) {
        if (steps[i].kind != HK_LAYER_DENSE) continue;
        steps[i].storage = storage;
        if (!steps[i].has_bias) steps[i].bias = NULL;
    }
    const hk_status status =
        hk_network_build(steps, network->count, network->input_name, network->output_name, converted);
    free(steps);
    return status;
}
