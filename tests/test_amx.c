/* Leave for AMX: asked for once, with the first network of integers; a refusal takes the level away, and nothing else.
 * Run with "allow" or "refuse". */
#include "oracle_i8.h"
#include "support.h"

#include "hillock/hillock.h"

#include "cpu.h"

#include <unistd.h>

enum { ARCH_PRCTL = 158, REQUEST = 0x1023, ROWS = 40, IN = 96, OUT = 80 };
static int refuse, bf16, asked;

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f) {
    if (number != ARCH_PRCTL || a != REQUEST) return __real_syscall(number, a, b, c, d, e, f);
    asked++;
    return refuse ? -1 : __real_syscall(number, a, b, c, d, e, f);
}

static float w[OUT * IN], x[ROWS * IN], y[ROWS * OUT], expected[ROWS * OUT];

static void run(hk_dtype storage) {
    const hk_layer layer = {IN, OUT, w, NULL, hk_activation_default(HK_LINEAR), storage};
    hk_network *n = NULL;
    hk_session *s = NULL;
    assert_int_equal(hk_network_create(&layer, 1, &n), HK_OK);
    assert_int_equal(hk_session_create(n, ROWS, NULL, &s), HK_OK);
    assert_int_equal(hk_session_forward(s, x, y, ROWS), HK_OK);
    hk_session_free(s);
    hk_network_free(n);
}

/* What XGETBV says of the states in use: tiles, 17 and 18, are not, once a call has returned. */
static void expect_no_tiles(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
    assert_int_equal(low & 0x60000, 0);
}

/* fast_bf16 asks, and where it is refused takes the instructions of AVX-512, where they are. */
static void ask_by_bf16(void) {
    const hk_layer layer = {IN, OUT, w, NULL, hk_activation_default(HK_LINEAR), HK_BF16};
    const int others = (hk_features_here() & HK_FEATURE_AVX512_BF16) != 0;
    for (int i = 0; i < 2; i++) { /* a network made before the answer, and one after */
        hk_network *n = NULL;
        hk_session *s = NULL;
        assert_int_equal(hk_network_create(&layer, 1, &n), HK_OK);
        assert_int_equal(hk_session_create(n, ROWS, NULL, &s), HK_OK);
        assert_int_equal(hk_session_set_fast_bf16(s, 1), !refuse || others ? HK_OK : HK_UNSUPPORTED);
        assert_int_equal(hk_session_forward(s, x, y, ROWS), HK_OK);
        expect_no_tiles();
        assert_int_equal(asked, 1);
        assert_int_equal(hk_isa_current(), refuse ? HK_ISA_AVX512_VNNI : HK_ISA_AMX);
        hk_session_free(s);
        hk_network_free(n);
    }
}

static void test_leave(void **state) {
    (void)state;
    char missing[64];
    if (!hk_isa_supported(HK_ISA_AMX)) skip();
    random_fill(F32, DATA_UNIFORM, 1, w, OUT * IN);
    random_fill(F32, DATA_UNIFORM, 2, x, ROWS * IN);
    oracle_dense_i8(x, ROWS, IN, w, NULL, OUT, NULL, expected);
    assert_int_equal(hk_isa_current(), HK_ISA_AMX);
    run(HK_F32);
    run(HK_BF16);
    assert_int_equal(asked, 0);
    if (bf16) ask_by_bf16();
    for (int i = 0; i < 3; i++) {
        run(HK_I8);
        assert_memory_equal(y, expected, sizeof y);
        expect_no_tiles();
        assert_int_equal(asked, 1);
    }
    assert_int_equal(hk_isa_supported(HK_ISA_AMX), !refuse);
    assert_int_equal(hk_isa_current(), refuse ? HK_ISA_AVX512_VNNI : HK_ISA_AMX);
    hk_isa_missing(HK_ISA_AMX, missing, sizeof missing);
    assert_string_equal(missing, refuse ? "os-tile-state" : "");
    assert_int_equal(hk_isa_force(HK_ISA_AMX), refuse ? HK_UNSUPPORTED : HK_OK);
    assert_int_equal(hk_self_check(NULL), HK_OK);
    assert_int_equal(asked, 1);
}

int main(int count, char **arguments) {
    refuse = count > 1 && !strcmp(arguments[1], "refuse");
    bf16 = count > 2;
    unsetenv("HILLOCK_ISA");
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_leave)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
