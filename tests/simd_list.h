/* Every operation of the vocabulary on real numbers, as an expression over blocks a, b, c and over their lanes x, y, z
 * (i: the lane, n: a count of lanes): SIMD_REAL(X, V, M) gives X(name, blocks, lanes). V and M prefix operations on
 * blocks and masks. */
#define SIMD_REAL(X, V, M)                                                                                             \
    X(add, V(add)(a, b), x + y)                                                                                        \
    X(sub, V(sub)(a, b), x - y)                                                                                        \
    X(mul, V(mul)(a, b), x *y)                                                                                         \
    X(div, V(div)(a, b), x / y)                                                                                        \
    X(fma, V(fma)(a, b, c), FMA(x, y, z))                                                                              \
    X(fnma, V(fnma)(a, b, c), FMA(-x, y, z))                                                                           \
    X(fms, V(fms)(a, b, c), FMA(x, y, -z))                                                                             \
    X(max, V(max)(a, b), x > y ? x : y)                                                                                \
    X(min, V(min)(a, b), x < y ? x : y)                                                                                \
    X(abs, V(abs)(a), FABS(x))                                                                                         \
    X(neg, V(neg)(a), -x)                                                                                              \
    X(copysign, V(copysign)(V(abs)(a), b), COPYSIGN(x, y))                                                             \
    X(copysign_same, V(copysign)(a, a), x)                                                                             \
    X(lt, V(select)(V(lt)(a, b), a, c), x < y ? x : z)                                                                 \
    X(le, V(select)(V(le)(a, b), a, c), x <= y ? x : z)                                                                \
    X(eq, V(select)(V(eq)(a, b), a, c), x == y ? x : z)                                                                \
    X(isnan, V(select)(V(isnan)(a), b, c), x != x ? y : z)                                                             \
    X(first, V(select)(V(first)(n), b, c), (size_t)i < n ? y : z)                                                      \
    X(and, V(select)(M(and)(V(lt)(a, b), V(lt)(a, c)), b, c), x < y && x < z ? y : z)                                  \
    X(or, V(select)(M(or)(V(lt)(a, b), V(lt)(a, c)), b, c), x < y || x < z ? y : z)                                    \
    X(not, V(select)(M(not )(V(lt)(a, b)), b, c), !(x < y) ? y : z)                                                    \
    X(any, V(set1)((REAL)M(any)(V(eq)(a, V(set1)(7)))), (REAL)any_is_seven)                                            \
    X(sum, V(set1)(V(sum)(a)), folded_sum)                                                                             \
    X(hmax, V(set1)(V(hmax)(a)), folded_max)                                                                           \
    X(zero, V(zero)(), 0)                                                                                              \
    X(set1, V(set1)((REAL)2.5), (REAL)2.5)                                                                             \
    X(fetch, V(fetch)(pa), x)                                                                                          \
    X(accumulate, V(accumulated)(a, pa, b), FMA(a[0], y, x))                                                           \
    X(accumulate_same, V(accumulated)(a, pa, a), FMA(a[0], x, x))                                                      \
    X(accumulate_rows_2_0, V(accumulated_row)(2, 0, a, b, c, pa), FMA(z, x, x))                                        \
    X(accumulate_rows_2_1, V(accumulated_row)(2, 1, a, b, c, pa), FMA(x, x, y))                                        \
    X(accumulate_rows_3_0, V(accumulated_row)(3, 0, a, b, c, pa), FMA(z, x, x))                                        \
    X(accumulate_rows_3_1, V(accumulated_row)(3, 1, a, b, c, pa), FMA(x, x, y))                                        \
    X(accumulate_rows_3_2, V(accumulated_row)(3, 2, a, b, c, pa), FMA(y, x, z))                                        \
    X(loadn, V(loadn)(pa, n), (size_t)i < n ? x : 0)                                                                   \
    X(join, V(join)(a, b, n), LANE_OF_JOINED(a, b, n, i))

/* The same for integers, a, b, c and x, y, z being int32 blocks and lanes. */
#define SIMD_INTEGER(X)                                                                                                \
    X(vi_set1, vi_set1(-5), -5)                                                                                        \
    X(vi_add, vi_add(a, b), (int32_t)((uint32_t)x + (uint32_t)y))                                                      \
    X(vi_sub, vi_sub(a, b), (int32_t)((uint32_t)x - (uint32_t)y))                                                      \
    X(vi_and, vi_and(a, b), x &y)                                                                                      \
    X(vi_or, vi_or(a, b), x | y)                                                                                       \
    X(vi_shl, vi_shl(a, 23), (int32_t)((uint32_t)x << 23))                                                             \
    X(vi_shr, vi_shr(a, 9), (int32_t)((uint32_t)x >> 9))                                                               \
    X(vi_sar, vi_sar(a, 9), x >> 9)                                                                                    \
    X(vi_lt, v_bits(v_select(vi_lt(a, b), v_from_bits(a), v_from_bits(c))), x < y ? x : z)                             \
    X(vi_load_u16, vi_load_u16((const uint16_t *)pa), ((const uint16_t *)pa)[i])
