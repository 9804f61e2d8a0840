/* The tables of the piecewise polynomials, the same for every level; see math/piecewise.h. */
#ifndef HK_MATH_TABLES_H
#define HK_MATH_TABLES_H

extern const float hk_table_tanh[8][8], hk_table_erf[8][8], hk_table_tanh_fast[6][8];
extern const float hk_table_normal_tail[8][8], hk_table_softplus_tail[7][8];
extern const float hk_table_gelu_fast[6][8], hk_table_gelu_tanh_fast[6][8];

#endif
