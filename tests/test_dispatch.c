/* Choosing and forcing levels, racing first calls, and what the library says of itself. */
#include "support.h"

#include "hillock/hillock.h"

#include "cpu.h"
#include "dispatch.h"

#include <math.h>
#include <pthread.h>

enum { RACERS = 8 };
static pthread_barrier_t barrier;

static void *race(void *result) {
    static const float a[5] = {1, 2, 3, 4, 5};
    pthread_barrier_wait(&barrier);
    *(float *)result = hk_dot_f32(a, a, 5);
    return NULL;
}

/* First, before anything else has chosen a level. */
static void test_racing_first_calls(void **state) {
    (void)state;
    pthread_t threads[RACERS];
    float results[RACERS];
    pthread_barrier_init(&barrier, NULL, RACERS);
    for (int i = 0; i < RACERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, race, &results[i]), 0);
    for (int i = 0; i < RACERS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < RACERS; i++) assert_true(results[i] == 55);
    pthread_barrier_destroy(&barrier);
}

static void test_environment(void **state) {
    (void)state;
    const char *limit = getenv("HILLOCK_ISA");
    const hk_level *expected = NULL;
    for (size_t i = 0; i < hk_level_count; i++)
        if (hk_isa_supported(hk_levels[i].isa)) {
            expected = &hk_levels[i];
            if (limit && !strcmp(limit, hk_isa_name(hk_levels[i].isa))) break;
        }
    assert_int_equal(hk_isa_current(), expected->isa);
}

static void test_force(void **state) {
    (void)state;
    const hk_isa before = hk_isa_current();
    for (int i = HK_ISA_SCALAR - 1; i <= HK_ISA_AMX + 1; i++) {
        const hk_isa isa = (hk_isa)i, running = hk_isa_current();
        char missing[512];
        const size_t length = hk_isa_missing(isa, missing, sizeof missing);
        assert_int_equal(length, strlen(missing));
        if (hk_isa_supported(isa)) {
            assert_int_equal(hk_isa_force(isa), HK_OK);
            assert_int_equal(hk_isa_current(), isa);
            assert_string_equal(hk_kernels_current()->level, hk_isa_name(isa));
            assert_string_equal(missing, "");
        } else {
            assert_int_equal(hk_isa_force(isa), HK_UNSUPPORTED);
            assert_int_equal(hk_isa_current(), running);
            assert_string_not_equal(missing, "");
        }
    }
    assert_true(hk_isa_supported(HK_ISA_SCALAR));
    char short_text[4] = "???";
    assert_true(hk_isa_missing((hk_isa)99, short_text, 3) > 3);
    assert_string_equal(short_text, "un");
    assert_int_equal(hk_isa_force(before), HK_OK);
}

static void test_names(void **state) {
    (void)state;
    static const char *const names[] = {"scalar",    "neon",   "neon_dot",    "neon_i8mm", "avx2",
                                        "avx2_vnni", "avx512", "avx512_vnni", "amx"};
    for (int i = 0; i <= HK_ISA_AMX; i++) assert_string_equal(hk_isa_name((hk_isa)i), names[i]);
    assert_string_equal(hk_isa_name((hk_isa)42), "unknown");
    assert_string_equal(hk_status_name(HK_OK), "HK_OK");
    assert_string_equal(hk_status_name(HK_BAD_FORMAT), "HK_BAD_FORMAT");
    static const char *const statuses[] = {"HK_OK",          "HK_INVALID_ARGUMENT", "HK_OUT_OF_MEMORY",
                                           "HK_UNSUPPORTED", "HK_IO_ERROR",         "HK_BAD_FORMAT"};
    static const hk_status values[] = {HK_OK,          HK_INVALID_ARGUMENT, HK_OUT_OF_MEMORY,
                                       HK_UNSUPPORTED, HK_IO_ERROR,         HK_BAD_FORMAT};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_string_equal(hk_status_name(values[i]), statuses[i]);
    assert_string_equal(hk_status_name((hk_status)77), "HK_UNKNOWN");
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", HK_VERSION_MAJOR, HK_VERSION_MINOR, HK_VERSION_PATCH);
    assert_string_equal(hk_version(), version);
    assert_non_null(strstr(hk_build_features(), "levels:scalar"));
}

static void test_self_check(void **state) {
    (void)state;
    hk_error error = {HK_BAD_FORMAT, "?"};
    if (hk_self_check(&error)) fail_msg("%s", error.message);
    assert_int_equal(error.status, HK_OK);
    assert_string_equal(error.message, "");
    assert_int_equal(hk_self_check(NULL), HK_OK);
}

/* Does nothing; in the place of a function that returns a number, it returns 0. */
static double nothing(void) { return 0; }

