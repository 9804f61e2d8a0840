/* NumPy files, format versions 1 to 3 (numpy.lib.format). */
#include "npy.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static int fail(char *message, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, NPY_MESSAGE, format, arguments);
    va_end(arguments);
    return 0;
}

/* The text behind 'key': in the header's dictionary, or NULL. */
static const char *value_of(const char *header, const char *key) {
    const char *p = strstr(header, key);
    if (!p) return NULL;
    p += strlen(key);
    while (*p == ' ' || *p == ':') p++;
    return p;
}

static int parse_type(const char *text, npy_array *a) {
    if (!text || strlen(text) < 5 || (*text != '\'' && *text != '"')) return 0;
    const char order = text[1], kind = text[2], size = text[3];
    if (order != '<' && order != '|' && order != '=') return 0;
    if ((text[4] != '\'' && text[4] != '"') || !strchr("fiub", kind) || !kind) return 0;
    a->kind = kind == 'b' ? 'u' : kind;
    a->size = (size_t)(size - '0');
    if (kind == 'f') return a->size == 4 || a->size == 8;
    return a->size == 1 || (kind != 'b' && (a->size == 2 || a->size == 4 || a->size == 8));
}

static int parse_shape(const char *p, npy_array *a) {
    if (!p || *p++ != '(') return 0;
    a->rank = 0;
    a->count = 1;
    for (;;) {
        while (*p == ' ' || *p == ',') p++;
        if (*p == ')') return 1;
        if (!isdigit((unsigned char)*p) || a->rank == NPY_RANK_MAX) return 0;
        char *end;
        errno = 0;
        const unsigned long long d = strtoull(p, &end, 10);
        if (errno || d > SIZE_MAX || __builtin_mul_overflow(a->count, (size_t)d, &a->count)) return 0;
        a->shape[a->rank++] = (size_t)d;
        p = end;
    }
}

/* The array points into `bytes`, which it owns from now on if all is well. */
int npy_parse(unsigned char *bytes, size_t size, const char *path, npy_array *array, char *message) {
    if (size < 10 || memcmp(bytes, "\x93NUMPY", 6)) return fail(message, "%s: is not a NumPy file.", path);
    const int wide = bytes[6] > 1;
    if (bytes[6] < 1 || bytes[6] > 3 || (wide && size < 12))
        return fail(message, "%s: has a NumPy format version that is not known.", path);
    size_t length = bytes[8] | (size_t)bytes[9] << 8;
    if (wide) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    const size_t start = wide ? 12 : 10;
    if (length > size - start || length > 65536) return fail(message, "%s: ends within its header.", path);
    char *header = malloc(length + 1);
    if (!header) return fail(message, "%s: does not fit into memory.", path);
    memcpy(header, bytes + start, length);
    header[length] = 0;
    const char *order = value_of(header, "'fortran_order'");
    npy_array a = {0};
    int ok = 1;
    if (!parse_type(value_of(header, "'descr'"), &a))
        ok = fail(message, "%s: has elements that are not little-endian float32, float64 or integers.", path);
    else if (!order || strncmp(order, "False", 5))
        ok = fail(message, "%s: is not in C order.", path);
    else if (!parse_shape(value_of(header, "'shape'"), &a))
        ok = fail(message, "%s: has a shape that cannot be read.", path);
    free(header);
    size_t wanted;
    if (ok && (__builtin_mul_overflow(a.count, a.size, &wanted) || wanted != size - start - length))
        ok = fail(message, "%s: holds %zu bytes of elements, and its shape asks for another number.", path,
                  size - start - length);
    if (!ok) return 0;
    memmove(bytes, bytes + start + length, wanted); /* so that elements are aligned, and free() takes the pointer */
    a.data = bytes;
    *array = a;
    return 1;
}

int npy_read(const char *path, npy_array *array, char *message) {
    FILE *file = fopen(path, "rb");
    if (!file) return fail(message, "%s: cannot be opened: %s.", path, strerror(errno));
    size_t capacity = 0, used = 0;
    unsigned char *bytes = NULL;
    for (size_t got = 1; got; used += got) {
        if (used == capacity) {
            unsigned char *larger =
                capacity > SIZE_MAX / 2 ? NULL : realloc(bytes, capacity = capacity ? 2 * capacity : 65536);
            if (!larger) {
                free(bytes);
                fclose(file);
                return fail(message, "%s: does not fit into memory.", path);
            }
            bytes = larger;
        }
        got = fread(bytes + used, 1, capacity - used, file);
    }
    const int broken = ferror(file);
    fclose(file);
    const int ok = broken ? fail(message, "%s: cannot be read: %s.", path, strerror(errno))
                          : npy_parse(bytes, used, path, array, message);
    if (!ok) free(bytes);
    return ok;
}

void npy_free(npy_array *array) {
    free(array->data);
    array->data = NULL;
}

int64_t npy_integer(const npy_array *a, size_t i) {
    uint64_t bits = 0;
    memcpy(&bits, a->data + i * a->size, a->size);
    const unsigned unused = (unsigned)(64 - 8 * a->size);
    if (a->kind == 'i') return (int64_t)(bits << unused) >> unused;
    return (int64_t)bits;
}

double npy_number(const npy_array *a, size_t i) {
    if (a->kind != 'f') return (double)npy_integer(a, i);
    if (a->size == 8) {
        double d;
        memcpy(&d, a->data + 8 * i, sizeof d);
        return d;
    }
    float f;
    memcpy(&f, a->data + 4 * i, sizeof f);
    return (double)f;
}

int npy_write(const char *path, const float *values, size_t rows, size_t cols, char *message) {
    char header[128];
    int length = snprintf(header + 10, sizeof header - 10,
                          "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu), }", rows, cols);
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = sizeof header - 10; /* padded with blanks to a multiple of 64 bytes, ended by a newline */
    header[9] = 0;
    memset(header + 10 + length, ' ', sizeof header - 10 - (size_t)length);
    header[sizeof header - 1] = '\n';
    FILE *file = fopen(path, "wb");
    if (!file) return fail(message, "%s: cannot be opened: %s.", path, strerror(errno));
    const int ok = fwrite(header, sizeof header, 1, file) == 1 &&
                   fwrite(values, sizeof *values * cols, rows, file) == (cols ? rows : 0);
    if (fclose(file) || !ok) return fail(message, "%s: cannot be written: %s.", path, strerror(errno));
    return 1;
}
