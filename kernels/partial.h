/* Blocks of which only the first n elements are there: the masked forms only where a block is not full. n > 0. */
#ifndef HK_PARTIAL_H
#define HK_PARTIAL_H

HK_INLINE BLOCK NAME(load_some)(const REAL *p, size_t n) { return n >= LANES ? V(load)(p) : V(loadn)(p, n); }

/* Rows of which each is one block at `whole`: the first n elements, to rows y_stride apart. */
static __attribute__((noinline, unused)) void NAME(store_parts)(const REAL *whole, REAL *y, size_t y_stride,
                                                                size_t rows, size_t n) {
    for (size_t r = 0; r < rows; r++) V(storen)(y + r * y_stride, V(load)(whole + r * LANES), n);
}
/* As a call where x_storen takes many instructions, which within a function cost the loops before it registers. */
HK_INLINE void NAME(store_some)(REAL *p, BLOCK v, size_t n) {
    if (n >= LANES) {
        V(store)(p, v);
    } else if (HK_STOREN_IS_LONG) {
        REAL whole[LANES];
        V(store)(whole, v);
        NAME(store_parts)(whole, p, 0, 1, n);
    } else {
        V(storen)(p, v, n);
    }
}

#endif
