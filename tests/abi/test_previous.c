/* A program compiled with the previous version's headers runs with this library. They are in previous/: renewed, after
 * a release, by those of that release. */
#include <hillock/hillock.h>

#include <math.h>
#include <stdio.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) return fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition), 1;            \
    } while (0)

enum { IN = 30, WIDE = 20, OUT = 4, ROWS = 9 };
static float w[WIDE * IN], x[ROWS * IN], y[ROWS * OUT], alone[OUT];

static void count_task(void *argument, size_t index) { ((int *)argument)[index]++; }

int main(void) {
    for (int i = 0; i < WIDE * IN; i++) w[i] = (float)(i % 17 - 8) / 40;
    for (int i = 0; i < ROWS * IN; i++) x[i] = (float)(i % 23 - 11) / 7;
    const hk_layer layers[] = {{IN, WIDE, w, x, hk_activation_default(HK_GELU), HK_F32},
                               {WIDE, OUT, w, NULL, hk_activation_default(HK_SOFTMAX), HK_F32}};
    hk_network *network = NULL;
    hk_session *session = NULL;
    hk_layer_info info;
    hk_error error;
    CHECK(hk_self_check(&error) == HK_OK && !error.message[0]);
    CHECK(hk_network_create(layers, 2, &network) == HK_OK);
    CHECK(hk_network_layer_count(network) == 2 && hk_network_layer(network, 1, &info) == HK_OK);
    CHECK(info.kind == HK_LAYER_DENSE && info.inputs == WIDE && info.outputs == OUT);
    CHECK(info.activation.kind == HK_SOFTMAX && info.bytes >= sizeof(float) * WIDE * OUT);
    CHECK(hk_session_create(network, ROWS, NULL, &session) == HK_OK);
    CHECK(hk_session_forward(session, x, y, ROWS) == HK_OK);
    for (int r = 0; r < ROWS; r++) {
        float sum = 0;
        CHECK(hk_session_forward(session, x + r * IN, alone, 1) == HK_OK);
        for (int o = 0; o < OUT; o++) {
            CHECK(alone[o] == y[r * OUT + o]);
            sum += alone[o];
        }
        CHECK(fabsf(sum - 1) < 1e-6f);
    }
    hk_session_free(session);
    hk_network_free(network);
    CHECK(hk_network_load_memory(x, sizeof x, &network, &error) != HK_OK && error.message[0]);
    CHECK(hk_isa_supported(hk_isa_current()) && hk_isa_force(HK_ISA_SCALAR) == HK_OK);
    CHECK(fabsf(hk_dot_f32(x, w, IN) - hk_neuron_f32(x, w, IN, 0, hk_activation_default(HK_LINEAR))) == 0);
    hk_executor *pool = NULL;
    if (hk_thread_pool_create(2, &pool) == HK_OK) {
        int ran[5] = {0};
        pool->parallel_for(pool->context, count_task, ran, 5);
        for (int i = 0; i < 5; i++) CHECK(ran[i] == 1);
        hk_thread_pool_free(pool);
    }
    return 0;
}
