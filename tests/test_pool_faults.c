/* The thread pool where something is missing: workers in a forked child, memory, threads, work for all of them. At link
 * time the allocator, pthread_create and syscall are wrapped: to fail when told to, and to count what is woken. */
#include "pool_jobs.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

static void test_refusals(void **state) {
    (void)state;
    hk_executor untouched, *pool = &untouched;
    const size_t before = threads_at_rest();
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_fork_while_busy),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_wakes_what_is_useful),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
