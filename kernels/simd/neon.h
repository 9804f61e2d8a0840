/* The vocabulary on NEON (AArch64): four registers per block. */
#include <arm_neon.h>

typedef struct {
    float32x4_t a, b, c, d;
} vf;
typedef struct {
    float64x2_t a, b, c, d;
} vd;
typedef struct {
    int32x4_t a, b, c, d;
} vi;
typedef struct {
    uint32x4_t a, b, c, d;
} vm;
typedef struct {
    uint64x2_t a, b, c, d;
} vdm;

#include "tiles_of_6.h"
/* Inputs in one round of a low tile's loop: with more, gcc 12 reads all of them first and spills. And rows whose inputs
   stay in registers while several panels pass: for three, gcc has no register left for a sum. */
#define HK_TILE_STEPS     1
#define HK_TILE_HELD_ROWS 2
/* Nothing computes on memory here. */
#define v_fetch  v_load
#define vd_fetch vd_load

#define v_abreast(x) (x) /* not measured here */

#define FOUR_0(T, e) ((T){e, e, e, e})
#define FOUR_1(T, name, op)                                                                                            \
    HK_INLINE T name(T x) { return (T){op(x.a), op(x.b), op(x.c), op(x.d)}; }
#define FOUR_2(R, T, name, op)                                                                                         \
    HK_INLINE R name(T x, T y) { return (R){op(x.a, y.a), op(x.b, y.b), op(x.c, y.c), op(x.d, y.d)}; }
#define FOUR_3(T, U, name, op)                                                                                         \
    HK_INLINE T name(U x, T y, T z) {                                                                                  \
        return (T){op(x.a, y.a, z.a), op(x.b, y.b, z.b), op(x.c, y.c, z.c), op(x.d, y.d, z.d)};                        \
    }

