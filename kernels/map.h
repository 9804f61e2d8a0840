/* Elementwise kernels: the loop around a function of one block.
 *
 * MAP(name, expression) defines kernel `name` with the block x, the parameters a and b in scope. MAP_FAR(name, near,
 * far, reach) computes near(x), a near_value, and far(x) in the lanes where its |n| > reach; near(NaN) is NaN.
 *
 * Where HK_WIDE is defined the source is compiled over several blocks at once and gives name_wide instead, for whole
 * groups of GROUP elements; kernel `name`, compiled with HK_GROUP, calls it and computes what is left over. */
#ifndef HK_MAP_H
#define HK_MAP_H

#define MAP_PARAMETERS                                                                                                 \
    const REAL *x, size_t x_stride, REAL *y, size_t y_stride, size_t rows, size_t cols, float alpha, float beta

/* Rows that follow each other are one long row; rows of nothing are none, so that NULL is not added to. */
#define MAP_JOIN_ROWS                                                                                                  \
    if (!cols) rows = 0;                                                                                               \
    if (x_stride == cols && y_stride == cols) {                                                                        \
        cols *= rows;                                                                                                  \
        rows = rows != 0;                                                                                              \
    }

#define MAP_BLOCK(name, expression)                                                                                    \
    HK_INLINE BLOCK NAME(name##_block)(BLOCK x, BLOCK a, BLOCK b) {                                                    \
        (void)a, (void)b;                                                                                              \
        return expression;                                                                                             \
    }

#ifdef HK_WIDE

#define MAP_WIDE(name, block)                                                                                          \
    void NAME(name##_wide)(const REAL *x, REAL *y, size_t n, float alpha, float beta);                                 \
    void NAME(name##_wide)(const REAL *x, REAL *y, size_t n, float alpha, float beta) {                                \
        const BLOCK a = V(set1)((REAL)alpha), b = V(set1)((REAL)beta);                                                 \
        HK_NO_UNROLL for (size_t i = 0; i < n; i += LANES) {                                                           \
            const BLOCK v = V(load)(x + i);                                                                            \
            block                                                                                                      \
        }                                                                                                              \
    }
#define MAP(name, expression)                                                                                          \
    MAP_BLOCK(name, expression)                                                                                        \
    MAP_WIDE(name, V(store)(y + i, NAME(name##_block)(v, a, b));)
#define MAP_FAR(name, near, far, reach)                                                                                \
    void NAME(name##_mixed)(const REAL *x, REAL *y, size_t n);                                                         \
    MAP_WIDE(name, (void)a; (void)b; const near_value r = near(v);                                                     \
             if (__builtin_expect(V(any_beyond)(r.n, reach), 0)) NAME(name##_mixed)(x + i, y + i, LANES);              \
             else V(store)(y + i, r.y);)

#else

/* A block of n elements: the masked forms only where it is not full. */
HK_INLINE BLOCK NAME(map_load)(const REAL *p, size_t n) { return n == LANES ? V(load)(p) : V(loadn)(p, n); }
HK_INLINE void NAME(map_store)(REAL *p, BLOCK v, size_t n) {
    if (n == LANES)
        V(store)(p, v);
    else
        V(storen)(p, v, n);
}

#ifdef HK_GROUP
#define MAP_GROUPS(name)                                                                                               \
    const size_t grouped = cols / HK_GROUP * HK_GROUP;                                                                 \
    if (grouped) NAME(name##_wide)(x, y, grouped, alpha, beta);
#define MAP_WIDE_PROTOTYPE(name) void NAME(name##_wide)(const REAL *x, REAL *y, size_t n, float alpha, float beta);
#else
#define MAP_GROUPS(name) const size_t grouped = 0;
#define MAP_WIDE_PROTOTYPE(name)
#endif

#define MAP_LOOP(name, block)                                                                                          \
    MAP_WIDE_PROTOTYPE(name)                                                                                           \
    void NAME(name)(MAP_PARAMETERS) {                                                                                  \
        const BLOCK a = V(set1)((REAL)alpha), b = V(set1)((REAL)beta);                                                 \
        MAP_JOIN_ROWS                                                                                                  \
        for (; rows; rows--, x += x_stride, y += y_stride) {                                                           \
            MAP_GROUPS(name)                                                                                           \
            HK_NO_UNROLL for (size_t i = grouped; i < cols; i += LANES) {                                              \
                const size_t n = hk_min(cols - i, LANES);                                                              \
                const BLOCK v = NAME(map_load)(x + i, n);                                                              \
                block                                                                                                  \
            }                                                                                                          \
        }                                                                                                              \
    }
#define MAP(name, expression)                                                                                          \
    MAP_BLOCK(name, expression)                                                                                        \
    MAP_LOOP(name, NAME(map_store)(y + i, NAME(name##_block)(v, a, b), n);)
#define MAP_FAR(name, near, far, reach)                                                                                \
    void NAME(name##_mixed)(const REAL *x, REAL *y, size_t n);                                                         \
    __attribute__((noinline)) void NAME(name##_mixed)(const REAL *x, REAL *y, size_t n) {                              \
        for (size_t i = 0; i < n; i += LANES) {                                                                        \
            const size_t m = hk_min(n - i, LANES);                                                                     \
            const BLOCK v = V(loadn)(x + i, m);                                                                        \
            const near_value r = near(v);                                                                              \
            const MASK inside = V(le)(V(abs)(r.n), V(set1)(reach));                                                    \
            V(storen)(y + i, V(select)(V(isnan)(v), v, V(select)(inside, r.y, far(v))), m);                            \
        }                                                                                                              \
    }                                                                                                                  \
    MAP_LOOP(name, (void)a; (void)b; const near_value r = near(v);                                                     \
             if (__builtin_expect(V(any_beyond)(r.n, reach), 0)) NAME(name##_mixed)(x + i, y + i, n);                  \
             else NAME(map_store)(y + i, r.y, n);)

#endif

#endif
