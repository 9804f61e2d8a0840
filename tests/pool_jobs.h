/* What the tests of the thread pool share: jobs that tell whether every task ran once, tasks that need each other, and
 * the threads of this process. */
#ifndef HK_TEST_POOL_JOBS_H
#define HK_TEST_POOL_JOBS_H

#include "support.h"

#include "hillock/hillock.h"

#include <stdatomic.h>
#include <time.h>

double seconds(clockid_t clock);

hk_executor *make(size_t threads);
void run(const hk_executor *pool, void (*task)(void *, size_t), void *argument, size_t count);

/* A job of at most MOST tasks, each of which must run once, and whose argument is spoilt as soon as parallel_for has
   returned: dead_seen counts tasks that ran later. */
enum { MOST = 200 };
extern atomic_int dead_seen;
void run_job(const hk_executor *pool, size_t count, int delays);

/* Tasks that need each other: they end only if as many threads as there are tasks run them. */
typedef struct meeting {
    atomic_size_t arrived;
    size_t expected;
    int missed;
} meeting;
void meet(void *argument, size_t index);

/* The number of tasks, all of which this thread runs in order; 0 if not. */
size_t serial_tasks(const hk_executor *pool, size_t count);

/* The threads of this process: now, and before a test that counts them; waits a while until there are so many. */
size_t thread_count(void);
size_t threads_at_rest(void);
void expect_threads(size_t expected);

#endif
