/* "One answer everywhere" as one property: every function, and networks with every type of weights, wherever their
 * arrays lie, whatever the batch, the row's place in it, strides, threads and the order of their tasks, on every level
 * here. Only the public interface is used, so that the shared library is tested as well as the static one.
 *
 * usage: bits [GOLDEN]        prints a line with a digest for each subject, then one for all; exits with 1 where an
 *                             arrangement changes a bit, or a digest is not that of the file GOLDEN.
 *        bits --level NAME    the digests of one level alone, which must be here, to compare them elsewhere. */
#include "bits.h"

static size_t failures;

void bits_differ(const char *subject, const char *how) {
    printf("%s: other bits on level %s, %s\n", subject, hk_isa_name(hk_isa_current()), how);
    failures++;
}

/* The digest of a subject is that of the first level, scalar where all run; the others' results must be its own. */
enum { SUBJECTS_MOST = 256 };
static named_digest found[SUBJECTS_MOST];
static size_t found_count;

void bits_found(const char *name, int sleef, uint64_t digest) {
    named_digest new = {.digest = digest};
    name_digest(&new, name, sleef);
    for (size_t i = 0; i < found_count; i++)
        if (!strcmp(found[i].name, new.name)) {
            if (found[i].digest != digest) bits_differ(new.name, "than on scalar");
            return;
        }
    if (found_count == SUBJECTS_MOST) fail_msg("too many subjects");
    found[found_count++] = new;
}

int main(int count, char **arguments) {
    const int asks = count > 1 && !strcmp(arguments[1], "--level");
    if (count > (asks ? 3 : 2) || (asks && count < 3))
        return fprintf(stderr, "usage: bits [GOLDEN | --level NAME]\n"), 2;
    const char *const level = asks ? arguments[2] : NULL;
    for (int isa = HK_ISA_SCALAR; isa <= HK_ISA_AMX; isa++) {
        if ((level && strcmp(level, hk_isa_name((hk_isa)isa))) || hk_isa_force((hk_isa)isa)) continue;
        bits_of_functions();
        bits_of_networks();
    }
    if (level && !found_count) return fprintf(stderr, "bits: there is no level %s here\n", level), 1;
    uint64_t all = 1;
    for (size_t i = 0; i < found_count; i++) {
        print_digest("", &found[i]);
        if (!strchr(found[i].name, '/')) all = digest(all, I64, &found[i].digest, 1);
    }
    print_digest("", &(named_digest){"all", all});
    if (count > 1 && !level) failures += golden_failures(arguments[1], found, found_count);
    return failures != 0;
}
