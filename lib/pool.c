/* A pool of threads that forward passes may run on.
 *
 * One job at a time, held in the pool: a function, its argument, and two counters. `left` is how many tasks nobody has
 * claimed, `unfinished` how many have not ended. Why no thread can touch a job that is over, however late it wakes:
 *   1. A job is written, then published by storing `left` (release). Index `left` is claimed by a compare-and-swap to
 *      left - 1 (acquire), by workers and caller alike; the caller has index 0 without one.
 *   2. Who has claimed an index runs it, and only then takes what it ran off `unfinished` (release).
 *   3. The caller returns, and another job may be written, when it has read 0 from `unfinished` (acquire).
 *   So a job stays as it is from a claim to the end of the claimed task; and before its claim a worker reads nothing
 * but `left`. If it slept between reading `left` and the swap, and the swap succeeds, it has claimed an index of the
 * job that is published now, which is as good: it reads the job afterwards. The caller never waits for a worker that
 * has claimed nothing: it runs what is left by itself.
 *
 * Workers poll for some microseconds after a job, because the next one of a network in use comes at once, and a thread
 * that sleeps takes longer to wake than a small job lasts. Then they sleep: an idle pool takes no time of a processor.
 */
#define _GNU_SOURCE /* sched_getaffinity, pthread_setname_np */
#include "hillock/network.h"

#include "processor.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    THREADS_MAX = 1024,
    STACK = 256 * 1024, /* a task of this library takes at most 64 KiB */
    POLLS = 32,         /* between looks at the clock: 0.5 to 2 microseconds */
    POLLING = 30000,    /* nanoseconds, by workers */
    PATIENCE = 1000000  /* by the caller, until others have ended what they began */
};
#define STOP    UINT32_MAX  /* `left`: workers end */
#define WAITING 0x80000000u /* in `unfinished`: the caller sleeps */

typedef void task_function(void *argument, size_t index);

typedef struct pool {
    hk_executor executor; /* first: its address is the pool's */
    unsigned forks;       /* of the process that has the workers */
    size_t workers;
    atomic_int busy; /* someone's job is in the pool */

    /* What a job is handed over by, in a cache line of its own: each way to a worker and back costs one transfer. */
    _Alignas(64) _Atomic uint32_t left;
    _Atomic uint32_t unfinished, sleepers;
    atomic_int processor; /* where the caller runs */
    task_function *task;
    void *argument;
    uint64_t float_control; /* the caller's: a row's bits must not depend on who computes it */

    _Alignas(64) pthread_t threads[];
} pool;

/* Forks that led to this process. A child has no workers, whatever its copy of a pool says. */
static atomic_uint forks;
static int cannot_watch; /* no memory for the handler */
static pthread_once_t watched = PTHREAD_ONCE_INIT;
static void count_fork(void) { atomic_fetch_add_explicit(&forks, 1, memory_order_relaxed); }
static void watch_forks(void) { cannot_watch = pthread_atfork(NULL, NULL, count_fork); }
static int has_workers(const pool *p) {
    return p->workers && p->forks == atomic_load_explicit(&forks, memory_order_relaxed);
}

/* Sleeps if the word has this value, until woken, or for no reason. Unlike condition variables it has no lock that a
   thread could hold while it does not run, and loses no wakeup (glibc's bug 25847). */
static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}
static void wake(_Atomic uint32_t *word, uint32_t count) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static int64_t nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* For a worker on its caller's processor, where it is of no use and, polling, in the way: it takes another one of those
   allowed, if there are enough for all threads, and else gives way. Afterwards the affinity is what it was. */
static void leave_caller(pool *p) {
    const int here = sched_getcpu();
    cpu_set_t all = {0}, others;
    if (here != atomic_load_explicit(&p->processor, memory_order_relaxed)) return;
    const int unknown = sched_getaffinity(0, sizeof all, &all);
    others = all;
    CPU_CLR((size_t)here, &others);
    if (unknown || (size_t)CPU_COUNT(&all) < p->executor.threads || sched_setaffinity(0, sizeof others, &others))
        sched_yield();
    else
        sched_setaffinity(0, sizeof all, &all);
}

/* Polls until the word is zero, as the caller does, or is not, as workers do; for a time by the clock, since a rest
   lasts anything from 1 to 140 cycles. */
static void poll(pool *p, _Atomic uint32_t *word, int zero) {
    int64_t end = 0;
    for (unsigned polls = 1;; polls++) {
        if ((atomic_load_explicit(word, memory_order_relaxed) == 0) == zero) return;
        hk_relax();
        if (polls % POLLS) continue;
        const int64_t now = nanoseconds();
        if (!end) end = now + (zero ? PATIENCE : POLLING);
        if (now >= end) return;
        if (!zero) leave_caller(p);
    }
}

/* Claims and runs tasks until none is left; the number that it ran. */
static uint32_t run_tasks(pool *p) {
    uint32_t ran = 0, left = atomic_load_explicit(&p->left, memory_order_relaxed);
    while (left && left != STOP)
        if (atomic_compare_exchange_weak_explicit(&p->left, &left, left - 1, memory_order_acquire,
                                                  memory_order_relaxed)) {
            if (hk_float_control() != p->float_control) hk_set_float_control(p->float_control);
            p->task(p->argument, left);
            ran++;
            left = atomic_load_explicit(&p->left, memory_order_relaxed);
        }
    return ran;
}

