/* Names and customary parameters of the activations. */
#include "activation.h"

#include <string.h>

#define NAME(KIND, name) [HK_##KIND] = #name,
static const char *const names[HK_KIND_COUNT] = {HK_ACTIVATION_LIST(NAME)};

int hk_activation_known(hk_activation a) { return (unsigned)a.kind < HK_KIND_COUNT && (unsigned)a.accuracy <= HK_FAST; }

const hk_parameters hk_default_parameters[HK_KIND_COUNT] = {
    [HK_LEAKY_RELU] = {0.01f, 0},
    [HK_ELU] = {1, 0},
    [HK_CELU] = {1, 0},
    [HK_THRESHOLDED_RELU] = {1, 0},
    [HK_SELU] = {0x1.ac5afap+0f, 0x1.0cfabep+0f}, /* 1.67326319 and 1.05070102, as ONNX and PyTorch have them */
    [HK_HARD_SIGMOID] = {1.0f / 6, 0.5f},
    [HK_CLIP] = {-1, 1},
};

hk_activation hk_activation_default(hk_activation_kind kind) {
    const hk_parameters p = (unsigned)kind < HK_KIND_COUNT ? hk_default_parameters[kind] : (hk_parameters){0, 0};
    return (hk_activation){kind, p.alpha, p.beta, HK_ACCURATE};
}

const char *hk_activation_name(hk_activation_kind kind) {
    return (unsigned)kind < HK_KIND_COUNT ? names[kind] : "unknown";
}

int hk_activation_from_name(const char *name, hk_activation *a) {
    for (int i = 0; name && a && i < HK_KIND_COUNT; i++)
        if (!strcmp(name, names[i])) {
            *a = hk_activation_default((hk_activation_kind)i);
            return 1;
        }
    return 0;
}
