/* Logic gates: AND, OR and NOT are one neuron with the step function; XOR needs two layers. */
#include <hillock/hillock.h>

#include "check.h"

static float gate(float a, float b, float wa, float wb, float bias) {
    return hk_neuron_f32((float[]){a, b}, (float[]){wa, wb}, 2, bias, hk_activation_default(HK_STEP));
}

int main(void) {
    const hk_activation step = hk_activation_default(HK_STEP);
    /* XOR: (a OR b) AND NOT (a AND b), the two in the hidden layer */
    const float hidden[] = {1, 1, 1, 1}, hidden_bias[] = {-0.5f, -1.5f}, out[] = {1, -1}, out_bias[] = {-0.5f};
    const hk_layer layers[] = {{2, 2, hidden, hidden_bias, step, HK_F32}, {2, 1, out, out_bias, step, HK_F32}};
    hk_network *network;
    hk_session *session;
    if (hk_network_create(layers, 2, &network) || hk_session_create(network, 4, NULL, &session)) return 1;

    const float x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    float y[4];
    if (hk_session_forward(session, x[0], y, 4)) return 1;
    for (int i = 0; i < 4; i++) {
        const int a = x[i][0] > 0, b = x[i][1] > 0;
        printf("a = %d, b = %d\n", a, b);
        expect("  AND", gate(x[i][0], x[i][1], 1, 1, -1.5f), a && b, 0);
        expect("  OR", gate(x[i][0], x[i][1], 1, 1, -0.5f), a || b, 0);
        expect("  XOR", y[i], a != b, 0);
    }
    expect("NOT 0", hk_neuron_f32((float[]){0}, (float[]){-1}, 1, 0.5f, step), 1, 0);
    expect("NOT 1", hk_neuron_f32((float[]){1}, (float[]){-1}, 1, 0.5f, step), 0, 0);
    hk_session_free(session);
    hk_network_free(network);
    return 0;
}
