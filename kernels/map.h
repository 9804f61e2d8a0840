/* Elementwise kernels: the loop around a function of one block.
 *
 * MAP(name, expression) defines kernel `name` with the block x, the parameters a and b in scope. MAP_FAR(name, near,
 * far, limit) computes near(x), and far(x) in the lanes where |x| > limit or x is NaN; such lanes are looked for once
 * in each group of four blocks, so that ordinary data pays for little more than near(x). */
#ifndef HK_MAP_H
#define HK_MAP_H

#define MAP_PARAMETERS                                                                                                 \
    const REAL *x, size_t x_stride, REAL *y, size_t y_stride, size_t rows, size_t cols, float alpha, float beta

/* A block of n elements: the masked forms only where it is not full. */
HK_INLINE BLOCK NAME(map_load)(const REAL *p, size_t n) { return n == LANES ? V(load)(p) : V(loadn)(p, n); }
HK_INLINE void NAME(map_store)(REAL *p, BLOCK v, size_t n) {
    if (n == LANES)
        V(store)(p, v);
    else
        V(storen)(p, v, n);
}

/* Rows that follow each other are one long row; rows of nothing are none, so that NULL is not added to. */
#define MAP_JOIN_ROWS                                                                                                  \
    if (!cols) rows = 0;                                                                                               \
    if (x_stride == cols && y_stride == cols) {                                                                        \
        cols *= rows;                                                                                                  \
        rows = rows != 0;                                                                                              \
    }

#define MAP(name, expression)                                                                                          \
    HK_INLINE BLOCK NAME(name##_block)(BLOCK x, BLOCK a, BLOCK b) {                                                    \
        (void)a, (void)b;                                                                                              \
        return expression;                                                                                             \
    }                                                                                                                  \
    void NAME(name)(MAP_PARAMETERS) {                                                                                  \
        const BLOCK a = V(set1)((REAL)alpha), b = V(set1)((REAL)beta);                                                 \
        MAP_JOIN_ROWS                                                                                                  \
        for (; rows; rows--, x += x_stride, y += y_stride)                                                             \
            for (size_t i = 0; i < cols; i += LANES) {                                                                 \
                const size_t n = hk_min(cols - i, LANES);                                                              \
                NAME(map_store)(y + i, NAME(name##_block)(NAME(map_load)(x + i, n), a, b), n);                         \
            }                                                                                                          \
    }

/* |x| as an integer: beyond any limit for infinity and NaN. */
HK_INLINE vi map_magnitude(vf x) { return vi_and(v_bits(x), vi_set1(0x7fffffff)); }

#define MAP_FAR(name, near, far, limit)                                                                                \
    static __attribute__((noinline)) void NAME(name##_mixed)(const float *x, float *y, size_t n) {                     \
        for (size_t i = 0; i < n; i += LANES) {                                                                        \
            const size_t m = hk_min(n - i, LANES);                                                                     \
            const vf v = v_loadn(x + i, m);                                                                            \
            const vm inside = v_le(v_abs(v), v_set1(limit));                                                           \
            v_storen(y + i, v_select(v_isnan(v), v, v_select(inside, near(v), far(v))), m);                            \
        }                                                                                                              \
    }                                                                                                                  \
    void NAME(name)(MAP_PARAMETERS) {                                                                                  \
        (void)alpha, (void)beta;                                                                                       \
        const vi last_near = v_bits(v_set1(limit));                                                                    \
        MAP_JOIN_ROWS                                                                                                  \
        for (; rows; rows--, x += x_stride, y += y_stride) {                                                           \
            size_t i = 0;                                                                                              \
            for (; i + 4 * LANES <= cols; i += 4 * LANES) {                                                            \
                vi m = vi_set1(0);                                                                                     \
                HK_UNROLL                                                                                              \
                for (size_t j = 0; j < 4; j++) m = vi_max(m, map_magnitude(v_load(x + i + j * LANES)));                \
                if (__builtin_expect(m_any(vi_lt(last_near, m)), 0)) {                                                 \
                    NAME(name##_mixed)(x + i, y + i, 4 * LANES);                                                       \
                    continue;                                                                                          \
                }                                                                                                      \
                HK_NO_UNROLL for (size_t j = i; j < i + 4 * LANES; j += LANES) v_store(y + j, near(v_load(x + j)));    \
            }                                                                                                          \
            for (; i < cols; i += LANES) {                                                                             \
                const size_t n = hk_min(cols - i, LANES);                                                              \
                const vf v = NAME(map_load)(x + i, n);                                                                 \
                if (__builtin_expect(m_any(vi_lt(last_near, map_magnitude(v))), 0))                                    \
                    NAME(name##_mixed)(x + i, y + i, n);                                                               \
                else                                                                                                   \
                    NAME(map_store)(y + i, near(v), n);                                                                \
            }                                                                                                          \
        }                                                                                                              \
    }

#endif
