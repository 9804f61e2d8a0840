/* SimSIMD, headers only: simsimd_avx2 is limited to AVX2 (its f64 is plain C there), simsimd_best is what it chooses.
 */
#include "peer.h"

/* Without these it compiles only for the processor that the compiler is told of. */
#if defined __x86_64__
#define SIMSIMD_TARGET_HASWELL 1
#define SIMSIMD_TARGET_SKYLAKE 1
#define SIMSIMD_TARGET_ICE     1
#define SIMSIMD_TARGET_GENOA   1
#if !defined __clang__ /* clang 14 does not compile its f16 */
#define SIMSIMD_TARGET_SAPPHIRE 1
#endif
#endif
#define SIMSIMD_NATIVE_F16  0
#define SIMSIMD_NATIVE_BF16 0
#include <simsimd/simsimd.h>

enum { F32, F64, BF16, F16, I8, TYPES };
typedef struct kernels {
    simsimd_kernel_punned_t of[TYPES];
} kernels;
static kernels avx2, best;

static int find(kernels *k, simsimd_capability_t allowed) {
    static const simsimd_datatype_t types[TYPES] = {[F32] = simsimd_datatype_f32_k,
                                                    [F64] = simsimd_datatype_f64_k,
                                                    [BF16] = simsimd_datatype_bf16_k,
                                                    [F16] = simsimd_datatype_f16_k,
                                                    [I8] = simsimd_datatype_i8_k};
    int all = 1;
    for (int t = 0; t < TYPES; t++) {
        simsimd_capability_t used;
        simsimd_find_kernel_punned(simsimd_metric_dot_k, types[t], simsimd_capabilities(), allowed, &k->of[t], &used);
        all &= k->of[t] != NULL;
    }
    return all;
}

#define FUNCTIONS(k)                                                                                                   \
    static double k##_dot(int type, const void *a, const void *b, size_t n) {                                          \
        simsimd_distance_t sum = 0;                                                                                    \
        ((simsimd_metric_dense_punned_t)(void (*)(void))k.of[type])(a, b, n, &sum);                                    \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static float k##_f32(const float *a, const float *b, size_t n) { return (float)k##_dot(F32, a, b, n); }            \
    static double k##_f64(const double *a, const double *b, size_t n) { return k##_dot(F64, a, b, n); }                \
    static float k##_bf16(const uint16_t *a, const uint16_t *b, size_t n) { return (float)k##_dot(BF16, a, b, n); }    \
    static float k##_f16(const uint16_t *a, const uint16_t *b, size_t n) { return (float)k##_dot(F16, a, b, n); }      \
    static int64_t k##_i8(const int8_t *a, const int8_t *b, size_t n) { return (int64_t)k##_dot(I8, a, b, n); }
#define PEER(k, start)                                                                                                 \
    {                                                                                                                  \
        "simsimd_" #k, start, .dot_f32 = k##_f32, .dot_f64 = k##_f64, .dot_bf16 = k##_bf16, .dot_f16 = k##_f16,        \
                              .dot_i8 = k##_i8                                                                         \
    }

FUNCTIONS(avx2)
FUNCTIONS(best)
static int start_avx2(void) {
    return find(&avx2, (simsimd_capability_t)(simsimd_cap_haswell_k | simsimd_cap_serial_k));
}
static int start_best(void) { return find(&best, simsimd_cap_any_k); }
const bench_peer peer_simsimd_avx2 = PEER(avx2, start_avx2), peer_simsimd_best = PEER(best, start_best);
