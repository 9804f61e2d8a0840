/* The command's reader of NumPy files on any bytes at all: an array whose elements can be read, or a sentence. */
#include "fuzz.h"

#include "npy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    npy_array array = {0};
    char message[NPY_MESSAGE] = "";
    unsigned char *copy = malloc(size + !size); /* of exactly this size, so that a sanitizer sees its end */
    FUZZ_CHECK(copy);
    if (size) memcpy(copy, bytes, size);
    if (!npy_parse(copy, size, "array", &array, message)) {
        FUZZ_CHECK(*message && message[strlen(message) - 1] == '.' && !array.data);
        free(copy);
        return 0;
    }
    size_t count = 1;
    for (size_t i = 0; i < array.rank; i++) count *= array.shape[i];
    FUZZ_CHECK(count == array.count);
    volatile double sum = 0;
    for (size_t i = 0; i < array.count; i++) sum = sum + npy_number(&array, i) + (double)npy_integer(&array, i) * 0;
    npy_free(&array);
    return 0;
}
