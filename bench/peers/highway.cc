// Highway's contrib/math and contrib/dot, compiled for one level. It has no erf.
#include "level.h"
#include "peer.h"

// What is inline in it has the same names at every level, and the linker would keep only one of each.
#define hwy PEER_PASTE(hwy, LEVEL)
#include <hwy/contrib/dot/dot-inl.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr D d;

template <typename Function> void map(const float *x, float *y, size_t n, Function f) {
    const size_t lanes = hn::Lanes(d);
    size_t i = 0;
    for (; i + lanes <= n; i += lanes) hn::StoreU(f(hn::LoadU(d, x + i)), d, y + i);
    if (i < n) {
        const auto mask = hn::FirstN(d, n - i);
        hn::BlendedStore(f(hn::MaskedLoad(mask, d, x + i)), mask, d, y + i);
    }
}

V one() { return hn::Set(d, 1.f); }
V times(float factor, V v) { return hn::Mul(hn::Set(d, factor), v); }
V positive(V v) { return hn::Max(v, hn::Zero(d)); }
V negative(V v) { return hn::Min(v, hn::Zero(d)); }
V softplus(V v) { return hn::Add(positive(v), hn::Log1p(d, hn::Exp(d, hn::Neg(hn::Abs(v))))); }
V gelu_tanh(V v) {
    const V cubic = hn::MulAdd(hn::Mul(v, v), times(0.044715f, v), v);
    return hn::Mul(times(0.5f, v), hn::Add(one(), hn::Tanh(d, times(0.79788456f, cubic))));
}

void softmax(const float *x, float *y, size_t rows, size_t cols) {
    for (; rows--; x += cols, y += cols) {
        V most = hn::Set(d, x[0]), sum = hn::Zero(d);
        const size_t lanes = hn::Lanes(d);
        for (size_t i = 0; i < cols; i += lanes) {
            const auto mask = hn::FirstN(d, cols - i);
            most = hn::Max(most, hn::IfThenElse(mask, hn::MaskedLoad(mask, d, x + i), most));
        }
        most = hn::MaxOfLanes(d, most);
        for (size_t i = 0; i < cols; i += lanes) {
            const auto mask = hn::FirstN(d, cols - i);
            const V e = hn::IfThenElseZero(mask, hn::Exp(d, hn::Sub(hn::MaskedLoad(mask, d, x + i), most)));
            hn::BlendedStore(e, mask, d, y + i);
            sum = hn::Add(sum, e);
        }
        const V scale = hn::Div(one(), hn::SumOfLanes(d, sum));
        map(y, y, cols, [=](V v) { return hn::Mul(v, scale); });
    }
}

float dot_f32(const float *a, const float *b, size_t n) { return hn::Dot::Compute<0>(d, a, b, n); }
double dot_f64(const double *a, const double *b, size_t n) {
    return hn::Dot::Compute<0>(hn::ScalableTag<double>(), a, b, n);
}
float dot_bf16(const uint16_t *a, const uint16_t *b, size_t n) {
    return hn::Dot::Compute<0>(hn::ScalableTag<hwy::bfloat16_t>(), reinterpret_cast<const hwy::bfloat16_t *>(a),
                               reinterpret_cast<const hwy::bfloat16_t *>(b), n);
}

#define MAP(kind, expression)                                                                                          \
    p.map[kind] = [](const float *x, float *y, size_t n) { map(x, y, n, [](V v) { return expression; }); }

/* A constant: see eigen.cc. */
constexpr bench_peer make() {
    bench_peer p{};
    p.name = PEER_NAME(highway);
    p.start = level_runs;
    MAP(HK_EXP, hn::Exp(d, v));
    MAP(HK_TANH, hn::Tanh(d, v));
    MAP(HK_SIGMOID, hn::Div(one(), hn::Add(one(), hn::Exp(d, hn::Neg(v)))));
    MAP(HK_SILU, hn::Div(v, hn::Add(one(), hn::Exp(d, hn::Neg(v)))));
    MAP(HK_SOFTPLUS, softplus(v));
    MAP(HK_MISH, hn::Mul(v, hn::Tanh(d, softplus(v))));
    MAP(HK_GELU_TANH, gelu_tanh(v));
    MAP(HK_ELU, hn::Add(positive(v), hn::Expm1(d, negative(v))));
    MAP(HK_SELU, times(1.0507010f, hn::Add(positive(v), times(1.6732632f, hn::Expm1(d, negative(v))))));
    p.softmax = softmax;
    p.dot_f32 = dot_f32;
    p.dot_f64 = dot_f64;
    p.dot_bf16 = dot_bf16;
    return p;
}

} // namespace
} // namespace HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

extern "C" {
extern const bench_peer PEER(highway);
constexpr bench_peer PEER(highway) = HWY_NAMESPACE::make();
}
