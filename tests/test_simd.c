/* Every operation of the vocabulary, on every level here, against its meaning lane by lane. */
#include "support.h"

#include "dispatch.h"
#include "simd_list.h"
#include "simd_ops.h"

#include <float.h>
#include <math.h>

static const struct {
    hk_isa isa;
    const simd_ops *ops;
} all[] = {
    {HK_ISA_SCALAR, &simd_ops_scalar},
#if defined __x86_64__
    {HK_ISA_AVX2, &simd_ops_avx2},
    {HK_ISA_AVX512, &simd_ops_avx512},
#elif defined __aarch64__
    {HK_ISA_NEON, &simd_ops_neon},
#endif
};
#define FOR_LEVELS(ops)                                                                                                \
    for (size_t l_ = 0; l_ < sizeof all / sizeof *all; l_++)                                                           \
        for (const simd_ops *ops = hk_isa_supported(all[l_].isa) ? all[l_].ops : NULL; ops; ops = NULL)

enum { ROUNDS = 400 };

static void compare(const simd_ops *ops, const char *name, element e, const void *got, const void *expected, size_t n) {
    size_t i = 0;
    if (!same_bits(e, got, expected, n, &i)) fail_msg("%s on %s: lane %zu differs", name, ops->level, i);
}

/* The meaning of each operation, with the names that simd_list.h uses. */
#define FOLD_BY_HALVES(T, lanes, a)                                                                                    \
    T sums[lanes], tops[lanes];                                                                                        \
    memcpy(sums, a, sizeof sums);                                                                                      \
    memcpy(tops, a, sizeof tops);                                                                                      \
    int any_is_seven = 0;                                                                                              \
    for (int i = 0; i < lanes; i++) any_is_seven |= a[i] == 7;                                                         \
    for (int half = lanes / 2; half; half /= 2)                                                                        \
        for (int i = 0; i < half; i++) {                                                                               \
            sums[i] = sums[i] + sums[i + half];                                                                        \
            tops[i] = tops[i] > tops[i + half] ? tops[i] : tops[i + half];                                             \
        }                                                                                                              \
    const T folded_sum = sums[0], folded_max = tops[0];
#define LANE_OF_JOINED(a, b, n, i) ((size_t)(i) + (n) < LANES ? (a)[(size_t)(i) + (n)] : (b)[(size_t)(i) + (n)-LANES])
#define LANE(id, blocks, lanes)                                                                                        \
    for (int i = 0; i < LANES; i++) {                                                                                  \
        const REAL x = a[i], y = b[i], z = c[i];                                                                       \
        (void)x, (void)y, (void)z;                                                                                     \
        expected[i] = lanes;                                                                                           \
    }                                                                                                                  \
    entry->run(got, a, b, c, n);                                                                                       \
    compare(ops, entry++->name, ELEMENT, got, expected, LANES);

static void fill(element e, int round, int which, void *out, size_t n) {
    random_fill(e, (data_kind)(round % DATA_KINDS), (uint64_t)(3 * round + which), out, n);
}

