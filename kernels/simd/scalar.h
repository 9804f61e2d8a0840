/* The vocabulary in plain C: an array per block, the meaning of every operation. */
#include <math.h>

typedef struct {
    float v[VF_LANES];
} vf;
typedef struct {
    double v[VD_LANES];
} vd;
typedef struct {
    int32_t v[VF_LANES];
} vi;
typedef struct {
    int32_t v[VF_LANES];
} vm; /* 0 or -1 */
typedef struct {
    int64_t v[VD_LANES];
} vdm; /* 0 or -1 */

/* How many rows and panels of 16 outputs a register tile of the dense kernel holds (kernels/dense_tile.h). */
/* How many blocks of sums the registers hold beside what they work on. */
#define HK_TILE_BLOCKS 4
/* From so many panels on the registers have no room for the weights of all, nor for the inputs of all rows. */
#define HK_TILE_WEIGHTS 8
/* Inputs in one round of a tile's loop, and rows whose inputs stay in registers. */
#define HK_TILE_STEPS     1
#define HK_TILE_HELD_ROWS 0
/* Tiles of rows, panels and chains (kernels/dense_tile.h). */
#define HK_TILES(X)     X(1, 1, 1) X(1, 1, 2) X(1, 1, 4)
#define HK_TILES_F64(X) HK_TILES(X)
#define v_fetch         v_load
#define vd_fetch        vd_load
#define v_spread(p)     v_set1(*(p))
#define vd_spread(p)    vd_set1(*(p))
#define v_abreast(x)    (x)
/* Dense layers (kernels/dense_f32.c): in plain C nothing is gained by keeping weights near, or by asking for them. */
#define HK_BLOCK_INPUTS  2048
#define HK_GROUP_PANELS  1
#define HK_GROUP_MOST    1
#define HK_NEAR_INPUTS   SIZE_MAX
#define HK_ALL_TILES_ASK 0
#define HK_ASKS_NEXT     0
#define HK_ASK_AHEAD     0
#define HK_ASKS(R, P)    0
#define HK_ASK_STEPS     1
#define HK_ASK_HINT      0
/* Multiply-adds of dense layers that are worth sharing: as many as with vectors, though they take longer. */
#define HK_REGION_WORK 250000
/* Rows and panels of tiles of 16-bit weights (kernels/dense_half.h): tall, low, and of a single row; and from how many
   rows on slices of widened weights are better, in tiles of HK_TALL_ROWS. */
#define HK_HALF_TALL       1
#define HK_HALF_LOW        1
#define HK_HALF_PANELS     1
#define HK_HALF_ROW_PANELS 1
#define HK_HALF_MANY       2
#define HK_TALL_ROWS       1
/* Rows and panels of tiles of 8-bit weights (kernels/dense_i8.c): tall, low, and of a single row. */
#define HK_I8_TALL       1
#define HK_I8_LOW        1
#define HK_I8_PANELS     1
#define HK_I8_ROW_PANELS 1
/* Panels of 4-bit weights that a row goes through together (kernels/dense_i4.c). */
#define HK_I4_PANELS 1
/* Whether short softmax rows are worth ways of their own, a row in registers and a transposed tile of rows; the bits
   are the same. */
#define HK_SOFTMAX_TILES 0
/* Whether x_storen takes many instructions. */
#define HK_STOREN_IS_LONG 0
/* Rows that a matrix-vector product takes at once. */
#define HK_MATVEC_ROWS 1
/* Steps from which on a dot product turns its lanes (kernels/dot.h). */
#define HK_TURN_STEPS 32

#if defined __FMA__ || defined __aarch64__
#define HK_FMAF(a, b, c) __builtin_fmaf(a, b, c)
#define HK_FMA(a, b, c)  __builtin_fma(a, b, c)
#else
/* Without the instruction: the product is exact in double; the sum is rounded to odd, so that the last rounding, to
   float, is as good as a single one (Boldo and Melquiond, Emulation of FMA and correctly rounded sums, 2008). Many
   times faster than the C library's fmaf, which changes the rounding mode. */
