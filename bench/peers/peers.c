/* The list of peers, which Meson makes: HK_PEER_LIST(X) is X(name) for each that was found. */
#include "peer.h"
#include "peer_list.h"

#define DECLARE(name) extern const bench_peer peer_##name;
HK_PEER_LIST(DECLARE)

#define ADDRESS(name) &peer_##name,
const bench_peer *const bench_peers[] = {HK_PEER_LIST(ADDRESS) NULL};
const size_t bench_peer_count = sizeof bench_peers / sizeof *bench_peers - 1;

static int runs[sizeof bench_peers / sizeof *bench_peers];

void bench_peers_start(void) {
    for (size_t i = 0; i < bench_peer_count; i++) runs[i] = !bench_peers[i]->start || bench_peers[i]->start();
}

int bench_peer_runs(size_t i) { return runs[i]; }
