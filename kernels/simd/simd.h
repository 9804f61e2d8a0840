/* clang-format off */
/* The vocabulary: blocks of 16 floats (vf), 8 doubles (vd), 16 integers (vi) and what can be done with them.
 *
 * One header per instruction set gives the same operations; HK_SIMD names it. A block never changes width, and every
 * operation that rounds is one correctly rounded IEEE operation, so an algorithm written over blocks has the same bits
 * on every instruction set. To keep it so: there is no lane count to branch on, no estimate instructions, min and max
 * are a compare and a select (NaN takes the second operand), and v_sum is the only way across lanes that rounds.
 *
 *   vf, vd      x_zero() x_set1(s) x_load(p) x_store(p, a)             x is v for floats, vd for doubles
 *               x_loadn(p, n) zero-filled, x_storen(p, a, n)           0 <= n <= lanes; nothing else is touched
 *               x_add x_sub x_mul x_div(a, b)
 *               x_fma(a, b, c) = a b + c, x_fnma = c - a b, x_fms = a b - c       one rounding
 *               x_max(a, b) = a > b ? a : b, x_min(a, b) = a < b ? a : b
 *               x_abs(a) x_neg(a) x_copysign(magnitude, sign), the magnitude without a sign, or with that one, or NaN
 *               x_lt x_le x_eq(a, b): mask, false on NaN; x_isnan(a); x_first(n): the first n lanes
 *               x_select(mask, a, b): a where set, else b
 *               x_join(a, b, n): lanes n to n + LANES - 1 of a and b one after the other
 *               x_sum(a), x_hmax(a): lanes folded by halves, 16 to 8 to 4 to 2 to 1, with add or x_max
 *               x_sum4(p, blocks): four x_sum, each with +0 added, to p[0] to p[3]
 *               x_transpose(block): lanes x lanes elements, block[i] lane j for block[j] lane i
 *   vm, vdm     masks of vf and vd: m_and m_or m_not m_any, and md_ likewise
 *   vi          vi_set1 vi_load(p) vi_store(p, a) vi_add vi_sub vi_and vi_or(a, b)
 *               vi_shl vi_shr vi_sar(a, count); vi_lt(a, b) signed, a vm
 *               v_bits(a) and v_from_bits(i): the same bits; vi_load_u16(p), vi_store_u16(p, a): low halves
 *               vi_loadn_bytes(p, n): 64 bytes, zero-filled from n on
 *               vi_dot_i8(acc, &excess, a, b), vi_dot_u8i8 likewise: 64 bytes each; every product goes to some lane of
 *               acc, and what an instruction for other signs adds too much to some lane of excess;
 *               vi_dot_i8_part(acc, &excess, a, b, n), vi_dot_u8i8_part likewise: the first n of them
 *               vi_sum(a): all lanes, whose sum fits an int32
 *               vi_mul(a, b): the low 32 bits; v_from_int(a): to float, rounded
 *               v_nearest(a): the nearest integer, ties to even, a < 2^22; below -2^22 any integer up to -2^22,
 *               and any at all for NaN
 *               vi_store4_u8(p, blocks): 64 integers as bytes, those below 0 as 0, those above 255 as 255
 *   v_quad, v_bytes    v_quad_set1(p): 4 bytes, v_bytes_load(p): 4 signed bytes for each lane, and
 *               vi_dot4(acc, q, w): acc + the four products (q - HK_I8_BIAS) w of each lane, exactly
 *   v_small, v_signed4    v_small_load2(p, to): 128 numbers of 0 to 15 from 64 bytes, low halves to to[0] and high to
 *               to[1]; v_small_set1(s); v_signed4_set1(p): 4 bytes less 128; vi_dot4_small(acc, x, u): as vi_dot4
 *   where the instruction set has it: vi_set1_bytes(p), 4 bytes in every lane, and
 *               v_dot2_bf16(acc, x, w): two products of bf16 added to each lane, rounded as the instruction does
 *   others      v_scale(a, n): a * 2^n with one rounding, n integral in [-160, 160], 2^-40 < |a| < 2^40; or NaN
 *               v_scale_down(a, n): the same for n in [-160, 0] and a up to 2^60, in fewer operations
 *               v_widen(a, half): lanes 0 to 7 or 8 to 15 as double, v_narrow(a, b) the reverse, rounded
 *               v_lookup8(table, i): table[i & 7] per lane
 *               v_max_magnitude(a, b): the larger of |a| and |b|, for wide.h alone
 *               v_extent(a): one block that holds the largest magnitudes of a, a NaN left out or kept, for
 *               v_any_beyond(extent, limit): 1 if some lane was beyond, 0 if none was
 *               v_load_f16(p) v_loadn_f16(p, n) v_store_f16(p, a)
 *               x_fetch(p): x_load for a block with several uses, one load for all of them on every compiler
 *               x_spread(p): x_set1(*p), not before what comes before it
 *               v_abreast(a): a; where it is two registers, neither goes on before the other is there
 *               x_accumulate(&sum, p, w): sum += *p * w by one fma, at its place in the program where registers are few
 *               x_accumulate_rows(rows, sums, apart, x, p): sums[r * apart] += x[r] * x_load(p) likewise, 2 or 3 rows
 *               VD_FUNCTION(name, ulp): defines vd_<name> on SLEEF's deterministic function for this level
 */
