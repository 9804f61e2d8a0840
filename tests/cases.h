/* One table of cases, walked by the tests: how each kernel is called, and what its result may differ by. */
#ifndef HK_TEST_CASES_H
#define HK_TEST_CASES_H

#include "support.h"
#include "table.h"

/* Where a case's arrays lie. */
typedef struct case_arrays {
    const void *a, *b;
    void *y;
} case_arrays;

typedef struct kernel_case {
    const char *name;
    element a, b, y;
    size_t a_rows, b_rows; /* elements of a and b for each of n; b_rows 0: no second input */
    int y_one;             /* y is one element, or y_one of them, whatever n is; 0: n elements */
    int in_place;          /* y may be a */
    int sleef;             /* its bits belong to a version of SLEEF */
    int kind;              /* of an activation */
    void (*run)(const hk_kernels *k, const struct kernel_case *c, case_arrays m, size_t n);
    /* 1 if y is what it should be within the kernel's bound; else a text in `why`. NULL: exact kernels, compared only.
     */
    int (*right)(const struct kernel_case *c, case_arrays m, size_t n, char why[160]);
} kernel_case;

enum { CASE_DENSE_ROWS = 3 }; /* rows of a dense layer */

/* Layers of 16- and 8-bit weights (cases_narrow.c). */
void run_dense_bf16(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n);
void run_dense_f16(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n);
void run_dense_i8(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n);
void run_dense_i4(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n);
void run_quantize_i8(const hk_kernels *k, const kernel_case *c, case_arrays m, size_t n);
int right_dense_half(const kernel_case *c, case_arrays m, size_t n, char why[160]);
int right_dense_i8(const kernel_case *c, case_arrays m, size_t n, char why[160]);
int right_quantize_i8(const kernel_case *c, case_arrays m, size_t n, char why[160]);

extern const kernel_case kernel_cases[];
extern const size_t kernel_case_count;

/* The scalar level's table, as it is on this processor. */
const hk_kernels *case_scalar(void);

/* A difference from scalar, an access outside the arrays' guard pages excepted (that one ends the process): 1 and a
   text in `why` where the case fails for this table; 0 if it passes all sizes, offsets and data. */
int case_fails(const kernel_case *c, const hk_kernels *k, char why[256]);

/* The digest of a table's results. */
uint64_t case_digest(const kernel_case *c, const hk_kernels *k);

#endif
