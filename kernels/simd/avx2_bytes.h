/* The vocabulary on AVX2: products of bytes and of 4-bit numbers, which AVX-VNNI has an instruction for. */
#ifndef HK_SIMD_AVX2_BYTES_H
#define HK_SIMD_AVX2_BYTES_H

HK_INLINE __m256i hk_quad_(const uint8_t *p) {
    int32_t q;
    memcpy(&q, p, sizeof q);
    return _mm256_set1_epi32(q);
}
#ifdef __AVXVNNI__
typedef struct {
    __m256i q;
} v_quad;
typedef vi v_bytes;
HK_INLINE v_quad v_quad_set1(const uint8_t *p) { return (v_quad){hk_quad_(p)}; }
HK_INLINE v_bytes v_bytes_load(const int8_t *p) { return vi_load(p); }
HK_INLINE vi vi_dot4(vi acc, v_quad q, v_bytes w) {
    return (vi){_mm256_dpbusd_avx_epi32(acc.a, q.q, w.a), _mm256_dpbusd_avx_epi32(acc.b, q.q, w.b)};
}
#else
/* Bytes 0 and 2, and 1 and 3, as 16 bits. */
typedef struct {
    __m256i even, odd;
} v_quad;
typedef struct {
    vi even, odd;
} v_bytes;
HK_INLINE v_quad v_quad_set1(const uint8_t *p) {
    const __m256i q = hk_quad_(p);
    return (v_quad){_mm256_and_si256(q, _mm256_set1_epi16(255)), _mm256_srli_epi16(q, 8)};
}
HK_INLINE __m256i hk_even_bytes_(__m256i w) { return _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8); }
HK_INLINE v_bytes v_bytes_load(const int8_t *p) {
    const vi w = vi_load(p);
    return (v_bytes){{hk_even_bytes_(w.a), hk_even_bytes_(w.b)},
                     {_mm256_srai_epi16(w.a, 8), _mm256_srai_epi16(w.b, 8)}};
}
HK_INLINE __m256i hk_dot4_(__m256i acc, v_quad q, __m256i even, __m256i odd) {
    return _mm256_add_epi32(_mm256_add_epi32(acc, _mm256_madd_epi16(q.even, even)), _mm256_madd_epi16(q.odd, odd));
}
HK_INLINE vi vi_dot4(vi acc, v_quad q, v_bytes w) {
    return (vi){hk_dot4_(acc.a, q, w.even.a, w.odd.a), hk_dot4_(acc.b, q, w.even.b, w.odd.b)};
}
#endif
typedef vi v_small;
typedef struct {
    __m256i x;
} v_signed4;
HK_INLINE v_small v_small_set1(int s) { return (vi){_mm256_set1_epi8((char)s), _mm256_set1_epi8((char)s)}; }
HK_INLINE void v_small_load2(const uint8_t *p, v_small *to) {
    const vi x = vi_load(p);
    const __m256i low = _mm256_set1_epi8(15);
    to[0] = (vi){_mm256_and_si256(x.a, low), _mm256_and_si256(x.b, low)};
    to[1] = (vi){_mm256_and_si256(_mm256_srli_epi16(x.a, 4), low), _mm256_and_si256(_mm256_srli_epi16(x.b, 4), low)};
}
HK_INLINE v_signed4 v_signed4_set1(const uint8_t *p) {
    return (v_signed4){_mm256_xor_si256(hk_quad_(p), _mm256_set1_epi8(-128))};
}
HK_INLINE __m256i hk_dot4_small_(__m256i acc, __m256i x, __m256i u) {
#ifdef __AVXVNNI__
    return _mm256_dpbusd_avx_epi32(acc, u, x);
#else /* two products of at most 15 * 128 cannot saturate */
    return _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(u, x), _mm256_set1_epi16(1)));
#endif
}
HK_INLINE vi vi_dot4_small(vi acc, v_signed4 x, v_small u) {
    return (vi){hk_dot4_small_(acc.a, x.x, u.a), hk_dot4_small_(acc.b, x.x, u.b)};
}

#endif
