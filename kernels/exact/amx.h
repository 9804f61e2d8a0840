/* Tiles of AMX: 16 rows of 64 bytes each. A block of up to 32 rows and one or two panels of 16 outputs is 2 x 2 tiles
 * of sums, to which every 64 bytes of the rows add the products with as many bytes of each panel's weights.
 *
 * Rows of inputs are readable, and 0, up to a multiple of 64 bytes; the weights that those zeros meet are the next
 * panel's, or what packing has put behind the last. */
#ifndef HK_AMX_H
#define HK_AMX_H

#include <immintrin.h>

enum { AMX_ROWS = 16, AMX_BYTES = 64 };

/* Shapes of the eight tiles: 0 to 3 sums, row by row, 4 and 5 inputs, 6 and 7 weights. */
typedef struct amx_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} amx_shapes;

static void amx_configure(size_t rows) {
    const uint8_t upper = (uint8_t)(rows < AMX_ROWS ? rows : AMX_ROWS), lower = (uint8_t)(rows - upper);
    amx_shapes shapes = {
        .palette = 1,
        .rows = {upper, upper, lower, lower, upper, lower, AMX_ROWS, AMX_ROWS},
        .bytes = {AMX_BYTES, AMX_BYTES, AMX_BYTES, AMX_BYTES, AMX_BYTES, AMX_BYTES, AMX_BYTES, AMX_BYTES}};
    if (!lower) shapes.bytes[2] = shapes.bytes[3] = shapes.bytes[5] = 0;
    _tile_loadconfig(&shapes);
}

/* One block: x and its stride, w and its panels' stride in bytes, `steps` of 64 bytes; sums[row][panel][16]. */
#define AMX_BLOCK(name, multiply)                                                                                      \
    static void name(const void *x, size_t x_stride, size_t rows, const void *w, size_t panel_stride, size_t panels,   \
                     size_t steps, void *sums) {                                                                       \
        const unsigned char *x0 = x, *x1 = x0 + AMX_ROWS * x_stride, *w0 = w, *w1 = w0 + panel_stride;                 \
        unsigned char *out = sums;                                                                                     \
        const size_t width = panels * AMX_BYTES;                                                                       \
        _tile_zero(0);                                                                                                 \
        if (panels > 1) _tile_zero(1);                                                                                 \
        if (rows > AMX_ROWS) _tile_zero(2);                                                                            \
        if (rows > AMX_ROWS && panels > 1) _tile_zero(3);                                                              \
        for (size_t i = 0; i < steps; i++) {                                                                           \
            const size_t at = i * AMX_BYTES, to = i * AMX_ROWS * AMX_BYTES;                                            \
            _tile_loadd(4, x0 + at, x_stride);                                                                         \
            _tile_loadd(6, w0 + to, AMX_BYTES);                                                                        \
            multiply(0, 4, 6);                                                                                         \
            if (panels > 1) {                                                                                          \
                _tile_loadd(7, w1 + to, AMX_BYTES);                                                                    \
                multiply(1, 4, 7);                                                                                     \
            }                                                                                                          \
            if (rows > AMX_ROWS) {                                                                                     \
                _tile_loadd(5, x1 + at, x_stride);                                                                     \
                multiply(2, 5, 6);                                                                                     \
                if (panels > 1) multiply(3, 5, 7);                                                                     \
            }                                                                                                          \
        }                                                                                                              \
        _tile_stored(0, out, width);                                                                                   \
        if (panels > 1) _tile_stored(1, out + AMX_BYTES, width);                                                       \
        if (rows > AMX_ROWS) _tile_stored(2, out + AMX_ROWS * width, width);                                           \
        if (rows > AMX_ROWS && panels > 1) _tile_stored(3, out + AMX_ROWS * width + AMX_BYTES, width);                 \
    }

#endif
