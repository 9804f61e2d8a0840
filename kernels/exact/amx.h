/* Tiles of AMX: 16 rows of 64 bytes each. Sums are 2 x 2 tiles, for up to 32 rows and two panels of 16 outputs, or 1 x
 * 4, for up to 16 rows and four panels; to which every 64 bytes of the rows add the products with as many bytes of each
 * panel's weights.
 *
 * Rows of inputs are readable, and 0, up to a multiple of 64 bytes; the weights that those zeros meet are the next
 * panel's, or what packing has put behind the last. */
#ifndef HK_AMX_H
#define HK_AMX_H

#include "dense_narrow.h"

#include <immintrin.h>

enum { AMX_ROWS = 16, AMX_BYTES = 64 };

/* Shapes of the eight tiles. */
typedef struct amx_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} amx_shapes;

/* For blocks of so many rows, until _tile_release. Tiles 0 to 3 are sums; 2 x 2: 4 and 5 inputs, 6 and 7 weights; 1 x
   4: 4 inputs, 5 to 7 weights. */
static void configure_amx(size_t rows) {
    amx_shapes shapes = {.palette = 1};
    const uint8_t upper = (uint8_t)(rows < AMX_ROWS ? rows : AMX_ROWS), lower = (uint8_t)(rows - upper);
    for (int i = 0; i < 8; i++) {
        const int below = lower && (i == 2 || i == 3 || i == 5), weights = i > 5 || (i == 5 && !lower);
        shapes.bytes[i] = AMX_BYTES;
        shapes.rows[i] = weights ? AMX_ROWS : below ? lower : upper;
    }
    const amx_shapes *all = &shapes; /* gcc 12 believes that only the first bytes are read */
    __asm__ volatile("" : "+r"(all) : : "memory");
    _tile_loadconfig(all);
}

/* One panel and 16 rows from `from` on: sums in one tile, inputs in another. */
#define AMX_ONE_BY_ONE(multiply, sum, input, from)                                                                     \
    _tile_zero(sum);                                                                                                   \
    for (size_t i = 0; i < steps; i++) {                                                                               \
        _tile_loadd(input, x + (from)*x_stride + i * AMX_BYTES, x_stride);                                             \
        _tile_stream_loadd(7, w + i * STEP, AMX_BYTES);                                                                \
        multiply(sum, input, 7);                                                                                       \
    }                                                                                                                  \
    _tile_stored(sum, sums + (from)*AMX_BYTES, AMX_BYTES);
#define AMX_TWO_BY_TWO(multiply)                                                                                       \
    for (size_t i = 0; i < steps; i++) {                                                                               \
        _tile_loadd(4, x + i * AMX_BYTES, x_stride);                                                                   \
        _tile_stream_loadd(6, w + i * STEP, AMX_BYTES);                                                                \
        multiply(0, 4, 6);                                                                                             \
        _tile_stream_loadd(7, w + stride + i * STEP, AMX_BYTES);                                                       \
        multiply(1, 4, 7);                                                                                             \
        _tile_loadd(5, x + AMX_ROWS * x_stride + i * AMX_BYTES, x_stride);                                             \
        multiply(2, 5, 6);                                                                                             \
        multiply(3, 5, 7);                                                                                             \
    }                                                                                                                  \
    _tile_stored(0, sums, 2 * AMX_BYTES);                                                                              \
    _tile_stored(1, sums + AMX_BYTES, 2 * AMX_BYTES);                                                                  \
    _tile_stored(2, sums + 2 * AMX_ROWS * AMX_BYTES, 2 * AMX_BYTES);                                                   \
    _tile_stored(3, sums + 2 * AMX_ROWS * AMX_BYTES + AMX_BYTES, 2 * AMX_BYTES);
#define AMX_ONE_BY_FOUR(multiply)                                                                                      \
    for (size_t i = 0; i < steps; i++) {                                                                               \
        _tile_loadd(4, x + i * AMX_BYTES, x_stride);                                                                   \
        _tile_stream_loadd(5, w + i * STEP, AMX_BYTES);                                                                \
        multiply(0, 4, 5);                                                                                             \
        _tile_stream_loadd(6, w + stride + i * STEP, AMX_BYTES);                                                       \
        multiply(1, 4, 6);                                                                                             \
        _tile_stream_loadd(7, w + 2 * stride + i * STEP, AMX_BYTES);                                                   \
        multiply(2, 4, 7);                                                                                             \
        _tile_stream_loadd(5, w + 3 * stride + i * STEP, AMX_BYTES);                                                   \
        multiply(3, 4, 5);                                                                                             \
    }                                                                                                                  \
    _tile_stored(0, sums, 4 * AMX_BYTES);                                                                              \
    _tile_stored(1, sums + AMX_BYTES, 4 * AMX_BYTES);                                                                  \
    _tile_stored(2, sums + 2 * AMX_BYTES, 4 * AMX_BYTES);                                                              \
    _tile_stored(3, sums + 3 * AMX_BYTES, 4 * AMX_BYTES);

/* Two panels for more than 16 rows, four otherwise, or one. */
#define AMX_SUMS(multiply)                                                                                             \
    static void KERNEL(sums_of_tile)(const narrow_tile *tile, narrow_sums *sums_of_all) {                              \
        enum { STEP = AMX_ROWS * AMX_BYTES };                                                                          \
        const unsigned char *x = tile->q, *w = (const unsigned char *)tile->w;                                         \
        const size_t x_stride = tile->q_stride, stride = tile->panel_stride;                                           \
        const size_t steps = (tile->groups + AMX_ROWS - 1) / AMX_ROWS;                                                 \
        unsigned char *sums = (unsigned char *)sums_of_all;                                                            \
        if (tile->panels == 1) {                                                                                       \
            AMX_ONE_BY_ONE(multiply, 0, 4, 0)                                                                          \
            if (tile->rows > AMX_ROWS) {                                                                               \
                AMX_ONE_BY_ONE(multiply, 2, 5, AMX_ROWS)                                                               \
            }                                                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
        _tile_zero(0);                                                                                                 \
        _tile_zero(1);                                                                                                 \
        _tile_zero(2);                                                                                                 \
        _tile_zero(3);                                                                                                 \
        if (tile->rows > AMX_ROWS) {                                                                                   \
            AMX_TWO_BY_TWO(multiply)                                                                                   \
        } else {                                                                                                       \
            AMX_ONE_BY_FOUR(multiply)                                                                                  \
        }                                                                                                              \
    }
#define AMX_WAY(inputs_of_group, bytes_of_panel)                                                                       \
    {                                                                                                                  \
        .tall = 2 * AMX_ROWS, .low = AMX_ROWS, .panels = 2, .low_panels = 4, .row_panels = 4,                          \
        .near = 1 << 18, /* bytes that a second-level cache holds beside other things */                               \
            .group = inputs_of_group, .panel_bytes = bytes_of_panel, .sums = KERNEL(sums_of_tile),                     \
        .prepare = configure_amx                                                                                       \
    }

#endif