/* clang-format on */
#ifndef HK_SIMD_H
#define HK_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "-ffast-math breaks the promise of equal bits"
#endif

/* At the scalar level an operation is a loop, and inlined everywhere would be most of the library. */
#ifdef HK_SMALL_CODE
#define HK_INLINE static __attribute__((noinline, unused))
#else
#define HK_INLINE static inline __attribute__((always_inline))
#endif
#define HK_PRAGMA(text) _Pragma(#text)
#ifdef HK_SMALL_CODE
#define HK_UNROLL
#define HK_UNROLL_TWICE
#else
#define HK_UNROLL_TWICE HK_PRAGMA(GCC unroll 2)
#ifdef __clang__ /* it unrolls early enough to keep arrays in registers only where it is told to do so in full */
#define HK_UNROLL HK_PRAGMA(clang loop unroll(full))
#else
#define HK_UNROLL HK_PRAGMA(GCC unroll 32)
#endif
#endif
#define HK_NO_UNROLL HK_PRAGMA(GCC unroll 1)

/* Keeps a value that is used twice in a register: two operands read from memory are two loads. */
#define HK_IN_REGISTER(x) __asm__("" : "+v"(x))
#define HK_IN_ORDER(x)    __asm__ volatile("" : "+v"(x))

/* Hides a pointer's origin, so that rows are addressed from few bases instead of one register each. */
#define HK_OPAQUE(p) __asm__ volatile("" : "+r"(p))

/* Maps, where no lane meets another, are compiled over single lanes at the scalar level: see kernels/meson.build. */
#ifdef HK_SINGLE_LANES
#define VF_LANES 1
#define VD_LANES 1
#else
#define VF_LANES 16
#define VD_LANES 8
#endif

/* x_sum4 where the sums one by one are as good. */
#define HK_SUM4_ONE_BY_ONE                                                                                             \
    HK_INLINE void v_sum4(float *p, const vf *blocks) {                                                                \
        for (int i = 0; i < 4; i++) p[i] = v_sum(blocks[i]) + 0;                                                       \
    }                                                                                                                  \
    HK_INLINE void vd_sum4(double *p, const vd *blocks) {                                                              \
        for (int i = 0; i < 4; i++) p[i] = vd_sum(blocks[i]) + 0;                                                      \
    }

/* x_join where no instruction does it. */
#define HK_JOIN_BY_MEMORY                                                                                              \
    HK_INLINE vf v_join(vf a, vf b, size_t n) {                                                                        \
        float lanes[2 * VF_LANES];                                                                                     \
        v_store(lanes, a);                                                                                             \
        v_store(lanes + VF_LANES, b);                                                                                  \
        return v_load(lanes + n);                                                                                      \
    }                                                                                                                  \
    HK_INLINE vd vd_join(vd a, vd b, size_t n) {                                                                       \
        double lanes[2 * VD_LANES];                                                                                    \
        vd_store(lanes, a);                                                                                            \
        vd_store(lanes + VD_LANES, b);                                                                                 \
        return vd_load(lanes + n);                                                                                     \
    }