static __attribute__((noinline, unused)) float hk_fmaf_through_double(float a, float b, float c) {
    const double p = (double)a * (double)b, s = p + (double)c;
    const double t = s - p, error = (p - (s - t)) + ((double)c - t);
    int64_t bits;
    memcpy(&bits, &s, sizeof bits);
    const int finite = (bits & INT64_C(0x7ff0000000000000)) != INT64_C(0x7ff0000000000000);
    if (finite && error != 0 && !(bits & 1)) bits += (error > 0) == (s > 0) ? 1 : -1;
    double odd;
    memcpy(&odd, &bits, sizeof odd);
    return (float)odd;
}
#define HK_FMAF(a, b, c) hk_fmaf_through_double(a, b, c)
#define HK_FMA(a, b, c)  fma(a, b, c)
#endif

/* -x, bit by bit: gcc 12 makes -(a b + c) one operation, which gets the sign of a zero wrong. */
HK_INLINE float hk_flipped_f32(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits ^= UINT32_C(1) << 31;
    memcpy(&x, &bits, sizeof x);
    return x;
}
HK_INLINE double hk_flipped_f64(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits ^= UINT64_C(1) << 63;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* One definition per shape of operation; `i` is the lane. */
#define LANES_(type, lanes, expr)                                                                                      \
    type r;                                                                                                            \
    for (int i = 0; i < lanes; i++) r.v[i] = (expr);                                                                   \
    return r;
#define REAL_OPERATIONS(P, M, T, E, LANES, MASK, FMA, FLIPPED, ABS, COPYSIGN)                                          \
    HK_INLINE T P##_zero(void){LANES_(T, LANES, 0)} HK_INLINE T P##_set1(E s){LANES_(                                  \
        T, LANES, s)} HK_INLINE T P##_load(const E *p){LANES_(T, LANES, p[i])} HK_INLINE void P##_store(E *p, T a) {   \
        for (int i = 0; i < LANES; i++) p[i] = a.v[i];                                                                 \
    }                                                                                                                  \
    HK_INLINE T P##_loadn(const E *p, size_t n){LANES_(T, LANES, (size_t)i < n ? p[i] : 0)} HK_INLINE void P##_storen( \
        E *p, T a, size_t n) {                                                                                         \
        for (size_t i = 0; i < n; i++) p[i] = a.v[i];                                                                  \
    }                                                                                                                  \
    HK_INLINE T P##_add(T a, T b){LANES_(T, LANES, a.v[i] + b.v[i])} HK_INLINE T P##_sub(T a, T b){                    \
        LANES_(T, LANES, a.v[i] - b.v[i])} HK_INLINE T P##_mul(T a, T b){                                              \
        LANES_(T, LANES, a.v[i] * b.v[i])} HK_INLINE T P##_div(T a, T b){                                              \
        LANES_(T, LANES, a.v[i] / b.v[i])} HK_INLINE T P##_fma(T a, T b, T c){                                         \
        LANES_(T, LANES, FMA(a.v[i], b.v[i], c.v[i]))} HK_INLINE T P##_fnma(T a, T b, T c){                            \
        LANES_(T, LANES, FMA(FLIPPED(a.v[i]), b.v[i], c.v[i]))} HK_INLINE T P##_fms(T a, T b, T c){                    \
        LANES_(T, LANES, FMA(a.v[i], b.v[i], FLIPPED(c.v[i])))} HK_INLINE T P##_max(T a, T b){                         \
        LANES_(T, LANES, a.v[i] > b.v[i] ? a.v[i] : b.v[i])} HK_INLINE T P##_min(T a, T b){                            \
        LANES_(T, LANES, a.v[i] < b.v[i] ? a.v[i] : b.v[i])} HK_INLINE T P##_abs(T a){                                 \
        LANES_(T, LANES, ABS(a.v[i]))} HK_INLINE T P##_neg(T a){LANES_(T, LANES, FLIPPED(a.v[i]))} HK_INLINE T         \
        P##_copysign(T a, T b){LANES_(T, LANES, COPYSIGN(a.v[i], b.v[i]))} HK_INLINE MASK P##_lt(T a, T b){            \
            LANES_(MASK, LANES, -(a.v[i] < b.v[i]))} HK_INLINE MASK P##_le(T a, T b){                                  \
            LANES_(MASK, LANES, -(a.v[i] <= b.v[i]))} HK_INLINE MASK P##_eq(T a, T b){                                 \
            LANES_(MASK, LANES, -(a.v[i] == b.v[i]))} HK_INLINE MASK P##_isnan(T a){                                   \
            LANES_(MASK, LANES, -(a.v[i] != a.v[i]))} HK_INLINE MASK P##_first(size_t n){                              \
            LANES_(MASK, LANES, -((size_t)i < n))} HK_INLINE T P##_select(MASK m, T a, T b){                           \
            LANES_(T, LANES, m.v[i] ? a.v[i] : b.v[i])} HK_INLINE E P##_sum(T a) {                                     \
        for (int half = LANES / 2; half; half /= 2)                                                                    \
            for (int i = 0; i < half; i++) a.v[i] = a.v[i] + a.v[i + half];                                            \
        return a.v[0];                                                                                                 \
    }                                                                                                                  \
    HK_INLINE E P##_hmax(T a) {                                                                                        \
        for (int half = LANES / 2; half; half /= 2)                                                                    \
            for (int i = 0; i < half; i++) a.v[i] = a.v[i] > a.v[i + half] ? a.v[i] : a.v[i + half];                   \
        return a.v[0];                                                                                                 \
    }                                                                                                                  \
    HK_INLINE void P##_transpose(T *block) {                                                                           \
        for (int i = 0; i < LANES; i++)                                                                                \
            for (int j = 0; j < i; j++) {                                                                              \
                const E keep = block[i].v[j];                                                                          \
                block[i].v[j] = block[j].v[i];                                                                         \
                block[j].v[i] = keep;                                                                                  \
            }                                                                                                          \
    }                                                                                                                  \
    HK_INLINE MASK M##_and(MASK a, MASK b){LANES_(MASK, LANES, a.v[i] & b.v[i])} HK_INLINE MASK M##_or(                \
        MASK a, MASK b){LANES_(MASK, LANES, a.v[i] | b.v[i])} HK_INLINE MASK M##_not(MASK a){                          \
        LANES_(MASK, LANES, ~a.v[i])} HK_INLINE int M##_any(MASK a) {                                                  \
        int any = 0;                                                                                                   \
        for (int i = 0; i < LANES; i++) any |= a.v[i] != 0;                                                            \
        return any;                                                                                                    \
    }
