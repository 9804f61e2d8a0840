/* Many threads: first use raced, sixteen over one network, each with a session of its own; all get the same bytes. */
#include "support.h"

#include "hillock/hillock.h"

#include <pthread.h>

enum { THREADS = 16, IN = 30, WIDE = 60, OUT = 5, ROWS = 9, ROUNDS = 40 };
static float w[WIDE * IN], b[WIDE], x[ROWS * IN];
static pthread_barrier_t barrier;

typedef struct worker {
    const hk_network *shared; /* NULL: each thread makes its own */
    hk_dtype type;
    int failed;
    float dot, y[ROWS * OUT];
} worker;
static worker workers[THREADS];

static hk_network *build(hk_dtype type) {
    const hk_layer layers[] = {{IN, WIDE, w, b, hk_activation_default(HK_TANH), type},
                               {WIDE, OUT, w, b, hk_activation_default(HK_SOFTMAX), type}};
    hk_network *network = NULL;
    return hk_network_create(layers, 2, &network) ? NULL : network;
}

static void *work(void *argument) {
    worker *me = argument;
    hk_session *session = NULL;
    float y[ROWS * OUT];
    pthread_barrier_wait(&barrier);
    me->dot = hk_dot_f32(w, x, IN);
    hk_network *own = me->shared ? NULL : build(me->type);
    const hk_network *network = me->shared ? me->shared : own;
    me->failed = !network || hk_session_create(network, ROWS, NULL, &session) != HK_OK;
    for (int i = 0; i < ROUNDS && !me->failed; i++) {
        me->failed =
            hk_session_forward(session, x, i ? y : me->y, ROWS) != HK_OK || (i && memcmp(y, me->y, sizeof y) != 0);
    }
    hk_session_free(session);
    hk_network_free(own);
    return NULL;
}

static void race(const hk_network *shared, hk_dtype type) {
    pthread_t id[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){.shared = shared, .type = type};
        assert_int_equal(pthread_create(&id[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(id[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        if (workers[i].failed) fail_msg("thread %d: a failure, or other bytes than before", i);
        if (memcmp(workers[i].y, workers[0].y, sizeof workers[i].y)) fail_msg("threads 0 and %d: other bytes", i);
        assert_memory_equal(&workers[i].dot, &workers[0].dot, sizeof workers[i].dot);
    }
}

/* Before anything of the library has been used: the choice of a level, and leave for AMX, are raced as well. */
static void test_first_use(void **state) {
    (void)state;
    race(NULL, HK_I8);
    for (int i = 0; i < STORAGE_TYPES; i++) race(NULL, storage_types[i].type);
}

static void test_one_network(void **state) {
    (void)state;
    for (int i = 0; i < STORAGE_TYPES; i++) {
        float alone[ROWS * OUT];
        hk_network *network = build(storage_types[i].type);
        hk_session *session = NULL;
        assert_int_equal(hk_session_create(network, ROWS, NULL, &session), HK_OK);
        for (size_t r = 0; r < ROWS; r++)
            assert_int_equal(hk_session_forward(session, x + r * IN, alone + r * OUT, 1), HK_OK);
        race(network, storage_types[i].type);
        assert_memory_equal(alone, workers[0].y, sizeof alone);
        hk_session_free(session);
        hk_network_free(network);
    }
}

int main(void) {
    random_fill(F32, DATA_UNIFORM, 1, w, WIDE * IN);
    random_fill(F32, DATA_UNIFORM, 2, b, WIDE);
    random_fill(F32, DATA_UNIFORM, 3, x, ROWS * IN);
    for (size_t i = 0; i < WIDE * IN; i++) w[i] /= 8;
    pthread_barrier_init(&barrier, NULL, THREADS);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_use), cmocka_unit_test(test_one_network)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    pthread_barrier_destroy(&barrier);
    return failed;
}