/* x_part where loads take whole vectors. */
#define HK_DOT_PART_BY_MEMORY(name, type)                                                                              \
    HK_INLINE vi name##_part(vi acc, vi *excess, const type *a, const int8_t *b, size_t n) {                           \
        type x[64];                                                                                                    \
        int8_t y[64];                                                                                                  \
        vi_store(x, vi_loadn_bytes(a, n));                                                                             \
        vi_store(y, vi_loadn_bytes(b, n));                                                                             \
        return name(acc, excess, x, y);                                                                                \
    }

/* Tiles of rows, panels and chains (kernels/dense_tile.h) where the registers hold six blocks of sums. */
/* clang-format off */
#define HK_TILES_OF_6(X) \
    X(6, 1, 1) X(5, 1, 1) X(4, 1, 1) X(3, 2, 1) X(3, 1, 1) X(2, 2, 1) X(2, 1, 1) X(1, 4, 1) X(1, 2, 1) \
    X(1, 1, 1) X(3, 1, 2) X(1, 2, 2) X(1, 1, 2) X(3, 1, 4) X(1, 1, 4)
#define HK_TILES_OF_6_F64(X) \
    X(6, 1, 1) X(3, 1, 1) X(1, 2, 1) X(1, 1, 1) X(1, 1, 2) X(1, 1, 4)
/* clang-format on */

#define HK_QUOTE_(x)    #x
#define HK_QUOTE(x)     HK_QUOTE_(x)
#define HK_PASTE_(a, b) a##b
#define HK_PASTE(a, b)  HK_PASTE_(a, b)

#define HK_ACCUMULATE_BY_FMA_(P, T, E)                                                                                 \
    HK_INLINE void P##_accumulate(T *sum, const E *p, T w) { *sum = P##_fma(P##_spread(p), w, *sum); }                 \
    HK_INLINE void P##_accumulate_rows(const int rows, T *sums, int apart, const T *x, const E *p) {                   \
        const T w = P##_fetch(p);                                                                                      \
        HK_UNROLL                                                                                                      \
        for (int r = 0; r < rows; r++) sums[r * apart] = P##_fma(x[r], w, sums[r * apart]);                            \
    }
#define HK_ACCUMULATE_BY_FMA                                                                                           \
    HK_ACCUMULATE_BY_FMA_(v, vf, float)                                                                                \
    HK_ACCUMULATE_BY_FMA_(vd, vd, double)

#include HK_QUOTE(HK_SIMD.h)
typedef vf extent;
HK_INLINE extent v_extent(vf a) { return a; }
#ifdef HK_WIDE
#include "wide.h"
#endif

/* a + b and its rounding error, exactly, whichever is larger (Knuth, The Art of Computer Programming, 4.2.2). */
HK_INLINE vf v_two_sum(vf a, vf b, vf *low) {
    const vf sum = v_add(a, b), back = v_sub(sum, a);
    *low = v_add(v_sub(a, v_sub(sum, back)), v_sub(b, back));
    return sum;
}
/* 1 / d within 2^-19 for 2^-126 <= d < 2^125.5: a start whose exponent and mantissa are those of d subtracted, and two
   steps of Newton's method, the first with its constant fitted to the start. A division would occupy its unit for
   longer, and where the remainder is put back afterwards, this is as good. In double: the division. */
HK_INLINE vf v_reciprocal_start(vf d) {
    const vf y = v_from_bits(vi_sub(vi_set1(0x7ef33400), v_bits(d)));
    return v_mul(y, v_fnma(d, y, v_set1(0x1.0029fp+1f))); /* within 2^-9.6 */
}
HK_INLINE vf v_reciprocal(vf d) {
    const vf y = v_reciprocal_start(d);
    return v_mul(y, v_fnma(d, y, v_set1(2.0f)));
}
HK_INLINE vd vd_reciprocal(vd d) { return vd_div(vd_set1(1), d); }

HK_INLINE vd vd_two_sum(vd a, vd b, vd *low) {
    const vd sum = vd_add(a, b), back = vd_sub(sum, a);
    *low = vd_add(vd_sub(a, vd_sub(sum, back)), vd_sub(b, back));
    return sum;
}

#endif
