/* Packing of dense weights. */
#include "pack.h"

#include "chains.h"
#include "size.h"

#include <string.h>

enum { PANEL = 16 };

size_t hk_packed_size(size_t inputs, size_t outputs) {
    return inputs * (outputs <= HK_DOT_OUTPUTS ? outputs : hk_size_padded(outputs));
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
