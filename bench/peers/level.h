/* For adapters that are compiled once per level, with LEVEL and LEVEL_AVX2 or LEVEL_AVX512. */
#ifndef HK_PEER_LEVEL_H
#define HK_PEER_LEVEL_H

#define PEER_PASTE_(a, b) a##_##b
#define PEER_PASTE(a, b)  PEER_PASTE_(a, b)
#define PEER_TEXT_(a)     #a
#define PEER_TEXT(a)      PEER_TEXT_(a)

/* Of PEER(sleef): the table peer_sleef_avx2, and its name "sleef_avx2". */
#define PEER(library)      PEER_PASTE(peer_##library, LEVEL)
#define PEER_NAME(library) #library "_" PEER_TEXT(LEVEL)

#if defined __x86_64__
static int level_runs(void) {
#if defined LEVEL_AVX512
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
#else
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
}
#endif

#endif
