/* NumPy files: reading arrays of numbers in C order, writing float matrices. */
#ifndef HK_NPY_H
#define HK_NPY_H

#include <stddef.h>
#include <stdint.h>

enum { NPY_RANK_MAX = 8, NPY_MESSAGE = 256 };

typedef struct npy_array {
    char kind;   /* 'f' floating point, 'i' signed, 'u' unsigned */
    size_t size; /* bytes of an element: f 4 8, i and u 1 2 4 8 */
    size_t rank, shape[NPY_RANK_MAX], count;
    unsigned char *data;
} npy_array;

/* 1 and the array, or 0 and a sentence in `message` (NPY_MESSAGE bytes). */
int npy_read(const char *path, npy_array *array, char *message);
int npy_parse(unsigned char *bytes, size_t size, const char *path, npy_array *array, char *message);
void npy_free(npy_array *array);

/* Element i as a number. */
double npy_number(const npy_array *array, size_t i);
int64_t npy_integer(const npy_array *array, size_t i);

/* Writes a float32 matrix. 1, or 0 and a sentence. */
int npy_write(const char *path, const float *values, size_t rows, size_t cols, char *message);

#endif
