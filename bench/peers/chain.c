#include "chain.h"

#include "network_peer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

float *chain_floats(size_t n) {
    const size_t bytes = (n * sizeof(float) + 127) / 64 * 64;
    float *p = aligned_alloc(64, bytes);
    if (!p) abort();
    memset(p, 0, bytes);
    return p;
}

void chain_start(chain *c, const hk_layer *layers, size_t count, size_t batch) {
    if (count > CHAIN_MOST) abort();
    *c = (chain){.count = count, .batch = batch};
    size_t widest = 0;
    for (size_t l = 0; l < count; l++) {
        c->layers[l] = layers[l];
        if (l + 1 < count && layers[l].outputs > widest) widest = layers[l].outputs;
    }
    for (int i = 0; widest && i < 2; i++) c->between[i] = chain_floats(batch * widest);
}

void chain_end(chain *c) {
    free(c->between[0]);
    free(c->between[1]);
}

float *chain_transposed(const hk_layer *layer) {
    float *t = chain_floats(layer->inputs * layer->outputs);
    for (size_t first = 0; first < layer->inputs; first += 16) /* a line of the source at a time */
        for (size_t o = 0; o < layer->outputs; o++)
            for (size_t i = first; i < layer->inputs && i < first + 16; i++)
                t[i * layer->outputs + o] = layer->weights[o * layer->inputs + i];
    return t;
}

static double seconds(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(void (*call)(void *, int), void *context, int way, int times) {
    const double start = seconds();
    for (int i = 0; i < times; i++) call(context, way);
    return (seconds() - start) / times;
}

int chain_fastest(int count, void (*call)(void *, int), void *context) {
    if (count < 2) return 0;
    double best[32];
    int times[32];
    for (int way = 0; way < count; way++) { /* the first call is not counted; then blocks of some 20 microseconds */
        call(context, way);
        best[way] = seconds_of(call, context, way, 1);
        times[way] = best[way] > 1e-5 ? 1 : best[way] > 1e-6 ? 10 : 100;
    }
    const double end = seconds() + 4e-3 * count;
    for (int round = 0; round < 3 || (seconds() < end && round < 100); round++)
        for (int way = 0; way < count; way++) {
            if (best[way] < 1e-3) call(context, way); /* its weights into the cache, from which others drove them */
            const double t = seconds_of(call, context, way, times[way]);
            if (!round || t < best[way]) best[way] = t;
        }
    int fastest = 0;
    for (int way = 1; way < count; way++)
        if (best[way] < best[fastest]) fastest = way;
    return fastest;
}

plain_finish_fn *plain_finish_here(void) {
#if defined __x86_64__
    return network_peers_avx512() ? plain_finish_avx512 : plain_finish_avx2;
#else
    return plain_finish_native;
#endif
}
