/* The vocabulary on AVX-512 F, BW, DQ and VL: one register per block. */
#include <immintrin.h>

typedef struct {
    __m512 a;
} vf;
typedef struct {
    __m512d a;
} vd;
typedef struct {
    __m512i a;
} vi;
typedef struct {
    __mmask16 m;
} vm;
typedef struct {
    __mmask8 m;
} vdm;

/* How many blocks of sums the registers hold beside what they work on. */
#define HK_TILE_BLOCKS 24
/* From so many panels on the registers have no room for the weights of all, nor for the inputs of all rows. */
#define HK_TILE_WEIGHTS 8
/* Inputs in one round of a low tile's loop; no inputs stay in registers but those of fewer rows than panels. */
#define HK_TILE_STEPS     4
#define HK_TILE_HELD_ROWS 0
/* Tiles of rows, panels and chains (kernels/dense_tile.h): 32 registers hold up to 24 sums. */
/* clang-format off */
#define HK_TILES(X) \
    X(12, 2, 1) X(12, 1, 1) X(6, 4, 1) X(6, 1, 1) X(5, 4, 1) X(5, 1, 1) X(4, 4, 1) X(4, 1, 1) \
    X(3, 8, 1) X(3, 4, 1) X(3, 2, 1) X(3, 1, 1) X(2, 4, 1) X(2, 1, 1) \
    X(1, 8, 1) X(1, 7, 1) X(1, 6, 1) X(1, 5, 1) X(1, 4, 1) X(1, 2, 1) X(1, 1, 1) \
    X(6, 2, 2) X(6, 1, 2) X(3, 3, 2) X(3, 2, 2) X(3, 1, 2) X(2, 3, 2) X(2, 2, 2) X(2, 1, 2) \
    X(1, 3, 2) X(1, 2, 2) X(1, 1, 2) X(6, 1, 4) X(3, 1, 4) X(1, 1, 4)
#define HK_TILES_F64(X) \
    X(6, 2, 1) X(6, 1, 1) X(3, 1, 1) X(1, 2, 1) X(1, 1, 1) X(1, 1, 2) X(1, 1, 4)
/* clang-format on */
/* Dense layers (kernels/dense_f32.c): inputs of a block, whose weights for four panels stay in the second-level cache
   (512 KiB); groups as wide as a tile; all rows at once. */
#define HK_BLOCK_INPUTS 2048
#define HK_GROUP_PANELS 1
#define HK_GROUP_MOST   1
#define HK_NEAR_INPUTS  SIZE_MAX
/* Far weights (kernels/dense_tile.h) are asked for 32 inputs ahead by the larger tiles, whichever rows they are, one
   input at a time, into the first-level cache. */
#define HK_ALL_TILES_ASK 1
#define HK_ASKS_NEXT     0
#define HK_ASK_AHEAD     32
#define HK_ASKS(R, P)    (3 * (R) * (P) >= HK_TILE_BLOCKS)
#define HK_ASK_STEPS     1
#define HK_ASK_HINT      3
/* Multiply-adds of dense layers in 5 microseconds or so. */
#define HK_REGION_WORK 500000
/* Rows and panels of tiles of 16-bit weights (kernels/dense_half.h): tall, low, and of a single row; and from how many
   rows on slices of widened weights are better, in tiles of HK_TALL_ROWS. */
#define HK_HALF_TALL       6
#define HK_HALF_LOW        4
#define HK_HALF_PANELS     4
#define HK_HALF_ROW_PANELS 8
#define HK_HALF_MANY       24
#define HK_TALL_ROWS       6
/* Rows and panels of tiles of 8-bit weights (kernels/dense_i8.c): tall, low, and of a single row. */
#define HK_I8_TALL       6
#define HK_I8_LOW        4
#define HK_I8_PANELS     4
#define HK_I8_ROW_PANELS 8
/* Panels of 4-bit weights that a row goes through together (kernels/dense_i4.c). */
#define HK_I4_PANELS 4
/* Whether short softmax rows are worth ways of their own, a row in registers and a transposed tile of rows; the bits
   are the same. */
#define HK_SOFTMAX_TILES 1
/* Whether x_storen takes many instructions. */
#define HK_STOREN_IS_LONG 0
/* Rows that a matrix-vector product takes at once. */
#define HK_MATVEC_ROWS 4
/* Steps from which on a dot product turns its lanes (kernels/dot.h). */
#define HK_TURN_STEPS 8

