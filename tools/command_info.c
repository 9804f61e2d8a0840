/* hillock info: the layers of a network. */
#include "command.h"

#include <stdio.h>

static void print_parameters(hk_activation a) {
    switch ((int)a.kind) {
    case HK_LEAKY_RELU:
    case HK_ELU:
    case HK_CELU:
    case HK_THRESHOLDED_RELU: printf("(%g)", (double)a.alpha); break;
    case HK_SELU:
    case HK_HARD_SIGMOID:
    case HK_CLIP: printf("(%g, %g)", (double)a.alpha, (double)a.beta); break;
    default: break;
    }
}

static void print_layer(size_t index, const hk_layer_info *layer) {
    static const char *const kinds[] = {"dense", "affine", "activation", "scaling"};
    char size[64];
    if (layer->kind == HK_LAYER_DENSE)
        snprintf(size, sizeof size, "%zu -> %zu", layer->inputs, layer->outputs);
    else
        snprintf(size, sizeof size, "%zu", layer->outputs);
    printf("  %2zu  %-10s  %-14s  %9zu  %10zu  ", index + 1, kinds[layer->kind], size, layer->parameters, layer->bytes);
    if (layer->kind == HK_LAYER_SCALING) {
        printf("(x - shift) * scale");
    } else if (layer->kind == HK_LAYER_AFFINE) {
        printf("x * scale + offset");
    } else {
        if (layer->kind == HK_LAYER_DENSE) printf("W x%s, ", layer->has_bias ? " + b" : "");
        printf("%s", hk_activation_name(layer->activation.kind));
        print_parameters(layer->activation);
    }
    printf("\n");
}

int command_info(int count, char **arguments) {
    if (count != 1 || arguments[0][0] == '-') return complain(EXIT_USAGE, "info takes one model; see hillock --help.");
    hk_network *network;
    hk_error error;
    if (load_network(arguments[0], &network, &error)) return complain(EXIT_FAILED, "%s", error.message);
    char input[128], output[128];
    printf("%s: input '%s' of %zu, output '%s' of %zu, %zu parameters\n\n", arguments[0],
           printable(hk_network_input_name(network, 0), input), hk_network_inputs(network),
           printable(hk_network_output_name(network, 0), output), hk_network_outputs(network),
           hk_network_parameters(network));
    printf("      layer       size            parameters      bytes  computes\n");
    for (size_t i = 0; i < hk_network_layer_count(network); i++) {
        hk_layer_info layer;
        hk_network_layer(network, i, &layer);
        print_layer(i, &layer);
    }
    hk_network_free(network);
    return EXIT_OK;
}
