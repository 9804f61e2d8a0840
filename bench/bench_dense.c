/* Dense layers and small networks through the shared library, beside other libraries and the machine's limits.
 *
 *   bench_dense --benchmark_filter='/(64x64|A)/(1|16|256)$' --benchmark_repetitions=9 --benchmark_min_time=0.02 \
 *       --benchmark_out=dense.json >/dev/null
 *   bench/report.py dense.json
 *
 * Rows are dense/WHO/SHAPE/BATCH. WHO is `hillock`, `hillock_fast` (HK_FAST, where a layer has such a form),
 * `hillock_avx2` or a peer. Shapes INxOUT are one layer with bias and ReLU; networks:
 *   A  64-128-64-10, ReLU, ReLU, softmax      C  1024-4096-1024, GELU (erf), linear
 *   B  784-512-256-10, ReLU, ReLU, softmax    D  13-64-64-1, tanh, tanh, sigmoid
 * Shapes bf16-INxOUT and i8-INxOUT are layers whose weights are kept in 16 or 8 bits; there, `hillock` is the float
 * layer, and its bytes are those of float weights. width-N is one layer of N inputs and outputs, depth-N is N layers of
 * 64, both with ReLU, for 1 and 64 rows. Batches are 1, 4, 16, 64, 256 and 1024, each also with two threads
 * (/2threads/real_time behind the batch), and all from 1 to 33 for some shapes. A time is that of a call for the whole
 * batch, with inputs and outputs at the same places each time, weights packed before where the library can.
 *
 * Each row shows GFLOP/s, GB/s of weights read, and shares of limits measured in the same process at WHO's level (the
 * best level for peers): of_peak of a loop that only multiplies and adds, of_ceiling of one that also loads from the
 * first-level cache what a tile of outputs needs, both in cycles, since the processor slows down under such work; and
 * of_bandwidth of one that only loads as many bytes as there are weights. With two threads, limits are twice those of
 * one. Before each repetition with threads there is a rest, until those of the one before have stopped polling.
 *
 * A network is made at its row's first run and kept. What it gives is compared with Hillock's outputs: max_error is the
 * largest difference over the largest output; above 1e-3 the row is named and left out, or, with weights of 16 or 8
 * bits, above 0.1.
 *
 * BENCH_PEERS=avx2 limits peers to AVX2, all but ONNX Runtime, which then does not take part: compare with
 * hillock_avx2 (bench/report.py --mine=hillock_avx2). */
#include "bench.h"

#include "network_hillock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LAYERS = 32, MOST_BATCH = 1024, MOST_WIDTH = 4096, STEPS = 33 };

typedef struct shape {
    const char *name;
    size_t widths[LAYERS + 1]; /* 0 behind the last */
    hk_activation_kind kinds[LAYERS];
    int steps;        /* measured from 1 to 33 */
    size_t depth;     /* so many layers, all as the first; only for 1 and 64 rows */
    hk_dtype storage; /* weights are kept as HK_BF16 (or f16), or HK_I8 */
    /* filled at the first use */
    hk_layer layers[LAYERS];
    size_t count, flops, bytes; /* flops per row, bytes of all parameters */
} shape;

