/* Other libraries that run networks of dense layers, each behind the same few functions. An adapter makes the best of
   its library for one batch size: it packs weights where the library can, fuses what it fuses, and where there are
   several ways tries them and keeps the fastest. */
#ifndef HK_NETWORK_PEER_H
#define HK_NETWORK_PEER_H

#include "hillock/network.h"

typedef struct network_peer {
    const char *name;
    int (*start)(void);         /* 1 if it runs on this machine; called once before anything else; NULL: always */
    void (*threads)(int count); /* called before create, and before run when another row ran in between; may be NULL */
    /* A network for batches of exactly that many rows; NULL if the library has no such thing. The layers' arrays
       outlive it, and each layer has a bias. */
    void *(*create)(const hk_layer *layers, size_t count, size_t batch, int threads);
    void (*run)(void *network, const float *x, float *y);
    void (*free)(void *network);
    hk_dtype storage; /* HK_BF16 or HK_I8: it keeps weights so, and takes part where that is what is measured */
} network_peer;

/* Those of this build. */
extern const network_peer *const network_peers[];
extern const size_t network_peer_count;

/* BENCH_PEERS=avx2 in the environment limits every peer to AVX2. */
int network_peers_avx2(void);

/* 1 if AVX-512 is there and allowed. */
int network_peers_avx512(void);

/* Sets what the libraries read from the environment when they are loaded, for which the program starts itself again if
   need be; first thing in main. */
void network_peers_environment(char **arguments);

#endif
