/* Every kernel on every level here: the bits of scalar, the oracle, guard pages, in place, and the golden digests that
 * tie machines together. `test_kernels --golden` prints the digests. */
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
            if (case_digest(&kernel_cases[i]) == expected) continue;
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

int main(int count, char **arguments) {
    if (count > 1 && !strcmp(arguments[1], "--golden")) {
        for (size_t i = 0; i < kernel_case_count; i++) {
            char name[96];
            golden_name(&kernel_cases[i], name);
            printf("%s %016llx\n", name, (unsigned long long)case_digest(&kernel_cases[i]));
        }
        return 0;
    }
    struct CMUnitTest tests[16] = {cmocka_unit_test(test_golden)};
    size_t n = 1;
    for (size_t i = 0; i < hk_level_count && n < 16; i++)
        tests[n++] = (struct CMUnitTest){hk_levels[i].kernels->level, test_level, NULL, NULL, (void *)&hk_levels[i]};
    return _cmocka_run_group_tests("kernels", tests, n, NULL, NULL);
}
