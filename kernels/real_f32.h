/* Names for sources that are the same for float and double: this header or real_f64.h goes before them. */
#include "kernel.h"

#define REAL         float
#define BLOCK        vf
#define LANES        VF_LANES
#define V(op)        v_##op
#define M(op)        m_##op
#define MASK         vm
#define NAME(op)     KERNEL(op##_f32)
#define DENSE_JOB    hk_dense_f32_job
#define MAP_FUNCTION hk_map_f32_fn
