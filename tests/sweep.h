/* One f32 form of an activation over floats in the order of their bits, against the library's own function in double,
 * which accuracy_f64 holds to a few units of 2^-53 of MPFR's. */
#ifndef HK_TEST_SWEEP_H
#define HK_TEST_SWEEP_H

#include "table.h"

typedef struct sweep_job {
    hk_map_f32_fn *f32;
    hk_map_f64_fn *f64;
    hk_activation a;
    uint64_t stride; /* every stride-th float is looked at */
    int by_input;    /* errors in units of the last place of x, not of the result */
    int monotone;    /* the function does not decrease: places where it does are counted */
} sweep_job;

/* A kind of mistake: how often, and the last place where. */
typedef struct mistake {
    uint64_t count;
    float where;
} mistake;

typedef struct finding {
    double error, subnormal_error; /* the largest, for normal and for subnormal results */
    float where, subnormal_where;
    mistake nan;      /* NaN for a number or the reverse */
    mistake infinity; /* a number for an infinity, or the reverse */
    mistake zero;     /* a wrong sign of zero */
    mistake descent;  /* f(x) > f(next x) */
} finding;

/* On as many threads as there are processors. */
finding sweep(const sweep_job *job);

#endif
