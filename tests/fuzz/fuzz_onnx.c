/* The ONNX reader on any bytes at all: a network that runs, or a status and a sentence. */
#include "fuzz.h"

#include "hillock/hillock.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_MOST = 1 << 16 };

static void run(hk_network *network) {
    const size_t inputs = hk_network_inputs(network), outputs = hk_network_outputs(network);
    hk_session *session = NULL;
    if (inputs > VALUES_MOST || outputs > VALUES_MOST) return;
    float *x = calloc(2 * inputs, sizeof *x), *y = calloc(2 * outputs, sizeof *y);
    if (x && y && hk_session_create(network, 2, NULL, &session) == HK_OK) {
        for (size_t i = 0; i < 2 * inputs; i++) x[i] = (float)(i % 7) - 3;
        FUZZ_CHECK(hk_session_forward(session, x, y, 2) == HK_OK);
    }
    hk_session_free(session);
    free(x), free(y);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    hk_network *network = NULL;
    hk_error error;
    const hk_status status = hk_network_load_memory(bytes, size, &network, &error);
    FUZZ_CHECK(status == error.status);
    FUZZ_CHECK((status == HK_OK) == (network != NULL));
    FUZZ_CHECK((status == HK_OK) == !*error.message);
    if (status) {
        FUZZ_CHECK(error.message[strlen(error.message) - 1] == '.');
        return 0;
    }
    for (size_t i = 0; i < hk_network_layer_count(network); i++) {
        hk_layer_info info;
        FUZZ_CHECK(hk_network_layer(network, i, &info) == HK_OK);
    }
    run(network);
    hk_network *narrow = NULL;
    if (hk_network_parameters(network) < VALUES_MOST && hk_network_convert(network, HK_I8, &narrow) == HK_OK)
        run(narrow);
    hk_network_free(narrow);
    hk_network_free(network);
    return 0;
}
