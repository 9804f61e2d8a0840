/* What the tests share: arrays between guard pages, portable data, comparisons. */
#ifndef HK_TEST_SUPPORT_H
#define HK_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hillock/hillock.h"

#include "plants/plants.h"

int quick(void); /* less work, for emulators */

/* An area whose first and last bytes lie against pages that may not be touched. */
typedef struct guarded {
    unsigned char *low, *high; /* the usable bytes */
    void *mapping;
    size_t mapped;
} guarded;
guarded guarded_create(size_t bytes);
void guarded_free(guarded *g);

/* A generator whose values are the same everywhere (splitmix64). */
typedef struct random_state {
    uint64_t state;
} random_state;
uint64_t random_bits(random_state *r);
/* Uniform in [-1, 1), a multiple of 2^-53. */
double random_unit(random_state *r);
/* 0 to n - 1 in an order of its own. */
void random_order(random_state *r, size_t *order, size_t n);

typedef enum element { F32, F64, U16, I8, U8, I32, I64 } element;
size_t element_size(element e);

typedef enum data_kind { DATA_UNIFORM, DATA_WIDE, DATA_CANCEL, DATA_SPECIAL, DATA_KINDS } data_kind;
/* n elements: uniform in [-4, 4); magnitudes from 2^-40 to 2^40; pairs that nearly cancel; NaN, infinities, zeros,
   subnormals and the largest numbers among ordinary ones. U16 holds bf16 patterns that are f16 patterns as well. */
void random_fill(element e, data_kind kind, uint64_t seed, void *out, size_t n);

/* The value of a binary16 pattern, by its definition. */
double f16_value(uint16_t h);

/* 1 if all elements have the same bits, or are both NaN; else 0 and the index of the first that differs. */
int same_bits(element e, const void *a, const void *b, size_t n, size_t *index);

/* The distance of y from the exact value in units of the last place of the exact value's type. NaN agrees with NaN. */
double ulps_f32(float y, long double exact);
double ulps_f64(double y, long double exact);

/* FNV-1a over the elements, NaNs made one. */
uint64_t digest(uint64_t seed, element e, const void *values, size_t n);

/* The digest of a subject, as files of golden digests have it: where the bits are SLEEF's, its version stands before
   the name, or "other" for the C library's functions and for the variant without FMA. */
typedef struct named_digest {
    char name[64];
    uint64_t digest;
} named_digest;
void name_digest(named_digest *d, const char *subject, int sleef);
void print_digest(const char *prefix, const named_digest *d);

/* The lines of a file that tell other digests than these, and the subjects that it lacks (those of SLEEF 3.5.1 and of
   no SLEEF are due), each printed: how many there are. */
size_t golden_failures(const char *path, const named_digest *found, size_t count);

/* Skips (exit 77) or fails the program where HK_EXPECT_LEVEL names a level that is not the one running. */
void expect_level(void);

/* The bits of the floating-point control word by which subnormal results, and operands, count as zero: Arm has one for
   both. */
#if defined __x86_64__
#define FLUSH_RESULTS  ((uint64_t)0x8000)
#define FLUSH_OPERANDS ((uint64_t)0x40)
#elif defined __aarch64__
#define FLUSH_RESULTS  ((uint64_t)1 << 24)
#define FLUSH_OPERANDS FLUSH_RESULTS
#else
#define FLUSH_RESULTS  ((uint64_t)0)
#define FLUSH_OPERANDS ((uint64_t)0)
#endif
#define FLUSH_TO_ZERO (FLUSH_RESULTS | FLUSH_OPERANDS)

/* The types that a layer's weights can be kept in. */
enum { STORAGE_TYPES = 5 };
extern const struct storage_type {
    hk_dtype type;
    const char *name;
} storage_types[STORAGE_TYPES];

/* 1 on an x86 processor without FMA instructions, where f64 activations are another variant of SLEEF's. */
int without_fma(void);

/* A file of the source tree's tests/data. */
const char *data_path(const char *name, char buffer[512]);

#endif
