/* Forward passes allocate nothing and keep to 64 KiB of stack; every allocation of a call can fail. The C library's
 * allocator is replaced by one that counts, and that fails when it is told to. */
#include "support.h"

#include "hillock/hillock.h"

#include "table.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static atomic_int watching;
static atomic_long allocations, living, fail_at = -1;
static atomic_size_t bytes_now, bytes_most; /* of the blocks taken while watching */

static int refused(void) {
    if (!watching) return 0;
    if (allocations++ != fail_at) return 0;
    errno = ENOMEM;
    return 1;
}
static void *counted(void *p) {
    if (!watching || !p) return p;
    living++;
    bytes_now += malloc_usable_size(p);
    if (bytes_now > bytes_most) bytes_most = bytes_now;
    return p;
}
void *malloc(size_t size) { return refused() ? NULL : counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return refused() ? NULL : counted(__libc_calloc(count, size)); }
void *aligned_alloc(size_t alignment, size_t size) {
    return refused() ? NULL : counted(__libc_memalign(alignment, size));
}
void *memalign(size_t alignment, size_t size) { return aligned_alloc(alignment, size); }
int posix_memalign(void **p, size_t alignment, size_t size) {
    return (*p = aligned_alloc(alignment, size)) ? 0 : ENOMEM;
}
void *realloc(void *p, size_t size) {
    if (refused()) return NULL;
    void *q = counted(__libc_malloc(size)); /* old and new are there together, as in the worst case */
    if (q && p) {
        const size_t old = malloc_usable_size(p);
        memcpy(q, p, old < size ? old : size);
        free(p);
    }
    return q;
}
void free(void *p) {
    if (watching && p) {
        living--;
        bytes_now -= malloc_usable_size(p);
    }
    __libc_free(p);
}

enum { IN = 20, HIDDEN = 600, OUT = 7, BATCH = 33 };
static float w1[HIDDEN * IN], w2[OUT * HIDDEN], b[HIDDEN], x[BATCH * IN], y[BATCH * OUT], shift[IN];

static hk_dtype storage = HK_F32; /* of what is built */
static hk_activation hidden;      /* of the layer in its middle */
static void build(hk_network **n, hk_session **s) {
    const hk_layer layers[] = {{IN, HIDDEN, w1, b, hidden, storage},
                               {HIDDEN, OUT, w2, NULL, hk_activation_default(HK_SOFTMAX), storage}};
    assert_int_equal(hk_network_create_scaled(layers, 2, shift, NULL, n), HK_OK);
    assert_int_equal(hk_session_create(*n, BATCH, NULL, s), HK_OK);
}

static void test_forward_allocates_nothing(void **state) {
    (void)state;
    hk_network *n;
    hk_session *s;
    double d[64] = {1}, e[64];
    const float *rows[2] = {x, x + IN};
    float *outs[2] = {y, y + OUT};
    build(&n, &s);
    allocations = 0;
    watching = 1;
    for (size_t batch = 0; batch <= BATCH; batch++) hk_session_forward(s, x, y, batch);
    hk_session_forward_strided(s, x, IN, y, OUT, 9);
    hk_session_forward_many(s, rows, outs, 2);
    hk_dense_f32(x, w1, b, w2, 3, IN, 150, hk_activation_default(HK_TANH));
    for (int kind = 0; kind < HK_SOFTMAX; kind++) {
        hk_activate_f32(hk_activation_default((hk_activation_kind)kind), x, y, 100);
        hk_activate_f64(hk_activation_default((hk_activation_kind)kind), d, e, 64);
    }
    hk_dot_f32(x, w1, 100);
    watching = 0;
    assert_int_equal(allocations, 0);
    hk_session_free(s);
    hk_network_free(n);
}

/* The same for every storage type, in a session of threads too, and with the processor's own bf16. */
static void test_narrow_forward_allocates_nothing(void **state) {
    (void)state;
    for (storage = HK_BF16; storage <= HK_I4; storage++) {
        hk_network *n;
        hk_session *s;
        build(&n, &s);
        for (int fast = 0; fast <= (storage == HK_BF16); fast++) {
            if (hk_session_set_fast_bf16(s, fast) != HK_OK) continue;
            allocations = 0;
            watching = 1;
            for (size_t batch = 0; batch <= BATCH; batch++) hk_session_forward(s, x, y, batch);
            watching = 0;
            assert_int_equal(allocations, 0);
        }
        hk_session_free(s);
        hk_network_free(n);
    }
    storage = HK_F32;
}

