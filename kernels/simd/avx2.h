/* The vocabulary on AVX2, FMA and F16C: two registers per block. */
#include <immintrin.h>

typedef struct {
    __m256 a, b;
} vf;
typedef struct {
    __m256d a, b;
} vd;
typedef struct {
    __m256i a, b;
} vi;
typedef struct {
    __m256 a, b;
} vm;
typedef struct {
    __m256d a, b;
} vdm;

#include "tiles_of_6.h"
/* Inputs in one round of a low tile's loop, and rows whose inputs stay in registers while several panels pass. */
#define HK_TILE_STEPS     4
#define HK_TILE_HELD_ROWS 3

/* Lane masks for the first n lanes, read at an offset from a window over ones and zeros. */
static const int32_t hk_tail_window[32] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
HK_INLINE vi v_tail_(size_t n) {
    const int32_t *p = hk_tail_window + 16 - n;
    return (vi){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 8))};
}
HK_INLINE vi vd_tail_(size_t n) {
    const int32_t *p = hk_tail_window + 16 - 2 * n;
    return (vi){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 8))};
}

/* The first n of 16 words, piece by piece: masked stores take tens of operations on some processors. */
HK_INLINE void hk_store_part_(void *p, __m256i a, __m256i b, size_t n) {
    char *y = (char *)p;
    if (n & 24) {
        _mm256_storeu_si256((__m256i *)y, a);
        if (n & 16) {
            _mm256_storeu_si256((__m256i *)y + 1, b);
            return;
        }
        a = b;
        y += 32;
    }
    __m128i q = _mm256_castsi256_si128(a);
    if (n & 4) {
        _mm_storeu_si128((__m128i *)y, q);
        q = _mm256_extracti128_si256(a, 1);
        y += 16;
    }
    if (n & 2) {
        _mm_storel_epi64((__m128i *)y, q);
        q = _mm_unpackhi_epi64(q, q);
        y += 8;
    }
    if (n & 1) _mm_storeu_si32(y, q);
}

#define BOTH_1(P, T, name, op)                                                                                         \
    HK_INLINE T P##_##name(T x) { return (T){op(x.a), op(x.b)}; }
#define BOTH_2(T, name, op)                                                                                            \
    HK_INLINE T name(T x, T y) { return (T){op(x.a, y.a), op(x.b, y.b)}; }
#define BOTH_3(T, name, op)                                                                                            \
    HK_INLINE T name(T x, T y, T z) { return (T){op(x.a, y.a, z.a), op(x.b, y.b, z.b)}; }

#define v_spread(p)  v_set1(*(p))
#define vd_spread(p) vd_set1(*(p))

/* Not volatile: only what comes after waits for both. */
HK_INLINE vf v_abreast(vf x) {
    __asm__("" : "+x"(x.a), "+x"(x.b));
    return x;
}

#include "avx2_tiles.h"

