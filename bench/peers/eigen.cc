// Eigen's array expressions, compiled for one level.
#include "level.h"

// Its templates have the same names at every level, and the linker would keep only one of them.
#define Eigen PEER_PASTE(Eigen, LEVEL)
#include <Eigen/Core>
#include <unsupported/Eigen/SpecialFunctions>

#include "peer.h"

namespace {

using Output = Eigen::Map<Eigen::ArrayXf>;
using Input = Eigen::Map<const Eigen::ArrayXf>;
using Eigen::Index;

template <typename T> T dot(const T *a, const T *b, size_t n) {
    using Vector = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, 1>>;
    return Vector(a, Index(n)).dot(Vector(b, Index(n)));
}

void matvec(const float *w, const float *x, float *y, size_t rows, size_t cols) {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<Eigen::VectorXf>(y, Index(rows)).noalias() =
        Eigen::Map<const Matrix>(w, Index(rows), Index(cols)) * Eigen::Map<const Eigen::VectorXf>(x, Index(cols));
}

void softmax(const float *x, float *y, size_t rows, size_t cols) {
    for (; rows--; x += cols, y += cols) {
        const Input v(x, Index(cols));
        Output out(y, Index(cols));
        out = (v - v.maxCoeff()).exp();
        out *= 1 / out.sum();
    }
}

void log_softmax(const float *x, float *y, size_t rows, size_t cols) {
    for (; rows--; x += cols, y += cols) {
        const Input v(x, Index(cols));
        const float most = v.maxCoeff();
        Output(y, Index(cols)) = v - (most + std::log((v - most).exp().sum()));
    }
}

#define MAP(kind, expression)                                                                                          \
    p.map[kind] = [](const float *x, float *y, size_t n) {                                                             \
        const Input v(x, Index(n));                                                                                    \
        Output(y, Index(n)) = expression;                                                                              \
    }

/* A constant: what fills a table as the program starts would run, at this level, on every processor. */
constexpr bench_peer make() {
    bench_peer p{};
    p.name = PEER_NAME(eigen);
    p.start = level_runs;
    MAP(HK_RELU, v.max(0.f));
    MAP(HK_RELU6, v.max(0.f).min(6.f));
    MAP(HK_CLIP, v.max(-1.f).min(1.f));
    MAP(HK_EXP, v.exp());
    MAP(HK_SIGMOID, v.logistic());
    MAP(HK_SILU, v * v.logistic());
    MAP(HK_TANH, v.tanh());
    MAP(HK_ERF, v.erf());
    MAP(HK_GELU, 0.5f * v * (1.f + (0.70710678f * v).erf()));
    MAP(HK_GELU_TANH, 0.5f * v * (1.f + (0.79788456f * (v + 0.044715f * v.cube())).tanh()));
    MAP(HK_SOFTPLUS, v.max(0.f) + (-v.abs()).exp().log1p());
    MAP(HK_MISH, v * (v.max(0.f) + (-v.abs()).exp().log1p()).tanh());
    MAP(HK_ELU, v.max(0.f) + v.min(0.f).expm1());
    MAP(HK_SELU, 1.0507010f * (v.max(0.f) + 1.6732632f * v.min(0.f).expm1()));
    MAP(HK_SOFTSIGN, v / (1.f + v.abs()));
    p.softmax = softmax;
    p.log_softmax = log_softmax;
    p.dot_f32 = dot<float>;
    p.dot_f64 = dot<double>;
    p.matvec_f32 = matvec;
    return p;
}

} // namespace

extern "C" {
extern const bench_peer PEER(eigen);
constexpr bench_peer PEER(eigen) = make();
}
