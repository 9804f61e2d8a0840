/* Running one case on one table: every size, offset and kind of data, between guard pages. */
#include "cases.h"

#include "dispatch.h"

static const size_t quick_sizes[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,   10,  11,  12,  13,
                                     14, 15, 16, 17, 18, 19, 20, 21, 22, 23,  24,  25,  26,  27,
                                     28, 29, 30, 31, 32, 33, 63, 64, 65, 127, 128, 129, 130, 1000};
enum { QUICK_SIZES = sizeof quick_sizes / sizeof *quick_sizes, CANARY = 0xa5 };
static const size_t large_sizes[] = {255, 256, 257, 1000, 4096, 65537};
enum { SMALL_SIZES = 131, LARGE_SIZES = sizeof large_sizes / sizeof *large_sizes };

const hk_kernels *case_scalar(void) { return hk_kernels_of(HK_ISA_SCALAR); }

static size_t size_count(int all) { return all ? SMALL_SIZES + LARGE_SIZES : QUICK_SIZES; }
static size_t size_at(int all, size_t i) {
    return !all ? quick_sizes[i] : i < SMALL_SIZES ? i : large_sizes[i - SMALL_SIZES];
}

static size_t y_count(const kernel_case *c, size_t n) { return c->y_one ? (size_t)c->y_one : n; }

/* Three guarded areas and copies of the data. */
typedef struct bench {
    guarded a, b, y;
    unsigned char *data_a, *data_b, *expected;
} bench;
static bench bench_create(const kernel_case *c, size_t most) {
    bench s;
    const size_t slack = 32 * 8, a = most * c->a_rows * element_size(c->a),
                 b = (most * c->b_rows + 1) * element_size(c->b);
    const size_t y = y_count(c, most) * element_size(c->y);
    s.a = guarded_create(a + slack);
    s.b = guarded_create(b + slack);
    s.y = guarded_create(y + slack);
    s.data_a = malloc(a + 64);
    s.data_b = malloc(b + 64);
    s.expected = malloc(y + 64);
    assert_true(s.data_a && s.data_b && s.expected);
    return s;
}
static void bench_free(bench *s) {
    guarded_free(&s->a);
    guarded_free(&s->b);
    guarded_free(&s->y);
    free(s->data_a);
    free(s->data_b);
    free(s->expected);
}

/* An array of `bytes` in the area: `offset` bytes behind its low guard, or ending at its high guard (offset -1). */
static unsigned char *place(const guarded *g, size_t bytes, long offset) {
    return offset < 0 ? g->high - bytes : g->low + offset;
}

static int surroundings_kept(const guarded *g, const unsigned char *y, size_t bytes) {
    const unsigned char *first = y - 64 > g->low ? y - 64 : g->low, *last = y + bytes + 64;
    for (const unsigned char *p = first; p < y; p++)
        if (*p != CANARY) return 0;
    for (const unsigned char *p = y + bytes; p < g->high && p < last; p++)
        if (*p != CANARY) return 0;
    return 1;
}

/* One call with its arrays at an offset; compares with the expected bits. */
static int call_fails(const kernel_case *c, const hk_kernels *k, bench *s, size_t n, long offset, int in_place,
                      int data, char why[256]) {
    const size_t a_bytes = n * c->a_rows * element_size(c->a), b_bytes = n * c->b_rows * element_size(c->b);
    const size_t count = y_count(c, n), y_bytes = count * element_size(c->y);
    const long unit_a = (long)element_size(c->a), unit_b = (long)element_size(c->b), unit_y = (long)element_size(c->y);
    /* a and b at different offsets, so that no two streams are aligned alike but by chance */
    unsigned char *a = place(&s->a, a_bytes, offset < 0 ? -1 : offset * unit_a);
    unsigned char *b = place(&s->b, b_bytes, offset < 0 ? -1 : offset * 7 % 16 * unit_b);
    unsigned char *y = place(&s->y, y_bytes, offset < 0 ? -1 : (offset * 5 + 1) % 16 * unit_y);
    memcpy(a, s->data_a, a_bytes);
    memcpy(b, s->data_b, b_bytes);
    unsigned char *first = y - 64 > s->y.low ? y - 64 : s->y.low;
    memset(first, CANARY, (size_t)((y + y_bytes + 64 < s->y.high ? y + y_bytes + 64 : s->y.high) - first));
    if (in_place) memcpy(y, s->data_a, a_bytes);
    c->run(k, c, (case_arrays){in_place ? y : a, b, y}, n);
    size_t index = 0;
    if (!same_bits(c->y, y, s->expected, count, &index)) {
        unsigned long long got = 0, wanted = 0;
        memcpy(&got, y + index * element_size(c->y), element_size(c->y));
        memcpy(&wanted, s->expected + index * element_size(c->y), element_size(c->y));
        return snprintf(why, 256, "%s/%s n=%zu offset=%ld%s data=%d: element %zu is 0x%llx instead of 0x%llx", c->name,
                        k->level, n, offset, in_place ? " in place" : "", data, index, got, wanted);
    }
    if (!surroundings_kept(&s->y, y, y_bytes))
        return snprintf(why, 256, "%s/%s n=%zu offset=%ld: bytes outside y changed", c->name, k->level, n, offset);
    if ((!in_place && memcmp(a, s->data_a, a_bytes)) || memcmp(b, s->data_b, b_bytes))
        return snprintf(why, 256, "%s/%s n=%zu offset=%ld: an input changed", c->name, k->level, n, offset);
    return 0;
}

static void fill(const kernel_case *c, bench *s, size_t n, int data) {
    random_fill(c->a, (data_kind)data, 2 * n, s->data_a, n * c->a_rows);
    random_fill(c->b, (data_kind)data, 2 * n + 1, s->data_b, n * c->b_rows);
}

int case_fails(const kernel_case *c, const hk_kernels *k, char why[256]) {
    const int all = !quick();
    bench s = bench_create(c, all ? 65537 : 1000);
    int failed = 0;
    for (size_t i = 0; !failed && i < size_count(all); i++)
        for (int data = 0; !failed && data < DATA_KINDS; data++) {
            const size_t n = size_at(all, i);
            fill(c, &s, n, data);
            c->run(case_scalar(), c, (case_arrays){s.data_a, s.data_b, s.expected}, n);
            char reason[160] = "";
            if (k == case_scalar() && !c->right(c, (case_arrays){s.data_a, s.data_b, s.expected}, n, reason))
                failed = snprintf(why, 256, "%s n=%zu data=%d: %s", c->name, n, data, reason);
            /* large arrays at fewer offsets: what offsets change is at the ends */
            const long step = !all || n > 5000 ? 5 : 1;
            for (long offset = -1; !failed && offset < 16; offset += offset < 0 ? 1 : step)
                failed = call_fails(c, k, &s, n, offset, 0, data, why) ||
                         (c->in_place && offset <= 0 && call_fails(c, k, &s, n, offset, 1, data, why));
        }
    bench_free(&s);
    return failed != 0;
}

uint64_t case_digest(const kernel_case *c, const hk_kernels *k) {
    bench s = bench_create(c, 1000);
    uint64_t d = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < QUICK_SIZES; i++)
        for (int data = 0; data < DATA_KINDS; data++) {
            const size_t n = quick_sizes[i];
            fill(c, &s, n, data);
            c->run(k, c, (case_arrays){s.data_a, s.data_b, s.expected}, n);
            d = digest(d, c->y, s.expected, y_count(c, n));
        }
    bench_free(&s);
    return d;
}