static void *work(void *context) {
    pool *p = context;
    pthread_setname_np(pthread_self(), "hillock");
    for (;;) {
        poll(p, &p->left, 0);
        while (!atomic_load_explicit(&p->left, memory_order_relaxed)) {
            atomic_fetch_add(&p->sleepers, 1);
            sleep_while(&p->left, 0);
            atomic_fetch_sub(&p->sleepers, 1);
            leave_caller(p);
        }
        if (atomic_load_explicit(&p->left, memory_order_relaxed) == STOP) return NULL;
        const uint32_t ran = run_tasks(p);
        if (ran && atomic_fetch_sub_explicit(&p->unfinished, ran, memory_order_release) - ran == WAITING)
            wake(&p->unfinished, 1);
    }
}

/* The other half of what a worker does before it sleeps: it counts itself and looks at `left`, here `left` is stored
   and the count read, all sequentially consistent, so that at least one sees the other. Workers that are awake come by
   themselves. A virtual machine's kernel, to which idle processors look busy, may wake a worker on the caller's, where
   it would wait for milliseconds: giving way once lets it find out and leave. */
static void publish(pool *p, uint32_t left) {
    atomic_store(&p->left, left);
    const uint32_t sleepers = atomic_load(&p->sleepers), awake = (uint32_t)p->workers - sleepers;
    if (!sleepers || left <= awake) return;
    wake(&p->left, left - awake < sleepers ? left - awake : sleepers);
    sched_yield();
}

static void wait_for_workers(pool *p) {
    poll(p, &p->unfinished, 1);
    if (!atomic_load_explicit(&p->unfinished, memory_order_acquire)) return;
    uint32_t n = atomic_fetch_or_explicit(&p->unfinished, WAITING, memory_order_acquire) | WAITING;
    while (n != WAITING) {
        sleep_while(&p->unfinished, n);
        n = atomic_load_explicit(&p->unfinished, memory_order_acquire);
    }
}

static void parallel_for(void *context, task_function *task, void *argument, size_t count) {
    pool *p = context;
    /* Whoever finds the pool in use, a task of the pool's own job among them, is as well served by its own thread. */
    if (count < 2 || count > INT32_MAX || !has_workers(p) ||
        atomic_exchange_explicit(&p->busy, 1, memory_order_acquire)) {
        for (size_t i = 0; i < count; i++) task(argument, i);
        return;
    }
    p->task = task;
    p->argument = argument;
    p->float_control = hk_float_control();
    atomic_store_explicit(&p->processor, sched_getcpu(), memory_order_relaxed);
    atomic_store_explicit(&p->unfinished, (uint32_t)count, memory_order_relaxed);
    publish(p, (uint32_t)count - 1);
    task(argument, 0);
    const uint32_t ran = run_tasks(p) + 1;
    if (atomic_fetch_sub_explicit(&p->unfinished, ran, memory_order_acquire) != ran) wait_for_workers(p);
    atomic_store_explicit(&p->busy, 0, memory_order_release);
}

/* Processors that this process may use, and no more than a container's share of their time (cgroup v2) is good for. */
static size_t usable_processors(void) {
    long processors = 0;
    cpu_set_t set;
    if (!sched_getaffinity(0, sizeof set, &set)) processors = CPU_COUNT(&set);
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (file) {
        long quota, period; /* or "max" */
        if (fscanf(file, "%ld %ld", &quota, &period) == 2 && quota > 0 && period > 0 && quota / period < processors)
            processors = (quota + period - 1) / period;
        fclose(file);
    }
    if (processors < 1) processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : (size_t)processors;
}

static void dissolve(pool *p) {
    if (has_workers(p)) {
        publish(p, STOP);
        for (size_t i = 0; i < p->workers; i++) pthread_join(p->threads[i], NULL);
    }
    free(p);
}

/* Workers' small stacks run no signal handler of the program but for what a task itself raises. */
static int start_workers(pool *p, size_t count) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes)) return 0;
    pthread_attr_setstacksize(&attributes, STACK + (size_t)sysconf(_SC_THREAD_STACK_MIN));
    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (p->workers < count && !pthread_create(&p->threads[p->workers], &attributes, work, p)) p->workers++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return p->workers == count;
}

hk_status hk_thread_pool_create(size_t threads, hk_executor **result) {
    if (!result) return HK_INVALID_ARGUMENT;
    if (!threads) threads = usable_processors();
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    pthread_once(&watched, watch_forks);
    const size_t bytes = sizeof(pool) + (threads - 1) * sizeof(pthread_t);
    pool *p = cannot_watch ? NULL : aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    if (!p) return HK_OUT_OF_MEMORY;
    *p = (pool){.executor = {p, threads, parallel_for}, .forks = atomic_load(&forks)};
    if (!start_workers(p, threads - 1)) {
        dissolve(p);
        return HK_OUT_OF_MEMORY;
    }
    *result = &p->executor;
    return HK_OK;
}

void hk_thread_pool_free(hk_executor *executor) {
    if (executor) dissolve((pool *)executor);
}
