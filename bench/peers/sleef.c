/* SLEEF's vector functions: u10 within 1.0 ULP. Of those used here only tanh exists within 3.5 ULP too, as u35. */
#include "vector_peer.h"

#include <sleef.h>

#if defined LEVEL_AVX512
#define U10(name) Sleef_##name##f16_u10avx512f
#define U35(name) Sleef_##name##f16_u35avx512f
#else
#define U10(name) Sleef_##name##f8_u10avx2
#define U35(name) Sleef_##name##f8_u35avx2
#endif

EXP_MAPS(U10(exp))
TANH_MAPS(u10, U10(tanh), U10(exp), U10(log1p))
TANH_MAPS(u35, U35(tanh), U10(exp), U10(log1p))
OTHER_MAPS(U10(exp), U10(expm1), U10(log1p), U10(erf))

const bench_peer PEER(sleef_u10) = {
    .name = PEER_NAME(sleef_u10), .start = level_runs, .map = {EXP_ROWS, TANH_ROWS(u10), OTHER_ROWS}, SOFTMAX_ROWS};
const bench_peer PEER(sleef_u35) = {.name = PEER_NAME(sleef_u35), .start = level_runs, .map = {TANH_ROWS(u35)}};