#define v_spread(p)  v_set1(*(p))
#define vd_spread(p) vd_set1(*(p))
#define v_abreast(x) (x)

#define REAL_OPERATIONS(P, M, T, E, MASK, MT, S, LANES, CAST, UNCAST, EPI)                                             \
    HK_INLINE MT P##_tail_(size_t n) { return (MT)_bzhi_u32(~0u, (unsigned)n); }                                       \
    HK_INLINE T P##_zero(void) { return (T){_mm512_setzero_##S()}; }                                                   \
    HK_INLINE T P##_set1(E s) { return (T){_mm512_set1_##S(s)}; }                                                      \
    HK_INLINE T P##_load(const E *p) { return (T){_mm512_loadu_##S(p)}; }                                              \
    HK_INLINE T P##_fetch(const E *p) {                                                                                \
        T x = P##_load(p);                                                                                             \
        HK_IN_ORDER(x.a);                                                                                              \
        return x;                                                                                                      \
    }                                                                                                                  \
    HK_INLINE void P##_store(E *p, T x) { _mm512_storeu_##S(p, x.a); }                                                 \
    HK_INLINE T P##_loadn(const E *p, size_t n) { return (T){_mm512_maskz_loadu_##S(P##_tail_(n), p)}; }               \
    HK_INLINE void P##_storen(E *p, T x, size_t n) { _mm512_mask_storeu_##S(p, P##_tail_(n), x.a); }                   \
    HK_INLINE T P##_add(T x, T y) { return (T){_mm512_add_##S(x.a, y.a)}; }                                            \
    HK_INLINE T P##_sub(T x, T y) { return (T){_mm512_sub_##S(x.a, y.a)}; }                                            \
    HK_INLINE T P##_mul(T x, T y) { return (T){_mm512_mul_##S(x.a, y.a)}; }                                            \
    HK_INLINE T P##_div(T x, T y) { return (T){_mm512_div_##S(x.a, y.a)}; }                                            \
    HK_INLINE T P##_fma(T x, T y, T z) { return (T){_mm512_fmadd_##S(x.a, y.a, z.a)}; }                                \
    HK_INLINE T P##_fnma(T x, T y, T z) { return (T){_mm512_fnmadd_##S(x.a, y.a, z.a)}; }                              \
    HK_INLINE T P##_fms(T x, T y, T z) { return (T){_mm512_fmsub_##S(x.a, y.a, z.a)}; }                                \
    HK_INLINE T P##_max(T x, T y) { return (T){_mm512_max_##S(x.a, y.a)}; }                                            \
    HK_INLINE T P##_min(T x, T y) { return (T){_mm512_min_##S(x.a, y.a)}; }                                            \
    HK_INLINE T P##_abs(T x) { return (T){_mm512_abs_##S(x.a)}; }                                                      \
    HK_INLINE T P##_neg(T x) { return (T){_mm512_xor_##S(x.a, _mm512_set1_##S((E)-0.0))}; }                            \
    HK_INLINE T P##_copysign(T x, T s) { /* bitwise: the mask picks the sign bit of s, the rest of x */                \
        return (T){UNCAST(_mm512_ternarylogic_##EPI(CAST(x.a), CAST(s.a), CAST(_mm512_set1_##S((E)-0.0)), 0xd8))};     \
    }                                                                                                                  \
    HK_INLINE MASK P##_lt(T x, T y) { return (MASK){_mm512_cmp_##S##_mask(x.a, y.a, _CMP_LT_OQ)}; }                    \
    HK_INLINE MASK P##_le(T x, T y) { return (MASK){_mm512_cmp_##S##_mask(x.a, y.a, _CMP_LE_OQ)}; }                    \
    HK_INLINE MASK P##_eq(T x, T y) { return (MASK){_mm512_cmp_##S##_mask(x.a, y.a, _CMP_EQ_OQ)}; }                    \
    HK_INLINE MASK P##_isnan(T x) { return (MASK){_mm512_cmp_##S##_mask(x.a, x.a, _CMP_UNORD_Q)}; }                    \
    HK_INLINE MASK P##_first(size_t n) { return (MASK){P##_tail_(n)}; }                                                \
    HK_INLINE T P##_select(MASK m, T x, T y) { return (T){_mm512_mask_blend_##S(m.m, y.a, x.a)}; }                     \
    HK_INLINE MASK M##_and(MASK x, MASK y) { return (MASK){(MT)(x.m & y.m)}; }                                         \
    HK_INLINE MASK M##_or(MASK x, MASK y) { return (MASK){(MT)(x.m | y.m)}; }                                          \
    HK_INLINE MASK M##_not(MASK x) { return (MASK){(MT)~x.m}; }                                                        \
    HK_INLINE int M##_any(MASK x) { return x.m != 0; }
REAL_OPERATIONS(v, m, vf, float, vm, __mmask16, ps, 16, _mm512_castps_si512, _mm512_castsi512_ps, epi32)
REAL_OPERATIONS(vd, md, vd, double, vdm, __mmask8, pd, 8, _mm512_castpd_si512, _mm512_castsi512_pd, epi64)

HK_INLINE vf v_join(vf x, vf y, size_t n) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return (vf){_mm512_permutex2var_ps(x.a, _mm512_add_epi32(lane, _mm512_set1_epi32((int)n)), y.a)};
}
HK_INLINE vd vd_join(vd x, vd y, size_t n) {
    const __m512i lane = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    return (vd){_mm512_permutex2var_pd(x.a, _mm512_add_epi64(lane, _mm512_set1_epi64((long long)n)), y.a)};
}

