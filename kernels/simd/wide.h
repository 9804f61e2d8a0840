/* The elementwise part of the vocabulary over HK_WIDE blocks at once, under the same names: vf is then HK_WIDE blocks.
 *
 * A function of one block is a chain of some thirty dependent operations, of which the processor can look at only a few
 * at a time. Where the operations of several blocks alternate, its schedulers hold enough independent work to keep the
 * ports busy. Only maps are compiled this way: no lane meets another there, so that the width changes no bit. */

#define WIDE_EACH                                                                                                      \
    HK_UNROLL                                                                                                          \
    for (int i = 0; i < HK_WIDE; i++)
#define WIDE_TYPE(type)                                                                                                \
    typedef struct {                                                                                                   \
        type b[HK_WIDE];                                                                                               \
    } wide_##type;
WIDE_TYPE(vf)
WIDE_TYPE(vi)
WIDE_TYPE(vm)

#define WIDE_0(R, T, op, S)                                                                                            \
    HK_INLINE wide_##R wide_##op(S s) {                                                                                \
        wide_##R r;                                                                                                    \
        WIDE_EACH r.b[i] = op(s);                                                                                      \
        return r;                                                                                                      \
    }
#define WIDE_1(R, T, op)                                                                                               \
    HK_INLINE wide_##R wide_##op(wide_##T x) {                                                                         \
        wide_##R r;                                                                                                    \
        WIDE_EACH r.b[i] = op(x.b[i]);                                                                                 \
        return r;                                                                                                      \
    }
#define WIDE_2(R, T, op)                                                                                               \
    HK_INLINE wide_##R wide_##op(wide_##T x, wide_##T y) {                                                             \
        wide_##R r;                                                                                                    \
        WIDE_EACH r.b[i] = op(x.b[i], y.b[i]);                                                                         \
        return r;                                                                                                      \
    }
#define WIDE_3(R, U, T, op)                                                                                            \
    HK_INLINE wide_##R wide_##op(wide_##U x, wide_##T y, wide_##T z) {                                                 \
        wide_##R r;                                                                                                    \
        WIDE_EACH r.b[i] = op(x.b[i], y.b[i], z.b[i]);                                                                 \
        return r;                                                                                                      \
    }
#define WIDE_SHIFT(op)                                                                                                 \
    HK_INLINE wide_vi wide_##op(wide_vi x, int count) {                                                                \
        wide_vi r;                                                                                                     \
        WIDE_EACH r.b[i] = op(x.b[i], count);                                                                          \
        return r;                                                                                                      \
    }

WIDE_0(vf, vf, v_set1, float)
WIDE_0(vi, vi, vi_set1, int32_t)
WIDE_2(vf, vf, v_add)
WIDE_2(vf, vf, v_sub)
WIDE_2(vf, vf, v_mul)
WIDE_2(vf, vf, v_div)
WIDE_2(vf, vf, v_max)
WIDE_2(vf, vf, v_min)
WIDE_2(vf, vf, v_copysign)
WIDE_2(vf, vf, v_scale)
WIDE_3(vf, vf, vf, v_fma)
WIDE_3(vf, vf, vf, v_fnma)
WIDE_3(vf, vf, vf, v_fms)
WIDE_3(vf, vm, vf, v_select)
WIDE_1(vf, vf, v_abs)
WIDE_1(vf, vf, v_neg)
WIDE_1(vm, vf, v_isnan)
WIDE_1(vi, vf, v_bits)
WIDE_1(vf, vi, v_from_bits)
WIDE_2(vm, vf, v_lt)
WIDE_2(vm, vf, v_le)
WIDE_2(vi, vi, vi_add)
WIDE_2(vi, vi, vi_sub)
WIDE_SHIFT(vi_shl)
WIDE_SHIFT(vi_shr)
HK_INLINE wide_vf wide_v_zero(void) { return wide_v_set1(0); }
HK_INLINE wide_vf wide_v_load(const float *p) {
    wide_vf r;
    WIDE_EACH r.b[i] = v_load(p + i * VF_LANES);
    return r;
}
HK_INLINE void wide_v_store(float *p, wide_vf x) { WIDE_EACH v_store(p + i * VF_LANES, x.b[i]); }
HK_INLINE wide_vf wide_v_lookup8(const float *table, wide_vi x) {
    wide_vf r;
    WIDE_EACH r.b[i] = v_lookup8(table, x.b[i]);
    return r;
}
HK_INLINE extent wide_v_extent(wide_vf x) {
    extent largest = x.b[0];
    HK_UNROLL
    for (int i = 1; i < HK_WIDE; i++) largest = v_max_magnitude(x.b[i], largest);
    return largest;
}

enum { WIDE_LANES = HK_WIDE * VF_LANES };
#undef VF_LANES
#define VF_LANES    ((size_t)WIDE_LANES)
#define vf          wide_vf
#define vi          wide_vi
#define vm          wide_vm
#define v_zero      wide_v_zero
#define v_set1      wide_v_set1
#define v_load      wide_v_load
#define v_store     wide_v_store
#define v_add       wide_v_add
#define v_sub       wide_v_sub
#define v_mul       wide_v_mul
#define v_div       wide_v_div
#define v_max       wide_v_max
#define v_min       wide_v_min
#define v_copysign  wide_v_copysign
#define v_scale     wide_v_scale
#define v_fma       wide_v_fma
#define v_fnma      wide_v_fnma
#define v_fms       wide_v_fms
#define v_select    wide_v_select
#define v_abs       wide_v_abs
#define v_neg       wide_v_neg
#define v_isnan     wide_v_isnan
#define v_bits      wide_v_bits
#define v_from_bits wide_v_from_bits
#define v_lt        wide_v_lt
#define v_le        wide_v_le
#define vi_set1     wide_vi_set1
#define vi_add      wide_vi_add
#define vi_sub      wide_vi_sub
#define vi_shl      wide_vi_shl
#define vi_shr      wide_vi_shr
#define v_lookup8   wide_v_lookup8
#define v_extent    wide_v_extent
