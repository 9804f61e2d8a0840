/* The subjects of bits.c. */
#ifndef HK_TEST_BITS_H
#define HK_TEST_BITS_H

#include "support.h"

/* All functions, or networks, on the current level: each result in several arrangements, and its digest. */
void bits_of_functions(void);
void bits_of_networks(void);

/* An arrangement that changes a bit. */
void bits_differ(const char *subject, const char *how);
/* A subject's digest on the current level; sleef: it belongs to a version of SLEEF. */
void bits_found(const char *name, int sleef, uint64_t digest);

#endif
