/* Elementwise kernels: the loop around a function of one block.
 *
 * MAP(name, expression) defines kernel `name` with the block x, the parameters a and b in scope. MAP_FAR(name, near,
 * far, reach) computes near(x), a near_value, and far(x) in the lanes where its |n| > reach; near(NaN) is NaN.
 *
 * Where HK_WIDE is defined the source is compiled over several blocks at once and gives name_wide instead, for whole
 * groups of GROUP elements; kernel `name`, compiled with HK_GROUP, calls it and computes what is left over. */
#ifndef HK_MAP_H
#define HK_MAP_H

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

#include "partial.h"

/* Of the few elements that are left over, one beyond the reach has all of them computed again, so that nothing must be
   kept across the call. */
#ifdef HK_GROUP
#define MAP_PROTOTYPES(name) void NAME(name##_wide)(const REAL *x, REAL *y, size_t n, float alpha, float beta);
#define MAP_GROUPS(name)                                                                                               \
    if (n >= HK_GROUP) {                                                                                               \
        const size_t rest = n % HK_GROUP;                                                                              \
        NAME(name##_wide)(x, y, n - rest, alpha, beta);                                                                \
        if (rest) NAME(name)(x + n - rest, rest, y + n - rest, rest, 1, rest, alpha, beta);                            \
        return;                                                                                                        \
    }
#define MAP_AGAIN(name)                                                                                                \
    {                                                                                                                  \
        NAME(name##_mixed)(x, y, n);                                                                                   \
        return;                                                                                                        \
    }
#else
#define MAP_PROTOTYPES(name)
#define MAP_GROUPS(name)
#define MAP_AGAIN(name)                                                                                                \
    {                                                                                                                  \
        NAME(name##_mixed)(x, y, hk_min(n, LANES));                                                                    \
        if (n <= LANES) return;                                                                                        \
    }
#endif

/* The last block, full or not, leaves, so that n stays above 0 and no register is kept over its store. */
#define MAP_STORE(block)                                                                                               \
    {                                                                                                                  \
        const BLOCK result = block;                                                                                    \
        if (n <= LANES) {                                                                                              \
            NAME(store_some)(y, result, n);                                                                            \
            return;                                                                                                    \
        }                                                                                                              \
        V(store)(y, result);                                                                                           \
    }

static __attribute__((noinline)) void NAME(map_rows)(MAP_FUNCTION *one_row, MAP_PARAMETERS) {
    for (; rows; rows--, x += x_stride, y += y_stride) one_row(x, cols, y, cols, 1, cols, alpha, beta);
}

#define MAP_LOOP(name, block)                                                                                          \
    MAP_PROTOTYPES(name)                                                                                               \
    void NAME(name)(MAP_PARAMETERS) {                                                                                  \
        if (!rows || !cols) return;                                                                                    \
        if (rows > 1 && (x_stride != cols || y_stride != cols)) {                                                      \
            NAME(map_rows)(NAME(name), x, x_stride, y, y_stride, rows, cols, alpha, beta);                             \
            return;                                                                                                    \
        }                                                                                                              \
        size_t n = rows * cols; /* rows that follow each other are one long row */                                     \
        MAP_GROUPS(name)                                                                                               \
        const BLOCK a = V(set1)((REAL)alpha), b = V(set1)((REAL)beta);                                                 \
        (void)a, (void)b;                                                                                              \
        HK_NO_UNROLL for (; n; x += LANES, y += LANES, n -= LANES) {                                                   \
            const BLOCK v = NAME(load_some)(x, n);                                                                     \
            block;                                                                                                     \
        }                                                                                                              \
    }
#define MAP(name, expression)                                                                                          \
    MAP_BLOCK(name, expression)                                                                                        \
    MAP_LOOP(name, MAP_STORE(NAME(name##_block)(v, a, b)))
#define MAP_FAR(name, near, far, reach)                                                                                \
    void NAME(name##_mixed)(const REAL *x, REAL *y, size_t n);                                                         \
    __attribute__((noinline, cold)) void NAME(name##_mixed)(const REAL *x, REAL *y, size_t n) {                        \
        for (size_t i = 0; i < n; i += LANES) {                                                                        \
            const size_t m = hk_min(n - i, LANES);                                                                     \
            const BLOCK v = V(loadn)(x + i, m);                                                                        \
            const near_value r = near(v);                                                                              \
            const MASK inside = V(le)(V(abs)(r.n), V(set1)(reach));                                                    \
            NAME(store_some)(y + i, V(select)(V(isnan)(v), v, V(select)(inside, r.y, far(v))), m);                     \
        }                                                                                                              \
    }                                                                                                                  \
    MAP_LOOP(name, const near_value r = near(v);                                                                       \
             if (__builtin_expect(V(any_beyond)(r.n, reach), 0)) MAP_AGAIN(name) else MAP_STORE(r.y))

#endif

#endif