#define REAL_OPERATIONS(P, M, T, E, MASK, S, U, Q, NOT, REG)                                                           \
    HK_INLINE T P##_zero(void) { return FOUR_0(T, vdupq_n_##S(0)); }                                                   \
    HK_INLINE T P##_set1(E s) { return FOUR_0(T, vdupq_n_##S(s)); }                                                    \
    HK_INLINE T P##_spread(const E *p) {                                                                               \
        REG x = vld1q_dup_##S(p);                                                                                      \
        __asm__ volatile("" : "+w"(x));                                                                                \
        return FOUR_0(T, x);                                                                                           \
    }                                                                                                                  \
    HK_INLINE T P##_load(const E *p) {                                                                                 \
        return (T){vld1q_##S(p), vld1q_##S(p + Q), vld1q_##S(p + 2 * Q), vld1q_##S(p + 3 * Q)};                        \
    }                                                                                                                  \
    HK_INLINE void P##_store(E *p, T x) {                                                                              \
        vst1q_##S(p, x.a);                                                                                             \
        vst1q_##S(p + Q, x.b);                                                                                         \
        vst1q_##S(p + 2 * Q, x.c);                                                                                     \
        vst1q_##S(p + 3 * Q, x.d);                                                                                     \
    }                                                                                                                  \
    HK_INLINE T P##_loadn(const E *p, size_t n) {                                                                      \
        E lanes[4 * Q] = {0};                                                                                          \
        if (n) memcpy(lanes, p, n * sizeof *p);                                                                        \
        return P##_load(lanes);                                                                                        \
    }                                                                                                                  \
    HK_INLINE void P##_storen(E *p, T x, size_t n) {                                                                   \
        E lanes[4 * Q];                                                                                                \
        P##_store(lanes, x);                                                                                           \
        if (n) memcpy(p, lanes, n * sizeof *p);                                                                        \
    }                                                                                                                  \
    FOUR_2(T, T, P##_add, vaddq_##S)                                                                                   \
    FOUR_2(T, T, P##_sub, vsubq_##S)                                                                                   \
    FOUR_2(T, T, P##_mul, vmulq_##S)                                                                                   \
    FOUR_2(T, T, P##_div, vdivq_##S)                                                                                   \
    HK_INLINE REG P##_fma_(REG x, REG y, REG z) { return vfmaq_##S(z, x, y); }                                         \
    HK_INLINE REG P##_fnma_(REG x, REG y, REG z) { return vfmsq_##S(z, x, y); }                                        \
    FOUR_3(T, T, P##_fma, P##_fma_)                                                                                    \
    FOUR_3(T, T, P##_fnma, P##_fnma_)                                                                                  \
    FOUR_1(T, P##_abs, vabsq_##S)                                                                                      \
    FOUR_1(T, P##_neg, vnegq_##S)                                                                                      \
    HK_INLINE T P##_fms(T x, T y, T z) { return P##_fma(x, y, P##_neg(z)); }                                           \
    FOUR_2(MASK, T, P##_lt, vcltq_##S)                                                                                 \
    FOUR_2(MASK, T, P##_le, vcleq_##S)                                                                                 \
    FOUR_2(MASK, T, P##_eq, vceqq_##S)                                                                                 \
    FOUR_3(T, MASK, P##_select, vbslq_##S)                                                                             \
    HK_INLINE T P##_max(T x, T y) { return P##_select(P##_lt(y, x), x, y); }                                           \
    HK_INLINE T P##_min(T x, T y) { return P##_select(P##_lt(x, y), x, y); }                                           \
    HK_INLINE T P##_copysign(T x, T s) {                                                                               \
        return P##_select(FOUR_0(MASK, vdupq_n_##U((uint##U##_bits)1 << (sizeof(E) * 8 - 1))), s, x);                  \
    }                                                                                                                  \
    FOUR_2(MASK, MASK, M##_and, vandq_##U)                                                                             \
    FOUR_2(MASK, MASK, M##_or, vorrq_##U)                                                                              \
    FOUR_1(MASK, M##_not, NOT)                                                                                         \
    HK_INLINE MASK P##_first(size_t n) {                                                                               \
        static const E index[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};                             \
        return P##_lt(P##_load(index), P##_set1((E)n));                                                                \
    }                                                                                                                  \
    HK_INLINE MASK P##_isnan(T x) { return M##_not(P##_eq(x, x)); }                                                    \
    HK_INLINE int M##_any(MASK x) {                                                                                    \
        return vmaxvq_u32(vreinterpretq_u32_u8(                                                                        \
                   vreinterpretq_u8_##U(vorrq_##U(vorrq_##U(x.a, x.b), vorrq_##U(x.c, x.d))))) != 0;                   \
    }
typedef uint32_t uintu32_bits;
typedef uint64_t uintu64_bits;
HK_INLINE uint64x2_t hk_not_u64_(uint64x2_t x) { return vreinterpretq_u64_u32(vmvnq_u32(vreinterpretq_u32_u64(x))); }
REAL_OPERATIONS(v, m, vf, float, vm, f32, u32, 4, vmvnq_u32, float32x4_t)
REAL_OPERATIONS(vd, md, vd, double, vdm, f64, u64, 2, hk_not_u64_, float64x2_t)

/* Folding by halves: registers, then lanes. */
HK_INLINE float v_sum(vf x) {
    const float32x4_t q = vaddq_f32(vaddq_f32(x.a, x.c), vaddq_f32(x.b, x.d));
    const float32x2_t d = vadd_f32(vget_low_f32(q), vget_high_f32(q));
    return vget_lane_f32(d, 0) + vget_lane_f32(d, 1);
}
HK_INLINE double vd_sum(vd x) {
    const float64x2_t q = vaddq_f64(vaddq_f64(x.a, x.c), vaddq_f64(x.b, x.d));
    return vgetq_lane_f64(q, 0) + vgetq_lane_f64(q, 1);
}
HK_INLINE float v_hmax(vf x) {
    float lanes[VF_LANES];
    v_store(lanes, v_max(x, (vf){x.c, x.d, x.c, x.d}));
    for (int half = 4; half; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
    return lanes[0];
}
HK_INLINE double vd_hmax(vd x) {
    double lanes[VD_LANES];
    vd_store(lanes, vd_max(x, (vd){x.c, x.d, x.c, x.d}));
    for (int half = 2; half; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
    return lanes[0];
}

/* Squares of the block, as many lanes wide as a register, are transposed and change places. */
HK_INLINE void v_transpose(vf *block) {
    float32x4_t from[16][4];
    HK_UNROLL
    for (int i = 0; i < 16; i++) {
        from[i][0] = block[i].a;
        from[i][1] = block[i].b;
        from[i][2] = block[i].c;
        from[i][3] = block[i].d;
    }
    float32x4_t to[16][4];
    HK_UNROLL
    for (int i = 0; i < 4; i++) HK_UNROLL
    for (int j = 0; j < 4; j++) {
        const float32x4_t r0 = from[4 * i][j], r1 = from[4 * i + 1][j], r2 = from[4 * i + 2][j],
                          r3 = from[4 * i + 3][j];
        const float64x2_t e01 = vreinterpretq_f64_f32(vtrn1q_f32(r0, r1)),
                          o01 = vreinterpretq_f64_f32(vtrn2q_f32(r0, r1));
        const float64x2_t e23 = vreinterpretq_f64_f32(vtrn1q_f32(r2, r3)),
                          o23 = vreinterpretq_f64_f32(vtrn2q_f32(r2, r3));
        to[4 * j][i] = vreinterpretq_f32_f64(vtrn1q_f64(e01, e23));
        to[4 * j + 1][i] = vreinterpretq_f32_f64(vtrn1q_f64(o01, o23));
        to[4 * j + 2][i] = vreinterpretq_f32_f64(vtrn2q_f64(e01, e23));
        to[4 * j + 3][i] = vreinterpretq_f32_f64(vtrn2q_f64(o01, o23));
    }
    HK_UNROLL
    for (int i = 0; i < 16; i++) block[i] = (vf){to[i][0], to[i][1], to[i][2], to[i][3]};
}
HK_INLINE void vd_transpose(vd *block) {
    float64x2_t from[8][4], to[8][4];
    HK_UNROLL
    for (int i = 0; i < 8; i++) {
        from[i][0] = block[i].a;
        from[i][1] = block[i].b;
        from[i][2] = block[i].c;
        from[i][3] = block[i].d;
    }
    HK_UNROLL
    for (int i = 0; i < 4; i++) HK_UNROLL
    for (int j = 0; j < 4; j++) {
        to[2 * j][i] = vtrn1q_f64(from[2 * i][j], from[2 * i + 1][j]);
        to[2 * j + 1][i] = vtrn2q_f64(from[2 * i][j], from[2 * i + 1][j]);
    }
    HK_UNROLL
    for (int i = 0; i < 8; i++) block[i] = (vd){to[i][0], to[i][1], to[i][2], to[i][3]};
}

HK_INLINE vi vi_set1(int32_t s) { return FOUR_0(vi, vdupq_n_s32(s)); }
HK_INLINE vi vi_load(const void *p) {
    const uint8_t *q = (const uint8_t *)p; /* bytes: no alignment is asked for */
    return (vi){vreinterpretq_s32_u8(vld1q_u8(q)), vreinterpretq_s32_u8(vld1q_u8(q + 16)),
                vreinterpretq_s32_u8(vld1q_u8(q + 32)), vreinterpretq_s32_u8(vld1q_u8(q + 48))};
}
HK_INLINE void vi_store(void *p, vi x) {
    uint8_t *q = (uint8_t *)p;
    vst1q_u8(q, vreinterpretq_u8_s32(x.a));
    vst1q_u8(q + 16, vreinterpretq_u8_s32(x.b));
    vst1q_u8(q + 32, vreinterpretq_u8_s32(x.c));
    vst1q_u8(q + 48, vreinterpretq_u8_s32(x.d));
}
FOUR_2(vi, vi, vi_add, vaddq_s32)
FOUR_2(vi, vi, vi_sub, vsubq_s32)
FOUR_2(vi, vi, vi_and, vandq_s32)
FOUR_2(vi, vi, vi_or, vorrq_s32)
FOUR_2(vm, vi, vi_lt, vcltq_s32)
HK_INLINE vi vi_shl(vi x, int n) {
    const int32x4_t by = vdupq_n_s32(n);
    return (vi){vshlq_s32(x.a, by), vshlq_s32(x.b, by), vshlq_s32(x.c, by), vshlq_s32(x.d, by)};
}
HK_INLINE vi vi_sar(vi x, int n) { return vi_shl(x, -n); }
HK_INLINE int32x4_t hk_shr_(int32x4_t x, int n) {
    return vreinterpretq_s32_u32(vshlq_u32(vreinterpretq_u32_s32(x), vdupq_n_s32(-n)));
}
HK_INLINE vi vi_shr(vi x, int n) { return (vi){hk_shr_(x.a, n), hk_shr_(x.b, n), hk_shr_(x.c, n), hk_shr_(x.d, n)}; }
HK_INLINE int32_t vi_sum(vi x) { return vaddvq_s32(vaddq_s32(vaddq_s32(x.a, x.b), vaddq_s32(x.c, x.d))); }
HK_INLINE vi v_bits(vf x) {
    return (vi){vreinterpretq_s32_f32(x.a), vreinterpretq_s32_f32(x.b), vreinterpretq_s32_f32(x.c),
                vreinterpretq_s32_f32(x.d)};
}
HK_INLINE vf v_from_bits(vi x) {
    return (vf){vreinterpretq_f32_s32(x.a), vreinterpretq_f32_s32(x.b), vreinterpretq_f32_s32(x.c),
                vreinterpretq_f32_s32(x.d)};
}
HK_INLINE vi vi_load_u16(const uint16_t *p) {
    const uint16x8_t lo = vld1q_u16(p), hi = vld1q_u16(p + 8);
    return (vi){vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(lo))), vreinterpretq_s32_u32(vmovl_high_u16(lo)),
                vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(hi))), vreinterpretq_s32_u32(vmovl_high_u16(hi))};
}
HK_INLINE void vi_store_u16(uint16_t *p, vi x) {
    const uint16x4_t a = vmovn_u32(vreinterpretq_u32_s32(x.a)), c = vmovn_u32(vreinterpretq_u32_s32(x.c));
    vst1q_u16(p, vmovn_high_u32(a, vreinterpretq_u32_s32(x.b)));
    vst1q_u16(p + 8, vmovn_high_u32(c, vreinterpretq_u32_s32(x.d)));
}
HK_INLINE vi vi_loadn_bytes(const void *p, size_t n) {
    uint8_t bytes[64] = {0};
    memcpy(bytes, p, n);
    return vi_load(bytes);
}
#ifdef __ARM_FEATURE_DOTPROD
HK_INLINE int32x4_t hk_dot_i8x16_(int32x4_t acc, const int8_t *a, const int8_t *b) {
    return vdotq_s32(acc, vld1q_s8(a), vld1q_s8(b));
}
#else
HK_INLINE int32x4_t hk_dot_i8x16_(int32x4_t acc, const int8_t *a, const int8_t *b) {
    const int8x16_t x = vld1q_s8(a), y = vld1q_s8(b);
    return vpadalq_s16(vpadalq_s16(acc, vmull_s8(vget_low_s8(x), vget_low_s8(y))), vmull_high_s8(x, y));
}
#endif
#ifdef __ARM_FEATURE_MATMUL_INT8
HK_INLINE int32x4_t hk_dot_u8i8x16_(int32x4_t acc, int32x4_t *excess, const uint8_t *a, const int8_t *b) {
    (void)excess;
    return vusdotq_s32(acc, vld1q_u8(a), vld1q_s8(b));
}
#elif defined __ARM_FEATURE_DOTPROD
HK_INLINE int32x4_t hk_dot_u8i8x16_(int32x4_t acc, int32x4_t *excess, const uint8_t *a, const int8_t *b) {
    const int8x16_t x = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(a), vdupq_n_u8(128))), y = vld1q_s8(b);
    *excess = vdotq_s32(*excess, vdupq_n_s8(-128), y); /* a b = (a - 128) b - (-128) b */
    return vdotq_s32(acc, x, y);
}
#else
HK_INLINE int32x4_t hk_dot_u8i8x8_(int32x4_t acc, uint8x8_t a, int8x8_t b) {
    const int16x8_t x = vreinterpretq_s16_u16(vmovl_u8(a)), y = vmovl_s8(b);
    return vmlal_high_s16(vmlal_s16(acc, vget_low_s16(x), vget_low_s16(y)), x, y);
}
HK_INLINE int32x4_t hk_dot_u8i8x16_(int32x4_t acc, int32x4_t *excess, const uint8_t *a, const int8_t *b) {
    (void)excess;
    return hk_dot_u8i8x8_(hk_dot_u8i8x8_(acc, vld1_u8(a), vld1_s8(b)), vld1_u8(a + 8), vld1_s8(b + 8));
}
#endif
HK_INLINE vi vi_dot_i8(vi acc, vi *excess, const int8_t *a, const int8_t *b) {
    (void)excess;
    return (vi){hk_dot_i8x16_(acc.a, a, b), hk_dot_i8x16_(acc.b, a + 16, b + 16), hk_dot_i8x16_(acc.c, a + 32, b + 32),
                hk_dot_i8x16_(acc.d, a + 48, b + 48)};
}
HK_INLINE vi vi_dot_u8i8(vi acc, vi *excess, const uint8_t *a, const int8_t *b) {
    return (vi){hk_dot_u8i8x16_(acc.a, &excess->a, a, b), hk_dot_u8i8x16_(acc.b, &excess->b, a + 16, b + 16),
                hk_dot_u8i8x16_(acc.c, &excess->c, a + 32, b + 32), hk_dot_u8i8x16_(acc.d, &excess->d, a + 48, b + 48)};
}
HK_DOT_PART_BY_MEMORY(vi_dot_i8, int8_t)
HK_DOT_PART_BY_MEMORY(vi_dot_u8i8, uint8_t)
FOUR_2(vi, vi, vi_mul, vmulq_s32)
HK_INLINE vf v_from_int(vi x) {
    return (vf){vcvtq_f32_s32(x.a), vcvtq_f32_s32(x.b), vcvtq_f32_s32(x.c), vcvtq_f32_s32(x.d)};
}
HK_INLINE vi v_nearest(vf x) {
    return (vi){vcvtnq_s32_f32(x.a), vcvtnq_s32_f32(x.b), vcvtnq_s32_f32(x.c), vcvtnq_s32_f32(x.d)};
}
HK_INLINE int16x8_t hk_words_(int32x4_t x, int32x4_t y) { return vqmovn_high_s32(vqmovn_s32(x), y); }
HK_INLINE void vi_store4_u8(uint8_t *p, const vi *x) {
    HK_UNROLL
    for (int i = 0; i < 4; i++)
        vst1q_u8(p + 16 * i, vqmovun_high_s16(vqmovun_s16(hk_words_(x[i].a, x[i].b)), hk_words_(x[i].c, x[i].d)));
}

/* Bytes are multiplied as signed ones. */
#define HK_I8_BIAS 128
typedef struct {
    int8x16_t q;
} v_quad;
typedef struct {
    int8x16_t a, b, c, d;
} v_bytes;
HK_INLINE v_quad v_quad_set1(const uint8_t *p) {
    uint32_t q;
    memcpy(&q, p, sizeof q);
    return (v_quad){vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_u32(vdupq_n_u32(q)), vdupq_n_u8(128)))};
}
HK_INLINE v_bytes v_bytes_load(const int8_t *p) {
    return (v_bytes){vld1q_s8(p), vld1q_s8(p + 16), vld1q_s8(p + 32), vld1q_s8(p + 48)};
}
#ifdef __ARM_FEATURE_DOTPROD
HK_INLINE int32x4_t hk_dot4_(int32x4_t acc, int8x16_t q, int8x16_t w) { return vdotq_s32(acc, q, w); }
#else
HK_INLINE int32x4_t hk_dot4_(int32x4_t acc, int8x16_t q, int8x16_t w) {
    const int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(q), vget_low_s8(w)));
    return vaddq_s32(acc, vpaddq_s32(low, vpaddlq_s16(vmull_high_s8(q, w))));
}
#endif
HK_INLINE vi vi_dot4(vi acc, v_quad q, v_bytes w) {
    return (vi){hk_dot4_(acc.a, q.q, w.a), hk_dot4_(acc.b, q.q, w.b), hk_dot4_(acc.c, q.q, w.c),
                hk_dot4_(acc.d, q.q, w.d)};
}
typedef v_bytes v_small;
typedef v_quad v_signed4;
#define v_signed4_set1 v_quad_set1
#define vi_dot4_small  vi_dot4
HK_INLINE v_small v_small_set1(int s) {
    const int8x16_t x = vdupq_n_s8((int8_t)s);
    return (v_small){x, x, x, x};
}
HK_INLINE int8x16_t hk_low_half_(uint8x16_t x) { return vreinterpretq_s8_u8(vandq_u8(x, vdupq_n_u8(15))); }
HK_INLINE int8x16_t hk_high_half_(uint8x16_t x) { return vreinterpretq_s8_u8(vshrq_n_u8(x, 4)); }
HK_INLINE void v_small_load2(const uint8_t *p, v_small *to) {
    const uint8x16_t a = vld1q_u8(p), b = vld1q_u8(p + 16), c = vld1q_u8(p + 32), d = vld1q_u8(p + 48);
    to[0] = (v_small){hk_low_half_(a), hk_low_half_(b), hk_low_half_(c), hk_low_half_(d)};
    to[1] = (v_small){hk_high_half_(a), hk_high_half_(b), hk_high_half_(c), hk_high_half_(d)};
}
#ifdef __ARM_FEATURE_BF16_VECTOR_ARITHMETIC
HK_INLINE vi vi_set1_bytes(const uint8_t *p) {
    int32_t q;
    memcpy(&q, p, sizeof q);
    return vi_set1(q);
}
HK_INLINE float32x4_t hk_dot2_bf16_(float32x4_t acc, int32x4_t x, int32x4_t w) {
    return vbfdotq_f32(acc, vreinterpretq_bf16_s32(x), vreinterpretq_bf16_s32(w));
}
HK_INLINE vf v_dot2_bf16(vf acc, vi x, vi w) {
    return (vf){hk_dot2_bf16_(acc.a, x.a, w.a), hk_dot2_bf16_(acc.b, x.b, w.b), hk_dot2_bf16_(acc.c, x.c, w.c),
                hk_dot2_bf16_(acc.d, x.d, w.d)};
}
#endif

/* Two steps: the first is exact, the second rounds. */
HK_INLINE float32x4_t hk_pow2_(int32x4_t n) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
}
HK_INLINE float32x4_t hk_scale_(float32x4_t x, float32x4_t n) {
    const int32x4_t whole = vcvtq_s32_f32(n), half = vshrq_n_s32(whole, 1);
    return vmulq_f32(vmulq_f32(x, hk_pow2_(half)), hk_pow2_(vsubq_s32(whole, half)));
}
FOUR_2(vf, vf, v_scale, hk_scale_)
/* 2^(n + 64), which is normal, and 2^-64, where the one rounding is. */
HK_INLINE float32x4_t hk_scale_down_(float32x4_t x, float32x4_t n) {
    return vmulq_f32(vmulq_f32(x, hk_pow2_(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(64)))), vdupq_n_f32(0x1p-64f));
}
FOUR_2(vf, vf, v_scale_down, hk_scale_down_)
HK_INLINE vd v_widen(vf x, int half) {
    const float32x4_t p = half ? x.c : x.a, q = half ? x.d : x.b;
    return (vd){vcvt_f64_f32(vget_low_f32(p)), vcvt_high_f64_f32(p), vcvt_f64_f32(vget_low_f32(q)),
                vcvt_high_f64_f32(q)};
}
HK_INLINE float32x4_t hk_narrow_(float64x2_t x, float64x2_t y) { return vcvt_high_f32_f64(vcvt_f32_f64(x), y); }
HK_INLINE vf v_narrow(vd x, vd y) {
    return (vf){hk_narrow_(x.a, x.b), hk_narrow_(x.c, x.d), hk_narrow_(y.a, y.b), hk_narrow_(y.c, y.d)};
}
HK_INLINE float32x4_t hk_lookup8_(uint8x16x2_t table, int32x4_t i) {
    const int32x4_t bytes = vmlaq_s32(vdupq_n_s32(0x03020100), vandq_s32(i, vdupq_n_s32(7)), vdupq_n_s32(0x04040404));
    return vreinterpretq_f32_u8(vqtbl2q_u8(table, vreinterpretq_u8_s32(bytes)));
}
HK_INLINE vf v_lookup8(const float *table, vi i) {
    const uint8_t *p = (const uint8_t *)table;
    const uint8x16x2_t t = {{vld1q_u8(p), vld1q_u8(p + 16)}};
    return (vf){hk_lookup8_(t, i.a), hk_lookup8_(t, i.b), hk_lookup8_(t, i.c), hk_lookup8_(t, i.d)};
}
HK_INLINE float32x4_t hk_widen_f16_(const uint16_t *p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
HK_INLINE int v_any_beyond(vf x, float limit) { return m_any(v_lt(v_set1(limit), v_abs(x))); }
HK_INLINE vf v_loadn_f16(const uint16_t *p, size_t n) {
    const vi x = vi_loadn_bytes(p, n * sizeof *p);
    const float16x8_t lo = vreinterpretq_f16_s32(x.a), hi = vreinterpretq_f16_s32(x.b);
    return (vf){vcvt_f32_f16(vget_low_f16(lo)), vcvt_high_f32_f16(lo), vcvt_f32_f16(vget_low_f16(hi)),
                vcvt_high_f32_f16(hi)};
}
HK_JOIN_BY_MEMORY
HK_SUM4_ONE_BY_ONE
HK_ACCUMULATE_BY_FMA
HK_INLINE vf v_load_f16(const uint16_t *p) {
    return (vf){hk_widen_f16_(p), hk_widen_f16_(p + 4), hk_widen_f16_(p + 8), hk_widen_f16_(p + 12)};
}
HK_INLINE void v_store_f16(uint16_t *p, vf x) {
    vst1_u16(p, vreinterpret_u16_f16(vcvt_f16_f32(x.a)));
    vst1_u16(p + 4, vreinterpret_u16_f16(vcvt_f16_f32(x.b)));
    vst1_u16(p + 8, vreinterpret_u16_f16(vcvt_f16_f32(x.c)));
    vst1_u16(p + 12, vreinterpret_u16_f16(vcvt_f16_f32(x.d)));
}

#define VD_FUNCTION(name, ulp)                                                                                         \
    HK_INLINE vd vd_##name(vd x) {                                                                                     \
        return (vd){HK_VD_FUNCTION_2(name, ulp)(x.a), HK_VD_FUNCTION_2(name, ulp)(x.b),                                \
                    HK_VD_FUNCTION_2(name, ulp)(x.c), HK_VD_FUNCTION_2(name, ulp)(x.d)};                               \
    }
