/* Feature-wise standardization and affine maps. */
#include "kernel.h"

void KERNEL(affine_f32)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t cols,
                        const float *shift, const float *scale, const float *offset) {
    for (; rows; rows--, x += x_stride, y += y_stride)
        for (size_t i = 0; i < cols; i += VF_LANES) {
            const size_t n = hk_min(cols - i, VF_LANES);
            const vf d = v_sub(v_loadn(x + i, n), v_loadn(shift + i, n));
            v_storen(y + i, v_fma(d, v_loadn(scale + i, n), v_loadn(offset + i, n)), n);
        }
}
