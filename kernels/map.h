/* Elementwise kernels: the loop around a function of one block.
 *
 * MAP(name, expression) defines kernel `name` with the block x, the parameters a and b in scope. MAP_FAR(name, near, far,
 * limit) computes near(x), and far(x) in the lanes where |x| > limit or x is NaN; such lanes are looked for once in each
 * group of four blocks, so that ordinary data pays for little more than near(x). */
#ifndef HK_MAP_H
#define HK_MAP_H

#define MAP_PARAMETERS                                                                                                 \
    const REAL *x, size_t x_stride, REAL *y, size_t y_stride, size_t rows, size_t cols, float alpha, float beta

/* Rows that follow each other are one long row. */
#define MAP_JOIN_ROWS                                                                                                  \
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
        for (; rows; rows--, x += x_stride, y += y_stride) {                                                           \
            size_t i = 0;                                                                                              \
            for (; i + 2 * LANES <= cols; i += 2 * LANES) {                                                            \
                const BLOCK even = NAME(name##_block)(V(load)(x + i), a, b);                                           \
                const BLOCK odd = NAME(name##_block)(V(load)(x + i + LANES), a, b);                                    \
                V(store)(y + i, even);                                                                                 \
                V(store)(y + i + LANES, odd);                                                                          \
            }                                                                                                          \
            for (; i < cols; i += LANES) {                                                                             \
                const size_t n = hk_min(cols - i, LANES);                                                              \
                V(storen)(y + i, NAME(name##_block)(V(loadn)(x + i, n), a, b), n);                                     \
            }                                                                                                          \
        }                                                                                                              \
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
                vf v[4];                                                                                               \
                HK_UNROLL for (size_t j = 0; j < 4; j++) v[j] = v_load(x + i + j * LANES);                             \
                const vi m = vi_max(vi_max(map_magnitude(v[0]), map_magnitude(v[1])),                                  \
                                    vi_max(map_magnitude(v[2]), map_magnitude(v[3])));                                 \
                if (__builtin_expect(m_any(vi_lt(last_near, m)), 0)) {                                                 \
                    NAME(name##_mixed)(x + i, y + i, 4 * LANES);                                                       \
                    continue;                                                                                          \
                }                                                                                                      \
                HK_UNROLL for (size_t j = 0; j < 4; j++) v_store(y + i + j * LANES, near(v[j]));                       \
            }                                                                                                          \
            for (; i < cols; i += LANES) {                                                                             \
                const size_t n = hk_min(cols - i, LANES);                                                              \
                const vf v = v_loadn(x + i, n);                                                                        \
                if (__builtin_expect(m_any(vi_lt(last_near, map_magnitude(v))), 0))                                    \
                    NAME(name##_mixed)(x + i, y + i, n);                                                               \
                else                                                                                                   \
                    v_storen(y + i, near(v), n);                                                                       \
            }                                                                                                          \
        }                                                                                                              \
    }

#endif
