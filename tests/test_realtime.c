/* Forward passes, from the first on, ask nothing of the system: in a process of its own, where any allocation aborts
 * and the kernel kills at any system call, every kind of layer with every type of weights, and the first use of all. */
#include "support.h"

#include "hillock/hillock.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static volatile int inside; /* where nothing may be asked for */
static void refuse(void) {
    if (inside) __builtin_trap();
}
void *malloc(size_t size) { return refuse(), __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return refuse(), __libc_calloc(count, size); }
void *realloc(void *p, size_t size) { return refuse(), __libc_realloc(p, size); }
void *aligned_alloc(size_t alignment, size_t size) { return refuse(), __libc_memalign(alignment, size); }
void *memalign(size_t alignment, size_t size) { return refuse(), __libc_memalign(alignment, size); }
int posix_memalign(void **p, size_t alignment, size_t size) {
    return refuse(), (*p = __libc_memalign(alignment, size)) ? 0 : 12;
}
void free(void *p) { refuse(), __libc_free(p); }

/* What the child does, in memory that it shares with its parent. */
static struct progress {
    char now[64];
    volatile int done;
} * progress;

/* From here on only the end of the process is allowed. Emulators of another processor have no such filter: there
   allocations alone are seen. */
static void close_doors(void) {
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0 /* the number of the call */),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    inside = 1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        snprintf(progress->now, sizeof progress->now, "no filter of system calls");
        if (!getenv("HK_TEST_EMULATED")) _exit(2);
    }
}

/* Runs `work` in a child; what it says last, and how it ended, are in the message of a failure. */
static void expect_quiet(void (*work)(void)) {
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(progress != MAP_FAILED);
    fflush(stdout);
    const pid_t child = fork();
    if (!child) {
        signal(SIGILL, SIG_DFL); /* cmocka catches them */
        signal(SIGTRAP, SIG_DFL);
        signal(SIGSYS, SIG_DFL);
        work();
        progress->done = 1;
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        fail_msg("%s: %s", progress->now,
                 WTERMSIG(status) == SIGSYS                                  ? "a system call"
                 : WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP ? "an allocation"
                                                                             : strsignal(WTERMSIG(status)));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(progress->done);
    munmap(progress, sizeof *progress);
}

/* Nothing of the library has run in this process before. */
static void first_use(void) {
    static const float a[100] = {1, 2, 3};
    float y[100];
    double d[100] = {1}, e[100];
    close_doors();
    volatile float sum = hk_dot_f32(a, a, 100);
    for (int kind = 0; kind < HK_SOFTMAX; kind++) {
        const hk_activation k = hk_activation_default((hk_activation_kind)kind);
        snprintf(progress->now, sizeof progress->now, "%s", hk_activation_name(k.kind));
        if (hk_activate_f32(k, a, y, 100) || hk_activate_f64(k, d, e, 100)) _exit(1);
    }
    hk_softmax_f32(a, y, 10, 10), hk_log_softmax_f32(a, y, 10, 10);
    hk_softmax_f64(d, e, 10, 10), hk_log_softmax_f64(d, e, 10, 10);
    snprintf(progress->now, sizeof progress->now, "plain layers, products, conversions");
    if (hk_dense_f32(a, a, NULL, y, 2, 10, 10, hk_activation_default(HK_SILU)) ||
        hk_dense_f64(d, d, NULL, e, 2, 10, 5, hk_activation_default(HK_SILU)))
        _exit(1);
    static uint16_t h[100];
    static int8_t bytes[100];
    static int64_t sums[10];
    hk_matvec_f32(a, a, y, 10, 10), hk_matvec_f64(d, d, e, 10, 10), hk_matvec_i8(bytes, bytes, sums, 10, 10);
    hk_matvec_bf16(h, h, y, 10, 10), hk_matvec_f16(h, h, y, 10, 10);
    hk_convert_f32_to_bf16(a, h, 100), hk_convert_bf16_to_f32(h, y, 100);
    hk_convert_f32_to_f16(a, h, 100), hk_convert_f16_to_f32(h, y, 100);
    sum = sum + hk_dot_bf16(h, h, 100) + hk_dot_f16(h, h, 100) + (float)hk_dot_f64(d, d, 100) +
          (float)(hk_dot_i8(bytes, bytes, 100) + hk_dot_u8i8((const uint8_t *)bytes, bytes, 100));
}
static void test_first_use(void **state) { (void)state, expect_quiet(first_use); }

/* Every kind, between layers of several widths, one of which parks its sums. */
enum { IN = 40, WIDE = 150, LONG = 2100, OUT = 7, ROWS = 26, KINDS = HK_LOG_SOFTMAX + 1, TYPES = HK_I4 + 1 };
static float w[WIDE * LONG], b[LONG], x[ROWS * LONG], y[ROWS * LONG];
static hk_session *sessions[KINDS][TYPES][2];

static hk_session *open_session(hk_activation_kind kind, hk_dtype type, int fast) {
    hk_activation a = hk_activation_default(kind);
    a.accuracy = fast ? HK_FAST : HK_ACCURATE;
    const hk_layer layers[] = {{IN, WIDE, w, b, a, type}, {WIDE, OUT, w, NULL, a, type}, {OUT, 3, w, b, a, type}},
                   far[] = {{LONG, WIDE, w, b, a, type}};
    const int is_far = kind == HK_TANH && fast;
    hk_network *network;
    hk_session *session;
    if (hk_network_create(is_far ? far : layers, is_far ? 1 : 3, &network) ||
        hk_session_create(network, ROWS, NULL, &session))
        _exit(1);
    if (type == HK_BF16 && fast) hk_session_set_fast_bf16(session, 1); /* where the processor has it */
    hk_network_free(network);
    return session;
}

static void forward_all(void) {
    const float *rows[2] = {x, x + LONG};
    float *outputs[2] = {y, y + LONG};
    for (int kind = 0; kind < KINDS; kind++)
        for (int type = 0; type < TYPES; type++)
            for (int fast = 0; fast < 2; fast++)
                if (type != HK_F64)
                    sessions[kind][type][fast] = open_session((hk_activation_kind)kind, (hk_dtype)type, fast);
    close_doors();
    for (int kind = 0; kind < KINDS; kind++)
        for (int type = 0; type < TYPES; type++)
            for (int fast = 0; fast < 2; fast++) {
                hk_session *s = sessions[kind][type][fast];
                if (!s) continue;
                snprintf(progress->now, sizeof progress->now, "%s, type %d%s",
                         hk_activation_name((hk_activation_kind)kind), type, fast ? ", fast" : "");
                for (size_t batch = 1; batch <= ROWS; batch += batch < 4 ? 1 : 11)
                    if (hk_session_forward(s, x, y, batch)) _exit(1);
                if (hk_session_forward_strided(s, x, LONG, y, WIDE, 3) || hk_session_forward_many(s, rows, outputs, 2))
                    _exit(1);
            }
}
static void test_forward(void **state) {
    (void)state;
    random_fill(F32, DATA_UNIFORM, 1, x, ROWS * LONG);
    random_fill(F32, DATA_UNIFORM, 2, w, WIDE * LONG);
    expect_quiet(forward_all);
}

/* The level is asked for in a child: in this process nothing has been chosen yet. */
static void expect_level_elsewhere(void) {
    fflush(stdout);
    const pid_t child = fork();
    if (!child) {
        expect_level();
        exit(0);
    }
    int status = 1;
    if (waitpid(child, &status, 0) != child || status) exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int main(void) {
    expect_level_elsewhere();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_use), cmocka_unit_test(test_forward)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
