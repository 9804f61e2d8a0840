/* VOLK, the kernels of GNU Radio; it chooses among its variants itself (volk_profile measures them once). */
#include "peer.h"

#include <volk/volk.h>

static void map_exp(const float *x, float *y, size_t n) { volk_32f_exp_32f(y, x, (unsigned)n); }
static void map_tanh(const float *x, float *y, size_t n) { volk_32f_tanh_32f(y, x, (unsigned)n); }
static float dot_f32(const float *a, const float *b, size_t n) {
    float sum;
    volk_32f_x2_dot_prod_32f(&sum, a, b, (unsigned)n);
    return sum;
}

const bench_peer peer_volk = {.name = "volk", .map = {[HK_EXP] = map_exp, [HK_TANH] = map_tanh}, .dot_f32 = dot_f32};
