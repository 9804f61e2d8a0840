/* The thread pool: every task once, at once where threads are free, and on threads as they should be. */
#include "pool_jobs.h"

#include "processor.h"

#include <fenv.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

static void test_every_index(void **state) {
    (void)state;
    for (size_t threads = 1; threads <= 8; threads++) {
        hk_executor *pool = make(threads);
        for (size_t count = 0; count <= MOST; count += count < 20 ? 1 : 9) {
            for (int again = 0; again < 3; again++) run_job(pool, count, again);
            if (count % 8 == 3) usleep(300); /* until the workers sleep */
            run_job(pool, count, 5);
        }
        hk_thread_pool_free(pool);
    }
    assert_int_equal(dead_seen, 0);
    hk_thread_pool_free(NULL);
}

static void test_at_once(void **state) {
    (void)state;
    for (size_t threads = 2; threads <= 8; threads += 3) {
        hk_executor *pool = make(threads);
        for (int round = 0; round < 20; round++) {
            meeting m = {.expected = threads};
            run(pool, meet, &m, threads);
            assert_false(m.missed);
            if (round % 4 == 0) usleep(200);
        }
        hk_thread_pool_free(pool);
    }
}

/* A job within a job, and the caller that finds the pool in use: run there and then by the thread that asks. */
typedef struct nest {
    const hk_executor *pool;
    atomic_size_t ran;
} nest;
static void nested(void *argument, size_t index) {
    nest *n = argument;
    (void)index;
    n->ran += serial_tasks(n->pool, 5);
}
static void test_nested(void **state) {
    (void)state;
    hk_executor *pool = make(3);
    for (int i = 0; i < 500; i++) {
        nest n = {.pool = pool};
        run(pool, nested, &n, 10);
        assert_int_equal(n.ran, 50);
    }
    hk_thread_pool_free(pool);
}

typedef struct holder {
    const hk_executor *pool;
    atomic_int held, release;
} holder;
static void hold(void *argument, size_t index) {
    holder *h = argument;
    (void)index;
    h->held++;
    while (!h->release) sched_yield();
}
static void *hold_pool(void *argument) {
    run(((holder *)argument)->pool, hold, argument, 2);
    return NULL;
}
static void test_second_caller(void **state) {
    (void)state;
    holder h = {.pool = make(2)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, hold_pool, &h), 0);
    while (h.held < 2) sched_yield();
    assert_int_equal(serial_tasks(h.pool, 9), 9); /* it would wait for ever, or be given to others */
    h.release = 1;
    pthread_join(thread, NULL);
    hk_thread_pool_free((hk_executor *)h.pool);
}

static void *call_often(void *argument) {
    for (int i = 0; i < 2000; i++) run_job(argument, (size_t)i % 9, i % 3);
    return NULL;
}
static void test_concurrent(void **state) {
    (void)state;
    hk_executor *pool = make(4);
    pthread_t callers[4];
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&callers[i], NULL, call_often, pool), 0);
    for (int i = 0; i < 4; i++) pthread_join(callers[i], NULL);
    assert_int_equal(dead_seen, 0);
    hk_thread_pool_free(pool);
}

/* The least of some tenths of a second: an emulator has work of its own now and then. */
static void test_idle(void **state) {
    (void)state;
    hk_executor *pool = make(4);
    run_job(pool, 100, 1);
    usleep(5000);
    double spent = 1;
    for (int i = 0; i < 5 && spent > 0.003; i++) {
        const double before = seconds(CLOCK_PROCESS_CPUTIME_ID);
        usleep(100000);
        spent = fmin(spent, seconds(CLOCK_PROCESS_CPUTIME_ID) - before);
    }
    if (spent > 0.003) fail_msg("%.1f ms of processor time in 100 ms of rest", spent * 1e3);
    hk_thread_pool_free(pool);
}

static void test_threads(void **state) {
    (void)state;
    const size_t before = threads_at_rest();
    for (size_t threads = 1; threads <= 8; threads++) {
        hk_executor *pool = make(threads);
        assert_int_equal(thread_count(), before + threads - 1);
        run_job(pool, 20, 0);
        assert_int_equal(thread_count(), before + threads - 1);
        hk_thread_pool_free(pool);
        expect_threads(before);
    }
    cpu_set_t all, one;
    hk_executor *pool = make(0);
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_in_range(pool->threads, 1, CPU_COUNT(&all));
    hk_thread_pool_free(pool);
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, &all)) CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    pool = make(0);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_int_equal(pool->threads, 1);
    hk_thread_pool_free(pool);
}

