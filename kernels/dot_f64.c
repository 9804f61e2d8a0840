/* Dot product and matrix-vector product of doubles. */
#include "real_f64.h"

#define ELEMENT            REAL
#define DOT_PHASES         1
#define DOT_START(j)       ((j)*LANES)
#define DOT_LOAD(p, j)     V(load)((p) + (j)*LANES)
#define DOT_LOADN(p, n, j) V(loadn)((p) + (j)*LANES, hk_min((n) - (j)*LANES, LANES))
#include "dot.h"
