/* Functions of vectors with their arrays at random offsets. */
#include "bits.h"

#include "hillock/hillock.h"

enum { ROWS = 7, MOST = 1100, OFFSETS = 5, SLACK = 16, OUTPUTS = 65 };

/* One function: how it is called for a size n, its types, and how many elements its arrays have for each of n. */
typedef struct function {
    const char *name;
    element a, b, y;
    size_t a_rows, b_rows;
    size_t y_count; /* of y; 0: n */
    int sleef, kind;
    void (*call)(const struct function *f, const void *a, const void *b, void *y, size_t n);
} function;

#define CALL(name, ...)                                                                                                \
    static void call_##name(const function *f, const void *a, const void *b, void *y, size_t n) {                      \
        (void)f, (void)a, (void)b;                                                                                     \
        __VA_ARGS__;                                                                                                   \
    }
#define DOT(name, result) CALL(name, *(result *)y = hk_##name(a, b, n))
#define MATVEC(name)      CALL(name, hk_##name(a, b, y, ROWS, n))
#define CONVERT(name)     CALL(name, hk_convert_##name(a, y, n))
DOT(dot_f32, float)
DOT(dot_f64, double)
DOT(dot_bf16, float)
DOT(dot_f16, float)
DOT(dot_i8, int64_t)
DOT(dot_u8i8, int64_t)
MATVEC(matvec_f32)
MATVEC(matvec_f64)
MATVEC(matvec_bf16)
MATVEC(matvec_f16)
MATVEC(matvec_i8)
CONVERT(f32_to_bf16)
CONVERT(bf16_to_f32)
CONVERT(f32_to_f16)
CONVERT(f16_to_f32)
CALL(map_f32, assert_int_equal(hk_activate_f32(hk_activation_default((hk_activation_kind)f->kind), a, y, n), HK_OK))
CALL(fast_f32, hk_activation k = hk_activation_default((hk_activation_kind)f->kind); k.accuracy = HK_FAST;
     assert_int_equal(hk_activate_f32(k, a, y, n), HK_OK))
CALL(map_f64, assert_int_equal(hk_activate_f64(hk_activation_default((hk_activation_kind)f->kind), a, y, n), HK_OK))
CALL(softmax_f32, hk_softmax_f32(a, y, 1, n))
CALL(log_softmax_f32, hk_log_softmax_f32(a, y, 1, n))
CALL(softmax_f64, hk_softmax_f64(a, y, 1, n))
CALL(log_softmax_f64, hk_log_softmax_f64(a, y, 1, n))
CALL(dense_f32, assert_int_equal(hk_dense_f32(a, b, NULL, y, ROWS, n, OUTPUTS, hk_activation_default(HK_GELU)), HK_OK))
CALL(dense_f64, assert_int_equal(hk_dense_f64(a, b, NULL, y, ROWS, n, OUTPUTS, hk_activation_default(HK_RELU)), HK_OK))

