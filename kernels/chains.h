/* How many interleaved chains of fma an output of a dense layer has: part of HK_NUMERICS_VERSION, see docs/design.md
 * for the measurement behind it. Wide layers fill the registers with outputs; narrow ones need several chains per
 * output to hide the latency of fma. Layers of at most HK_DOT_OUTPUTS outputs are dot products. */
#ifndef HK_CHAINS_H
#define HK_CHAINS_H

#include <stddef.h>

enum { HK_DOT_OUTPUTS = 4, HK_CHAINS_MAX = 4 };

static inline int hk_chains(size_t outputs) { return outputs > 48 ? 1 : outputs > 16 ? 2 : 4; }

#endif
