#include "support.h"

#include <float.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

/* How far qemu reads beyond an array where a masked load of AVX2 ends: it takes both vectors of 16 lanes whole, which a
   processor does not. */
static size_t read_beyond(void) {
    const int emulated_avx2 = getenv("HK_TEST_EMULATED") && hk_isa_current() >= HK_ISA_AVX2;
    return emulated_avx2 ? 64 : 0;
}

int quick(void) { return getenv("HK_TEST_QUICK") != NULL; }

guarded guarded_create(size_t bytes) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), inside = (bytes + page - 1) / page * page + page;
    guarded g = {.mapped = inside + 2 * page};
    g.mapping = mmap(NULL, g.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g.mapping != MAP_FAILED);
    g.low = (unsigned char *)g.mapping + page;
    g.high = g.low + inside - read_beyond();
    assert_int_equal(mprotect(g.low, inside, PROT_READ | PROT_WRITE), 0);
    return g;
}

void guarded_free(guarded *g) { munmap(g->mapping, g->mapped); }

uint64_t random_bits(random_state *r) {
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

double random_unit(random_state *r) { return (double)(int64_t)(random_bits(r) >> 11) * 0x1p-52 - 1; }

void random_order(random_state *r, size_t *order, size_t n) {
    for (size_t i = 0; i < n; i++) order[i] = i;
    for (size_t i = n; i > 1; i--) {
        const size_t other = random_bits(r) % i, kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

const struct storage_type storage_types[STORAGE_TYPES] = {
    {HK_F32, "f32"}, {HK_BF16, "bf16"}, {HK_F16, "f16"}, {HK_I8, "i8"}, {HK_I4, "i4"}};

size_t element_size(element e) {
    static const size_t sizes[] = {[F32] = 4, [F64] = 8, [U16] = 2, [I8] = 1, [U8] = 1, [I32] = 4, [I64] = 8};
    return sizes[e];
}

double f16_value(uint16_t h) {
    const int e = h >> 10 & 31;
    const double v = e == 31 ? (h & 1023 ? NAN : INFINITY) : ldexp((h & 1023) + (e ? 1024 : 0), (e ? e : 1) - 25);
    return h & 0x8000 ? -v : v;
}

static double power_of_two(int n) {
    double r = 1;
    for (; n > 0; n--) r *= 2;
    for (; n < 0; n++) r *= 0.5;
    return r;
}

static double random_number(random_state *r, data_kind kind, size_t i, double previous) {
    static const double special[] = {0.0,      -0.0,    INFINITY, -INFINITY, NAN,       FLT_MAX,
                                     -FLT_MAX, FLT_MIN, -FLT_MIN, 0x1p-149,  -0x1p-149, 1e-40,
                                     1,        -1,      88.7,     -88.7,     -103.9,    1e10};
    const double u = random_unit(r);
    switch (kind) {
    case DATA_WIDE: return u * power_of_two((int)(random_bits(r) % 81) - 40);
    case DATA_CANCEL: return i % 2 ? -previous * (1 + 0x1p-20 * u) : u * 1e3;
    case DATA_SPECIAL:
        return random_bits(r) % 3 ? 100 * u : special[random_bits(r) % (sizeof special / sizeof *special)];
    default: return 4 * u;
    }
}

void random_fill(element e, data_kind kind, uint64_t seed, void *out, size_t n) {
    random_state r = {seed * 64 + (uint64_t)kind};
    double previous = 0;
    for (size_t i = 0; i < n; i++) {
        previous = random_number(&r, kind, i, previous);
        const float f = (float)previous;
        const uint64_t bits = random_bits(&r);
        switch (e) {
        case F32: ((float *)out)[i] = f; break;
        case F64: ((double *)out)[i] = previous; break;
        case U16: /* uniform: numbers near 1 in both formats; special: any pattern at all */
            ((uint16_t *)out)[i] = (uint16_t)(kind == DATA_SPECIAL ? bits : (bits & 0x83ff) | 0x3c00);
            break;
        case I8: ((int8_t *)out)[i] = kind == DATA_SPECIAL ? INT8_MIN : (int8_t)(bits >> 32); break;
        case U8: ((uint8_t *)out)[i] = kind == DATA_SPECIAL ? UINT8_MAX : (uint8_t)(bits >> 32); break;
        case I32: ((int32_t *)out)[i] = (int32_t)bits; break;
        case I64: ((int64_t *)out)[i] = (int64_t)bits; break;
        }
    }
}

static int both_nan(element e, const void *a, const void *b, size_t i) {
    if (e == F32) return isnan(((const float *)a)[i]) && isnan(((const float *)b)[i]);
    if (e == F64) return isnan(((const double *)a)[i]) && isnan(((const double *)b)[i]);
    return 0;
}

int same_bits(element e, const void *a, const void *b, size_t n, size_t *index) {
    const size_t size = element_size(e);
    if (!memcmp(a, b, n * size)) return 1;
    for (size_t i = 0; i < n; i++)
        if (memcmp((const char *)a + i * size, (const char *)b + i * size, size) && !both_nan(e, a, b, i)) {
            *index = i;
            return 0;
        }
    return 1;
}

static double ulps(long double y, long double exact, int mantissa, int least, long double largest) {
    if (isnan(exact) || isnan(y)) return isnan(exact) && isnan(y) ? 0 : INFINITY;
    if (y == exact) return 0;
    int exponent;
    frexpl(exact, &exponent);
    const int place = exponent - mantissa < least ? least : exponent - mantissa;
    const long double unit = ldexpl(1, place);
    if (isinf(y)) return fabsl(exact) >= largest + unit / 2 && (y > 0) == (exact > 0) ? 0 : INFINITY;
    if (isinf(exact)) return INFINITY;
    return (double)(fabsl(y - exact) / unit);
}
double ulps_f32(float y, long double exact) { return ulps(y, exact, 24, -149, FLT_MAX); }
double ulps_f64(double y, long double exact) { return ulps(y, exact, 53, -1074, DBL_MAX); }

uint64_t digest(uint64_t seed, element e, const void *values, size_t n) {
    static const float nan_f32 = NAN;
    static const double nan_f64 = NAN;
    const size_t size = element_size(e);
    for (size_t i = 0; i < n; i++) {
        const unsigned char *bytes = (const unsigned char *)values + i * size;
        if (both_nan(e, values, values, i))
            bytes = e == F32 ? (const unsigned char *)&nan_f32 : (const unsigned char *)&nan_f64;
        for (size_t k = 0; k < size; k++) seed = (seed ^ bytes[k]) * UINT64_C(0x100000001b3);
    }
    return seed;
}

void name_digest(named_digest *d, const char *subject, int sleef) {
    const char *version = without_fma() ? NULL : strstr(hk_build_features(), "sleef-");
    if (!sleef)
        snprintf(d->name, sizeof d->name, "%s", subject);
    else
        snprintf(d->name, sizeof d->name, "%.*s/%s", version ? (int)strcspn(version, " ") : 5,
                 version ? version : "other", subject);
}

void print_digest(const char *prefix, const named_digest *d) {
    printf("%s%s %016llx\n", prefix, d->name, (unsigned long long)d->digest);
}

size_t golden_failures(const char *path, const named_digest *found, size_t count) {
    char name[sizeof found->name];
    unsigned long long expected;
    size_t told = 0, due = 0, wrong = 0;
    FILE *file = fopen(path, "r");
    if (!file) return printf("%s cannot be read\n", path), (size_t)1;
    while (fscanf(file, "%63s %llx", name, &expected) == 2)
        for (size_t i = 0; i < count; i++) {
            if (strcmp(found[i].name, name)) continue;
            told++;
            if (found[i].digest == expected) continue;
            printf("%s: the digest differs from the golden one\n", name);
            wrong++;
        }
    fclose(file);
    for (size_t i = 0; i < count; i++) due += !strchr(found[i].name, '/') || strstr(found[i].name, "sleef-3.5.1/");
    if (told < due) printf("%s lacks %zu of %zu subjects\n", path, due - told, due);
    return wrong + (told < due ? due - told : 0);
}

void expect_level(void) {
    const char *expected = getenv("HK_EXPECT_LEVEL"), *required = getenv("HK_REQUIRE_LEVELS");
    if (!expected || !strcmp(expected, hk_isa_name(hk_isa_current()))) return;
    const int must = required && strstr(required, expected);
    printf("level %s is not here (running: %s)%s\n", expected, hk_isa_name(hk_isa_current()),
           must ? ", and is required" : ": skipped");
    exit(must ? 1 : 77);
}

int without_fma(void) {
#if defined __x86_64__
    return !__builtin_cpu_supports("fma");
#else
    return 0;
#endif
}

const char *data_path(const char *name, char buffer[512]) {
    const char *root = getenv("HK_DATA");
    snprintf(buffer, 512, "%s/%s", root ? root : "tests/data", name);
    return buffer;
}
