/* hillock cpu: levels, and the choice between them. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int command_cpu(int count, char **arguments) {
    const int check = count == 1 && !strcmp(arguments[0], "--check");
    if (count && !check) return complain(EXIT_USAGE, "cpu takes nothing or --check; see hillock --help.");
    const hk_isa current = hk_isa_current();
    const char *limit = getenv("HILLOCK_ISA");
    hk_isa best = HK_ISA_SCALAR;
    printf("level         here  missing\n");
    for (int i = HK_ISA_SCALAR; i <= HK_ISA_AMX; i++) {
        char missing[256];
        const hk_isa isa = (hk_isa)i;
        const int here = hk_isa_supported(isa);
        hk_isa_missing(isa, missing, sizeof missing);
        printf("%-12s  %-4s  %s\n", hk_isa_name(isa), here ? "yes" : "no", missing);
        if (here) best = isa;
    }
    printf("\nchosen: %s, ", hk_isa_name(current));
    if (current == best)
        printf("the best level that this processor, its operating system and this build offer\n");
    else
        printf("the best level not above HILLOCK_ISA=%s; without it %s\n", limit ? limit : "", hk_isa_name(best));
    if (!check) return EXIT_OK;
    hk_error error;
    if (hk_self_check(&error)) return complain(EXIT_FAILED, "%s", error.message);
    printf("check: every level here gives the bits of scalar\n");
    return EXIT_OK;
}
