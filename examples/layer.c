/* A 784-128 ReLU layer, as the first one of a network for handwritten digits: one call on plain weights, and the same
 * as a network for a batch, with the same bits. */
#include <hillock/hillock.h>

#include "check.h"

#include <string.h>

enum { IN = 784, OUT = 128, BATCH = 32 };
static float w[OUT * IN], bias[OUT], x[BATCH * IN], y[BATCH * OUT], one[OUT];

int main(void) {
    for (int i = 0; i < OUT * IN; i++) w[i] = (float)((i * 37) % 101 - 50) / 1000;
    for (int i = 0; i < OUT; i++) bias[i] = (float)(i % 7 - 3) / 10;
    for (int i = 0; i < BATCH * IN; i++) x[i] = (float)((i * 13) % 256) / 255;
    const hk_activation relu = hk_activation_default(HK_RELU);
    const hk_layer layer = {IN, OUT, w, bias, relu, HK_F32};
    hk_network *network;
    hk_session *session;
    if (hk_network_create(&layer, 1, &network) || hk_session_create(network, BATCH, NULL, &session) ||
        hk_session_forward(session, x, y, BATCH))
        return 1;
    for (int r = 0; r < BATCH; r++) {
        if (hk_dense_f32(x + r * IN, w, bias, one, 1, IN, OUT, relu)) return 1;
        if (memcmp(one, y + r * OUT, sizeof one)) {
            fprintf(stderr, "row %d of the batch differs from the same row alone\n", r);
            return 1;
        }
    }
    double sum = bias[5];
    for (int i = 0; i < IN; i++) sum += (double)x[i] * (double)w[5 * IN + i];
    expect("output 5 of the first row", y[5], sum > 0 ? sum : 0, 1e-5);
    expect("parameters", (double)hk_network_parameters(network), OUT * IN + OUT, 0);
    hk_session_free(session);
    hk_network_free(network);
    return 0;
}