/* What a task finds on its thread. */
typedef struct finding {
    meeting both;
    pthread_t caller;
    char name[2][16];
    int blocks_interrupts[2], blocks_faults[2], rounding[2];
    uint64_t control[2];
    volatile float tiny, product[2];
} finding;
static void look_around(void *argument, size_t index) {
    finding *f = argument;
    sigset_t mask;
    const int worker = !pthread_equal(pthread_self(), f->caller);
    (void)index;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    pthread_getname_np(pthread_self(), f->name[worker], sizeof f->name[worker]);
    f->blocks_interrupts[worker] = sigismember(&mask, SIGINT) && sigismember(&mask, SIGUSR1);
    f->blocks_faults[worker] = sigismember(&mask, SIGSEGV);
    f->control[worker] = hk_float_control();
    f->product[worker] = f->tiny * 0.5f;
    meet(&f->both, index);
}
static finding find(const hk_executor *pool) {
    finding f = {.both = {.expected = 2}, .caller = pthread_self(), .tiny = 0x1p-126f};
    run(pool, look_around, &f, 2);
    assert_false(f.both.missed);
    return f;
}
static void test_surroundings(void **state) {
    (void)state;
    hk_executor *pool = make(2);
    const finding f = find(pool);
    assert_string_equal(f.name[1], "hillock");
    assert_string_not_equal(f.name[0], "hillock");
    assert_true(f.blocks_interrupts[1]);
    assert_false(f.blocks_interrupts[0]);
    assert_false(f.blocks_faults[1]);
    hk_thread_pool_free(pool);
}

/* Flush to zero and denormals are zero; a worker follows its caller there and back. */
static void test_float_control(void **state) {
    (void)state;
    const uint64_t flush = FLUSH_TO_ZERO;
    hk_executor *pool = make(2);
    const uint64_t usual = hk_float_control();
    for (int i = 0; i < 6; i++) {
        const int flushed = flush ? i % 2 : 0, up = i % 3 == 1;
        hk_set_float_control(flushed ? usual | flush : usual);
        if (up) fesetround(FE_UPWARD);
        const uint64_t here = hk_float_control();
        const finding f = find(pool);
        assert_true(hk_float_control() == here);
        if (up) fesetround(FE_TONEAREST);
        hk_set_float_control(usual);
        for (int worker = 0; worker < 2; worker++) {
            assert_true(f.control[worker] == here);
            assert_int_equal(f.product[worker] == 0, flushed);
        }
    }
    hk_thread_pool_free(pool);
}

static void test_stress(void **state) {
    (void)state;
    random_state random = {42};
    const double end = seconds(CLOCK_MONOTONIC) + (quick() ? 0.5 : 2);
    long calls = 0;
    for (size_t threads = 2; calls < 1000000 && seconds(CLOCK_MONOTONIC) < end; threads = 2 + threads % 5) {
        hk_executor *pool = make(threads);
        for (int i = 0; i < 5000; i++, calls++) {
            const uint64_t bits = random_bits(&random);
            run_job(pool, 2 + bits % 6, bits >> 8 & 31 ? 0 : 9);
            if ((bits >> 16 & 511) == 0) usleep(bits >> 32 & 63);
            for (uint64_t k = bits >> 20 & 1 ? bits >> 40 & 255 : 0; k; k--) hk_relax();
        }
        hk_thread_pool_free(pool);
    }
    assert_int_equal(dead_seen, 0);
    assert_true(calls > 0);
}

/* A session on a pool gives the bits of one without. */
static void test_session(void **state) {
    (void)state;
    enum { IN = 30, OUT = 40, BATCH = 111 };
    static float w[OUT * IN], x[BATCH * IN], y[BATCH * OUT], expected[BATCH * OUT];
    random_fill(F32, DATA_UNIFORM, 1, w, OUT * IN);
    random_fill(F32, DATA_UNIFORM, 2, x, BATCH * IN);
    const hk_layer layer = {IN, OUT, w, NULL, hk_activation_default(HK_TANH), HK_F32};
    hk_network *network;
    assert_int_equal(hk_network_create(&layer, 1, &network), HK_OK);
    for (size_t threads = 0; threads <= 5; threads++) {
        hk_executor *pool = threads ? make(threads) : NULL;
        hk_session *session;
        assert_int_equal(hk_session_create(network, BATCH, pool, &session), HK_OK);
        for (int i = 0; i < 20; i++) {
            memset(y, 0x7f, sizeof y);
            assert_int_equal(hk_session_forward(session, x, threads ? y : expected, BATCH), HK_OK);
            if (threads) assert_memory_equal(y, expected, sizeof y);
        }
        hk_session_free(session);
        hk_thread_pool_free(pool);
    }
    hk_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads), cmocka_unit_test(test_every_index),   cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_nested),  cmocka_unit_test(test_second_caller), cmocka_unit_test(test_concurrent),
        cmocka_unit_test(test_idle),    cmocka_unit_test(test_surroundings),  cmocka_unit_test(test_float_control),
        cmocka_unit_test(test_stress),  cmocka_unit_test(test_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
