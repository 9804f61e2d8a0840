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

/* The name in the golden file: with the SLEEF version where the bits belong to it. */
static void golden_name(const kernel_case *c, char name[96]) {
    const char *sleef = strstr(hk_build_features(), "sleef-");
    char version[32] = "libm";
    if (sleef) sscanf(sleef, "%31s", version);
    if (c->sleef)
        snprintf(name, 96, "%s/%s", version, c->name);
    else
        snprintf(name, 96, "%s", c->name);
}

static void test_golden(void **state) {
    (void)state;
    char path[512], line[160];
    FILE *file = fopen(data_path("golden.txt", path), "r");
    assert_non_null(file);
    size_t found = 0, wrong = 0;
    while (fgets(line, sizeof line, file)) {
        char name[96], mine[96];
        unsigned long long expected;
        if (sscanf(line, "%95s %llx", name, &expected) != 2) continue;
        for (size_t i = 0; i < kernel_case_count; i++) {
            golden_name(&kernel_cases[i], mine);
            if (strcmp(mine, name)) continue;
            found++;
            if (kernel_cases[i].sleef && without_fma()) continue;
            if (case_digest(&kernel_cases[i], case_scalar()) == expected) continue;
            printf("%s: the digest differs from the golden one\n", name);
            wrong++;
        }
    }
    fclose(file);
    assert_int_equal(wrong, 0);
    size_t due = 0; /* all cases, but for those of another SLEEF version */
    for (size_t i = 0; i < kernel_case_count; i++) due += !kernel_cases[i].sleef;
    assert_true(found == kernel_case_count || (found == due && !strstr(hk_build_features(), "sleef-3.5.1")));
}

static void print_digests(const hk_kernels *k, const char *level) {
    for (size_t i = 0; i < kernel_case_count; i++) {
        char name[96];
        golden_name(&kernel_cases[i], name);
        printf("%s%s %016llx\n", level, name, (unsigned long long)case_digest(&kernel_cases[i], k));
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