#define WIDTH(n)                                                                                                       \
    { .name = "width-" #n, .widths = {n, n}, .kinds = {HK_RELU}, .depth = 1 }
#define DEPTH(n)                                                                                                       \
    { .name = "depth-" #n, .widths = {64, 64}, .kinds = {HK_RELU}, .depth = n }
static shape shapes[] = {
    {.name = "64x64", .widths = {64, 64}, .kinds = {HK_RELU}, .steps = 1},
    {.name = "256x256", .widths = {256, 256}, .kinds = {HK_RELU}, .steps = 1},
    {.name = "784x128", .widths = {784, 128}, .kinds = {HK_RELU}, .steps = 1},
    {.name = "1024x1024", .widths = {1024, 1024}, .kinds = {HK_RELU}, .steps = 1},
    {.name = "4096x4096", .widths = {4096, 4096}, .kinds = {HK_RELU}},
    {.name = "A", .widths = {64, 128, 64, 10}, .kinds = {HK_RELU, HK_RELU, HK_SOFTMAX}, .steps = 1},
    {.name = "B", .widths = {784, 512, 256, 10}, .kinds = {HK_RELU, HK_RELU, HK_SOFTMAX}},
    {.name = "C", .widths = {1024, 4096, 1024}, .kinds = {HK_GELU, HK_LINEAR}},
    {.name = "D", .widths = {13, 64, 64, 1}, .kinds = {HK_TANH, HK_TANH, HK_SIGMOID}, .steps = 1},
    WIDTH(16),
    WIDTH(32),
    WIDTH(64),
    WIDTH(128),
    WIDTH(256),
    WIDTH(512),
    WIDTH(1024),
    WIDTH(2048),
    DEPTH(1),
    DEPTH(2),
    DEPTH(4),
    DEPTH(8),
    DEPTH(16),
    DEPTH(32),
    {.name = "bf16-256x256", .widths = {256, 256}, .kinds = {HK_RELU}, .storage = HK_BF16},
    {.name = "bf16-1024x1024", .widths = {1024, 1024}, .kinds = {HK_RELU}, .storage = HK_BF16},
    {.name = "bf16-4096x4096", .widths = {4096, 4096}, .kinds = {HK_RELU}, .storage = HK_BF16},
    {.name = "i8-256x256", .widths = {256, 256}, .kinds = {HK_RELU}, .storage = HK_I8},
    {.name = "i8-1024x1024", .widths = {1024, 1024}, .kinds = {HK_RELU}, .storage = HK_I8},
    {.name = "i8-4096x4096", .widths = {4096, 4096}, .kinds = {HK_RELU}, .storage = HK_I8},
};
static const size_t batches[] = {1, 4, 16, 64, 256, 1024};

/* Seconds of calls that a network with threads is given before it is timed. */
#define WARM 1e-3

static float *x, *y, *expected; /* MOST_BATCH * MOST_WIDTH floats each */

typedef struct cell {
    const network_peer *who;
    shape *of;
    size_t batch;
    int threads;
    const bench_level *level;
    void *network; /* made at the first run */
    int wrong;
    double error;
} cell;

static void measure(shape *s) {
    for (size_t l = 1; l < s->depth; l++) {
        s->widths[l + 1] = s->widths[l];
        s->kinds[l] = s->kinds[0];
    }
    for (; s->count < LAYERS && s->widths[s->count + 1]; s->count++) {
        const size_t in = s->widths[s->count], out = s->widths[s->count + 1];
        s->flops += 2 * in * out;
        s->bytes += (in + 1) * out * sizeof(float);
        s->layers[s->count] = (hk_layer){
            .inputs = in, .outputs = out, .activation = hk_activation_default(s->kinds[s->count]), .storage = HK_F32};
    }
}

/* Weights of all participants, such that outputs keep the size of inputs. */
static void fill(shape *s) {
    for (size_t l = 0; l < s->count && !s->layers[l].weights; l++) {
        hk_layer *a = &s->layers[l];
        float *w = bench_uniform(a->inputs * a->outputs, 10 + l);
        const float scale = 2 / sqrtf((float)a->inputs);
        for (size_t i = 0; i < a->inputs * a->outputs; i++) w[i] *= scale;
        a->weights = w;
        a->bias = bench_uniform(a->outputs, 20 + l);
    }
}

static double error_of(const cell *c) {
    const shape *s = c->of;
    void *ours = network_hillock.create(s->layers, s->count, c->batch, 1);
    network_hillock.run(ours, x, expected);
    network_hillock.free(ours);
    double most = 0, largest = 0;
    for (size_t i = 0; i < c->batch * s->widths[s->count]; i++) {
        const double error = fabs((double)y[i] - (double)expected[i]);
        if (!(error <= most)) most = error; /* NaN too */
        largest = fmax(largest, fabs((double)expected[i]));
    }
    return most / largest;
}

static int prepare(void *context, gbench_work *work) {
    cell *c = context;
    const shape *s = c->of;
    if (c->wrong) return 0;
    fill(c->of);
    if (c->who->threads) c->who->threads(c->threads);
    if (!c->network) {
        c->network = c->who->create(s->layers, s->count, c->batch, c->threads);
        c->wrong = !c->network;
        if (c->wrong) return 0;
        for (size_t i = 0; i < c->batch * s->widths[s->count]; i++) y[i] = NAN;
        c->who->run(c->network, x, y);
        c->error = error_of(c);
        c->wrong = !(c->error <= (s->storage ? 0.1 : 1e-3));
        if (c->wrong) {
            fprintf(stderr, "%s/%s/%zu, %d threads, is wrong by %.3g: not timed\n", c->who->name, s->name, c->batch,
                    c->threads, c->error);
            c->who->free(c->network);
            return 0;
        }
    }
    if (c->threads > 1) { /* others' threads wait for work by computing, some for 50 ms, and this one's are asleep */
        bench_rest();
        const double end = seconds_now() + WARM;
        for (int calls = 0; calls < 2 || seconds_now() < end; calls++) c->who->run(c->network, x, y);
    }
    work->max_error = c->error;
    work->most_bytes = c->threads * bench_bytes(c->level->loops, s->bytes);
    return 1;
}

static void body(void *context, uint64_t iterations) {
    const cell *c = context;
    while (iterations--) c->who->run(c->network, x, y);
}

static void add(const network_peer *who, const bench_level *level, shape *s, size_t batch, int threads) {
    cell *c = malloc(sizeof *c);
    if (!c) abort();
    *c = (cell){.who = who, .of = s, .batch = batch, .threads = threads, .level = level};
    char name[96];
    snprintf(name, sizeof name, "dense/%s/%s/%zu%s", who->name, s->name, batch, threads > 1 ? "/2threads" : "");
    gbench_register(name, body, c,
                    (gbench_work){.bytes = (double)s->bytes,
                                  .flops = (double)(s->flops * batch),
                                  .most_flops = threads * level->flops,
                                  .most_fed = threads * level->fed_flops,
                                  .elements = (double)batch,
                                  .max_ulp = -1,
                                  .max_error = -1,
                                  .wall = threads > 1,
                                  .prepare = prepare});
}

static int listed(size_t batch) {
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
        if (batches[i] == batch) return 1;
    return 0;
}

static void add_all(const network_peer *who, const bench_level *level) {
    if (who->start && !who->start()) return;
    const int ours = who == &network_hillock || who == &network_hillock_fast || who == &network_hillock_avx2;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        shape *s = &shapes[i];
        if (who == &network_hillock_fast && !network_has_fast(s->layers, s->count)) continue;
        if (s->storage ? s->storage != who->storage && who != &network_hillock : who->storage != HK_F32) continue;
        for (size_t k = 0; k < sizeof batches / sizeof *batches; k++) {
            if (s->depth && batches[k] != 1 && batches[k] != 64) continue;
            add(who, level, s, batches[k], 1);
            if (!s->storage && !s->depth && (!ours || network_hillock_has_threads(2)))
                add(who, level, s, batches[k], 2);
        }
        for (size_t batch = 1; s->steps && batch <= STEPS; batch++)
            if (!listed(batch)) add(who, level, s, batch, 1);
    }
}

static const bench_level *level_of(hk_isa isa) {
    for (size_t i = 0; i < bench_level_count; i++)
        if (bench_levels[i].loops->isa == isa) return &bench_levels[i];
    return &bench_levels[bench_level_count - 1];
}

int main(int count, char **arguments) {
    network_peers_environment(arguments);
    bench_start();
    const bench_level *best = &bench_levels[bench_level_count - 1];
    x = bench_uniform(MOST_BATCH * MOST_WIDTH, 1);
    y = bench_alloc(MOST_BATCH * MOST_WIDTH * sizeof *y);
    expected = bench_alloc(MOST_BATCH * MOST_WIDTH * sizeof *expected);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) measure(&shapes[i]);
    if (!network_hillock.start()) return 1; /* its outputs are what others are compared with */
    add_all(&network_hillock, best);
    add_all(&network_hillock_fast, best);
    add_all(&network_hillock_avx2, level_of(HK_ISA_AVX2));
    for (size_t i = 0; i < network_hillock_stored_count; i++) add_all(&network_hillock_stored[i], best);
    for (size_t i = 0; i < network_peer_count; i++)
        add_all(network_peers[i], network_peers_avx2() ? level_of(HK_ISA_AVX2) : best);
    return gbench_run(count, arguments);
}