REAL_OPERATIONS(v, m, vf, float, VF_LANES, vm, HK_FMAF, hk_flipped_f32, fabsf, copysignf)
REAL_OPERATIONS(vd, md, vd, double, VD_LANES, vdm, HK_FMA, hk_flipped_f64, fabs, copysign)

#define INTEGER_OPERATION(name, expr)                                                                                  \
    HK_INLINE vi name(vi a, vi b) { LANES_(vi, VF_LANES, expr) }
INTEGER_OPERATION(vi_add, (int32_t)((uint32_t)a.v[i] + (uint32_t)b.v[i]))
INTEGER_OPERATION(vi_sub, (int32_t)((uint32_t)a.v[i] - (uint32_t)b.v[i]))
INTEGER_OPERATION(vi_and, a.v[i] & b.v[i])
INTEGER_OPERATION(vi_or, a.v[i] | b.v[i])
HK_INLINE vi vi_set1(int32_t s){LANES_(vi, VF_LANES, s)} HK_INLINE vi vi_load(const void *p) {
    vi r;
    memcpy(&r, p, sizeof r);
    return r;
}
HK_INLINE void vi_store(void *p, vi a) { memcpy(p, &a, sizeof a); }
HK_INLINE vi vi_shl(vi a, int n){LANES_(vi, VF_LANES, (int32_t)((uint32_t)a.v[i] << n))} HK_INLINE vi
    vi_shr(vi a, int n){LANES_(vi, VF_LANES, (int32_t)((uint32_t)a.v[i] >> n))} HK_INLINE vi
    vi_sar(vi a, int n){LANES_(vi, VF_LANES, a.v[i] >> n)} HK_INLINE vm
    vi_lt(vi a, vi b){LANES_(vm, VF_LANES, -(a.v[i] < b.v[i]))} HK_INLINE int32_t vi_sum(vi a) {
    int32_t sum = 0;
    for (int i = 0; i < VF_LANES; i++) sum += a.v[i];
    return sum;
}
HK_INLINE vi v_bits(vf a) {
    vi r;
    memcpy(&r, &a, sizeof r);
    return r;
}
HK_INLINE vf v_from_bits(vi a) {
    vf r;
    memcpy(&r, &a, sizeof r);
    return r;
}
HK_INLINE vi vi_load_u16(const uint16_t *p){LANES_(vi, VF_LANES, p[i])} HK_INLINE void vi_store_u16(uint16_t *p, vi a) {
    for (int i = 0; i < VF_LANES; i++) p[i] = (uint16_t)a.v[i];
}
HK_INLINE vi vi_loadn_bytes(const void *p, size_t n) {
    vi r = {{0}};
    memcpy(&r, p, n);
    return r;
}
#define DOT_BYTES(name, type)                                                                                          \
    HK_INLINE vi name(vi acc, vi *excess, const type *a, const int8_t *b) {                                            \
        (void)excess;                                                                                                  \
        for (int i = 0; i < 64; i++) acc.v[i % VF_LANES] += a[i] * b[i];                                               \
        return acc;                                                                                                    \
    }
