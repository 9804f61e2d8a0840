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
           bench_public("hk_isa_force", &hk.isa_force) && bench_public("hk_isa_supported", &hk.isa_supported);
}

static int start_avx2(void) { return start() && hk.isa_supported(HK_ISA_AVX2) && hk.isa_current() != HK_ISA_AVX2; }

typedef struct network {
    hk_session *session; /* holds the network */
    size_t batch;
} network;

static void *create(const hk_layer *layers, size_t count, size_t batch, int threads) {
    network *n = calloc(1, sizeof *n);
    hk_network *made;
    if (!n || !network_hillock_has_threads(threads) || hk.network_create(layers, count, &made)) abort();
    n->batch = batch;
    if (hk.session_create(made, batch, threads > 1 ? pools[threads] : NULL, &n->session)) abort();
    hk.network_free(made);
    return n;
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
        if (kind == HK_SIGMOID || kind == HK_SILU || kind == HK_GELU || kind == HK_GELU_TANH) return 1;
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

const network_peer network_hillock = {"hillock", start, NULL, create, run, free_network};
const network_peer network_hillock_fast = {"hillock_fast", start, NULL, create_fast, run, free_network};
const network_peer network_hillock_avx2 = {"hillock_avx2", start_avx2, NULL, create_avx2, run, free_network};
