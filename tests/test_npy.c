/* The NumPy reader and writer: element types, versions, damage. */
#include "support.h"

#include "npy.h"

#include <unistd.h>

/* A file in memory; the caller frees it unless npy_parse took it. */
static unsigned char *file_of(int version, const char *header, const void *data, size_t bytes, size_t *size) {
    const size_t length = strlen(header), start = version > 1 ? 12 : 10;
    unsigned char *f = calloc(1, start + length + bytes + 1);
    assert_non_null(f);
    memcpy(f, "\x93NUMPY", 6);
    f[6] = (unsigned char)version;
    f[8] = (unsigned char)length;
    f[9] = (unsigned char)(length >> 8);
    memcpy(f + start, header, length);
    if (bytes) memcpy(f + start + length, data, bytes);
    *size = start + length + bytes;
    return f;
}

static void test_types(void **state) {
    (void)state;
    const float f4[3] = {1.5f, -2, 3};
    const double f8[3] = {1.5, -2, 3};
    const int64_t i8[3] = {1, -2, 3};
    const int32_t i4[3] = {1, -2, 3};
    const int16_t i2[3] = {1, -2, 3};
    const int8_t i1[3] = {1, -2, 3};
    const uint8_t u1[3] = {1, 254, 3}, b1[3] = {1, 0, 1};
    const struct {
        const char *type;
        const void *data;
        size_t bytes;
        double first, second;
    } types[] = {
        {"<f4", f4, sizeof f4, 1.5, -2}, {"<f8", f8, sizeof f8, 1.5, -2}, {"<i8", i8, sizeof i8, 1, -2},
        {"<i4", i4, sizeof i4, 1, -2},   {"<i2", i2, sizeof i2, 1, -2},   {"|i1", i1, sizeof i1, 1, -2},
        {"|u1", u1, sizeof u1, 1, 254},  {"|b1", b1, sizeof b1, 1, 0},
    };
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (int version = 1; version <= 3; version++) {
            char header[128], message[NPY_MESSAGE];
            size_t size;
            npy_array a;
            snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (3,), }\n",
                     types[t].type);
            unsigned char *f = file_of(version, header, types[t].data, types[t].bytes, &size);
            if (!npy_parse(f, size, "f", &a, message)) fail_msg("%s", message);
            assert_true(a.rank == 1 && a.shape[0] == 3 && a.count == 3);
            assert_true(npy_number(&a, 0) == types[t].first && npy_number(&a, 1) == types[t].second);
            npy_free(&a);
        }
}

static void refuse(int version, const char *header, size_t bytes, const char *part) {
    char message[NPY_MESSAGE] = "", data[64] = {0};
    size_t size;
    npy_array a = {0};
    unsigned char *f = file_of(version, header, data, bytes, &size);
    assert_int_equal(npy_parse(f, size, "f.npy", &a, message), 0);
    if (!strstr(message, part) || strncmp(message, "f.npy: ", 7)) fail_msg("'%s' does not tell '%s'", message, part);
    assert_null(a.data);
    free(f);
}

static void test_refusals(void **state) {
    (void)state;
    refuse(1, "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4, "little-endian");
    refuse(1, "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8, "little-endian");
    refuse(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }", 2, "little-endian");
    refuse(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4, "little-endian");
    refuse(1, "{'fortran_order': False, 'shape': (1,), }", 4, "little-endian");
    refuse(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4, "C order");
    refuse(1, "{'descr': '<f4', 'shape': (1,), }", 4, "C order");
    refuse(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, }", 4, "shape");
    refuse(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "shape");
    refuse(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", 4, "shape");
    refuse(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4, "shape");
    refuse(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4, "4 bytes of elements");
    refuse(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }", 4, "bytes of elements");
    refuse(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 8, "8 bytes of elements");
    refuse(1, "{'descr': '", 0, "little-endian");
    refuse(1, "{'descr': '<f4", 0, "little-endian");
    refuse(4, "{}", 0, "version");
    refuse(0, "{}", 0, "version");
    char message[NPY_MESSAGE];
    npy_array a;
    assert_int_equal(npy_parse((unsigned char *)"not a file", 10, "f", &a, message), 0);
    assert_int_equal(npy_read("no/such/file.npy", &a, message), 0);
    assert_non_null(strstr(message, "no/such/file.npy"));
    assert_int_equal(npy_read("/", &a, message), 0);
}

/* Cut off anywhere, it is refused. */
static void test_truncation(void **state) {
    (void)state;
    const float values[2] = {1, 2};
    size_t size;
    unsigned char *f =
        file_of(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", values, sizeof values, &size);
    for (size_t cut = 0; cut < size; cut++) {
        char message[NPY_MESSAGE];
        npy_array a;
        unsigned char *exact = malloc(cut + !cut); /* so that a read beyond it can be seen by tools */
        assert_non_null(exact);
        memcpy(exact, f, cut);
        assert_int_equal(npy_parse(exact, cut, "f", &a, message), 0);
        free(exact);
    }
    free(f);
}

static void test_round_trip(void **state) {
    (void)state;
    char path[] = "/tmp/hillock-npy-XXXXXX", message[NPY_MESSAGE];
    close(mkstemp(path));
    const float values[6] = {1, 2.5f, -3, 4, 5, 6};
    npy_array a;
    if (!npy_write(path, values, 2, 3, message) || !npy_read(path, &a, message)) fail_msg("%s", message);
    assert_true(a.kind == 'f' && a.size == 4 && a.rank == 2 && a.shape[0] == 2 && a.shape[1] == 3);
    assert_memory_equal(a.data, values, sizeof values);
    npy_free(&a);
    unlink(path);
    assert_int_equal(npy_write("/no/such/folder/y.npy", values, 2, 3, message), 0);
    assert_non_null(strstr(message, "/no/such/folder/y.npy"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_types), cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_truncation), cmocka_unit_test(test_round_trip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
