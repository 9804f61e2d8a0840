/* libmvec, glibc's vector functions, within 4 ULP: those that gcc -O3 -ffast-math calls for a loop over expf. */
#include "vector_peer.h"

#if defined LEVEL_AVX512
#define MVEC(name) _ZGVeN16v_##name##f
#else
#define MVEC(name) _ZGVdN8v_##name##f
#endif

vec MVEC(exp)(vec), MVEC(expm1)(vec), MVEC(log1p)(vec), MVEC(tanh)(vec), MVEC(erf)(vec);

EXP_MAPS(MVEC(exp))
TANH_MAPS(mvec, MVEC(tanh), MVEC(exp), MVEC(log1p))
OTHER_MAPS(MVEC(exp), MVEC(expm1), MVEC(log1p), MVEC(erf))

const bench_peer PEER(libmvec) = {
    .name = PEER_NAME(libmvec), .start = level_runs, .map = {EXP_ROWS, TANH_ROWS(mvec), OTHER_ROWS}, SOFTMAX_ROWS};
