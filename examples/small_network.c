/* A 3-3-1 network, once neuron by neuron and once as a network, with what happens when a bias goes, when the hidden
 * units die and when they are sigmoids. */
#include <hillock/hillock.h>

#include "check.h"

#include <string.h>

static const float w1[3][3] = {{0.5f, 0.3f, 0.2f}, {0.1f, 0.8f, 0.4f}, {0.6f, 0.2f, 0.7f}}, b1[3] = {0.1f, 0, -0.1f};
static const float w2[3] = {0.4f, 0.6f, 0.3f}, b2[1] = {0.2f}, x[3] = {0.9f, 0.7f, 0.3f};

static float by_hand(const float *hidden_bias, const float *output_bias, hk_activation_kind hidden,
                     hk_activation_kind output) {
    float h[3];
    for (int i = 0; i < 3; i++) h[i] = hk_neuron_f32(x, w1[i], 3, hidden_bias[i], hk_activation_default(hidden));
    return hk_neuron_f32(h, w2, 3, output_bias[0], hk_activation_default(output));
}

static float as_network(const float *hidden_bias, const float *output_bias, hk_activation_kind hidden,
                        hk_activation_kind output) {
    const hk_layer layers[] = {{3, 3, w1[0], hidden_bias, hk_activation_default(hidden), HK_F32},
                               {3, 1, w2, output_bias, hk_activation_default(output), HK_F32}};
    hk_network *network;
    hk_session *session;
    float y;
    if (hk_network_create(layers, 2, &network) || hk_session_create(network, 1, NULL, &session) ||
        hk_session_forward(session, x, &y, 1))
        exit(1);
    hk_session_free(session);
    hk_network_free(network);
    return y;
}

static void both(const char *what, const float *hidden_bias, const float *output_bias, hk_activation_kind hidden,
                 hk_activation_kind output, double expected) {
    const float a = by_hand(hidden_bias, output_bias, hidden, output);
    const float b = as_network(hidden_bias, output_bias, hidden, output);
    expect(what, a, expected, 5e-5);
    if (memcmp(&a, &b, sizeof a)) { /* layers of up to four outputs are dot products: the same bits */
        fprintf(stderr, "%s: the network gives %.9g\n", what, (double)b);
        exit(1);
    }
}

int main(void) {
    const float none[3] = {0, 0, 0}, deep[3] = {-2, -2, -2};
    /* hidden: .45 + .21 + .06 + .1 = .82, .09 + .56 + .12 = .77, .54 + .14 + .21 - .1 = .79 */
    both("pre-activation of the output", b1, b2, HK_RELU, HK_LINEAR, 1.227);
    both("sigmoid(1.227); one tutorial prints 0.742", b1, b2, HK_RELU, HK_SIGMOID, 0.7733);
    both("without any bias", none, none, HK_RELU, HK_SIGMOID, 0.7344);
    both("hidden biases of -2: every ReLU is dead", deep, b2, HK_RELU, HK_LINEAR, 0.2);
    both("  and the sigmoid sees the bias alone", deep, b2, HK_RELU, HK_SIGMOID, 0.5498);
    both("sigmoid in the hidden layer", b1, b2, HK_SIGMOID, HK_SIGMOID, 0.7492);
    return 0;
}
