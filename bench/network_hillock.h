/* Hillock itself in the shape of a peer: through the public interface of the shared library. */
#ifndef HK_NETWORK_HILLOCK_H
#define HK_NETWORK_HILLOCK_H

#include "peers/network_peer.h"

/* As it is; with HK_FAST; at the level AVX2. */
extern const network_peer network_hillock, network_hillock_fast, network_hillock_avx2;

/* With the weights kept in 16, 8 and 4 bits; fast_bf16: by the processor's own instructions; i8_static: calibrated;
   i8_vnni: at the level AVX512_VNNI where that is not the best. */
extern const network_peer network_hillock_stored[];
extern const size_t network_hillock_stored_count;

/* 1 if some activation has a form HK_FAST of its own. */
int network_has_fast(const hk_layer *layers, size_t count);

/* 1 if the library has a pool of that many threads. */
int network_hillock_has_threads(int threads);

#endif
