/* Embeddings 384 wide compared by cosine: one query against many rows with hk_matvec_f32. */
#include <hillock/hillock.h>

#include "check.h"

#include <string.h>

enum { WIDTH = 384, ROWS = 100, HIT = 42 };
static float rows[ROWS][WIDTH], query[WIDTH], scores[ROWS];

static void normalize(float *v) {
    const float length = sqrtf(hk_dot_f32(v, v, WIDTH));
    for (int i = 0; i < WIDTH; i++) v[i] /= length;
}

int main(void) {
    uint32_t state = 7;
    for (int r = 0; r < ROWS; r++) {
        for (int i = 0; i < WIDTH; i++) {
            state = state * 1664525u + 1013904223u;
            rows[r][i] = (float)(int32_t)state * 0x1p-31f;
        }
        normalize(rows[r]);
    }
    /* the query is one of the rows, disturbed */
    for (int i = 0; i < WIDTH; i++) query[i] = rows[HIT][i] + 0.5f * rows[7][i];
    normalize(query);
    hk_matvec_f32(rows[0], query, scores, ROWS, WIDTH);
    int best = 0;
    for (int r = 1; r < ROWS; r++)
        if (scores[r] > scores[best]) best = r;
    expect("nearest row", best, HIT, 0);
    expect("its cosine", scores[best], 0.894, 0.03);
    expect("cosine of the row mixed in", scores[7], 0.447, 0.06);
    const float same = hk_dot_f32(rows[best], query, WIDTH);
    expect("hk_dot_f32 gives the same bits", memcmp(&same, &scores[best], sizeof same), 0, 0);
    return 0;
}