/* How deep a call goes: a thread gets a stack whose bytes are known, and those that have changed are counted. */
enum { ROOM = 512 * 1024, PAINT = 0x5a, STACK_MOST = 64 * 1024 };
static size_t stack_of(void *(*call)(void *), void *argument) {
    unsigned char *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(room != MAP_FAILED);
    memset(room, PAINT, ROOM);
    pthread_attr_t attributes;
    pthread_t thread;
    void *result = room;
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstack(&attributes, room, ROOM), 0);
    assert_int_equal(pthread_create(&thread, &attributes, call, argument), 0);
    pthread_join(thread, &result);
    assert_null(result);
    pthread_attr_destroy(&attributes);
    size_t untouched = 0;
    while (untouched < ROOM && room[untouched] == PAINT) untouched++;
    munmap(room, ROOM);
    return ROOM - untouched;
}
static void *no_call(void *argument) { return (void)argument, NULL; }
static void *pass(void *s) { return (void *)(uintptr_t)hk_session_forward(s, x, y, BATCH); }

static void test_stack(void **state) {
    (void)state;
    const size_t nothing = stack_of(no_call, NULL);
    size_t most = 0;
    for (storage = HK_F32; storage <= HK_I4; storage++)
        for (int form = 0; storage != HK_F64 && form < 2 * (HK_LOG_SOFTMAX + 1); form++) {
            hk_network *n;
            hk_session *s;
            hidden = hk_activation_default((hk_activation_kind)(form / 2));
            hidden.accuracy = form % 2 ? HK_FAST : HK_ACCURATE;
            build(&n, &s);
            if (form % 2) hk_session_set_fast_bf16(s, 1);
            const size_t depth = stack_of(pass, s) - nothing;
            if (depth > STACK_MOST)
                fail_msg("%s, type %d: %zu KiB of stack", hk_activation_name(hidden.kind), storage, depth / 1024);
            if (depth > most) most = depth;
            hk_session_free(s);
            hk_network_free(n);
        }
    print_message("%zu bytes of stack\n", most);
    storage = HK_F32;
    hidden = hk_activation_default(HK_GELU);
}

/* A session takes what it says, or at most `more` beside it. */
static void expect_session_as_told(const hk_network *n, size_t max_batch, size_t more) {
    hk_session *s = NULL;
    bytes_now = bytes_most = 0;
    watching = 1;
    assert_int_equal(hk_session_create(n, max_batch, NULL, &s), HK_OK);
    watching = 0;
    assert_in_range(bytes_most, hk_session_bytes(s), hk_session_bytes(s) + more);
    hk_session_free(s);
}

/* A network takes what its layers say beside the caller's arrays, and a session what it says; both at any time. */
static void test_memory_as_told(void **state) {
    (void)state;
    enum { WIDE = 1024, MIDDLE = 4096, SMALL = 8192 }; /* SMALL: structs, names, what malloc rounds up */
    float *w = calloc((size_t)WIDE * MIDDLE, sizeof *w);
    assert_non_null(w);
    const hk_layer layers[] = {{WIDE, MIDDLE, w, NULL, hk_activation_default(HK_RELU), HK_F32},
                               {MIDDLE, WIDE, w, NULL, hk_activation_default(HK_RELU), HK_F32}};
    hk_network *n = NULL;
    size_t told = 0;
    bytes_now = bytes_most = 0;
    watching = 1;
    assert_int_equal(hk_network_create_scaled(layers, 2, w, w, &n), HK_OK);
    watching = 0;
    for (size_t i = 0; i < hk_network_layer_count(n); i++) {
        hk_layer_info info;
        assert_int_equal(hk_network_layer(n, i, &info), HK_OK);
        told += info.bytes;
    }
    assert_in_range(told, 2 * sizeof(float) * WIDE * MIDDLE, sizeof(float) * (2 * WIDE * MIDDLE + 4 * WIDE + MIDDLE));
    assert_in_range(bytes_most, told, told + SMALL);
    expect_session_as_told(n, 1000000, SMALL);
    hk_network_free(n);
    enum { DEEP = 16, NARROW = 8, ROUNDED = 192 }; /* a session that keeps its layers' jobs */
    hk_layer deep[DEEP];
    for (size_t i = 0; i < DEEP; i++)
        deep[i] = (hk_layer){NARROW, NARROW, w, NULL, hk_activation_default(HK_RELU), HK_F32};
    assert_int_equal(hk_network_create(deep, DEEP, &n), HK_OK);
    expect_session_as_told(n, 1, ROUNDED);
    hk_network_free(n);
    free(w);
}

