/* The examples check their own numbers: each exits with 1 if one of them is not what its text says. */
#ifndef EXAMPLE_CHECK_H
#define EXAMPLE_CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static inline void expect(const char *what, double value, double expected, double tolerance) {
    printf("%-52s %9.4f\n", what, value);
    if (!(fabs(value - expected) <= tolerance)) {
        fprintf(stderr, "%s: %.9g instead of %.9g\n", what, value, expected);
        exit(1);
    }
}

#endif
