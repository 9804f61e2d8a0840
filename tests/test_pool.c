/* The thread pool. At link time the allocator, pthread_create and syscall are wrapped: to fail when told to, and to
 * count what is woken. */
#include "support.h"

#include "hillock/hillock.h"

#include "processor.h"

#include <dirent.h>
#include <errno.h>
#include <fenv.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_THREAD__ || defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static int refuse_memory, threads_until_refusal = -1;
static void *taken;
static atomic_long woken; /* the sum of the counts given to FUTEX_WAKE */

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return refuse_memory ? NULL : (taken = __real_aligned_alloc(alignment, size));
}
void __real_free(void *p);
void __wrap_free(void *p);
void __wrap_free(void *p) {
    if (p == taken) taken = NULL;
    __real_free(p);
}
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *a, void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *a, void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *a, void *(*start)(void *), void *argument) {
    if (threads_until_refusal == 0) return EAGAIN;
    threads_until_refusal -= threads_until_refusal > 0;
    return __real_pthread_create(thread, a, start, argument);
}
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    uint32_t *word = va_arg(list, uint32_t *);
    const int operation = va_arg(list, int);
    const uint32_t value = va_arg(list, uint32_t);
    va_end(list);
    if (number != SYS_futex) abort(); /* it is all that the library asks for in this way */
    if (operation == FUTEX_WAKE_PRIVATE) woken += (int32_t)value;
    return __real_syscall(number, word, operation, value, NULL, NULL, 0);
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static int quick(void) { return getenv("HK_TEST_QUICK") != NULL; }

static hk_executor *make(size_t threads) {
    hk_executor *pool = NULL;
    assert_int_equal(hk_thread_pool_create(threads, &pool), HK_OK);
    assert_non_null(pool);
    if (threads) assert_int_equal(pool->threads, threads);
    return pool;
}
static void run(const hk_executor *pool, void (*task)(void *, size_t), void *argument, size_t count) {
    pool->parallel_for(pool->context, task, argument, count);
}

/* A job whose argument lives on the stack and is spoilt as soon as parallel_for has returned. */
enum { MOST = 200, ALIVE = 0x600d, DEAD = 0xdead };
typedef struct job {
    int state, delays;
    unsigned char runs[MOST];
} job;
static atomic_int dead_seen;
static void mark(void *argument, size_t index) {
    job *j = argument;
    if (j->state != ALIVE) dead_seen++;
    if (j->delays)
        for (size_t i = index * 7919 % 97 * (size_t)j->delays; i; i--) hk_relax();
    j->runs[index]++;
    if (j->state != ALIVE) dead_seen++;
}
static void run_job(const hk_executor *pool, size_t count, int delays) {
    job j = {ALIVE, delays, {0}};
    run(pool, mark, &j, count);
    for (size_t i = 0; i < MOST; i++) /* no assertion for each: they are called on several threads */
        if (j.runs[i] != (i < count)) fail_msg("task %zu of %zu ran %d times", i, count, j.runs[i]);
    memset(&j, 0x5a, sizeof j);
    j.state = DEAD;
}

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

/* Tasks that need each other: they end only if as many threads as there are tasks run them. */
typedef struct meeting {
    atomic_size_t arrived;
    size_t expected;
    int missed;
} meeting;
static void meet(void *argument, size_t index) {
    meeting *m = argument;
    (void)index;
    m->arrived++;
    for (const double end = seconds(CLOCK_MONOTONIC) + 10; m->arrived < m->expected;) {
        if (seconds(CLOCK_MONOTONIC) > end) {
            m->missed = 1;
            return;
        }
        sched_yield();
    }
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
typedef struct inner {
    pthread_t thread;
    size_t next, strangers;
} inner;
static void count_here(void *argument, size_t index) {
    inner *i = argument;
    i->strangers += !pthread_equal(pthread_self(), i->thread) || index != i->next++;
}
static size_t serial_tasks(const hk_executor *pool, size_t count) {
    inner i = {pthread_self(), 0, 0};
    run(pool, count_here, &i, count);
    return i.strangers ? 0 : i.next;
}
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

/* In a child: everything on this thread, and all given back. */
static void expect_child(hk_executor *pool) {
    const pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        alarm(10); /* ends a child that hangs */
        int good = serial_tasks(pool, 7) == 7;
        taken = pool;
        hk_thread_pool_free(pool);
        good = good && !taken;
        if (good && !SANITIZED && !quick()) { /* neither sanitizers nor the emulator let a child start threads */
            meeting m = {.expected = 2};
            hk_executor *own;
            good = !hk_thread_pool_create(2, &own);
            if (good) run(own, meet, &m, 2);
            if (good) hk_thread_pool_free(own);
            good = good && !m.missed;
        }
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) fail_msg("the child was ended by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}
static void test_fork(void **state) {
    (void)state;
    hk_executor *pool = make(3);
    expect_child(pool);
    run_job(pool, 50, 1);
    expect_child(pool);
    meeting m = {.expected = 3};
    run(pool, meet, &m, 3); /* the parent's workers are still there */
    assert_false(m.missed);
    hk_thread_pool_free(pool);
}

static atomic_int enough;
static void *keep_busy(void *argument) {
    while (!enough) run_job(argument, 40, 20);
    return NULL;
}
static void test_fork_while_busy(void **state) {
    (void)state;
    hk_executor *pool = make(3);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, keep_busy, pool), 0);
    for (int i = 0; i < (quick() ? 5 : 40); i++) {
        usleep((unsigned)i * 37 % 500);
        expect_child(pool);
    }
    enough = 1;
    pthread_join(thread, NULL);
    hk_thread_pool_free(pool);
}

