/* What the tests of networks with weights of 16, 8 and 4 bits share: the network 300-513-77-10, and how it is run. */
#ifndef HK_TEST_STORED_H
#define HK_TEST_STORED_H

#include "support.h"

#include "hillock/hillock.h"

/* Every number of chains, odd widths, whole and partial panels. */
enum { IN = 300, WIDE = 513, MIDDLE = 77, OUT = 10, BATCH = 70 };
extern float stored_w1[WIDE * IN], stored_w2[MIDDLE * WIDE], stored_w3[OUT * MIDDLE], stored_b1[WIDE],
    stored_b2[MIDDLE], stored_x[BATCH * IN];
extern hk_layer stored_layers[3];

/* Fills all of these; for cmocka. */
int stored_set_up(void **state);

/* n uniform numbers in [-4, 4) times `by`. */
void stored_fill(uint64_t seed, float by, float *to, size_t n);

hk_network *stored_create(const hk_layer *l, size_t count);
hk_network *stored_converted(const hk_layer *l, size_t count, hk_dtype storage);

/* A session's one pass. */
void stored_forward(const hk_network *n, const float *from, float *to, size_t batch);

/* Through bf16 or f16 and back. */
void stored_round(hk_dtype storage, const float *from, float *to, size_t n);

#endif
