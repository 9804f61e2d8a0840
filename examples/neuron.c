/* One neuron by hand: inputs times weights, added up, plus a bias, through an activation.
 *
 * The numbers are those that introductions to neural networks use; where one of them prints a wrong sum, the right one
 * stands here. */
#include <hillock/hillock.h>

#include "check.h"

static float neuron(const float *x, const float *w, size_t n, float bias, hk_activation_kind kind) {
    return hk_neuron_f32(x, w, n, bias, hk_activation_default(kind));
}

int main(void) {
    /* 0.9 * 0.5 + 0.7 * 0.3 + 0.3 * 0.8 = 0.45 + 0.21 + 0.24; one tutorial prints 1.04 */
    expect("inputs .9 .7 .3, weights .5 .3 .8",
           neuron((float[]){0.9f, 0.7f, 0.3f}, (float[]){0.5f, 0.3f, 0.8f}, 3, 0, HK_LINEAR), 0.90, 1e-6);
    expect("inputs 2 3 1, weights .5 -.3 .8", neuron((float[]){2, 3, 1}, (float[]){0.5f, -0.3f, 0.8f}, 3, 0, HK_LINEAR),
           0.9, 1e-6);

    /* the pre-activation is 0 up to the rounding of the decimals: .2 - .48 + .18 + .1 */
    expect("x .5 .8 .2, w .4 -.6 .9, b .1, sigmoid",
           neuron((float[]){0.5f, 0.8f, 0.2f}, (float[]){0.4f, -0.6f, 0.9f}, 3, 0.1f, HK_SIGMOID), 0.5, 1e-6);

    const float features[] = {0.8f, 0.7f, 0.9f}, weights[] = {0.5f, 0.3f, 0.2f};
    expect("features .8 .7 .9, weights .5 .3 .2, bias -.4: z", neuron(features, weights, 3, -0.4f, HK_LINEAR), 0.39,
           1e-6);
    expect("  after the sigmoid", neuron(features, weights, 3, -0.4f, HK_SIGMOID), 0.5963, 5e-5);

    /* the bias is subtracted from 1.9: z = 1.5, and ReLU leaves a positive number as it is */
    expect("inputs 2 3, weights .5 .3, bias -.4: z",
           neuron((float[]){2, 3}, (float[]){0.5f, 0.3f}, 2, -0.4f, HK_LINEAR), 1.5, 1e-6);
    expect("  after ReLU", neuron((float[]){2, 3}, (float[]){0.5f, 0.3f}, 2, -0.4f, HK_RELU), 1.5, 1e-6);

    const float points[] = {0.1f, 5};
    float y[4];
    hk_sigmoid_f32(points, y, 2);
    expect("sigmoid(.1)", y[0], 0.5250, 5e-5);
    expect("sigmoid(5)", y[1], 0.993, 5e-4);
    hk_relu_f32((float[]){-5, -0.3f, 0.76f, 2.5f}, y, 4);
    expect("relu(-5)", y[0], 0, 0);
    expect("relu(-.3)", y[1], 0, 0);
    expect("relu(.76)", y[2], 0.76, 1e-7);
    expect("relu(2.5)", y[3], 2.5, 0);

    /* one neuron that tells cats from dogs: whiskers, meow, size, bark */
    const float cat_weights[] = {0.8f, 0.9f, 0.1f, -0.5f};
    expect("cat features 1 1 .2 0", neuron((float[]){1, 1, 0.2f, 0}, cat_weights, 4, 0, HK_LINEAR), 1.72, 1e-6);
    expect("dog features 0 0 .3 1", neuron((float[]){0, 0, 0.3f, 1}, cat_weights, 4, 0, HK_LINEAR), -0.47, 1e-6);

    /* all inputs zero: only the bias is left */
    const float zeros[3] = {0, 0, 0};
    expect("zero inputs, no bias, sigmoid", neuron(zeros, weights, 3, 0, HK_SIGMOID), 0.5, 0);
    expect("zero inputs, bias .3, z", neuron(zeros, weights, 3, 0.3f, HK_LINEAR), 0.3, 1e-7);
    expect("zero inputs, bias .3, sigmoid", neuron(zeros, weights, 3, 0.3f, HK_SIGMOID), 0.574443, 1e-6);

    /* a decision: yes above the threshold of 0.5 */
    const float p = neuron(features, weights, 3, -0.4f, HK_SIGMOID);
    expect("decision for .5963, threshold .5", p > 0.5f, 1, 0);
    expect("decision for zero inputs, no bias", neuron(zeros, weights, 3, 0, HK_SIGMOID) > 0.5f, 0, 0);
    return 0;
}
