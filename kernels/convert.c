/* Conversions between float and the 16-bit types. */
#include "kernel.h"

/* To nearest even: add half of the last place kept, less one where that place is even already. NaN is made quiet, so
   that cutting its payload cannot make an infinity of it. */
HK_INLINE vi to_bf16(vf x) {
    const vi bits = v_bits(x), high = vi_shr(bits, 16);
    const vi rounded = vi_shr(vi_add(bits, vi_add(vi_set1(0x7fff), vi_and(high, vi_set1(1)))), 16);
    const vi quiet = vi_or(high, vi_set1(0x40));
    return v_bits(v_select(v_isnan(x), v_from_bits(quiet), v_from_bits(rounded)));
}
HK_INLINE void store_bf16(uint16_t *y, vf x) { vi_store_u16(y, to_bf16(x)); }
HK_INLINE vf load_bf16(const uint16_t *x) { return v_from_bits(vi_shl(vi_load_u16(x), 16)); }

#define NARROW(name, store)                                                                                            \
    void KERNEL(name)(const float *x, uint16_t *y, size_t n) {                                                         \
        for (; n >= VF_LANES; n -= VF_LANES, x += VF_LANES, y += VF_LANES) store(y, v_load(x));                        \
        if (n) {                                                                                                       \
            uint16_t lanes[VF_LANES];                                                                                  \
            store(lanes, v_loadn(x, n));                                                                               \
            memcpy(y, lanes, n * sizeof *y);                                                                           \
        }                                                                                                              \
    }
NARROW(f32_to_bf16, store_bf16)
NARROW(f32_to_f16, v_store_f16)

#define WIDEN(name, load)                                                                                              \
    void KERNEL(name)(const uint16_t *x, float *y, size_t n) {                                                         \
        for (; n >= VF_LANES; n -= VF_LANES, x += VF_LANES, y += VF_LANES) v_store(y, load(x));                        \
        if (n) {                                                                                                       \
            uint16_t lanes[VF_LANES] = {0};                                                                            \
            memcpy(lanes, x, n * sizeof *x);                                                                           \
            v_storen(y, load(lanes), n);                                                                               \
        }                                                                                                              \
    }
WIDEN(bf16_to_f32, load_bf16)
WIDEN(f16_to_f32, v_load_f16)
