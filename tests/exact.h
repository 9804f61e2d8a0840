/* The formulas of activation.h in MPFR, to far more digits than double has. */
#ifndef HK_TEST_EXACT_H
#define HK_TEST_EXACT_H

#include "hillock/activation.h"

#include <mpfr.h>
#include <stddef.h>

typedef struct exact_value {
    mpfr_t value;
    mpfr_t x, t, u;            /* for use inside */
    mpfr_t top, log_sum, rest; /* of a row: its maximum, log of the sum relative to it, the sum */
    int invalid;               /* the row is all NaN */
} exact_value;
void exact_start(exact_value *e);
void exact_end(exact_value *e);

/* f(x) of an elementwise kind goes to e->value. */
void exact_activation(hk_activation a, double x, exact_value *e);

/* A row of softmax or log-softmax is taken in; then, element by element, the result. */
void exact_row(hk_activation_kind kind, const double *x, size_t cols, exact_value *e);
void exact_element(hk_activation_kind kind, double x, exact_value *e);

/* NaN for a number or the reverse, or a zero of the wrong sign. */
int exact_is_wrong(double y, const exact_value *e);

/* The error in units of the last place of the exact value as a double, and whether that is subnormal. */
double exact_ulps(double y, exact_value *e, int *subnormal);

#endif
