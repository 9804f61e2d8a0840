/* Every kernel on every level here: the bits of scalar, the oracle, guard pages, in place, and the golden digests that
 * tie machines together. `test_kernels --golden` prints the digests, `--digests` those of every level
 * here, for tools/first_difference. */
#include "cases.h"

#include "hillock/hillock.h"

#include "dispatch.h"

static void test_level(void **state) {
    const hk_level *level = *state;
    if (hk_isa_supported(HK_ISA_AMX)) hk_tiles_permitted();
    if (!hk_isa_supported(level->isa) || hk_kernels_of(level->isa) != level->kernels) {
        printf("level %s is not here: skipped\n", level->kernels->level);
        skip();
    }
    int failures = 0;
    for (size_t i = 0; i < kernel_case_count; i++) {
        char why[256];
        if (case_fails(&kernel_cases[i], level->kernels, why)) {
            printf("%s\n", why);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

static void digest_of(const kernel_case *c, const hk_kernels *k, named_digest *d) {
    name_digest(d, c->name, c->sleef);
    d->digest = case_digest(c, k);
}

static void test_golden(void **state) {
    (void)state;
    char path[512];
    named_digest *found = calloc(kernel_case_count, sizeof *found);
    assert_non_null(found);
    for (size_t i = 0; i < kernel_case_count; i++) digest_of(&kernel_cases[i], case_scalar(), &found[i]);
    const size_t failures = golden_failures(data_path("golden.txt", path), found, kernel_case_count);
    free(found);
    assert_int_equal(failures, 0);
}

static void print_digests(const hk_kernels *k, const char *level) {
    for (size_t i = 0; i < kernel_case_count; i++) {
        named_digest d;
        digest_of(&kernel_cases[i], k, &d);
        print_digest(level, &d);
    }
}
static void print_levels(void) {
    if (hk_isa_supported(HK_ISA_AMX)) hk_tiles_permitted();
    for (size_t i = 0; i < hk_level_count; i++) {
        char level[32];
        snprintf(level, sizeof level, "%s ", hk_isa_name(hk_levels[i].isa));
        if (hk_kernels_of(hk_levels[i].isa) == hk_levels[i].kernels) print_digests(hk_levels[i].kernels, level);
    }
}

int main(int count, char **arguments) {
    const struct CMUnitTest golden[] = {cmocka_unit_test(test_golden)};
    if (count > 1) {
        if (!strcmp(arguments[1], "--golden"))
            print_digests(case_scalar(), "");
        else if (!strcmp(arguments[1], "--digests"))
            print_levels();
        else if (!strcmp(arguments[1], "--check-golden"))
            return cmocka_run_group_tests(golden, NULL, NULL);
        else
            return fprintf(stderr, "usage: test_kernels [--golden | --digests | --check-golden]\n"), 2;
        return 0;
    }
    struct CMUnitTest tests[16] = {cmocka_unit_test(test_golden)};
    size_t n = 1;
    for (size_t i = 0; i < hk_level_count && n < 16; i++)
        tests[n++] = (struct CMUnitTest){hk_levels[i].kernels->level, test_level, NULL, NULL, (void *)&hk_levels[i]};
    return _cmocka_run_group_tests("kernels", tests, n, NULL, NULL);
}
