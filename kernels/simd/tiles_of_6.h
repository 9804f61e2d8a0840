/* Tiles where the registers hold 6 blocks of sums beside what they work on: two registers to a block, 12 of 16 (AVX2),
 * or four, 24 of 32 (NEON). */
#define HK_TILE_BLOCKS 6
/* From so many panels on the registers have no room for the weights of all, nor for the inputs of more rows than
   HK_TILE_HELD_ROWS. */
#define HK_TILE_WEIGHTS 1
#define HK_TILES(X)     HK_TILES_OF_6(X)
#define HK_TILES_F64(X) HK_TILES_OF_6_F64(X)
/* Dense layers (kernels/dense_f32.c): inputs of a block and panels of a group, whose weights stay in the second-level
   cache (256 KiB), and panels of a group of fewer inputs; inputs of all rows together that stay in the third-level one,
   from which each group reads them. */
#define HK_BLOCK_INPUTS 1024
#define HK_GROUP_PANELS 4
#define HK_GROUP_MOST   16
#define HK_NEAR_INPUTS  ((size_t)1 << 19)
/* Far weights (kernels/dense_tile.h) are asked for 64 inputs ahead by tiles of three rows and more, since one or two
   read them as fast without; by the first tile of each panel only, since the loop that asks has no room for another
   thread on the same core; two inputs in a round of it where other rounds have several, into the second-level cache.
   Where they are very far and rows are many, tiles ask for the next panels instead. */
#define HK_ALL_TILES_ASK 0
#define HK_ASKS_NEXT     1
#define HK_ASK_AHEAD     64
#define HK_ASKS(R, P)    ((R) > 2)
#define HK_ASK_STEPS     (HK_TILE_STEPS > 1 ? 2 : 1)
#define HK_ASK_HINT      2
/* Multiply-adds of dense layers in 5 microseconds or so. */
#define HK_REGION_WORK 250000
/* Rows and panels of tiles of 16-bit weights (kernels/dense_half.h): tall, low, and of a single row; and from how many
   rows on slices of widened weights are better, in tiles of HK_TALL_ROWS. */
#define HK_HALF_TALL       6
#define HK_HALF_LOW        3
#define HK_HALF_PANELS     1
#define HK_HALF_ROW_PANELS 4
#define HK_HALF_MANY       24
#define HK_TALL_ROWS       6
/* Rows and panels of tiles of 8-bit weights (kernels/dense_i8.c): tall, low, and of a single row. Instructions that add
   four products at once leave registers for more rows. */
#ifdef __AVXVNNI__
#define HK_I8_TALL 6
#define HK_I8_LOW  3
#else
#define HK_I8_TALL 4
#define HK_I8_LOW  2
#endif
#define HK_I8_PANELS     1
#define HK_I8_ROW_PANELS 4
/* Panels of 4-bit weights that a row goes through together (kernels/dense_i4.c). */
#define HK_I4_PANELS 2
/* Whether short softmax rows are worth ways of their own, a row in registers and a transposed tile of rows; the bits
   are the same. */
#define HK_SOFTMAX_TILES 1
/* Whether x_storen takes many instructions. */
#define HK_STOREN_IS_LONG 1
/* Rows that a matrix-vector product takes at once. */
#define HK_MATVEC_ROWS 1
/* Steps from which on a dot product turns its lanes (kernels/dot.h). */
#define HK_TURN_STEPS 32
