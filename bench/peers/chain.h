/* What adapters share that run a network layer by layer. */
#ifndef HK_PEER_CHAIN_H
#define HK_PEER_CHAIN_H

#include "hillock/network.h"

enum { CHAIN_MOST = 32 };

typedef struct chain {
    size_t count, batch;
    hk_layer layers[CHAIN_MOST];
    float *between[2]; /* outputs of layers that are not the last */
} chain;

/* Memory for n floats; ends the program when there is none. */
float *chain_floats(size_t n);

void chain_start(chain *c, const hk_layer *layers, size_t count, size_t batch);
void chain_end(chain *c);

/* Where layer l writes when the network writes to y. */
static inline float *chain_to(const chain *c, size_t l, float *y) { return l + 1 == c->count ? y : c->between[l % 2]; }

/* The layer's weights as [inputs][outputs]; to be freed. */
float *chain_transposed(const hk_layer *layer);

/* Of `count` ways to do the same, the one whose call takes the shortest, by a few milliseconds of measurement. */
int chain_fastest(int count, void (*call)(void *context, int way), void *context);

/* y[r] = activation(y[r] + bias) for rows of `cols` elements, `stride` apart; bias may be NULL. Loops in C as a user
   writes them, compiled per level with -O3 -ffast-math. Activations that the benchmark has, and no others. */
typedef void plain_finish_fn(hk_activation_kind kind, const float *bias, float *y, size_t stride, size_t rows,
                             size_t cols);
extern plain_finish_fn plain_finish_avx2, plain_finish_avx512, plain_finish_native;

/* The one for this machine, within BENCH_PEERS. */
plain_finish_fn *plain_finish_here(void);

#endif
