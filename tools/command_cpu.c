/* hillock cpu: levels, and the choice between them. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each kernel's level; beside it one that would have code of its own, and what it lacks here. */
static void list_kernels(void) {
    int used[HK_ISA_AMX + 1] = {0};
    printf("\nkernel                  level         better, but missing\n");
    for (size_t i = 0; i < hk_kernel_count(); i++) {
        hk_kernel_info kernel;
        char missing[256] = "";
        if (hk_kernel(i, &kernel)) continue;
        used[kernel.isa] = 1;
        if (kernel.best != kernel.isa) hk_isa_missing(kernel.best, missing, sizeof missing);
        if (*missing)
            printf("%-22s  %-12s  %s: %s\n", kernel.name, hk_isa_name(kernel.isa), hk_isa_name(kernel.best), missing);
        else
            printf("%-22s  %s\n", kernel.name, hk_isa_name(kernel.isa));
    }
    printf("\nlevels not in use\n");
    for (int i = HK_ISA_SCALAR; i <= HK_ISA_AMX; i++) {
        char missing[256];
        if (used[i]) continue;
        hk_isa_missing((hk_isa)i, missing, sizeof missing);
        printf("%-12s  %s%s\n", hk_isa_name((hk_isa)i), *missing ? "missing: " : "",
               *missing                       ? missing
               : (hk_isa)i > hk_isa_current() ? "above HILLOCK_ISA"
                                              : "another has kernels that are better here");
    }
}

int command_cpu(int count, char **arguments) {
    int check = 0, kernels = 0;
    for (int i = 0; i < count; i++) {
        if (!strcmp(arguments[i], "--check"))
            check = 1;
        else if (!strcmp(arguments[i], "--kernels"))
            kernels = 1;
        else
            return complain(EXIT_USAGE, "cpu takes --check and --kernels; see hillock --help.");
    }
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
    if (kernels) list_kernels();
    if (!check) return EXIT_OK;
    hk_error error;
    if (hk_self_check(&error)) return complain(EXIT_FAILED, "%s", error.message);
    printf("check: every level here gives the bits of scalar\n");
    return EXIT_OK;
}