/* Folding by halves: 512 to 256 to 128 bits, then within a register. */
#define FOLD(name, op)                                                                                                 \
    HK_INLINE float v_##name(vf x) {                                                                                   \
        const __m256 h = _mm256_##op##_ps(_mm512_castps512_ps256(x.a), _mm512_extractf32x8_ps(x.a, 1));                \
        const __m128 q = _mm_##op##_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));                        \
        const __m128 d = _mm_##op##_ps(q, _mm_movehl_ps(q, q));                                                        \
        return _mm_cvtss_f32(_mm_##op##_ss(d, _mm_movehdup_ps(d)));                                                    \
    }                                                                                                                  \
    HK_INLINE double vd_##name(vd x) {                                                                                 \
        const __m256d h = _mm256_##op##_pd(_mm512_castpd512_pd256(x.a), _mm512_extractf64x4_pd(x.a, 1));               \
        const __m128d q = _mm_##op##_pd(_mm256_castpd256_pd128(h), _mm256_extractf128_pd(h, 1));                       \
        return _mm_cvtsd_f64(_mm_##op##_sd(q, _mm_unpackhi_pd(q, q)));                                                 \
    }
FOLD(sum, add)
FOLD(hmax, max)

/* The same folds for four blocks side by side: a register holds the halves of two, then the quarters of four. */
HK_INLINE void v_sum4(float *p, const vf *x) {
    const __m512 ab =
        _mm512_add_ps(_mm512_shuffle_f32x4(x[0].a, x[1].a, 0x44), _mm512_shuffle_f32x4(x[0].a, x[1].a, 0xee));
    const __m512 cd =
        _mm512_add_ps(_mm512_shuffle_f32x4(x[2].a, x[3].a, 0x44), _mm512_shuffle_f32x4(x[2].a, x[3].a, 0xee));
    const __m512 q = _mm512_add_ps(_mm512_shuffle_f32x4(ab, cd, 0x88), _mm512_shuffle_f32x4(ab, cd, 0xdd));
    const __m512 d = _mm512_add_ps(q, _mm512_permute_ps(q, 0x4e)), s = _mm512_add_ps(d, _mm512_permute_ps(d, 0xb1));
    const __m512i first = _mm512_setr_epi32(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    _mm_storeu_ps(p, _mm_add_ps(_mm512_castps512_ps128(_mm512_permutexvar_ps(first, s)), _mm_setzero_ps()));
}
HK_INLINE void vd_sum4(double *p, const vd *x) {
    const __m512d ab =
        _mm512_add_pd(_mm512_shuffle_f64x2(x[0].a, x[1].a, 0x44), _mm512_shuffle_f64x2(x[0].a, x[1].a, 0xee));
    const __m512d cd =
        _mm512_add_pd(_mm512_shuffle_f64x2(x[2].a, x[3].a, 0x44), _mm512_shuffle_f64x2(x[2].a, x[3].a, 0xee));
    const __m512d q = _mm512_add_pd(_mm512_shuffle_f64x2(ab, cd, 0x88), _mm512_shuffle_f64x2(ab, cd, 0xdd));
    const __m512d s = _mm512_add_pd(q, _mm512_permute_pd(q, 0x55));
    const __m512i first = _mm512_setr_epi64(0, 2, 4, 6, 0, 0, 0, 0);
    _mm256_storeu_pd(p, _mm256_add_pd(_mm512_castpd512_pd256(_mm512_permutexvar_pd(first, s)), _mm256_setzero_pd()));
}

/* Transposed within 128-bit lanes, then the lanes among the registers. */
HK_INLINE void v_transpose(vf *block) {
    __m512 u[16];
    HK_UNROLL
    for (int i = 0; i < 16; i += 4) {
        const __m512 a = block[i].a, b = block[i + 1].a, c = block[i + 2].a, d = block[i + 3].a;
        const __m512d ab0 = _mm512_castps_pd(_mm512_unpacklo_ps(a, b)),
                      ab1 = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
        const __m512d cd0 = _mm512_castps_pd(_mm512_unpacklo_ps(c, d)),
                      cd1 = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
        u[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(ab0, cd0));
        u[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(ab0, cd0));
        u[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(ab1, cd1));
        u[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(ab1, cd1));
    }
    HK_UNROLL
    for (int c = 0; c < 4; c++) {
        const __m512 even0 = _mm512_shuffle_f32x4(u[c], u[4 + c], 0x88),
                     odd0 = _mm512_shuffle_f32x4(u[c], u[4 + c], 0xdd);
        const __m512 even1 = _mm512_shuffle_f32x4(u[8 + c], u[12 + c], 0x88);
        const __m512 odd1 = _mm512_shuffle_f32x4(u[8 + c], u[12 + c], 0xdd);
        block[c].a = _mm512_shuffle_f32x4(even0, even1, 0x88);
        block[4 + c].a = _mm512_shuffle_f32x4(odd0, odd1, 0x88);
        block[8 + c].a = _mm512_shuffle_f32x4(even0, even1, 0xdd);
        block[12 + c].a = _mm512_shuffle_f32x4(odd0, odd1, 0xdd);
    }
}
HK_INLINE void vd_transpose(vd *block) {
    __m512d u[8];
    HK_UNROLL
    for (int i = 0; i < 8; i += 2) {
        u[i] = _mm512_unpacklo_pd(block[i].a, block[i + 1].a);
        u[i + 1] = _mm512_unpackhi_pd(block[i].a, block[i + 1].a);
    }
    HK_UNROLL
    for (int c = 0; c < 2; c++) {
        const __m512d even0 = _mm512_shuffle_f64x2(u[c], u[2 + c], 0x88),
                      odd0 = _mm512_shuffle_f64x2(u[c], u[2 + c], 0xdd);
        const __m512d even1 = _mm512_shuffle_f64x2(u[4 + c], u[6 + c], 0x88);
        const __m512d odd1 = _mm512_shuffle_f64x2(u[4 + c], u[6 + c], 0xdd);
        block[c].a = _mm512_shuffle_f64x2(even0, even1, 0x88);
        block[2 + c].a = _mm512_shuffle_f64x2(odd0, odd1, 0x88);
        block[4 + c].a = _mm512_shuffle_f64x2(even0, even1, 0xdd);
        block[6 + c].a = _mm512_shuffle_f64x2(odd0, odd1, 0xdd);
    }
}

HK_INLINE vi vi_set1(int32_t s) { return (vi){_mm512_set1_epi32(s)}; }
HK_INLINE vi vi_load(const void *p) { return (vi){_mm512_loadu_si512(p)}; }
HK_INLINE void vi_store(void *p, vi x) { _mm512_storeu_si512(p, x.a); }
HK_INLINE vi vi_add(vi x, vi y) { return (vi){_mm512_add_epi32(x.a, y.a)}; }
HK_INLINE vi vi_sub(vi x, vi y) { return (vi){_mm512_sub_epi32(x.a, y.a)}; }
HK_INLINE vi vi_and(vi x, vi y) { return (vi){_mm512_and_si512(x.a, y.a)}; }
HK_INLINE vi vi_or(vi x, vi y) { return (vi){_mm512_or_si512(x.a, y.a)}; }
HK_INLINE vi vi_shl(vi x, int n) { return (vi){_mm512_slli_epi32(x.a, (unsigned)n)}; }
HK_INLINE vi vi_shr(vi x, int n) { return (vi){_mm512_srli_epi32(x.a, (unsigned)n)}; }
HK_INLINE vi vi_sar(vi x, int n) { return (vi){_mm512_srai_epi32(x.a, (unsigned)n)}; }
HK_INLINE vm vi_lt(vi x, vi y) { return (vm){_mm512_cmplt_epi32_mask(x.a, y.a)}; }
HK_INLINE int32_t vi_sum(vi x) { return _mm512_reduce_add_epi32(x.a); }
HK_INLINE vi v_bits(vf x) { return (vi){_mm512_castps_si512(x.a)}; }
HK_INLINE vf v_from_bits(vi x) { return (vf){_mm512_castsi512_ps(x.a)}; }
HK_INLINE vi vi_load_u16(const uint16_t *p) {
    return (vi){_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p))};
}
HK_INLINE void vi_store_u16(uint16_t *p, vi x) { _mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16(x.a)); }
HK_INLINE vi vi_loadn_bytes(const void *p, size_t n) {
    return (vi){_mm512_maskz_loadu_epi8(_bzhi_u64(~(__mmask64)0, (unsigned)n), p)};
}
#ifdef __AVX512VNNI__
HK_INLINE vi vi_dot_u8i8_part(vi acc, vi *excess, const uint8_t *a, const int8_t *b, size_t n) {
    (void)excess;
    return (vi){_mm512_dpbusd_epi32(acc.a, vi_loadn_bytes(a, n).a, vi_loadn_bytes(b, n).a)};
}
HK_INLINE vi vi_dot_u8i8(vi acc, vi *excess, const uint8_t *a, const int8_t *b) {
    (void)excess;
    return (vi){_mm512_dpbusd_epi32(acc.a, vi_load(a).a, vi_load(b).a)};
}
HK_INLINE vi hk_dot_biased_(vi acc, vi *excess, vi a, vi b) { /* (a + 128) b - 128 b */
    const __m512i bias = _mm512_set1_epi8(-128);
    HK_IN_REGISTER(b.a);
    excess->a = _mm512_dpbusd_epi32(excess->a, bias, b.a);
    return (vi){_mm512_dpbusd_epi32(acc.a, _mm512_xor_si512(a.a, bias), b.a)};
}
HK_INLINE vi vi_dot_i8_part(vi acc, vi *excess, const int8_t *a, const int8_t *b, size_t n) {
    return hk_dot_biased_(acc, excess, vi_loadn_bytes(a, n), vi_loadn_bytes(b, n));
}
HK_INLINE vi vi_dot_i8(vi acc, vi *excess, const int8_t *a, const int8_t *b) {
    return hk_dot_biased_(acc, excess, vi_load(a), vi_load(b));
}
#else
#define WIDE_DOT(name, type, widen)                                                                                    \
    HK_INLINE __m512i name##_half_(__m512i acc, const type *a, const int8_t *b) {                                      \
        const __m512i x = widen(_mm256_loadu_si256((const __m256i *)a));                                               \
        const __m512i y = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)b));                                \
        return _mm512_add_epi32(acc, _mm512_madd_epi16(x, y));                                                         \
    }                                                                                                                  \
    HK_INLINE vi name(vi acc, vi *excess, const type *a, const int8_t *b) {                                            \
        (void)excess;                                                                                                  \
        return (vi){name##_half_(name##_half_(acc.a, a, b), a + 32, b + 32)};                                          \
    }
WIDE_DOT(vi_dot_i8, int8_t, _mm512_cvtepi8_epi16)
WIDE_DOT(vi_dot_u8i8, uint8_t, _mm512_cvtepu8_epi16)
HK_DOT_PART_BY_MEMORY(vi_dot_i8, int8_t)
HK_DOT_PART_BY_MEMORY(vi_dot_u8i8, uint8_t)
#endif
HK_INLINE vi vi_mul(vi x, vi y) { return (vi){_mm512_mullo_epi32(x.a, y.a)}; }
HK_INLINE vf v_from_int(vi x) { return (vf){_mm512_cvtepi32_ps(x.a)}; }
HK_INLINE vi v_nearest(vf x) { return (vi){_mm512_cvtps_epi32(x.a)}; }
HK_INLINE void vi_store4_u8(uint8_t *p, const vi *x) { /* packed within 128 bits, then the quarters in order */
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i ab = _mm512_packs_epi32(x[0].a, x[1].a), cd = _mm512_packs_epi32(x[2].a, x[3].a);
    _mm512_storeu_si512(p, _mm512_permutexvar_epi32(order, _mm512_packus_epi16(ab, cd)));
}

#define HK_I8_BIAS 0
HK_INLINE __m512i hk_quad_(const uint8_t *p) {
    int32_t q;
    memcpy(&q, p, sizeof q);
    return _mm512_set1_epi32(q);
}
#ifdef __AVX512VNNI__ /* without it the layers of AVX2 are taken */
typedef struct {
    __m512i a;
} v_quad, v_bytes;
HK_INLINE v_quad v_quad_set1(const uint8_t *p) { return (v_quad){hk_quad_(p)}; }
HK_INLINE v_bytes v_bytes_load(const int8_t *p) { return (v_bytes){_mm512_loadu_si512(p)}; }
HK_INLINE vi vi_dot4(vi acc, v_quad q, v_bytes w) { return (vi){_mm512_dpbusd_epi32(acc.a, q.a, w.a)}; }
typedef vi v_small;
typedef vi v_signed4;
HK_INLINE v_small v_small_set1(int s) { return (vi){_mm512_set1_epi8((char)s)}; }
HK_INLINE void v_small_load2(const uint8_t *p, v_small *to) {
    __m512i x = _mm512_loadu_si512(p);
    const __m512i low = _mm512_set1_epi8(15);
    HK_IN_REGISTER(x);
    to[0].a = _mm512_and_si512(x, low);
    to[1].a = _mm512_and_si512(_mm512_srli_epi16(x, 4), low);
}
HK_INLINE v_signed4 v_signed4_set1(const uint8_t *p) {
    return (vi){_mm512_xor_si512(hk_quad_(p), _mm512_set1_epi8(-128))};
}
HK_INLINE vi vi_dot4_small(vi acc, v_signed4 x, v_small u) { return (vi){_mm512_dpbusd_epi32(acc.a, u.a, x.a)}; }

#endif

#ifdef __AVX512BF16__
HK_INLINE vi vi_set1_bytes(const uint8_t *p) { return (vi){hk_quad_(p)}; }
HK_INLINE vf v_dot2_bf16(vf acc, vi x, vi w) { return (vf){_mm512_dpbf16_ps(acc.a, (__m512bh)x.a, (__m512bh)w.a)}; }
#endif

HK_INLINE vf v_scale(vf x, vf n) { return (vf){_mm512_scalef_ps(x.a, n.a)}; }
HK_INLINE vf v_scale_down(vf x, vf n) { return v_scale(x, n); }
HK_INLINE vd v_widen(vf x, int half) {
    return (vd){_mm512_cvtps_pd(half ? _mm512_extractf32x8_ps(x.a, 1) : _mm512_castps512_ps256(x.a))};
}
HK_INLINE vf v_narrow(vd x, vd y) {
    return (vf){_mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(x.a)), _mm512_cvtpd_ps(y.a), 1)};
}
HK_INLINE vf v_lookup8(const float *table, vi i) {
    return (vf){_mm512_permutexvar_ps(i.a, _mm512_broadcast_f32x8(_mm256_loadu_ps(table)))}; /* either copy will do */
}
/* the larger magnitude; of a NaN that an operation gave, the other */
HK_INLINE vf v_max_magnitude(vf x, vf y) { return (vf){_mm512_range_ps(x.a, y.a, 0x0b)}; }
HK_INLINE int v_any_beyond(vf x, float limit) { return m_any(v_lt(v_set1(limit), v_abs(x))); }
HK_INLINE vf v_loadn_f16(const uint16_t *p, size_t n) {
    return (vf){_mm512_cvtph_ps(_mm256_maskz_loadu_epi16(v_tail_(n), p))};
}
HK_INLINE vf v_load_f16(const uint16_t *p) { return (vf){_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p))}; }
HK_INLINE void v_store_f16(uint16_t *p, vf x) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(x.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

HK_ACCUMULATE_BY_FMA
#define VD_FUNCTION(name, ulp)                                                                                         \
    HK_INLINE vd vd_##name(vd x) { return (vd){HK_VD_FUNCTION_8(name, ulp)(x.a)}; }