#define REAL     float
#define LANES    16
#define ELEMENT  F32
#define FMA      fmaf
#define FABS     fabsf
#define COPYSIGN copysignf
static void test_f32(void **state) {
    (void)state;
    FOR_LEVELS(ops)
    for (int round = 0; round < ROUNDS; round++) {
        float a[16], b[16], c[16], got[16], expected[16];
        const size_t n = (size_t)round % 17;
        fill(F32, round, 0, a, 16);
        fill(F32, round, 1, b, 16);
        fill(F32, round, 2, c, 16);
        if (round % 7 == 0) a[round % 16] = 7;
        if (round % 3 == 0) b[round % 16] = a[round % 16];
        FOLD_BY_HALVES(float, 16, a)
        const simd_entry *entry = ops->f32;
        SIMD_REAL(LANE, , )
    }
}
#undef REAL
#undef LANES
#undef ELEMENT
#undef FMA
#undef FABS
#undef COPYSIGN
#define REAL     double
#define LANES    8
#define ELEMENT  F64
#define FMA      fma
#define FABS     fabs
#define COPYSIGN copysign
static void test_f64(void **state) {
    (void)state;
    FOR_LEVELS(ops)
    for (int round = 0; round < ROUNDS; round++) {
        double a[8], b[8], c[8], got[8], expected[8];
        const size_t n = (size_t)round % 9;
        fill(F64, round, 0, a, 8);
        fill(F64, round, 1, b, 8);
        fill(F64, round, 2, c, 8);
        if (round % 7 == 0) a[round % 8] = 7;
        if (round % 3 == 0) b[round % 8] = a[round % 8];
        FOLD_BY_HALVES(double, 8, a)
        const simd_entry *entry = ops->f64;
        SIMD_REAL(LANE, , )
    }
}
#undef REAL
#undef LANES
#undef ELEMENT
#define REAL    int32_t
#define LANES   16
#define ELEMENT I32
static void test_i32(void **state) {
    (void)state;
    FOR_LEVELS(ops)
    for (int round = 0; round < ROUNDS; round++) {
        int32_t a[16], b[16], c[16], got[16], expected[16];
        const size_t n = 0;
        const void *pa = a;
        fill(I32, round, 0, a, 16);
        fill(I32, round, 1, b, 16);
        fill(I32, round, 2, c, 16);
        const simd_entry *entry = ops->i32;
        SIMD_INTEGER(LANE)
    }
}

static void test_stores(void **state) {
    (void)state;
    FOR_LEVELS(ops)
    for (size_t n = 0; n <= 16; n++) {
        float a[16], out[18], expected[18];
        double d[8], out_d[10], expected_d[10];
        fill(F32, 1, 0, a, 16);
        fill(F64, 1, 0, d, 8);
        for (int i = 0; i < 18; i++) out[i] = expected[i] = 99;
        for (int i = 0; i < 10; i++) out_d[i] = expected_d[i] = 99;
        memcpy(expected + 1, a, n * sizeof *a);
        ops->storen(out + 1, a, a, a, n);
        assert_memory_equal(out, expected, sizeof out);
        ops->store(out + 1, a, a, a, 0);
        assert_memory_equal(out + 1, a, sizeof a);
        const size_t m = n / 2;
        memcpy(expected_d + 1, d, m * sizeof *d);
        ops->storen_f64(out_d + 1, d, d, d, m);
        assert_memory_equal(out_d, expected_d, sizeof out_d);
        ops->store_f64(out_d + 1, d, d, d, 0);
        assert_memory_equal(out_d + 1, d, sizeof d);
        ops->bits(out + 1, a, a, a, 0);
        assert_memory_equal(out + 1, a, sizeof a);
    }
}

static void test_scale_and_lookup(void **state) {
    (void)state;
    static const float table[8] = {1, -2, 3, -4, 5, -6, 7, -8};
    FOR_LEVELS(ops)
    for (int n = -160; n <= 160; n++) {
        float a[16], b[16], got[16], expected[16];
        int32_t index[16];
        random_state r = {(uint64_t)n};
        for (int i = 0; i < 16; i++) {
            a[i] = (float)(1 + 0.5 * random_unit(&r));
            b[i] = (float)n;
            expected[i] = ldexpf(a[i], n);
        }
        a[3] = expected[3] = NAN;
        ops->scale(got, a, b, b, 0);
        compare(ops, "scale", F32, got, expected, 16);
        for (int i = 0; i < 16; i++) {
            index[i] = (int32_t)random_bits(&r);
            expected[i] = table[index[i] & 7];
        }
        ops->lookup8(got, table, index, index, 0);
        compare(ops, "lookup8", F32, got, expected, 16);
    }
}

#define FOLDED(name, type, lanes)                                                                                      \
    static type name(const type *a) {                                                                                  \
        type s[lanes];                                                                                                 \
        memcpy(s, a, sizeof s);                                                                                        \
        for (int half = lanes / 2; half; half /= 2)                                                                    \
            for (int i = 0; i < half; i++) s[i] += s[i + half];                                                        \
        return s[0] + 0;                                                                                               \
    }
FOLDED(folded_f32, float, 16)
FOLDED(folded_f64, double, 8)

