/* Building networks and asking about them. */
#include "network.h"

#include "activation.h"
#include "dispatch.h"
#include "pack.h"
#include "size.h"

#include <stdlib.h>
#include <string.h>

/* Floats of a step's arrays, each padded to whole blocks; 0 if it does not fit. */
static size_t step_floats(const hk_step *s) {
    const size_t width = hk_size_padded(s->outputs);
    switch (s->kind) {
    case HK_LAYER_DENSE:
        if (!hk_size_fits(s->inputs, s->outputs + 16, sizeof(float)) || s->outputs > (size_t)-1 / 64) return 0;
        return hk_size_padded(hk_packed_size(s->inputs, s->outputs)) + width;
    case HK_LAYER_AFFINE:
    case HK_LAYER_SCALING: return s->outputs > (size_t)-1 / 64 ? 0 : 3 * width;
    case HK_LAYER_ACTIVATION: break;
    }
    return 16;
}

static size_t all_floats(const hk_step *steps, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t floats = step_floats(&steps[i]);
        if (!floats || !hk_size_sum(total, floats, &total) || !hk_size_fits(total, sizeof(float), 1)) return 0;
    }
    return total;
}

size_t hk_network_size(const hk_step *steps, size_t count, const char *input_name, const char *output_name) {
    const size_t floats = all_floats(steps, count);
    if (!floats || !hk_size_fits(count, sizeof *steps, 1)) return 0;
    return floats * sizeof(float) + count * sizeof *steps + sizeof(hk_network) + strlen(input_name) +
           strlen(output_name) + 2;
}

static float *fill(float **free_memory, const float *from, size_t count, float otherwise) {
    float *array = *free_memory;
    const size_t padded = hk_size_padded(count);
    *free_memory += padded;
    for (size_t i = 0; i < padded; i++) array[i] = from && i < count ? from[i] : otherwise;
    return array;
}

/* Moves a step's arrays into the network's memory. */
static void place(hk_step *s, float **free_memory, const hk_kernels *kernels) {
    if (s->kind == HK_LAYER_DENSE) {
        float *packed = *free_memory;
        const size_t floats = hk_packed_size(s->inputs, s->outputs);
        hk_pack_f32(s->weights, s->inputs, s->outputs, packed);
        memset(packed + floats, 0, (hk_size_padded(floats) - floats) * sizeof *packed);
        *free_memory += hk_size_padded(floats);
        s->weights = packed;
        s->bias = fill(free_memory, s->bias, s->outputs, 0);
    } else if (s->kind != HK_LAYER_ACTIVATION) {
        s->shift = fill(free_memory, s->shift, s->outputs, 0);
        s->scale = fill(free_memory, s->scale, s->outputs, 1);
        s->offset = fill(free_memory, s->offset, s->outputs, -0.0f); /* adds nothing, to -0 neither */
    }
    const hk_activation a = s->activation;
    const int over_rows = hk_activation_over_rows(a.kind);
    s->row_map = over_rows ? kernels->map_f32[a.kind] : NULL;
    s->job = (hk_dense_f32_job){.weights = s->weights,
                                .bias = s->bias,
                                .inputs = s->inputs,
                                .outputs = s->outputs,
                                .map = over_rows || a.kind == HK_LINEAR ? NULL : hk_map_f32_of(kernels, a),
                                .alpha = a.alpha,
                                .beta = a.beta};
}

static char *copy_text(const char *text) {
    const size_t bytes = strlen(text) + 1;
    char *copy = malloc(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

hk_status hk_network_build(const hk_step *steps, size_t count, const char *input_name, const char *output_name,
                           hk_network **network) {
    if (!hk_network_size(steps, count, input_name, output_name)) return HK_OUT_OF_MEMORY;
    const size_t floats = all_floats(steps, count);
    hk_network *n = calloc(1, sizeof *n + count * sizeof *steps);
    if (!n) return HK_OUT_OF_MEMORY;
    atomic_init(&n->holders, 1);
    n->memory = aligned_alloc(64, floats * sizeof(float));
    n->input_name = copy_text(input_name);
    n->output_name = copy_text(output_name);
    if (!n->memory || !n->input_name || !n->output_name) {
        hk_network_free(n);
        return HK_OUT_OF_MEMORY;
    }
    n->kernels = hk_kernels_current();
    n->count = count;
    float *free_memory = n->memory;
    for (size_t i = 0; i < count; i++) {
        hk_step *s = &n->steps[i];
        *s = steps[i];
        if (s->kind == HK_LAYER_DENSE) {
            n->parameters += s->inputs * s->outputs + (s->bias ? s->outputs : 0);
            n->weight_bytes += hk_packed_size(s->inputs, s->outputs) * sizeof(float);
        }
        if (i + 1 < count && s->outputs > n->widest) n->widest = s->outputs;
        s->has_bias = s->bias != NULL; /* the packed form has one always */
        place(s, &free_memory, n->kernels);
    }
    *network = n;
    return HK_OK;
}

hk_status hk_network_create(const hk_layer *layers, size_t count, hk_network **network) {
    return hk_network_create_scaled(layers, count, NULL, NULL, network);
}

static hk_status check_layer(const hk_layer *layer, const hk_layer *next) {
    if (!layer->inputs || !layer->outputs || !layer->weights || !hk_activation_known(layer->activation))
        return HK_INVALID_ARGUMENT;
    if ((unsigned)layer->storage > HK_I8 || (next && next->inputs != layer->outputs)) return HK_INVALID_ARGUMENT;
    return HK_OK;
}

hk_status hk_network_create_scaled(const hk_layer *layers, size_t count, const float *shift, const float *scale,
                                   hk_network **network) {
    if (!layers || !count || !network) return HK_INVALID_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        if (check_layer(&layers[i], i + 1 < count ? &layers[i + 1] : NULL)) return HK_INVALID_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        if (layers[i].storage != HK_F32) return HK_UNSUPPORTED;
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
        .bytes = s->kind == HK_LAYER_ACTIVATION ? 0 : step_floats(s) * sizeof(float),
        .activation = s->activation,
        .kind = s->kind,
        .storage = s->storage,
        .has_bias = s->has_bias,
    };
    return HK_OK;
}

hk_status hk_network_convert(const hk_network *network, hk_dtype storage, hk_network **converted) {
    if (!network || !converted || (unsigned)storage > HK_I8) return HK_INVALID_ARGUMENT;
    if (storage != HK_F32) return HK_UNSUPPORTED;
    *converted = hk_network_hold(network);
    return HK_OK;
}
