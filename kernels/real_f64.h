/* Names for sources that are the same for float and double: this header or real_f32.h goes before them. */
#include "kernel.h"

#define REAL         double
#define BLOCK        vd
#define LANES        VD_LANES
#define V(op)        vd_##op
#define M(op)        md_##op
#define MASK         vdm
#define NAME(op)     KERNEL(op##_f64)
#define DENSE_JOB    hk_dense_f64_job
#define MAP_FUNCTION hk_map_f64_fn

#undef HK_GROUP /* SLEEF's functions take one block: no groups (kernels/map.h) */
