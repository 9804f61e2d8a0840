#include "pool_jobs.h"

#include "processor.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

hk_executor *make(size_t threads) {
    hk_executor *pool = NULL;
    assert_int_equal(hk_thread_pool_create(threads, &pool), HK_OK);
    assert_non_null(pool);
    if (threads) assert_int_equal(pool->threads, threads);
    return pool;
}
void run(const hk_executor *pool, void (*task)(void *, size_t), void *argument, size_t count) {
    pool->parallel_for(pool->context, task, argument, count);
}

enum { ALIVE = 0x600d, DEAD = 0xdead };
typedef struct job {
    int state, delays;
    unsigned char runs[MOST];
} job;
atomic_int dead_seen;
static void mark(void *argument, size_t index) {
    job *j = argument;
    if (j->state != ALIVE) dead_seen++;
    if (j->delays)
        for (size_t i = index * 7919 % 97 * (size_t)j->delays; i; i--) hk_relax();
    j->runs[index]++;
    if (j->state != ALIVE) dead_seen++;
}
void run_job(const hk_executor *pool, size_t count, int delays) {
    job j = {ALIVE, delays, {0}};
    run(pool, mark, &j, count);
    for (size_t i = 0; i < MOST; i++) /* no assertion for each: they are called on several threads */
        if (j.runs[i] != (i < count)) fail_msg("task %zu of %zu ran %d times", i, count, j.runs[i]);
    memset(&j, 0x5a, sizeof j);
    j.state = DEAD;
}

void meet(void *argument, size_t index) {
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
typedef struct inner {
    pthread_t thread;
    size_t next, strangers;
} inner;
static void count_here(void *argument, size_t index) {
    inner *i = argument;
    i->strangers += !pthread_equal(pthread_self(), i->thread) || index != i->next++;
}
size_t serial_tasks(const hk_executor *pool, size_t count) {
    inner i = {pthread_self(), 0, 0};
    run(pool, count_here, &i, count);
    return i.strangers ? 0 : i.next;
}

size_t thread_count(void) {
    size_t n = 0;
    DIR *directory = opendir("/proc/self/task");
    assert_non_null(directory);
    for (const struct dirent *e; (e = readdir(directory));) n += e->d_name[0] != '.';
    closedir(directory);
    return n;
}
size_t threads_at_rest(void) {
    hk_thread_pool_free(make(2)); /* a sanitizer starts a thread of its own beside the first */
    usleep(50000);                /* the system may take a moment to forget a thread that has been joined */
    return thread_count();
}
void expect_threads(size_t expected) {
    for (int i = 0; thread_count() != expected && i < 1000; i++) usleep(1000);
    assert_int_equal(thread_count(), expected);
}
