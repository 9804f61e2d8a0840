/* The README's first program: the digits network on a blank picture. */
#include <hillock/hillock.h>
#include <stdio.h>

int main(int count, char **arguments) {
    hk_network *network;
    hk_session *session;
    hk_error error;
    if (hk_network_load(count > 1 ? arguments[1] : "tests/data/digits.onnx", &network, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (hk_session_create(network, 1, NULL, &session)) return 1; /* takes all memory; one per thread */

    float x[64] = {0}, y[10];
    hk_session_forward(session, x, y, 1); /* allocates nothing, same bits on every processor */
    for (int digit = 0; digit < 10; digit++) printf("%d: %.4f\n", digit, y[digit]);

    hk_session_free(session);
    hk_network_free(network);
    return 0;
}
