/* Partly overlapping arrays stop a build with assertions, and only such a build. Each call is made in a child process.
 */
#include "support.h"

#include "hillock/hillock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static float f[64];
static uint16_t h[64];
static hk_session *session;

static void relu(void) { hk_relu_f32(f, f + 1, 9); }
static void activate(void) { hk_activate_f32(hk_activation_default(HK_TANH), f + 1, f, 9); }
static void softmax(void) { hk_softmax_f32(f, f + 1, 2, 4); }
static void convert(void) { hk_convert_f32_to_bf16((const float *)(const void *)h, h + 2, 8); }
static void matvec(void) { hk_matvec_f32(f, f + 20, f + 21, 4, 4); }
static void dense(void) { hk_dense_f32(f, f + 20, NULL, f + 3, 1, 4, 4, hk_activation_default(HK_LINEAR)); }
static void forward(void) { hk_session_forward(session, f, f + 2, 1); }
static void in_place(void) { hk_relu_f32(f, f, 9); }

/* 1 if the call ends in abort. */
static int aborts(void (*call)(void)) {
    fflush(stdout);
    const pid_t child = fork();
    if (!child) {
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr)) _exit(2);
        call();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_overlaps(void **state) {
    (void)state;
    const hk_layer layer = {4, 4, f + 20, NULL, hk_activation_default(HK_LINEAR), HK_F32};
    hk_network *network;
    assert_int_equal(hk_network_create(&layer, 1, &network), HK_OK);
    assert_int_equal(hk_session_create(network, 1, NULL, &session), HK_OK);
    hk_network_free(network);
    void (*const calls[])(void) = {relu, activate, softmax, convert, matvec, dense, forward};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (aborts(calls[i]) != HK_ASSERTIONS) fail_msg("call %zu does not do as the build says", i);
    assert_false(aborts(in_place));
    hk_session_free(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_overlaps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