/* Widening, narrowing, sums of four, tails of bytes and halves, and the approximate reciprocal. */
static void test_composed(void **state) {
    (void)state;
    FOR_LEVELS(ops)
    for (int round = 0; round < ROUNDS; round++) {
        float a[64], n16[16], got[16], expected[16];
        double d[32], wide[16], sums[4];
        uint8_t bytes[64], got_bytes[64], expected_bytes[64];
        uint16_t halves[16];
        random_state r = {(uint64_t)round};
        fill(F32, round, 0, a, 64);
        fill(F64, round, 1, d, 32);
        fill(U8, round, 2, bytes, 64);
        for (int i = 0; i < 16; i++) halves[i] = (uint16_t)(random_bits(&r) & 0xfbff);
        ops->widen(wide, a, a, a, 0);
        for (int i = 0; i < 16; i++) d[i] = (double)a[i];
        compare(ops, "widen", F64, wide, d, 16);
        fill(F64, round, 1, d, 32);
        for (int i = 0; i < 16; i++) expected[i] = (float)d[i];
        ops->narrow(got, d, d + 8, d, 0);
        compare(ops, "narrow", F32, got, expected, 16);
        for (int k = 0; k < 4; k++) expected[k] = folded_f32(a + 16 * k);
        ops->sum4(got, a, a, a, 0);
        compare(ops, "sum4", F32, got, expected, 4);
        for (int k = 0; k < 4; k++) wide[k] = folded_f64(d + 8 * k);
        ops->sum4_f64(sums, d, d, d, 0);
        compare(ops, "sum4_f64", F64, sums, wide, 4);
        const size_t n = (size_t)round % 65;
        memset(expected_bytes, 0, sizeof expected_bytes);
        memcpy(expected_bytes, bytes, n);
        ops->loadn_bytes(got_bytes, bytes, bytes, bytes, n);
        assert_memory_equal(got_bytes, expected_bytes, 64);
        for (size_t i = 0; i < 16; i++) expected[i] = i < n ? (float)f16_value(halves[i]) : 0;
        ops->loadn_f16(got, halves, halves, halves, n < 16 ? n : 16);
        compare(ops, "loadn_f16", F32, got, expected, 16);
        for (int i = 0; i < 16; i++) {
            n16[i] = (float)(-160 + (int)(random_bits(&r) % 161));
            a[i] = (float)(1 + 0.5 * random_unit(&r));
            expected[i] = ldexpf(a[i], (int)n16[i]);
        }
        ops->scale_down(got, a, n16, n16, 0);
        compare(ops, "scale_down", F32, got, expected, 16);
        for (int i = 0; i < 16; i++) a[i] = ldexpf(a[i], (int)(random_bits(&r) % 250) - 124);
        ops->reciprocal(got, a, a, a, 0);
        for (int i = 0; i < 16; i++) assert_true(fabs((double)got[i] * (double)a[i] - 1) < 0x1p-19);
        /* one lane of sixteen beyond, infinite or NaN beside it */
        const float limit = 100;
        for (int i = 0; i < 16; i++) a[i] = (float)(round % 2 ? -99 : 99) * (float)random_unit(&r);
        a[(round + 3) % 16] = round % 5 ? a[0] : NAN;
        if (round % 5) assert_int_equal(ops->any_beyond(a, limit), 0);
        a[round % 16] = (float[]){101, -101, INFINITY, -INFINITY}[round % 4];
        assert_int_equal(ops->any_beyond(a, limit), 1);
    }
}

static void test_transpose(void **state) {
    (void)state;
    FOR_LEVELS(ops) {
        float a[256], got[256], expected[256];
        double d[64], got_d[64], expected_d[64];
        fill(F32, 0, 0, a, 256);
        fill(F64, 0, 0, d, 64);
        for (int i = 0; i < 256; i++) expected[i] = a[i % 16 * 16 + i / 16];
        for (int i = 0; i < 64; i++) expected_d[i] = d[i % 8 * 8 + i / 8];
        ops->transpose(got, a, a, a, 0);
        ops->transpose_f64(got_d, d, d, d, 0);
        compare(ops, "transpose", F32, got, expected, 256);
        compare(ops, "transpose_f64", F64, got_d, expected_d, 64);
    }
}