static void test_idle(void **state) {
    (void)state;
    hk_executor *pool = make(4);
    run_job(pool, 100, 1);
    usleep(5000);
    const double before = seconds(CLOCK_PROCESS_CPUTIME_ID);
    usleep(100000);
    const double spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    if (spent > 0.003) fail_msg("%.1f ms of processor time in 100 ms of rest", spent * 1e3);
    hk_thread_pool_free(pool);
}

static size_t thread_count(void) {
    size_t n = 0;
    DIR *directory = opendir("/proc/self/task");
    assert_non_null(directory);
    for (const struct dirent *e; (e = readdir(directory));) n += e->d_name[0] != '.';
    closedir(directory);
    return n;
}
static void expect_threads(size_t expected) {
    for (int i = 0; thread_count() != expected && i < 1000; i++) usleep(1000);
    assert_int_equal(thread_count(), expected);
}
static void test_threads(void **state) {
    (void)state;
    hk_thread_pool_free(make(2)); /* a sanitizer starts a thread of its own beside the first */
    usleep(50000);                /* the system may take a moment to forget a thread that has been joined */
    const size_t before = thread_count();
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
#if defined __x86_64__
    const uint64_t flush = 0x8040;
#elif defined __aarch64__
    const uint64_t flush = 1 << 24;
#else
    const uint64_t flush = 0;
#endif
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

static void test_refusals(void **state) {
    (void)state;
    hk_executor untouched, *pool = &untouched;
    const size_t before = thread_count();
    assert_int_equal(hk_thread_pool_create(2, NULL), HK_INVALID_ARGUMENT);
    refuse_memory = 1;
    assert_int_equal(hk_thread_pool_create(2, &pool), HK_OUT_OF_MEMORY);
    refuse_memory = 0;
    for (int started = 0; started < 5; started++) {
        threads_until_refusal = started;
        assert_int_equal(hk_thread_pool_create(6, &pool), HK_OUT_OF_MEMORY);
        assert_null(taken);
        expect_threads(before);
    }
    threads_until_refusal = 0; /* none is asked for */
    assert_ptr_equal(pool, &untouched);
    assert_int_equal(hk_thread_pool_create(1, &pool), HK_OK);
    threads_until_refusal = -1;
    run_job(pool, 10, 0);
    hk_thread_pool_free(pool);
    assert_null(taken);
    assert_non_null(strstr(hk_build_features(), "threads "));
}

/* Two tasks are no reason to wake seven workers. */
static void test_wakes_what_is_useful(void **state) {
    (void)state;
    hk_executor *pool = make(8);
    for (size_t count = 2; count <= 12; count++) {
        usleep(20000);
        meeting m = {.expected = count < 8 ? count : 8};
        woken = 0;
        run(pool, meet, &m, count);
        assert_false(m.missed);
        if (woken < 1 || woken > (count < 8 ? (long)count - 1 : 7) + 1) /* and perhaps the caller */
            fail_msg("%ld woken for %zu tasks", (long)woken, count);
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
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_every_index),
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_second_caller),
        cmocka_unit_test(test_concurrent),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_fork_while_busy),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_surroundings),
        cmocka_unit_test(test_float_control),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_wakes_what_is_useful),
        cmocka_unit_test(test_stress),
        cmocka_unit_test(test_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
