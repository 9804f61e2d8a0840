/* "One answer everywhere" as one property: every function, and networks with every type of weights, wherever their
 * arrays lie, whatever the batch, the row's place in it, strides, threads and the order of their tasks, on every level
 * here. Only the public interface is used, so that the shared library is tested as well as the static one.
 *
 * usage: bits [GOLDEN]   prints a line with a digest for each subject, then one for all; exits with 1 where an
 *                        arrangement changes a bit, or a digest is not that of the file GOLDEN. */
#include "bits.h"

#include "hillock/hillock.h"

static int failures;

void bits_differ(const char *subject, const char *how) {
    printf("%s: other bits on level %s, %s\n", subject, hk_isa_name(hk_isa_current()), how);
    failures++;
}

/* The digest of a subject is that of the first level, which is scalar; the others' results must be its own. */
enum { SUBJECTS_MOST = 256 };
static struct {
    char name[48];
    uint64_t digest;
} found[SUBJECTS_MOST];
static size_t found_count;

void bits_found(const char *name, int sleef, uint64_t digest) {
    char full[48];
    /* the variant without FMA, or the C library's functions, are compared between levels only */
    const char *version = without_fma() ? NULL : strstr(hk_build_features(), "sleef-");
    snprintf(full, sizeof full, "%.*s%s%s", sleef && version ? (int)strcspn(version, " ") : 0, version ? version : "",
             sleef ? (version ? "/" : "other/") : "", name);
    for (size_t i = 0; i < found_count; i++)
        if (!strcmp(found[i].name, full)) {
            if (found[i].digest != digest) bits_differ(full, "than on scalar");
            return;
        }
    if (found_count == SUBJECTS_MOST) fail_msg("too many subjects");
    snprintf(found[found_count].name, sizeof found->name, "%s", full);
    found[found_count++].digest = digest;
}

static void compare(const char *path) {
    FILE *file = fopen(path, "r");
    char name[48];
    unsigned long long expected;
    size_t lines = 0, wrong = 0;
    if (!file) {
        printf("%s cannot be read\n", path);
        failures++;
        return;
    }
    while (fscanf(file, "%47s %llx", name, &expected) == 2)
        for (size_t i = 0; i < found_count; i++)
            if (!strcmp(found[i].name, name)) {
                lines++;
                if (found[i].digest == expected) continue;
                wrong++;
                printf("%s: the digest differs from the golden one\n", name);
            }
    fclose(file);
    size_t due = 0; /* those of SLEEF belong to one version of it */
    for (size_t i = 0; i < found_count; i++) due += !strchr(found[i].name, '/') || strstr(found[i].name, "sleef-3.5.1");
    if (lines < due) printf("%s lacks %zu of %zu subjects\n", path, due - lines, due);
    failures += wrong || lines < due;
}

int main(int count, char **arguments) {
    for (int isa = HK_ISA_SCALAR; isa <= HK_ISA_AMX; isa++) {
        if (hk_isa_force((hk_isa)isa)) continue;
        bits_of_functions();
        bits_of_networks();
    }
    uint64_t all = 1;
    for (size_t i = 0; i < found_count; i++) {
        printf("%s %016llx\n", found[i].name, (unsigned long long)found[i].digest);
        if (!strchr(found[i].name, '/')) all = digest(all, I64, &found[i].digest, 1);
    }
    printf("all %016llx\n", (unsigned long long)all);
    if (count > 1) compare(arguments[1]);
    return failures != 0;
}