/* The nearest pattern, the even one of two, by looking at both neighbours of a guess. */
static uint16_t f16_nearest(float x) {
    uint16_t best = 0;
    double distance = INFINITY;
    const double magnitude = fabs((double)x);
    if (magnitude >= 65520) return (uint16_t)((signbit(x) ? 0x8000 : 0) | 0x7c00);
    int low = 0, high = 0x7bff; /* the last pattern not above the magnitude */
    while (low < high) {
        const int middle = (low + high + 1) / 2;
        if (f16_value((uint16_t)middle) <= magnitude)
            low = middle;
        else
            high = middle - 1;
    }
    for (int h = low; h <= low + 1 && h <= 0x7bff; h++) {
        const double d = fabs(f16_value((uint16_t)h) - magnitude);
        if (d < distance || (d == distance && h % 2 == 0)) {
            distance = d;
            best = (uint16_t)h;
        }
    }
    return (uint16_t)((signbit(x) ? 0x8000 : 0) | best);
}

static void test_f16(void **state) {
    (void)state;
    FOR_LEVELS(ops) {
        for (uint32_t first = 0; first < 65536; first += 16) {
            uint16_t h[16], back[16];
            float got[16], expected[16];
            for (uint32_t i = 0; i < 16; i++) {
                h[i] = (uint16_t)(first + i);
                expected[i] = (float)f16_value(h[i]);
            }
            ops->load_f16(got, h, h, h, 0);
            compare(ops, "load_f16", F32, got, expected, 16);
            ops->store_f16(back, got, got, got, 0);
            for (int i = 0; i < 16; i++)
                if (isnan(expected[i]))
                    assert_true((back[i] & 0x7fff) > 0x7c00);
                else
                    assert_int_equal(back[i], h[i]);
        }
        random_state r = {5};
        for (int round = 0; round < 4096; round++) {
            float x[16];
            uint16_t got[16];
            for (int i = 0; i < 16;
                 i++) { /* random numbers, and points half way between patterns and their neighbours */
                const uint16_t h = (uint16_t)(random_bits(&r) % 0x7bff);
                const float half_way = (float)((f16_value(h) + f16_value((uint16_t)(h + 1))) / 2);
                x[i] = round % 3 ? half_way : (float)random_unit(&r) * ldexpf(1, (int)(random_bits(&r) % 50) - 30);
                if (round % 3 == 2) x[i] = -nextafterf(half_way, i % 2 ? INFINITY : 0);
            }
            ops->store_f16(got, x, x, x, 0);
            for (int i = 0; i < 16; i++) assert_int_equal(got[i], f16_nearest(x[i]));
        }
    }
}

static void test_small_integers(void **state) {
    (void)state;
    FOR_LEVELS(ops)
    for (int round = 0; round < ROUNDS; round++) {
        int8_t a[64], b[64];
        uint8_t u[64];
        int32_t wide[16];
        uint16_t narrow[16];
        int64_t exact = 2 * 16, exact_u = 2 * 16;
        fill(I8, round, 0, a, 64);
        fill(I8, round, 1, b, 64);
        fill(U8, round, 2, u, 64);
        fill(I32, round, 0, wide, 16);
        for (int i = 0; i < 64; i++) {
            exact += a[i] * b[i];
            exact_u += u[i] * b[i];
        }
        assert_int_equal(ops->dot_i8(a, b), exact);
        assert_int_equal(ops->dot_u8i8(u, b), exact_u);
        ops->store_u16(narrow, wide, wide, wide, 0);
        for (int i = 0; i < 16; i++) assert_int_equal(narrow[i], (uint16_t)wide[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f32),
        cmocka_unit_test(test_f64),
        cmocka_unit_test(test_i32),
        cmocka_unit_test(test_stores),
        cmocka_unit_test(test_scale_and_lookup),
        cmocka_unit_test(test_composed),
        cmocka_unit_test(test_transpose),
        cmocka_unit_test(test_f16),
        cmocka_unit_test(test_small_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
