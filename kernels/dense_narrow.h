/* Between the two halves of a dense layer on narrow rows and weights: the sums of products, taken by instructions that
 * some processors have (dense_i8.c, dense_bf16.c, exact/), and all that follows, which is the float level's
 * (dense_narrow.c). Sums of 8-bit numbers are exact, in whatever way they are taken. */
#ifndef HK_DENSE_NARROW_H
#define HK_DENSE_NARROW_H

#include "shapes.h"
#include "table.h"

typedef struct narrow_tile {
    const uint8_t *q;
    const int8_t *w;
    size_t q_stride, panel_stride, groups, rows, panels; /* groups of four bytes */
} narrow_tile;

/* [row][panel][16] */
enum { NARROW_BLOCKS_MAX = 64 };
typedef union narrow_sums {
    int32_t i32[NARROW_BLOCKS_MAX * 16];
    float f32[NARROW_BLOCKS_MAX * 16];
} narrow_sums;

/* How a level does it. Tiles have up to `tall` rows and `panels` panels, or up to `low` rows, which those that are left
   at the end take, and `low_panels`, or one row and `row_panels`; where fewer panels are left, one. `near` bytes of
   weights stay at hand while all rows pass. */
typedef struct narrow_way {
    size_t tall, low, panels, low_panels, row_panels, near;
    size_t group; /* inputs in a group of four bytes */
    size_t (*panel_bytes)(size_t inputs);
    int32_t bias; /* how much lower than they are the level takes 8-bit inputs */
    void (*sums)(const narrow_tile *tile, narrow_sums *sums);
    void (*prepare)(size_t rows); /* before tiles of so many rows, or NULL */
} narrow_way;

#ifndef HK_REAL_LEVEL
#define HK_REAL_LEVEL HK_LEVEL
#endif
#define NARROW_LAYER HK_PASTE(hk_narrow_layer_, HK_REAL_LEVEL)
void NARROW_LAYER(const hk_dense_narrow_job *job, const narrow_way *way);

#endif
