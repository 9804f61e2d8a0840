/* fork before and after use, and from a second thread while a pool is at work: the child computes the same bytes, alone
 * and on the parent's pool, and does not hang. */
#include "support.h"

#include "hillock/hillock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IN = 40, WIDE = 200, OUT = 9, ROWS = 400, SECONDS = 60 };
static float w[WIDE * IN], x[ROWS * IN];

typedef struct results {
    float y[STORAGE_TYPES][ROWS * OUT];
} results;

/* With networks made here and now. */
static int compute(const hk_executor *pool, results *r) {
    for (int i = 0; i < STORAGE_TYPES; i++) {
        const hk_layer layers[] = {{IN, WIDE, w, NULL, hk_activation_default(HK_GELU), storage_types[i].type},
                                   {WIDE, OUT, w, NULL, hk_activation_default(HK_TANH), storage_types[i].type}};
        hk_network *network = NULL;
        hk_session *session = NULL;
        const int failed = hk_network_create(layers, 2, &network) || hk_session_create(network, ROWS, pool, &session) ||
                           hk_session_forward(session, x, r->y[i], ROWS);
        hk_session_free(session);
        hk_network_free(network);
        if (failed) return 0;
    }
    return 1;
}

/* What a child computes; the sessions, if any, were made by the parent. */
static results *in_child(const hk_executor *pool, hk_session *session) {
    results *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(r != MAP_FAILED);
    fflush(stdout);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        alarm(getenv("HK_TEST_EMULATED") ? 10 * SECONDS : SECONDS); /* ends a child that hangs */
        static results again;
        int good = compute(pool, r) && compute(pool, &again) && !memcmp(r, &again, sizeof again);
        if (session)
            good = good && !hk_session_forward(session, x, again.y[0], ROWS) &&
                   !memcmp(again.y[0], r->y[0], sizeof r->y[0]);
        _exit(good ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) fail_msg("the child was ended by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    return r;
}
static void expect_same(results *r, const results *expected) {
    assert_memory_equal(r, expected, sizeof *r);
    munmap(r, sizeof *r);
}

static results first; /* of this process */

static void test_before_and_after_use(void **state) {
    (void)state;
    results *before = in_child(NULL, NULL); /* nothing of the library has been used here */
    assert_true(compute(NULL, &first));
    expect_same(before, &first);
    expect_same(in_child(NULL, NULL), &first);
}

/* The pool and a session on it are as they were left; the pool may be at work, or just been made. */
typedef struct parent {
    hk_executor *pool;
    hk_session *session;
    results *from_child;
    atomic_int over;
} parent;
static void *fork_here(void *argument) {
    parent *p = argument;
    p->from_child = in_child(p->pool, p->session);
    p->over = 1;
    return NULL;
}
static void test_with_pool(void **state) {
    (void)state;
    const hk_layer layers[] = {{IN, WIDE, w, NULL, hk_activation_default(HK_GELU), HK_F32},
                               {WIDE, OUT, w, NULL, hk_activation_default(HK_TANH), HK_F32}};
    hk_network *network = NULL;
    parent p = {0};
    assert_int_equal(hk_thread_pool_create(5, &p.pool), HK_OK);
    assert_int_equal(hk_network_create(layers, 2, &network), HK_OK);
    assert_int_equal(hk_session_create(network, ROWS, p.pool, &p.session), HK_OK);
    expect_same(in_child(p.pool, p.session), &first);
    for (int i = 0; i < 5; i++) {
        pthread_t thread;
        hk_session *busy = NULL;
        static results here;
        long passes = 0;
        assert_int_equal(hk_session_create(network, ROWS, p.pool, &busy), HK_OK);
        p.over = 0;
        assert_int_equal(pthread_create(&thread, NULL, fork_here, &p), 0);
        while (!p.over || !passes) {
            assert_int_equal(hk_session_forward(busy, x, here.y[0], ROWS), HK_OK);
            assert_memory_equal(here.y[0], first.y[0], sizeof here.y[0]);
            passes++;
        }
        pthread_join(thread, NULL);
        expect_same(p.from_child, &first);
        hk_session_free(busy);
    }
    hk_session_free(p.session);
    hk_network_free(network);
    hk_thread_pool_free(p.pool);
}

int main(void) {
    random_fill(F32, DATA_UNIFORM, 1, w, WIDE * IN);
    random_fill(F32, DATA_UNIFORM, 2, x, ROWS * IN);
    for (size_t i = 0; i < WIDE * IN; i++) w[i] /= 8;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_before_and_after_use), cmocka_unit_test(test_with_pool)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
