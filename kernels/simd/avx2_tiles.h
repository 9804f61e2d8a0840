/* What tiles of dense layers are made of on AVX2 (kernels/dense_tile.h), in assembly. In x_accumulate compilers would
 * load an input once for all its uses, or all inputs first, and have no registers left; and where they choose the
 * registers of what is used up at once, gcc moves sums out of their way. So that is %ymm15, and all other registers are
 * the compiler's choice; `&`: every sum but the last is written before all operands are read.
 *
 * TWO_ROWS and THREE_ROWS are half of x_accumulate_rows, whose arguments they use: weights of one half of a block at p,
 * times the inputs of each row. One statement for each number of rows: with one for each row gcc moves sums (2 x 2: 70
 * instructions, not 62). */
#define TILE_ROW(S, r) "\n\tvfmadd231" #S " %%ymm15, %[x" #r "], %[s" #r "]"
#define TWO_ROWS(S, half, p)                                                                                           \
    __asm__ volatile("vmovups %[w], %%ymm15" TILE_ROW(S, 0) TILE_ROW(S, 1)                                             \
                     : [s0] "+&x"(sums[0].half), [s1] "+x"(sums[apart].half)                                           \
                     : [x0] "x"(x[0].half), [x1] "x"(x[1].half), [w] "m"(p)                                            \
                     : "xmm15")
#define THREE_ROWS(S, half, p)                                                                                         \
    __asm__ volatile("vmovups %[w], %%ymm15" TILE_ROW(S, 0) TILE_ROW(S, 1) TILE_ROW(S, 2)                              \
                     : [s0] "+&x"(sums[0].half), [s1] "+&x"(sums[apart].half), [s2] "+x"(sums[2 * apart].half)         \
                     : [x0] "x"(x[0].half), [x1] "x"(x[1].half), [x2] "x"(x[2].half), [w] "m"(p)                       \
                     : "xmm15")
#define TILE_OPERATIONS(P, T, E, HALF, SS, S)                                                                          \
    HK_INLINE T P##_fetch(const E *p) {                                                                                \
        T w;                                                                                                           \
        __asm__ volatile("vmovups %2, %0\n\tvmovups %3, %1"                                                            \
                         : "=x"(w.a), "=x"(w.b)                                                                        \
                         : "m"(*(const E(*)[HALF])p), "m"(*(const E(*)[HALF])(p + HALF)));                             \
        return w;                                                                                                      \
    }                                                                                                                  \
    HK_INLINE void P##_accumulate(T *sum, const E *p, T w) {                                                           \
        __asm__ volatile("vbroadcast" #SS " %2, %%ymm15\n\tvfmadd231" #S " %3, %%ymm15, %0\n\tvfmadd231" #S            \
                         " %4, %%ymm15, %1"                                                                            \
                         : "+&x"(sum->a), "+x"(sum->b)                                                                 \
                         : "m"(*p), "x"(w.a), "x"(w.b)                                                                 \
                         : "xmm15");                                                                                   \
    }                                                                                                                  \
    HK_INLINE void P##_accumulate_rows(const int rows, T *sums, int apart, const T *x, const E *p) {                   \
        if (rows == 3) {                                                                                               \
            THREE_ROWS(S, a, *(const E(*)[HALF])p);                                                                    \
            THREE_ROWS(S, b, *(const E(*)[HALF])(p + HALF));                                                           \
        } else {                                                                                                       \
            TWO_ROWS(S, a, *(const E(*)[HALF])p);                                                                      \
            TWO_ROWS(S, b, *(const E(*)[HALF])(p + HALF));                                                             \
        }                                                                                                              \
    }
TILE_OPERATIONS(v, vf, float, 8, ss, ps)
TILE_OPERATIONS(vd, vd, double, 4, sd, pd)
