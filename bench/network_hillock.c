#include "network_hillock.h"

#include "bench.h"

#include "hillock/hillock.h"

#include <stdlib.h>

static struct {
    hk_status (*network_create)(const hk_layer *, size_t, hk_network **);
    void (*network_free)(hk_network *);
    hk_status (*session_create)(const hk_network *, size_t, const hk_executor *, hk_session **);
    hk_status (*forward)(hk_session *, const float *, float *, size_t);
    void (*session_free)(hk_session *);
    hk_status (*pool_create)(size_t, hk_executor **);
    hk_isa (*isa_current)(void);
    hk_status (*isa_force)(hk_isa);
    int (*isa_supported)(hk_isa);
    hk_status (*calibrate)(const hk_network *, const float *, size_t, hk_network **);
    hk_status (*set_fast_bf16)(hk_session *, int);
} hk;

static hk_executor *pools[9]; /* by threads */

int network_hillock_has_threads(int threads) {
    return threads == 1 || pools[threads] || hk.pool_create((size_t)threads, &pools[threads]) == HK_OK;
}

static int start(void) {
    return bench_public("hk_network_create", &hk.network_create) && bench_public("hk_network_free", &hk.network_free) &&
           bench_public("hk_session_create", &hk.session_create) && bench_public("hk_session_forward", &hk.forward) &&
           bench_public("hk_session_free", &hk.session_free) &&
           bench_public("hk_thread_pool_create", &hk.pool_create) && bench_public("hk_isa_current", &hk.isa_current) &&
           bench_public("hk_isa_force", &hk.isa_force) && bench_public("hk_isa_supported", &hk.isa_supported) &&
           bench_public("hk_network_calibrate", &hk.calibrate) &&
           bench_public("hk_session_set_fast_bf16", &hk.set_fast_bf16);
}

static int start_vnni(void) {
    return start() && hk.isa_supported(HK_ISA_AVX512_VNNI) && hk.isa_current() != HK_ISA_AVX512_VNNI;
}
static int start_avx2(void) { return start() && hk.isa_supported(HK_ISA_AVX2) && hk.isa_current() != HK_ISA_AVX2; }

typedef struct network {
    hk_session *session; /* holds the network */
    size_t batch;
} network;

/* A session on a network, which is freed. */
static network *session_of(hk_network *made, size_t batch, int threads) {
    network *n = calloc(1, sizeof *n);
    if (!n || !network_hillock_has_threads(threads)) abort();
    n->batch = batch;
    if (hk.session_create(made, batch, threads > 1 ? pools[threads] : NULL, &n->session)) abort();
    hk.network_free(made);
    return n;
}

static void *create(const hk_layer *layers, size_t count, size_t batch, int threads) {
    hk_network *made;
    if (hk.network_create(layers, count, &made)) abort();
    return session_of(made, batch, threads);
}

/* The layers with their weights kept in another type. */
static hk_network *stored(const hk_layer *layers, size_t count, hk_dtype storage) {
    hk_layer *kept = calloc(count, sizeof *kept);
    hk_network *made;
    if (!kept) abort();
    for (size_t l = 0; l < count; l++) {
        kept[l] = layers[l];
        kept[l].storage = storage;
    }
    if (hk.network_create(kept, count, &made)) abort();
    free(kept);
    return made;
}
#define STORED_AS(name, storage)                                                                                       \
    static void *create_##name(const hk_layer *layers, size_t count, size_t batch, int threads) {                      \
        return session_of(stored(layers, count, storage), batch, threads);                                             \
    }
STORED_AS(bf16, HK_BF16)
STORED_AS(f16, HK_F16)
STORED_AS(i8, HK_I8)
STORED_AS(i4, HK_I4)
static void *create_i8_vnni(const hk_layer *layers, size_t count, size_t batch, int threads) {
    const hk_isa best = hk.isa_current();
    hk.isa_force(HK_ISA_AVX512_VNNI);
    void *n = create_i8(layers, count, batch, threads);
    hk.isa_force(best);
    return n;
}
static void *create_i8_static(const hk_layer *layers, size_t count, size_t batch, int threads) {
    enum { SAMPLES = 64 };
    hk_network *dynamic = stored(layers, count, HK_I8), *made;
    float *samples = bench_uniform(SAMPLES * layers[0].inputs, 1);
    if (hk.calibrate(dynamic, samples, SAMPLES, &made)) abort();
    free(samples);
    hk.network_free(dynamic);
    return session_of(made, batch, threads);
}
static void *create_fast_bf16(const hk_layer *layers, size_t count, size_t batch, int threads) {
    network *n = create_bf16(layers, count, batch, threads);
    if (hk.set_fast_bf16(n->session, 1) == HK_OK) return n;
    hk.session_free(n->session);
    free(n);
    return NULL;
}

static void *create_avx2(const hk_layer *layers, size_t count, size_t batch, int threads) {
    const hk_isa best = hk.isa_current();
    hk.isa_force(HK_ISA_AVX2);
    void *n = create(layers, count, batch, threads);
    hk.isa_force(best);
    return n;
}

static void *create_fast(const hk_layer *layers, size_t count, size_t batch, int threads) {
    hk_layer *fast = calloc(count, sizeof *fast);
    if (!fast) abort();
    for (size_t l = 0; l < count; l++) {
        fast[l] = layers[l];
        fast[l].activation.accuracy = HK_FAST;
    }
    void *n = create(fast, count, batch, threads);
    free(fast);
    return n;
}

int network_has_fast(const hk_layer *layers, size_t count) {
    for (size_t l = 0; l < count; l++) {
        const hk_activation_kind kind = layers[l].activation.kind;
#define IS_FAST(KIND, name)                                                                                            \
    if (kind == HK_##KIND) return 1;
        HK_FAST_LIST(IS_FAST)
    }
    return 0;
}

static void run(void *context, const float *x, float *y) {
    const network *n = context;
    if (hk.forward(n->session, x, y, n->batch)) abort();
}

static void free_network(void *context) {
    network *n = context;
    hk.session_free(n->session);
    free(n);
}

const network_peer network_hillock = {"hillock", start, NULL, create, run, free_network, HK_F32};
const network_peer network_hillock_fast = {"hillock_fast", start, NULL, create_fast, run, free_network, HK_F32};
const network_peer network_hillock_avx2 = {"hillock_avx2", start_avx2, NULL, create_avx2, run, free_network, HK_F32};

#define STORED(name, begin, type)                                                                                      \
    { "hillock_" #name, begin, NULL, create_##name, run, free_network, type }
const network_peer network_hillock_stored[] = {
    STORED(bf16, start, HK_BF16), STORED(f16, start, HK_BF16),     STORED(fast_bf16, start, HK_BF16),
    STORED(i8, start, HK_I8),     STORED(i8_static, start, HK_I8), STORED(i8_vnni, start_vnni, HK_I8),
    STORED(i4, start, HK_I8),
};
const size_t network_hillock_stored_count = sizeof network_hillock_stored / sizeof *network_hillock_stored;