#define OF_DOT(name, a, b, y)                                                                                          \
    { #name, a, b, y, 1, 1, 1, 0, 0, call_##name }
#define OF_MATVEC(name, a, y)                                                                                          \
    { #name, a, a, y, ROWS, 1, ROWS, 0, 0, call_##name }
#define OF_MAP(name, a, y, sleef)                                                                                      \
    { #name, a, a, y, 1, 0, 0, sleef, 0, call_##name }
#define OF_DENSE(name, type)                                                                                           \
    { #name, type, type, type, ROWS, OUTPUTS, ROWS *OUTPUTS, 0, 0, call_##name }
static const function functions[] = {
    OF_DOT(dot_f32, F32, F32, F32),
    OF_DOT(dot_f64, F64, F64, F64),
    OF_DOT(dot_bf16, U16, U16, F32),
    OF_DOT(dot_f16, U16, U16, F32),
    OF_DOT(dot_i8, I8, I8, I64),
    OF_DOT(dot_u8i8, U8, I8, I64),
    OF_MATVEC(matvec_f32, F32, F32),
    OF_MATVEC(matvec_f64, F64, F64),
    OF_MATVEC(matvec_bf16, U16, F32),
    OF_MATVEC(matvec_f16, U16, F32),
    OF_MATVEC(matvec_i8, I8, I64),
    OF_MAP(f32_to_bf16, F32, U16, 0),
    OF_MAP(bf16_to_f32, U16, F32, 0),
    OF_MAP(f32_to_f16, F32, U16, 0),
    OF_MAP(f16_to_f32, U16, F32, 0),
    OF_MAP(softmax_f32, F32, F32, 0),
    OF_MAP(log_softmax_f32, F32, F32, 0),
    OF_MAP(softmax_f64, F64, F64, 1),
    OF_MAP(log_softmax_f64, F64, F64, 1),
    OF_DENSE(dense_f32, F32),
    OF_DENSE(dense_f64, F64),
};

/* Room for the largest arrays, and their offsets. */
typedef struct arrays {
    _Alignas(64) unsigned char a[ROWS * MOST * 8 + 64 * SLACK], b[OUTPUTS * MOST * 8 + 64 * SLACK],
        y[ROWS * OUTPUTS * 8 + MOST * 8 + 64 * SLACK], data_a[ROWS * MOST * 8], data_b[OUTPUTS * MOST * 8],
        expected[ROWS * OUTPUTS * 8 + MOST * 8];
} arrays;

/* bf16 and f16 patterns of NaN have payloads; the numbers are uniform and special in turn. */
static uint64_t run(const function *f, arrays *m, uint64_t d, size_t n, data_kind kind) {
    static random_state r = {11};
    const size_t size_a = element_size(f->a), size_b = element_size(f->b), size_y = element_size(f->y);
    const size_t count = f->y_count ? f->y_count : n, bytes_a = n * f->a_rows * size_a,
                 bytes_b = n * f->b_rows * size_b;
    random_fill(f->a, kind, n + 1, m->data_a, n * f->a_rows);
    random_fill(f->b, kind, n + 2, m->data_b, n * f->b_rows);
    for (int turn = 0; turn < OFFSETS; turn++) {
        const size_t offset = turn ? SLACK : 0;
        unsigned char *a = m->a + (offset ? random_bits(&r) % offset : 0) * size_a,
                      *b = m->b + (offset ? random_bits(&r) % offset : 0) * size_b,
                      *y = m->y + (offset ? random_bits(&r) % offset : 0) * size_y;
        memcpy(a, m->data_a, bytes_a);
        memcpy(b, m->data_b, bytes_b);
        memset(y, 0, count * size_y);
        f->call(f, a, b, y, n);
        size_t index = 0;
        if (!turn)
            memcpy(m->expected, y, count * size_y);
        else if (!same_bits(f->y, y, m->expected, count, &index))
            bits_differ(f->name, "at another offset");
    }
    return digest(d, f->y, m->expected, count);
}

static void run_all(const function *f, arrays *m) {
    static const size_t sizes[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 130, 257, 1000};
    const size_t all = sizeof sizes / sizeof *sizes;
    uint64_t d = 1;
    for (size_t i = 0; i < all; i++)
        if (f->b_rows < OUTPUTS || sizes[i] <= 257)
            for (int kind = 0; kind < DATA_KINDS; kind += DATA_SPECIAL) d = run(f, m, d, sizes[i], (data_kind)kind);
    bits_found(f->name, f->sleef, d);
}

void bits_of_functions(void) {
    arrays *m = aligned_alloc(64, (sizeof *m + 63) / 64 * 64);
    assert_non_null(m);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) run_all(&functions[i], m);
    for (int kind = 0; kind < HK_SOFTMAX; kind++) {
        char name[40];
        snprintf(name, sizeof name, "%s_f32", hk_activation_name((hk_activation_kind)kind));
        run_all(&(function){name, F32, F32, F32, 1, 0, 0, 0, kind, call_map_f32}, m);
        snprintf(name, sizeof name, "%s_fast_f32", hk_activation_name((hk_activation_kind)kind));
        run_all(&(function){name, F32, F32, F32, 1, 0, 0, 0, kind, call_fast_f32}, m);
        snprintf(name, sizeof name, "%s_f64", hk_activation_name((hk_activation_kind)kind));
        run_all(&(function){name, F64, F64, F64, 1, 0, 0, 1, kind, call_map_f64}, m);
    }
    free(m);
}
