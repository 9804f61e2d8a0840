/* What a fuzzer calls, and what it takes for a finding. */
#ifndef HK_TEST_FUZZ_H
#define HK_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define FUZZ_CHECK(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            __builtin_trap();                                                                                          \
        }                                                                                                              \
    } while (0)

#endif
