/* Names and customary parameters of the activations. */
#include "activation.h"

#include <string.h>

#define NAME(KIND, name) [HK_##KIND] = #name,
static const char *const names[HK_KIND_COUNT] = {HK_ACTIVATION_LIST(NAME)};

int hk_activation_known(hk_activation a) { return (unsigned)a.kind < HK_KIND_COUNT && (unsigned)a.accuracy <= HK_FAST; }

hk_activation hk_activation_default(hk_activation_kind kind) {
    hk_activation a = {kind, 0, 0, HK_ACCURATE};
    switch ((int)kind) {
    case HK_LEAKY_RELU: a.alpha = 0.01f; break;
    case HK_ELU:
    case HK_CELU:
    case HK_THRESHOLDED_RELU: a.alpha = 1; break;
    case HK_SELU:
        a.alpha = 0x1.ac5afap+0f; /* 1.67326319, as ONNX and PyTorch have it */
        a.beta = 0x1.0cfabep+0f;  /* 1.05070102 */
        break;
    case HK_HARD_SIGMOID:
        a.alpha = 1.0f / 6;
        a.beta = 0.5f;
        break;
    case HK_CLIP:
        a.alpha = -1;
        a.beta = 1;
        break;
    default: break;
    }
    return a;
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
