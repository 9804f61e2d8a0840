/* The operations of simd_list.h on one level; compiled once per level with the kernels' flags. */
#include "simd_ops.h"

#include "simd/simd.h"

#include "simd_list.h"

#define VF(op) v_##op
#define VD(op) vd_##op
#define MF(op) m_##op
#define MD(op) md_##op

/* What goes through pointers: one sum, and one of rows of sums that lie two apart. */
#define ACCUMULATED(P, T, E)                                                                                           \
    static inline T P##_accumulated(T sum, const E *p, T w) {                                                          \
        P##_accumulate(&sum, p, w);                                                                                    \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static inline T P##_accumulated_row(const int rows, int row, T a, T b, T c, const E *p) {                          \
        T sums[5] = {a, a, b, b, c};                                                                                   \
        const T x[3] = {c, a, b};                                                                                      \
        P##_accumulate_rows(rows, sums, 2, x, p);                                                                      \
        return sums[2 * row];                                                                                          \
    }
ACCUMULATED(v, vf, float)
ACCUMULATED(vd, vd, double)

#define BODY(element, block, V, expression)                                                                            \
    const element *pa = (const element *)ap;                                                                           \
    const block a = V(load)(pa), b = V(load)((const element *)bp), c = V(load)((const element *)cp);                   \
    (void)a, (void)b, (void)c, (void)n;                                                                                \
    V(store)((element *)out, expression);
#define SIGNATURE (void *out, const void *ap, const void *bp, const void *cp, size_t n)

#define REAL float
#define F32_OP(name, blocks, lanes)                                                                                    \
    static void f32_##name SIGNATURE { BODY(float, vf, VF, blocks) }
SIMD_REAL(F32_OP, VF, MF)
#undef REAL
#define REAL double
#define F64_OP(name, blocks, lanes)                                                                                    \
    static void f64_##name SIGNATURE { BODY(double, vd, VD, blocks) }
SIMD_REAL(F64_OP, VD, MD)

#define I32_OP(name, blocks, lanes)                                                                                    \
    static void i32_##name SIGNATURE {                                                                                 \
        const void *pa = ap;                                                                                           \
        const vi a = vi_load(ap), b = vi_load(bp), c = vi_load(cp);                                                    \
        (void)pa, (void)a, (void)b, (void)c, (void)n;                                                                  \
        vi_store(out, blocks);                                                                                         \
    }
SIMD_INTEGER(I32_OP)

#define F32_ENTRY(name, blocks, lanes) {#name, f32_##name},
#define F64_ENTRY(name, blocks, lanes) {#name, f64_##name},
#define I32_ENTRY(name, blocks, lanes) {#name, i32_##name},
static const simd_entry f32[] = {SIMD_REAL(F32_ENTRY, VF, MF){NULL, NULL}};
static const simd_entry f64[] = {SIMD_REAL(F64_ENTRY, VD, MD){NULL, NULL}};
static const simd_entry i32[] = {SIMD_INTEGER(I32_ENTRY){NULL, NULL}};

#define OTHER(name, statement)                                                                                         \
    static void name SIGNATURE {                                                                                       \
        (void)ap, (void)bp, (void)cp, (void)n;                                                                         \
        statement;                                                                                                     \
    }
OTHER(store, v_store(out, v_load(ap)))
OTHER(storen, v_storen(out, v_load(ap), n))
OTHER(store_f64, vd_store(out, vd_load(ap)))
OTHER(storen_f64, vd_storen(out, vd_load(ap), n))
OTHER(scale, v_store(out, v_scale(v_load(ap), v_load(bp))))
OTHER(lookup8, v_store(out, v_lookup8(ap, vi_load(bp))))
OTHER(load_f16, v_store(out, v_load_f16(ap)))
OTHER(store_f16, v_store_f16(out, v_load(ap)))
OTHER(store_u16, vi_store_u16(out, vi_load(ap)))
OTHER(bits, v_store(out, v_from_bits(v_bits(v_load(ap)))))
OTHER(widen, vd_store(out, v_widen(v_load(ap), 0)); vd_store((double *)out + 8, v_widen(v_load(ap), 1)))
OTHER(narrow, v_store(out, v_narrow(vd_load(ap), vd_load(bp))))
OTHER(sum4, vf b[4]; for (int i = 0; i < 4; i++) b[i] = v_load((const float *)ap + 16 * i); v_sum4(out, b))
OTHER(sum4_f64, vd b[4]; for (int i = 0; i < 4; i++) b[i] = vd_load((const double *)ap + 8 * i); vd_sum4(out, b))
OTHER(loadn_bytes, vi_store(out, vi_loadn_bytes(ap, n)))
OTHER(loadn_f16, v_store(out, v_loadn_f16(ap, n)))
OTHER(scale_down, v_store(out, v_scale_down(v_load(ap), v_load(bp))))
OTHER(reciprocal, v_store(out, v_reciprocal(v_load(ap))))
static int any_beyond(const float *a, float limit) { return v_any_beyond(v_extent(v_load(a)), limit); }
#define TRANSPOSE(name, element, block, V, lanes)                                                                      \
    static void name SIGNATURE { /* lanes x lanes elements from a to out */                                            \
        (void)bp, (void)cp, (void)n;                                                                                   \
        block square[lanes];                                                                                           \
        for (int i = 0; i < lanes; i++) square[i] = V(load)((const element *)ap + i * lanes);                          \
        V(transpose)(square);                                                                                          \
        for (int i = 0; i < lanes; i++) V(store)((element *)out + i * lanes, square[i]);                               \
    }
TRANSPOSE(transpose, float, vf, VF, VF_LANES)
TRANSPOSE(transpose_f64, double, vd, VD, VD_LANES)
static int64_t dot_i8(const int8_t *a, const int8_t *b) {
    vi excess = vi_set1(1);
    return vi_sum(vi_dot_i8(vi_set1(3), &excess, a, b)) - vi_sum(excess);
}
static int64_t dot_u8i8(const uint8_t *a, const int8_t *b) {
    vi excess = vi_set1(1);
    return vi_sum(vi_dot_u8i8(vi_set1(3), &excess, a, b)) - vi_sum(excess);
}

const simd_ops HK_PASTE(simd_ops_, HK_LEVEL) = {
    HK_QUOTE(HK_LEVEL), f32,           f64,        i32,        store,     storen,    store_f64,
    storen_f64,         scale,         lookup8,    load_f16,   store_f16, store_u16, bits,
    transpose,          transpose_f64, widen,      narrow,     sum4,      sum4_f64,  loadn_bytes,
    loadn_f16,          scale_down,    reciprocal, any_beyond, dot_i8,    dot_u8i8,
};
