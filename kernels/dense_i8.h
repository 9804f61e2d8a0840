/* Between the two halves of a dense layer on 8-bit rows and weights: the sums of products, which are exact and taken in
 * whatever way suits an integer level (dense_i8.c, exact/), and all that follows, which is the float level's
 * (dense_i8_layer.c). */
#ifndef HK_DENSE_I8_H
#define HK_DENSE_I8_H

#include "quantized.h"
#include "table.h"

typedef struct i8_tile {
    const uint8_t *q;
    const int8_t *w;
    size_t q_stride, panel_stride, groups, rows, panels;
} i8_tile;

enum { I8_BLOCKS_MAX = 64 }; /* of 16 sums, in a tile */

/* How a level does it. Tiles have up to `tall` rows and `panels` panels, or up to `low` rows, which those that are left
   at the end take, and `low_panels`, or one row and `row_panels`; where fewer panels are left, one. `near` bytes of
   weights stay at hand while all rows pass. */
typedef struct i8_way {
    size_t tall, low, panels, low_panels, row_panels, near;
    int32_t bias; /* how much lower than they are the level takes the inputs */
    /* sums[row][panel][16] of (q - bias) * weight over the tile's groups of inputs */
    void (*sums)(const i8_tile *tile, int32_t *sums);
    void (*prepare)(size_t rows); /* before tiles of so many rows, or NULL */
} i8_way;

#ifndef HK_REAL_LEVEL
#define HK_REAL_LEVEL HK_LEVEL
#endif
#define I8_LAYER HK_PASTE(hk_i8_layer_, HK_REAL_LEVEL)
void I8_LAYER(const hk_dense_i8_job *job, const i8_way *way);

#endif