/* What the calls below write their results to, and what it held before. */
static hk_network *made_network;
static hk_session *made_session;
static hk_executor *made_pool;
static char before[3];
static int from_file; /* the C library reads files without a buffer where it gets none */
static void forget(void) {
    made_network = (hk_network *)(void *)&before[0];
    made_session = (hk_session *)(void *)&before[1];
    made_pool = (hk_executor *)(void *)&before[2];
}
static int untouched(void) {
    return (char *)made_network == &before[0] && (char *)made_session == &before[1] && (char *)made_pool == &before[2];
}

/* Fails the first, the second, ... allocation of a call until it succeeds: a status, outputs untouched, nothing left
   behind. */
#define FAIL_EACH(call, release)                                                                                       \
    for (long at = 0;; at++) {                                                                                         \
        forget();                                                                                                      \
        living = 0;                                                                                                    \
        allocations = 0;                                                                                               \
        fail_at = at;                                                                                                  \
        watching = 1;                                                                                                  \
        const hk_status status = call;                                                                                 \
        const long taken = allocations;                                                                                \
        if (status == HK_OK) release;                                                                                  \
        watching = 0;                                                                                                  \
        if (status != HK_OK && status != HK_OUT_OF_MEMORY) fail_msg("%s: %s", #call, hk_status_name(status));          \
        if (status != HK_OK && !untouched()) fail_msg("%s: an output was changed", #call);                             \
        if (living) fail_msg("%s: %ld blocks are left behind", #call, living);                                         \
        if (taken <= at) {                                                                                             \
            if (status != HK_OK || !at) fail_msg("%s: %s after %ld allocations", #call, hk_status_name(status), at);   \
            break;                                                                                                     \
        }                                                                                                              \
        if (status == HK_OK && !from_file) fail_msg("%s: allocation %ld failed, and the call did not", #call, at);     \
    }

static void run_here(void *context, void (*task)(void *, size_t), void *argument, size_t count) {
    (void)context;
    for (size_t i = 0; i < count; i++) task(argument, i);
}

static void test_failing_allocations(void **state) {
    (void)state;
    const hk_layer layer = {IN, OUT, w1, b, hk_activation_default(HK_RELU), HK_F32};
    hk_network *kept, *bytes;
    FAIL_EACH(hk_network_create(&layer, 1, &made_network), hk_network_free(made_network))
    FAIL_EACH(hk_network_create_scaled(&layer, 1, shift, NULL, &made_network), hk_network_free(made_network))
    assert_int_equal(hk_network_create(&layer, 1, &kept), HK_OK);
    FAIL_EACH(hk_session_create(kept, 5, NULL, &made_session), hk_session_free(made_session))
    const hk_executor executor = {NULL, 3, run_here};
    FAIL_EACH(hk_session_create(kept, 5, &executor, &made_session), hk_session_free(made_session))
    for (hk_dtype type = HK_BF16; type <= HK_I4; type++)
        FAIL_EACH(hk_network_convert(kept, type, &made_network), hk_network_free(made_network))
    assert_int_equal(hk_network_convert(kept, HK_I8, &bytes), HK_OK);
    FAIL_EACH(hk_network_calibrate(bytes, x, BATCH, &made_network), hk_network_free(made_network))
    FAIL_EACH(hk_session_create(bytes, 5, NULL, &made_session), hk_session_free(made_session))
    hk_network_free(bytes);
    hk_network_free(kept);
    FAIL_EACH(hk_self_check(NULL), (void)0)
}

#ifdef HK_TEST_THREADS
static void test_failing_pool(void **state) {
    (void)state;
    assert_int_equal(hk_thread_pool_create(3, &made_pool),
                     HK_OK); /* the C library keeps stacks, and what belongs to them */
    hk_thread_pool_free(made_pool);
    FAIL_EACH(hk_thread_pool_create(3, &made_pool), hk_thread_pool_free(made_pool))
}
#endif

#ifdef HK_TEST_ONNX
static void test_failing_readers(void **state) {
    (void)state;
    static char bytes[64 * 1024];
    char path[512];
    data_path("tumor.onnx", path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    hk_error error;
    FAIL_EACH(hk_network_load_memory(bytes, size, &made_network, &error), hk_network_free(made_network))
    from_file = 1;
    FAIL_EACH(hk_network_load(path, &made_network, NULL), hk_network_free(made_network))
    FAIL_EACH(hk_network_load_limited(path, 1 << 20, &made_network, NULL), hk_network_free(made_network))
    from_file = 0;
}
#endif

/* All the other calls of the public headers take no memory. */
static void test_others_allocate_nothing(void **state) {
    (void)state;
    static double d[600], e[600];
    static hk_bf16 h[600];
    static int8_t i[600];
    static int64_t sums[600];
    char text[64];
    hk_network *n;
    hk_session *s;
    hk_layer_info info;
    hk_activation a;
    build(&n, &s);
    allocations = 0;
    watching = 1;
    d[0] += hk_dot_f64(d, d, 600);
    y[0] += hk_dot_bf16(h, h, 600) + hk_dot_f16(h, h, 600) + hk_neuron_f32(x, w1, 9, 1, hk_activation_default(HK_TANH));
    sums[0] += hk_dot_i8(i, i, 600) + hk_dot_u8i8((const uint8_t *)i, i, 600);
    d[1] += hk_neuron_f64(d, d, 9, 1, hk_activation_default(HK_TANH));
    hk_matvec_f32(w1, x, y, 5, 20), hk_matvec_f64(d, d, e, 5, 20), hk_matvec_bf16(h, h, y, 5, 20);
    hk_matvec_f16(h, h, y, 5, 20), hk_matvec_i8(i, i, sums, 5, 20);
    hk_convert_f32_to_bf16(x, h, 600), hk_convert_bf16_to_f32(h, w2, 600), hk_convert_f32_to_f16(x, h, 600);
    hk_convert_f16_to_f32(h, w2, 600);
#define NAMED(KIND, name) hk_##name##_f32(x, y, 50), hk_##name##_f64(d, e, 50);
    HK_ELEMENTWISE_LIST(NAMED)
    hk_kernel_info kernel;
    hk_kernel(hk_kernel_count() - 1, &kernel);
    hk_softmax_f32(x, y, 3, 20), hk_log_softmax_f32(x, y, 3, 20);
    hk_softmax_f64(d, e, 3, 20), hk_log_softmax_f64(d, e, 3, 20);
    hk_dense_f64(d, d, NULL, e, 3, 9, 20, hk_activation_default(HK_TANH));
    hk_activation_name(HK_TANH), hk_activation_from_name("tanh", &a), hk_status_name(HK_OK), hk_version();
    hk_build_features(), hk_isa_current(), hk_isa_name(HK_ISA_AVX2), hk_isa_supported(HK_ISA_AVX2);
    hk_isa_force(hk_isa_current()), hk_isa_missing(HK_ISA_AMX, text, sizeof text);
    hk_network_inputs(n), hk_network_outputs(n), hk_network_parameters(n), hk_network_input_count(n);
    hk_network_output_count(n), hk_network_input_name(n, 0), hk_network_output_name(n, 0), hk_network_input_width(n, 0);
    hk_network_output_width(n, 0), hk_network_layer_count(n), hk_network_layer(n, 0, &info), hk_session_bytes(s);
    hk_session_set_fast_bf16(s, 1);
    hk_network_save(n, "x", NULL), hk_network_open("x", 0, &n, NULL);
    watching = 0;
    assert_int_equal(allocations, 0);
    hk_session_free(s);
    hk_network_free(n);
}

#ifdef HK_TEST_ONNX
/* hk_network_load_limited takes no more than it is allowed, what malloc rounds up and the FILE's buffer aside. */
static void test_limit(void **state) {
    (void)state;
    char path[512];
    data_path("digits.onnx", path);
    int loaded = 0;
    for (size_t limit = 10000; limit < 1000000; limit += limit / 8) {
        hk_network *n = NULL;
        bytes_now = bytes_most = 0;
        watching = 1;
        const hk_status status = hk_network_load_limited(path, limit, &n, NULL);
        watching = 0;
        assert_true(status == HK_OK || status == HK_OUT_OF_MEMORY);
        if (bytes_most > limit + 12 * 1024) fail_msg("%zu bytes taken, %zu allowed", bytes_most, limit);
        loaded += status == HK_OK;
        hk_network_free(n);
    }
    assert_true(loaded > 3);
}
#endif

int main(void) {
    expect_level();
    hidden = hk_activation_default(HK_GELU);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forward_allocates_nothing),
                                       cmocka_unit_test(test_narrow_forward_allocates_nothing),
                                       cmocka_unit_test(test_stack),
                                       cmocka_unit_test(test_memory_as_told),
                                       cmocka_unit_test(test_others_allocate_nothing),
#ifdef HK_TEST_ONNX
                                       cmocka_unit_test(test_limit),
                                       cmocka_unit_test(test_failing_readers),
#endif
#ifdef HK_TEST_THREADS
                                       cmocka_unit_test(test_failing_pool),
#endif
                                       cmocka_unit_test(test_failing_allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