#define REAL_OPERATIONS(P, M, T, E, MASK, S, HALF, SIGN)                                                               \
    HK_INLINE T P##_zero(void) { return (T){_mm256_setzero_##S(), _mm256_setzero_##S()}; }                             \
    HK_INLINE T P##_set1(E s) { return (T){_mm256_set1_##S(s), _mm256_set1_##S(s)}; }                                  \
    HK_INLINE T P##_load(const E *p) { return (T){_mm256_loadu_##S(p), _mm256_loadu_##S(p + HALF)}; }                  \
    HK_INLINE void P##_store(E *p, T x) {                                                                              \
        _mm256_storeu_##S(p, x.a);                                                                                     \
        _mm256_storeu_##S(p + HALF, x.b);                                                                              \
    }                                                                                                                  \
    HK_INLINE T P##_loadn(const E *p, size_t n) {                                                                      \
        const vi m = P##_tail_(n);                                                                                     \
        return (T){_mm256_maskload_##S(p, m.a), _mm256_maskload_##S(p + HALF, m.b)};                                   \
    }                                                                                                                  \
    HK_INLINE void P##_storen(E *p, T x, size_t n) {                                                                   \
        hk_store_part_(p, _mm256_cast##S##_si256(x.a), _mm256_cast##S##_si256(x.b), n *(sizeof(E) / 4));               \
    }                                                                                                                  \
    BOTH_2(T, P##_add, _mm256_add_##S)                                                                                 \
    BOTH_2(T, P##_sub, _mm256_sub_##S)                                                                                 \
    BOTH_2(T, P##_mul, _mm256_mul_##S)                                                                                 \
    BOTH_2(T, P##_div, _mm256_div_##S)                                                                                 \
    BOTH_2(T, P##_max, _mm256_max_##S)                                                                                 \
    BOTH_2(T, P##_min, _mm256_min_##S)                                                                                 \
    BOTH_3(T, P##_fma, _mm256_fmadd_##S)                                                                               \
    BOTH_3(T, P##_fnma, _mm256_fnmadd_##S)                                                                             \
    BOTH_3(T, P##_fms, _mm256_fmsub_##S)                                                                               \
    HK_INLINE T P##_abs(T x) { return (T){_mm256_andnot_##S(SIGN, x.a), _mm256_andnot_##S(SIGN, x.b)}; }               \
    HK_INLINE T P##_neg(T x) { return (T){_mm256_xor_##S(SIGN, x.a), _mm256_xor_##S(SIGN, x.b)}; }                     \
    HK_INLINE T P##_copysign(T x, T s) {                                                                               \
        return (T){_mm256_or_##S(x.a, _mm256_and_##S(SIGN, s.a)), _mm256_or_##S(x.b, _mm256_and_##S(SIGN, s.b))};      \
    }                                                                                                                  \
    HK_INLINE MASK P##_lt(T x, T y) {                                                                                  \
        return (MASK){_mm256_cmp_##S(x.a, y.a, _CMP_LT_OQ), _mm256_cmp_##S(x.b, y.b, _CMP_LT_OQ)};                     \
    }                                                                                                                  \
    HK_INLINE MASK P##_le(T x, T y) {                                                                                  \
        return (MASK){_mm256_cmp_##S(x.a, y.a, _CMP_LE_OQ), _mm256_cmp_##S(x.b, y.b, _CMP_LE_OQ)};                     \
    }                                                                                                                  \
    HK_INLINE MASK P##_eq(T x, T y) {                                                                                  \
        return (MASK){_mm256_cmp_##S(x.a, y.a, _CMP_EQ_OQ), _mm256_cmp_##S(x.b, y.b, _CMP_EQ_OQ)};                     \
    }                                                                                                                  \
    HK_INLINE MASK P##_isnan(T x) {                                                                                    \
        return (MASK){_mm256_cmp_##S(x.a, x.a, _CMP_UNORD_Q), _mm256_cmp_##S(x.b, x.b, _CMP_UNORD_Q)};                 \
    }                                                                                                                  \
    HK_INLINE MASK P##_first(size_t n) {                                                                               \
        const vi m = P##_tail_(n);                                                                                     \
        return (MASK){_mm256_castsi256_##S(m.a), _mm256_castsi256_##S(m.b)};                                           \
    }                                                                                                                  \
    HK_INLINE T P##_select(MASK m, T x, T y) {                                                                         \
        return (T){_mm256_blendv_##S(y.a, x.a, m.a), _mm256_blendv_##S(y.b, x.b, m.b)};                                \
    }                                                                                                                  \
    BOTH_2(MASK, M##_and, _mm256_and_##S)                                                                              \
    BOTH_2(MASK, M##_or, _mm256_or_##S)                                                                                \
    HK_INLINE MASK M##_not(MASK x) {                                                                                   \
        const MASK ones = P##_eq(P##_zero(), P##_zero());                                                              \
        return (MASK){_mm256_xor_##S(x.a, ones.a), _mm256_xor_##S(x.b, ones.b)};                                       \
    }                                                                                                                  \
    HK_INLINE int M##_any(MASK x) { return _mm256_movemask_##S(_mm256_or_##S(x.a, x.b)) != 0; }
REAL_OPERATIONS(v, m, vf, float, vm, ps, 8, _mm256_set1_ps(-0.0f))
REAL_OPERATIONS(vd, md, vd, double, vdm, pd, 4, _mm256_set1_pd(-0.0))

#define FOLD(name, op)                                                                                                 \
    HK_INLINE float v_##name(vf x) {                                                                                   \
        const __m256 h = _mm256_##op##_ps(x.a, x.b);                                                                   \
        const __m128 q = _mm_##op##_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));                        \
        const __m128 d = _mm_##op##_ps(q, _mm_movehl_ps(q, q));                                                        \
        return _mm_cvtss_f32(_mm_##op##_ss(d, _mm_movehdup_ps(d)));                                                    \
    }                                                                                                                  \
    HK_INLINE double vd_##name(vd x) {                                                                                 \
        const __m256d h = _mm256_##op##_pd(x.a, x.b);                                                                  \
        const __m128d q = _mm_##op##_pd(_mm256_castpd256_pd128(h), _mm256_extractf128_pd(h, 1));                       \
        return _mm_cvtsd_f64(_mm_##op##_sd(q, _mm_unpackhi_pd(q, q)));                                                 \
    }
FOLD(sum, add)
FOLD(hmax, max)

HK_JOIN_BY_MEMORY
HK_SUM4_ONE_BY_ONE

/* Quarters of the block are transposed, and change places. */
HK_INLINE void hk_transpose8_(__m256 *r) {
    __m256 u[8];
    HK_UNROLL
    for (int i = 0; i < 8; i += 4) {
        const __m256d ab0 = _mm256_castps_pd(_mm256_unpacklo_ps(r[i], r[i + 1]));
        const __m256d ab1 = _mm256_castps_pd(_mm256_unpackhi_ps(r[i], r[i + 1]));
        const __m256d cd0 = _mm256_castps_pd(_mm256_unpacklo_ps(r[i + 2], r[i + 3]));
        const __m256d cd1 = _mm256_castps_pd(_mm256_unpackhi_ps(r[i + 2], r[i + 3]));
        u[i] = _mm256_castpd_ps(_mm256_unpacklo_pd(ab0, cd0));
        u[i + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(ab0, cd0));
        u[i + 2] = _mm256_castpd_ps(_mm256_unpacklo_pd(ab1, cd1));
        u[i + 3] = _mm256_castpd_ps(_mm256_unpackhi_pd(ab1, cd1));
    }
    HK_UNROLL
    for (int c = 0; c < 4; c++) {
        r[c] = _mm256_permute2f128_ps(u[c], u[4 + c], 0x20);
        r[4 + c] = _mm256_permute2f128_ps(u[c], u[4 + c], 0x31);
    }
}
HK_INLINE void v_transpose(vf *block) {
    __m256 q[4][8]; /* quarters: upper left, upper right, lower left, lower right */
    HK_UNROLL
    for (int i = 0; i < 8; i++) {
        q[0][i] = block[i].a;
        q[1][i] = block[i].b;
        q[2][i] = block[8 + i].a;
        q[3][i] = block[8 + i].b;
    }
    HK_UNROLL
    for (int i = 0; i < 4; i++) hk_transpose8_(q[i]);
    HK_UNROLL
    for (int i = 0; i < 8; i++) {
        block[i] = (vf){q[0][i], q[2][i]};
        block[8 + i] = (vf){q[1][i], q[3][i]};
    }
}
HK_INLINE void hk_transpose4_(__m256d *r) {
    const __m256d a = _mm256_unpacklo_pd(r[0], r[1]), b = _mm256_unpackhi_pd(r[0], r[1]);
    const __m256d c = _mm256_unpacklo_pd(r[2], r[3]), d = _mm256_unpackhi_pd(r[2], r[3]);
    r[0] = _mm256_permute2f128_pd(a, c, 0x20);
    r[1] = _mm256_permute2f128_pd(b, d, 0x20);
    r[2] = _mm256_permute2f128_pd(a, c, 0x31);
    r[3] = _mm256_permute2f128_pd(b, d, 0x31);
}
HK_INLINE void vd_transpose(vd *block) {
    __m256d q[4][4]; /* quarters: upper left, upper right, lower left, lower right */
    HK_UNROLL
    for (int i = 0; i < 4; i++) {
        q[0][i] = block[i].a;
        q[1][i] = block[i].b;
        q[2][i] = block[4 + i].a;
        q[3][i] = block[4 + i].b;
    }
    HK_UNROLL
    for (int i = 0; i < 4; i++) hk_transpose4_(q[i]);
    HK_UNROLL
    for (int i = 0; i < 4; i++) {
        block[i] = (vd){q[0][i], q[2][i]};
        block[4 + i] = (vd){q[1][i], q[3][i]};
    }
}

HK_INLINE vi vi_set1(int32_t s) { return (vi){_mm256_set1_epi32(s), _mm256_set1_epi32(s)}; }
HK_INLINE vi vi_load(const void *p) {
    return (vi){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)p + 1)};
}
HK_INLINE void vi_store(void *p, vi x) {
    _mm256_storeu_si256((__m256i *)p, x.a);
    _mm256_storeu_si256((__m256i *)p + 1, x.b);
}
BOTH_2(vi, vi_add, _mm256_add_epi32)
BOTH_2(vi, vi_sub, _mm256_sub_epi32)
BOTH_2(vi, vi_and, _mm256_and_si256)
BOTH_2(vi, vi_or, _mm256_or_si256)
HK_INLINE vi vi_shl(vi x, int n) { return (vi){_mm256_slli_epi32(x.a, n), _mm256_slli_epi32(x.b, n)}; }
HK_INLINE vi vi_shr(vi x, int n) { return (vi){_mm256_srli_epi32(x.a, n), _mm256_srli_epi32(x.b, n)}; }
HK_INLINE vi vi_sar(vi x, int n) { return (vi){_mm256_srai_epi32(x.a, n), _mm256_srai_epi32(x.b, n)}; }
HK_INLINE vm vi_lt(vi x, vi y) {
    return (vm){_mm256_castsi256_ps(_mm256_cmpgt_epi32(y.a, x.a)), _mm256_castsi256_ps(_mm256_cmpgt_epi32(y.b, x.b))};
}
HK_INLINE int32_t vi_sum(vi x) {
    const __m256i h = _mm256_add_epi32(x.a, x.b);
    const __m128i q = _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
    const __m128i d = _mm_add_epi32(q, _mm_shuffle_epi32(q, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(d, _mm_shuffle_epi32(d, 0xb1)));
}
HK_INLINE vi v_bits(vf x) { return (vi){_mm256_castps_si256(x.a), _mm256_castps_si256(x.b)}; }
HK_INLINE vf v_from_bits(vi x) { return (vf){_mm256_castsi256_ps(x.a), _mm256_castsi256_ps(x.b)}; }
HK_INLINE vi vi_load_u16(const uint16_t *p) {
    const __m128i lo = _mm_loadu_si128((const __m128i *)p), hi = _mm_loadu_si128((const __m128i *)p + 1);
    return (vi){_mm256_cvtepu16_epi32(lo), _mm256_cvtepu16_epi32(hi)};
}
HK_INLINE void vi_store_u16(uint16_t *p, vi x) {
    const __m256i low = _mm256_set1_epi32(0xffff);
    const __m256i packed = _mm256_packus_epi32(_mm256_and_si256(x.a, low), _mm256_and_si256(x.b, low));
    _mm256_storeu_si256((__m256i *)p, _mm256_permute4x64_epi64(packed, 0xd8)); /* undo the interleaved halves */
}
/* Whole integers by mask, and up to three bytes more by hand. */
HK_INLINE vi vi_loadn_bytes(const void *p, size_t n) {
    const size_t whole = n / 4, rest = n % 4;
    const vi m = v_tail_(whole);
    const vi x = {_mm256_maskload_epi32((const int *)p, m.a), _mm256_maskload_epi32((const int *)p + 8, m.b)};
    if (!rest) return x;
    const uint8_t *end = (const uint8_t *)p + 4 * whole;
    const uint32_t low = end[0], middle = rest > 1 ? end[1] : 0, high = rest > 2 ? end[2] : 0;
    const __m256i last = _mm256_set1_epi32((int)(low | middle << 8 | high << 16));
    const vi more = v_tail_(whole + 1); /* one lane more than m */
    return (vi){_mm256_or_si256(x.a, _mm256_and_si256(last, _mm256_andnot_si256(m.a, more.a))),
                _mm256_or_si256(x.b, _mm256_and_si256(last, _mm256_andnot_si256(m.b, more.b)))};
}
HK_INLINE __m256i hk_bytes32_(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
#ifdef __AVXVNNI__
HK_INLINE vi vi_dot_u8i8(vi acc, vi *excess, const uint8_t *a, const int8_t *b) {
    (void)excess;
    return (vi){_mm256_dpbusd_avx_epi32(acc.a, hk_bytes32_(a), hk_bytes32_(b)),
                _mm256_dpbusd_avx_epi32(acc.b, hk_bytes32_(a + 32), hk_bytes32_(b + 32))};
}
HK_INLINE vi vi_dot_i8(vi acc, vi *excess, const int8_t *a, const int8_t *b) { /* (a + 128) b - 128 b */
    const __m256i x = hk_bytes32_(a), x2 = hk_bytes32_(a + 32);
    __m256i y = hk_bytes32_(b), y2 = hk_bytes32_(b + 32);
    HK_IN_REGISTER(y);
    HK_IN_REGISTER(y2);
    const __m256i bias = _mm256_set1_epi8(-128);
    *excess = (vi){_mm256_dpbusd_avx_epi32(excess->a, bias, y), _mm256_dpbusd_avx_epi32(excess->b, bias, y2)};
    return (vi){_mm256_dpbusd_avx_epi32(acc.a, _mm256_xor_si256(x, bias), y),
                _mm256_dpbusd_avx_epi32(acc.b, _mm256_xor_si256(x2, bias), y2)};
}
#else
/* Not the instruction for bytes, which saturates. */
#define WIDE_DOT(name, type, widen)                                                                                    \
    HK_INLINE __m256i name##_quarter_(__m256i acc, const type *a, const int8_t *b) {                                   \
        const __m256i x = widen(_mm_loadu_si128((const __m128i *)a));                                                  \
        const __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)b));                                   \
        return _mm256_add_epi32(acc, _mm256_madd_epi16(x, y));                                                         \
    }                                                                                                                  \
    HK_INLINE vi name(vi acc, vi *excess, const type *a, const int8_t *b) {                                            \
        (void)excess;                                                                                                  \
        return (vi){name##_quarter_(name##_quarter_(acc.a, a, b), a + 16, b + 16),                                     \
                    name##_quarter_(name##_quarter_(acc.b, a + 32, b + 32), a + 48, b + 48)};                          \
    }
WIDE_DOT(vi_dot_i8, int8_t, _mm256_cvtepi8_epi16)
WIDE_DOT(vi_dot_u8i8, uint8_t, _mm256_cvtepu8_epi16)
#endif
HK_DOT_PART_BY_MEMORY(vi_dot_i8, int8_t)
HK_DOT_PART_BY_MEMORY(vi_dot_u8i8, uint8_t)
BOTH_2(vi, vi_mul, _mm256_mullo_epi32)
HK_INLINE vf v_from_int(vi x) { return (vf){_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
HK_INLINE vi v_nearest(vf x) { return (vi){_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b)}; }
HK_INLINE void vi_store4_u8(uint8_t *p, const vi *x) { /* packed within 128 bits, then the quarters in order */
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i a = _mm256_packs_epi32(x[0].a, x[0].b), b = _mm256_packs_epi32(x[1].a, x[1].b);
    const __m256i c = _mm256_packs_epi32(x[2].a, x[2].b), d = _mm256_packs_epi32(x[3].a, x[3].b);
    _mm256_storeu_si256((__m256i *)p, _mm256_permutevar8x32_epi32(_mm256_packus_epi16(a, b), order));
    _mm256_storeu_si256((__m256i *)p + 1, _mm256_permutevar8x32_epi32(_mm256_packus_epi16(c, d), order));
}

#define HK_I8_BIAS 0
#include "avx2_bytes.h"

/* Two steps: the first is exact, the second rounds. */
HK_INLINE __m256 hk_scale_(__m256 x, __m256 n) {
    const __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1);
    const __m256i rest = _mm256_sub_epi32(whole, half), bias = _mm256_set1_epi32(127);
    const __m256 first = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, bias), 23));
    const __m256 second = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, bias), 23));
    return _mm256_mul_ps(_mm256_mul_ps(x, first), second);
}
HK_INLINE vf v_scale(vf x, vf n) { return (vf){hk_scale_(x.a, n.a), hk_scale_(x.b, n.b)}; }
/* 2^(n + 64), which is normal, and 2^-64, where the one rounding is. */
HK_INLINE __m256 hk_scale_down_(__m256 x, __m256 n) {
    const __m256i s = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127 + 64)), 23);
    return _mm256_mul_ps(_mm256_mul_ps(x, _mm256_castsi256_ps(s)), _mm256_set1_ps(0x1p-64f));
}
HK_INLINE vf v_scale_down(vf x, vf n) { return (vf){hk_scale_down_(x.a, n.a), hk_scale_down_(x.b, n.b)}; }
HK_INLINE vd v_widen(vf x, int half) {
    const __m256 h = half ? x.b : x.a;
    return (vd){_mm256_cvtps_pd(_mm256_castps256_ps128(h)), _mm256_cvtps_pd(_mm256_extractf128_ps(h, 1))};
}
HK_INLINE vf v_narrow(vd x, vd y) {
    return (vf){_mm256_set_m128(_mm256_cvtpd_ps(x.b), _mm256_cvtpd_ps(x.a)),
                _mm256_set_m128(_mm256_cvtpd_ps(y.b), _mm256_cvtpd_ps(y.a))};
}
HK_INLINE vf v_lookup8(const float *table, vi i) {
    const __m256 t = _mm256_loadu_ps(table);
    return (vf){_mm256_permutevar8x32_ps(t, i.a), _mm256_permutevar8x32_ps(t, i.b)};
}
HK_INLINE int v_any_beyond(vf x, float limit) {
    const vf sizes = v_abs(x); /* of a pair with a NaN, the second, or NaN, which counts */
    const __m256 largest = _mm256_max_ps(sizes.a, sizes.b);
    return _mm256_movemask_ps(_mm256_cmp_ps(largest, _mm256_set1_ps(limit), _CMP_NLE_UQ)) != 0;
}
HK_INLINE vf v_loadn_f16(const uint16_t *p, size_t n) {
    const vi x = vi_loadn_bytes(p, n * sizeof *p);
    return (vf){_mm256_cvtph_ps(_mm256_castsi256_si128(x.a)), _mm256_cvtph_ps(_mm256_extracti128_si256(x.a, 1))};
}
HK_INLINE vf v_load_f16(const uint16_t *p) {
    const __m128i lo = _mm_loadu_si128((const __m128i *)p), hi = _mm_loadu_si128((const __m128i *)p + 1);
    return (vf){_mm256_cvtph_ps(lo), _mm256_cvtph_ps(hi)};
}
HK_INLINE void v_store_f16(uint16_t *p, vf x) {
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(x.a, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128((__m128i *)p + 1, _mm256_cvtps_ph(x.b, _MM_FROUND_TO_NEAREST_INT));
}

#define VD_FUNCTION(name, ulp)                                                                                         \
    HK_INLINE vd vd_##name(vd x) { return (vd){HK_VD_FUNCTION_4(name, ulp)(x.a), HK_VD_FUNCTION_4(name, ulp)(x.b)}; }
