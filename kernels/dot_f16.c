/* Dot product and matrix-vector product of binary16, widened and accumulated in float. */
#include "kernel.h"

#define ELEMENT  uint16_t
#define REAL     float
#define BLOCK    vf
#define LANES    VF_LANES
#define V(op)    v_##op
#define NAME(op) KERNEL(op##_f16)

#define DOT_PHASES         1
#define DOT_START(j)       ((j)*LANES)
#define DOT_LOAD(p, j)     v_load_f16((p) + (j)*LANES)
#define DOT_LOADN(p, n, j) v_loadn_f16((p) + (j)*LANES, hk_min((n) - (j)*LANES, LANES))
#include "dot.h"