DOT_BYTES(vi_dot_i8, int8_t)
DOT_BYTES(vi_dot_u8i8, uint8_t)
HK_DOT_PART_BY_MEMORY(vi_dot_i8, int8_t)
HK_DOT_PART_BY_MEMORY(vi_dot_u8i8, uint8_t)
INTEGER_OPERATION(vi_mul, (int32_t)((uint32_t)a.v[i] * (uint32_t)b.v[i]))
HK_INLINE vf v_from_int(vi a){LANES_(vf, VF_LANES, (float)a.v[i])} HK_INLINE int32_t
    hk_nearest_(float a) { /* beyond 1.5 * 2^23 floats are integers */
    return (int32_t)(((a > -0x1p22f ? a : -0x1p22f) + 0x1.8p23f) - 0x1.8p23f);
}
HK_INLINE vi v_nearest(vf a){LANES_(vi, VF_LANES, hk_nearest_(a.v[i]))} HK_INLINE
    void vi_store4_u8(uint8_t *p, const vi *a) {
    for (int i = 0; i < 4 * VF_LANES; i++) {
        const int32_t x = a[i / VF_LANES].v[i % VF_LANES];
        p[i] = (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x);
    }
}

#define HK_I8_BIAS 0
typedef struct {
    uint8_t v[4];
} v_quad;
typedef struct {
    int8_t v[4 * VF_LANES];
} v_bytes;
HK_INLINE v_quad v_quad_set1(const uint8_t *p) {
    v_quad q;
    memcpy(&q, p, sizeof q);
    return q;
}
HK_INLINE v_bytes v_bytes_load(const int8_t *p) {
    v_bytes w;
    memcpy(&w, p, sizeof w);
    return w;
}
HK_INLINE vi vi_dot4(vi acc, v_quad q, v_bytes w) {
    for (int i = 0; i < 4 * VF_LANES; i++) acc.v[i / 4] += q.v[i % 4] * w.v[i];
    return acc;
}
typedef v_bytes v_small;
typedef struct {
    int v[4];
} v_signed4;
HK_INLINE v_small v_small_set1(int s) {
    v_small r;
    memset(&r, s, sizeof r);
    return r;
}
HK_INLINE void v_small_load2(const uint8_t *p, v_small *to) {
    for (int i = 0; i < 4 * VF_LANES; i++) {
        to[0].v[i] = (int8_t)(p[i] & 15);
        to[1].v[i] = (int8_t)(p[i] >> 4);
    }
}
HK_INLINE v_signed4 v_signed4_set1(const uint8_t *p) {
    v_signed4 r;
    for (int i = 0; i < 4; i++) r.v[i] = p[i] - 128;
    return r;
}
HK_INLINE vi vi_dot4_small(vi acc, v_signed4 x, v_small u) {
    for (int i = 0; i < 4 * VF_LANES; i++) acc.v[i / 4] += x.v[i % 4] * u.v[i];
    return acc;
}

