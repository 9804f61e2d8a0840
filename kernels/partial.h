/* Blocks of which only the first n elements are there: the masked forms only where a block is not full. n > 0. */
#ifndef HK_PARTIAL_H
#define HK_PARTIAL_H

HK_INLINE BLOCK NAME(load_some)(const REAL *p, size_t n) { return n >= LANES ? V(load)(p) : V(loadn)(p, n); }
HK_INLINE void NAME(store_some)(REAL *p, BLOCK v, size_t n) {
    if (n >= LANES)
        V(store)(p, v);
    else
        V(storen)(p, v, n);
}

#endif
