// Eigen: products with noalias(), then the bias, then the activation; compiled for one level. Weights by rows or by
// columns, whichever is faster. Bias and activation in one expression are as fast for ReLU and up to four times slower
// for tanh: across a broadcast vector Eigen computes one element at a time.
#include "level.h"

// Its templates have the same names at every level, and the linker would keep only one of them.
#define Eigen PEER_PASTE(EigenNetwork, LEVEL)
#include <Eigen/Core>
#include <unsupported/Eigen/SpecialFunctions>

extern "C" {
#include "chain.h"
#include "network_peer.h"
}

#include <cstdlib>

namespace {

using Eigen::Index;
using Columns = Eigen::Map<Eigen::MatrixXf>; // a column is a row of the batch
using ConstColumns = Eigen::Map<const Eigen::MatrixXf>;
using Vector = Eigen::Map<Eigen::VectorXf>;
using ConstVector = Eigen::Map<const Eigen::VectorXf>;

struct Network {
    chain c;
    float *turned[CHAIN_MOST]; // not null: the way by columns
};

template <int Order> void product(const float *weights, const hk_layer &l, size_t batch, const float *x, float *y) {
    const Index in = Index(l.inputs), out = Index(l.outputs), rows = Index(batch);
    const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Order>> w(weights, out, in);
    if (batch == 1)
        Vector(y, out).noalias() = w * ConstVector(x, in);
    else
        Columns(y, out, rows).noalias() = w * ConstColumns(x, in, rows);
}

template <typename Array> void softmax(Array &&z) {
    z = (z - z.maxCoeff()).exp();
    z *= 1 / z.sum();
}

template <typename Map> void finish(Map y, const hk_layer &l) {
    y.colwise() += ConstVector(l.bias, Index(l.outputs));
    const auto v = y.array();
    switch (int(l.activation.kind)) {
    case HK_RELU: y.array() = v.max(0.f); break;
    case HK_SIGMOID: y.array() = v.logistic(); break;
    case HK_TANH: y.array() = v.tanh(); break;
    case HK_GELU: y.array() = 0.5f * v * (1.f + (0.70710678f * v).erf()); break;
    case HK_SOFTMAX:
        for (Index r = 0; r < y.cols(); r++) softmax(y.col(r).array());
        break;
    default: break;
    }
}

void layer_run(const hk_layer &l, size_t batch, const float *turned, const float *x, float *y) {
    if (turned)
        product<Eigen::ColMajor>(turned, l, batch, x, y);
    else
        product<Eigen::RowMajor>(l.weights, l, batch, x, y);
    if (batch == 1)
        finish(Vector(y, Index(l.outputs)), l);
    else
        finish(Columns(y, Index(l.outputs), Index(batch)), l);
}

struct Trial {
    const hk_layer *layer;
    size_t batch;
    float *turned, *x, *y;
};
void trial_run(void *context, int way) {
    const Trial &t = *static_cast<Trial *>(context);
    layer_run(*t.layer, t.batch, way ? t.turned : nullptr, t.x, t.y);
}

void *create(const hk_layer *layers, size_t count, size_t batch, int) {
    auto *n = static_cast<Network *>(std::calloc(1, sizeof(Network)));
    if (!n) std::abort();
    chain_start(&n->c, layers, count, batch);
    for (size_t l = 0; l < count; l++) {
        Trial t{&layers[l], batch, chain_transposed(&layers[l]), chain_floats(batch * layers[l].inputs),
                chain_floats(batch * layers[l].outputs)};
        if (chain_fastest(2, trial_run, &t))
            n->turned[l] = t.turned;
        else
            std::free(t.turned);
        std::free(t.x);
        std::free(t.y);
    }
    return n;
}

void run(void *context, const float *x, float *y) {
    const auto *n = static_cast<const Network *>(context);
    for (size_t l = 0; l < n->c.count; l++) {
        float *to = chain_to(&n->c, l, y);
        layer_run(n->c.layers[l], n->c.batch, n->turned[l], x, to);
        x = to;
    }
}

void free_network(void *context) {
    auto *n = static_cast<Network *>(context);
    for (float *turned : n->turned) std::free(turned);
    chain_end(&n->c);
    std::free(n);
}

void threads(int count) { Eigen::setNbThreads(count); }

int start() {
#if defined LEVEL_AVX512
    if (network_peers_avx2()) return 0;
#endif
    return level_runs();
}

} // namespace

extern "C" {
extern const network_peer PEER_PASTE(network_peer_eigen, LEVEL);
const network_peer PEER_PASTE(network_peer_eigen, LEVEL) = {PEER_NAME(eigen), start, threads, create, run,
                                                            free_network,     HK_F32};
}