/* Two steps: the first is exact, the second rounds. */
HK_INLINE float hk_pow2_(int n) {
    const uint32_t bits = (uint32_t)(n + 127) << 23;
    float r;
    memcpy(&r, &bits, sizeof r);
    return r;
}
HK_INLINE float hk_scale_(float a, float n) {
    const int whole = fabsf(n) < 1024 ? (int)n : 0,
              half = whole / 2; /* others only where the result is of no account */
    return a * hk_pow2_(half) * hk_pow2_(whole - half);
}
HK_INLINE vf v_scale(vf a, vf n){LANES_(vf, VF_LANES, hk_scale_(a.v[i], n.v[i]))} HK_INLINE vf
    v_lookup8(const float *table, vi index){LANES_(vf, VF_LANES, table[index.v[i] & 7])}

HK_INLINE vf v_scale_down(vf a, vf n) {
    return v_scale(a, n);
}
#ifndef HK_SINGLE_LANES /* blocks of one lane have no halves */
HK_INLINE vd v_widen(vf a, int half){LANES_(vd, VD_LANES, (double)a.v[half * VD_LANES + i])} HK_INLINE vf
    v_narrow(vd a, vd b){LANES_(vf, VF_LANES, (float)(i < VD_LANES ? a.v[i] : b.v[i - VD_LANES]))}
#endif
HK_INLINE int v_any_beyond(vf a, float limit) {
    return m_any(v_lt(v_set1(limit), v_abs(a)));
}

HK_INLINE float hk_f16_to_f32(uint16_t h) {
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, magnitude = h & 0x7fff;
    uint32_t bits;
    if (magnitude >= 0x7c00) { /* infinity, and NaN made quiet */
        bits = 0x7f800000 | (magnitude & 0x3ff) << 13 | (magnitude > 0x7c00 ? 0x00400000u : 0);
    } else { /* shifted into place, the exponent is 112 too small; the product is exact, for subnormals too */
        bits = magnitude << 13;
        float f;
        memcpy(&f, &bits, sizeof f);
        f *= 0x1p112f;
        memcpy(&bits, &f, sizeof f);
    }
    bits |= sign;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}
HK_INLINE uint16_t hk_f32_to_f16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x1ff));
    if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00); /* 65520 and above */
    if (magnitude < 0x38800000) {                                  /* below 2^-14: in units of 2^-24, by the adder */
        float f;
        memcpy(&f, &magnitude, sizeof f);
        f += 0.5f;
        memcpy(&bits, &f, sizeof bits);
        return (uint16_t)(sign | (bits - 0x3f000000));
    }
    return (uint16_t)(sign | (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13);
}
HK_INLINE vf v_load_f16(const uint16_t *p){LANES_(vf, VF_LANES, hk_f16_to_f32(p[i]))} HK_INLINE
    void v_store_f16(uint16_t *p, vf a) {
    for (int i = 0; i < VF_LANES; i++) p[i] = hk_f32_to_f16(a.v[i]);
}

HK_INLINE vf v_loadn_f16(const uint16_t *p, size_t n){
    LANES_(vf, VF_LANES,
           (size_t)i < n ? hk_f16_to_f32(p[i]) : 0)} HK_JOIN_BY_MEMORY HK_SUM4_ONE_BY_ONE HK_ACCUMULATE_BY_FMA

#define VD_FUNCTION(name, ulp)                                                                                         \
    HK_INLINE vd vd_##name(vd a) { LANES_(vd, VD_LANES, HK_VD_FUNCTION_1(name, ulp)(a.v[i])) }
