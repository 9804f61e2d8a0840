/* The decision boundary of a small network, drawn in the terminal: a ring of one class around the other. */
#include <hillock/hillock.h>

#include "check.h"

enum { WIDTH = 64, HEIGHT = 24, SIDES = 8 };

int main(void) {
    /* Eight half-planes around the origin; a point is inside if none of them says "too far out". */
    float w1[SIDES][2], b1[SIDES], w2[SIDES];
    const float b2[1] = {2};
    for (int i = 0; i < SIDES; i++) {
        const double angle = 2 * 3.14159265358979 * i / SIDES;
        w1[i][0] = (float)cos(angle);
        w1[i][1] = (float)sin(angle);
        b1[i] = -0.7f;
        w2[i] = -40;
    }
    const hk_layer layers[] = {{2, SIDES, w1[0], b1, hk_activation_default(HK_RELU), HK_F32},
                               {SIDES, 1, w2, b2, hk_activation_default(HK_SIGMOID), HK_F32}};
    hk_network *network;
    hk_session *session;
    if (hk_network_create(layers, 2, &network) || hk_session_create(network, WIDTH, NULL, &session)) return 1;
    int inside = 0;
    for (int row = 0; row < HEIGHT; row++) {
        float x[WIDTH][2], y[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            x[i][0] = 2.4f * ((float)i + 0.5f) / WIDTH - 1.2f;
            x[i][1] = 1.2f - 2.4f * ((float)row + 0.5f) / HEIGHT;
        }
        if (hk_session_forward(session, x[0], y, WIDTH)) return 1;
        for (int i = 0; i < WIDTH; i++) {
            putchar(y[i] > 0.9f ? '#' : y[i] > 0.5f ? '+' : y[i] > 0.1f ? '-' : '.');
            inside += y[i] > 0.5f;
        }
        putchar('\n');
    }
    /* the octagon of inner radius .75 has an area of 1.86, of 5.76 in the picture */
    expect("share of the picture inside", (double)inside / (WIDTH * HEIGHT), 0.32, 0.02);
    hk_session_free(session);
    hk_network_free(network);
    return 0;
}
