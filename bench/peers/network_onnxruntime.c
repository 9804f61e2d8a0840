/* ONNX Runtime through its C interface. The packages that ship its library have no header: the table of functions below
   has those used here in their places, which are part of the binary interface (onnxruntime_c_api.h only appends). */
#include "chain.h"
#include "network_peer.h"
#include "onnx_model.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct ort_status ort_status;
typedef struct ort_env ort_env;
typedef struct ort_options ort_options;
typedef struct ort_session ort_session;
typedef struct ort_memory ort_memory;
typedef struct ort_value ort_value;
typedef struct ort_binding ort_binding;
typedef void unused(void);

typedef struct ort_api {
    unused *from_0[2];
    const char *(*message)(const ort_status *);
    ort_status *(*create_env)(int log_level, const char *name, ort_env **);
    unused *from_4[4];
    ort_status *(*create_session)(const ort_env *, const void *, size_t, const ort_options *, ort_session **);
    unused *run; /* 9 */
    ort_status *(*create_options)(ort_options **);
    unused *from_11[13];
    ort_status *(*intra_threads)(ort_options *, int);
    ort_status *(*inter_threads)(ort_options *, int);
    unused *from_26[23];
    ort_status *(*create_tensor)(const ort_memory *, void *, size_t, const int64_t *, size_t, int type, ort_value **);
    unused *from_50[19];
    ort_status *(*create_memory)(int allocator, int kind, ort_memory **);
    unused *from_70[25];
    void (*release_session)(ort_session *); /* 95 */
    void (*release_value)(ort_value *);
    unused *from_97[3];
    void (*release_options)(ort_options *); /* 100 */
    unused *from_101[29];
    ort_status *(*set_option)(ort_options *, const char *, const char *); /* 130 */
    unused *from_131[2];
    ort_status *(*run_bound)(ort_session *, const void *options, const ort_binding *);
    ort_status *(*create_binding)(ort_session *, ort_binding **);
    void (*release_binding)(ort_binding *);
    ort_status *(*bind_input)(ort_binding *, const char *, const ort_value *);
    ort_status *(*bind_output)(ort_binding *, const char *, const ort_value *);
} ort_api;
_Static_assert(sizeof(ort_api) == 138 * sizeof(unused *), "every function in its place");

typedef struct ort_base {
    const ort_api *(*api)(uint32_t version);
    const char *(*version)(void);
} ort_base;

enum { API_VERSION = 12, FLOAT = 1, ARENA = 1, WARNINGS = 2 };

static const ort_api *api;
static ort_env *env;
static ort_memory *memory;

static void must(ort_status *status) {
    if (!status) return;
    fprintf(stderr, "ONNX Runtime: %s\n", api->message(status));
    exit(1);
}

static int start(void) {
    if (network_peers_avx2()) return 0; /* nothing limits it */
    void *library = dlopen(PEER_ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 0;
    const ort_base *(*base)(void);
    void *found = dlsym(library, "OrtGetApiBase");
    memcpy(&base, &found, sizeof base);
    if (!found || !(api = base()->api(API_VERSION))) return 0;
    fprintf(stderr, "ONNX Runtime: %s\n", base()->version());
    must(api->create_env(WARNINGS, "bench", &env));
    must(api->create_memory(ARENA, 0, &memory));
    return 1;
}

typedef struct network {
    ort_session *session;
    ort_binding *binding;
    ort_value *in, *out;
    size_t batch, inputs, outputs;
    const float *x; /* bound */
    float *y;
} network;

static void *create(const hk_layer *layers, size_t count, size_t batch, int threads) {
    network *n = calloc(1, sizeof *n);
    if (!n) abort();
    n->batch = batch;
    n->inputs = layers[0].inputs;
    n->outputs = layers[count - 1].outputs;
    ort_options *options;
    must(api->create_options(&options));
    must(api->intra_threads(options, threads));
    must(api->inter_threads(options, 1));
    must(api->set_option(options, "session.intra_op.allow_spinning", "1"));
    bytes model = onnx_model(layers, count, batch);
    must(api->create_session(env, model.at, model.count, options, &n->session));
    free(model.at);
    api->release_options(options);
    must(api->create_binding(n->session, &n->binding));
    return n;
}

static ort_value *tensor(const float *data, size_t rows, size_t cols) {
    const int64_t shape[2] = {(int64_t)rows, (int64_t)cols};
    ort_value *v;
    must(api->create_tensor(memory, (void *)(uintptr_t)data, rows * cols * sizeof *data, shape, 2, FLOAT, &v));
    return v;
}

static void release_tensors(network *n) {
    if (n->in) api->release_value(n->in);
    if (n->out) api->release_value(n->out);
}

static void bind(network *n, const float *x, float *y) {
    release_tensors(n);
    n->x = x, n->y = y;
    n->in = tensor(x, n->batch, n->inputs);
    n->out = tensor(y, n->batch, n->outputs);
    must(api->bind_input(n->binding, "x", n->in));
    must(api->bind_output(n->binding, "y", n->out));
}

static void run(void *context, const float *x, float *y) {
    network *n = context;
    if (n->x != x || n->y != y) bind(n, x, y);
    must(api->run_bound(n->session, NULL, n->binding));
}

static void free_network(void *context) {
    network *n = context;
    api->release_binding(n->binding);
    release_tensors(n);
    api->release_session(n->session);
    free(n);
}

const network_peer network_peer_onnxruntime = {"onnxruntime", start, NULL, create, run, free_network, HK_F32};
