/* The list of peers, which Meson makes: HK_NETWORK_PEER_LIST(X) is X(name) for each that was found. */
#define _GNU_SOURCE
#include "network_peer.h"
#include "network_peer_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DECLARE(name) extern const network_peer network_peer_##name;
HK_NETWORK_PEER_LIST(DECLARE)

#define ADDRESS(name) &network_peer_##name,
const network_peer *const network_peers[] = {HK_NETWORK_PEER_LIST(ADDRESS) NULL};
const size_t network_peer_count = sizeof network_peers / sizeof *network_peers - 1;

int network_peers_avx2(void) {
    const char *limit = getenv("BENCH_PEERS");
    return limit && !strcmp(limit, "avx2");
}

int network_peers_avx512(void) {
#if defined __x86_64__
    return !network_peers_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
    return 0;
#endif
}

void network_peers_environment(char **arguments) {
    /* XNNPACK, Eigen and the plain loops look at BENCH_PEERS themselves. BLIS takes numbers: see its adapter. ONNX
       Runtime has no such setting. */
    static const char *const limits[][2] = {
        {"ONEDNN_MAX_CPU_ISA", "AVX2"}, {"OPENBLAS_CORETYPE", "Haswell"}, {"LIBXSMM_TARGET", "hsw"}};
    if (!network_peers_avx2() || getenv(limits[0][0])) return;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) setenv(limits[i][0], limits[i][1], 1);
    execv("/proc/self/exe", arguments);
    perror("BENCH_PEERS=avx2");
    exit(1);
}