/* With this function in a slot of the table, the self-check tells the level, if it is given, and the kernel. */
static void expect_told(const hk_kernels *k, const void *slot, plant_function *function, const char *kernel) {
    char sentence[160];
    hk_error error;
    plant_function *const kept = plant(slot, function);
    const hk_status status = hk_self_check(&error);
    plant(slot, kept);
    snprintf(sentence, sizeof sentence, "%s the kernel %s differs from scalar.", k ? k->level : "", kernel);
    assert_int_equal(status, HK_UNSUPPORTED);
    if (!strstr(error.message, sentence)) fail_msg("'%s' does not tell '%s'", error.message, sentence);
}

/* Under an emulator every eighth slot is enough: each takes a whole self-check. */
static void expect_named(const hk_kernels *k, const void *slot, const char *kernel) {
    static int calls;
    if (quick() && calls++ % 8) return;
    expect_told(k, slot, (plant_function *)nothing, kernel);
}

/* One bit, too. */
static float next_dot(const float *a, const float *b, size_t n) {
    return nextafterf(hk_kernels_of(HK_ISA_SCALAR)->dot_f32(a, b, n), INFINITY);
}

static void test_self_check_sees(void **state) {
    (void)state;
    const uint32_t features = hk_features_usable();
    for (const hk_level *level = hk_levels; level < hk_levels + hk_level_count; level++) {
        const hk_kernels *k = level->kernels;
        if (level->isa == HK_ISA_SCALAR || (hk_isa_needs(level->isa) & ~features)) continue;
        if (level->isa != hk_isa_current()) { /* the slots are the same in each table */
            expect_named(k, &k->dot_f32, "dot_f32");
            expect_named(k, &k->map_f32[HK_MISH], "mish (f32)");
            continue;
        }
        expect_told(k, &k->dot_f32, (plant_function *)next_dot, "dot_f32");
#define NAMED(name, result, parameters) expect_named(k, &k->name, #name);
        HK_KERNEL_LIST(NAMED)
        for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
            char name[64];
            snprintf(name, sizeof name, "%s (f32)", hk_activation_name((hk_activation_kind)kind));
            expect_named(k, &k->map_f32[kind], name);
            snprintf(name, sizeof name, "%s (f32, fast)", hk_activation_name((hk_activation_kind)kind));
            if (k->fast_f32[kind]) expect_named(k, &k->fast_f32[kind], name);
            snprintf(name, sizeof name, "%s (f64)", hk_activation_name((hk_activation_kind)kind));
            expect_named(NULL, &k->map_f64[kind], name); /* which levels share */
        }
    }
    assert_int_equal(hk_self_check(NULL), HK_OK);
}

/* Each kernel once, on a level that is here and not above the current one. */
static void test_kernel_info(void **state) {
    (void)state;
    const hk_isa best = hk_isa_current();
    hk_kernel_info info, other;
    for (int isa = HK_ISA_SCALAR; isa <= HK_ISA_AMX; isa++) {
        if (hk_isa_force((hk_isa)isa)) continue;
        size_t of_level = 0;
        for (size_t i = 0; i < hk_kernel_count(); i++) {
            const hk_status status = hk_kernel(i, &info);
            assert_true(status == HK_OK || status == HK_UNSUPPORTED);
            if (status) continue;
            assert_true(info.isa <= (hk_isa)isa && hk_isa_supported(info.isa) && info.best >= info.isa);
            of_level += info.isa == (hk_isa)isa;
            for (size_t k = 0; k < i; k++)
                if (hk_kernel(k, &other) == HK_OK) assert_string_not_equal(info.name, other.name);
        }
        if (!of_level) fail_msg("level %s has no kernel", hk_isa_name((hk_isa)isa));
    }
    hk_isa_force(best);
    assert_int_equal(hk_kernel(hk_kernel_count(), &info), HK_INVALID_ARGUMENT);
    assert_int_equal(hk_kernel(0, NULL), HK_INVALID_ARGUMENT);
}

/* No slot of any table is empty. */
static void test_complete_tables(void **state) {
    (void)state;
    for (size_t i = 0; i < hk_level_count; i++) {
        const hk_kernels *k = hk_levels[i].kernels;
#define PRESENT(name, result, parameters) assert_true(k->name != NULL);
        HK_KERNEL_LIST(PRESENT)
        for (int kind = 0; kind < HK_KIND_COUNT; kind++) assert_true(k->map_f32[kind] && k->map_f64[kind]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_racing_first_calls),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_force),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_self_check),
        cmocka_unit_test(test_self_check_sees),
        cmocka_unit_test(test_kernel_info),
        cmocka_unit_test(test_complete_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
