/* A dense layer on 8-bit rows and weights, but for its sums of products (dense_i8.h). */
#include "real_f32.h"

#include "dense_i8.h"
#include "partial.h"

/* The sums of a tile's products (q - zero) * weight as floats, each rounded once. Where the inputs are several parts,
   their sums are added in 64 bits. */
static void KERNEL(i8_totals)(const hk_dense_i8_job *job, const i8_way *way, i8_tile *tile, size_t r, size_t o,
                              float *totals) {
    const size_t parts = hk_i8_parts(job->inputs), width = tile->panels * LANES;
    int32_t sums[I8_BLOCKS_MAX * LANES];
    int64_t wide[I8_BLOCKS_MAX * LANES];
    for (size_t part = 0; part < parts; part++) {
        const size_t k = part * HK_I8_PART;
        tile->q = job->q + r * job->q_stride + k;
        tile->w = job->weights + o / LANES * tile->panel_stride + k * LANES;
        tile->groups = (hk_min(job->inputs - k, HK_I8_PART) + HK_I8_GROUP - 1) / HK_I8_GROUP;
        way->sums(tile, sums);
        for (size_t i = 0; i < tile->rows; i++) {
            const vi zero = vi_set1(job->rows_as[r + i].zero - way->bias);
            for (size_t p = 0; p < tile->panels; p++) {
                int32_t *at = sums + i * width + p * LANES;
                const vi all = vi_load(job->sums + ((o / LANES + p) * parts + part) * LANES);
                const vi exact = vi_sub(vi_load(at), vi_mul(all, zero));
                if (parts == 1)
                    v_store(totals + i * width + p * LANES, v_from_int(exact));
                else
                    vi_store(at, exact);
            }
        }
        if (parts > 1)
            for (size_t i = 0; i < tile->rows * width; i++) wide[i] = sums[i] + (part ? wide[i] : 0);
    }
    if (parts > 1)
        for (size_t i = 0; i < tile->rows * width; i++) totals[i] = (float)wide[i];
}

/* One tile, from rows of bytes to results. */
static void KERNEL(i8_finished)(const hk_dense_i8_job *job, const i8_way *way, i8_tile *tile, size_t r, size_t o) {
    float stage[I8_BLOCKS_MAX * LANES];
    const size_t width = tile->panels * LANES, n = hk_min(width, job->outputs - o), all = tile->rows * width;
    KERNEL(i8_totals)(job, way, tile, r, o, stage);
    for (size_t i = 0; i < tile->rows; i++) {
        const vf row_scale = v_set1(job->rows_as[r + i].scale);
        for (size_t p = 0; p < width; p += LANES) {
            float *at = stage + i * width + p;
            v_store(at, v_fma(v_load(at), v_mul(row_scale, v_load(job->scales + o + p)), v_load(job->bias + o + p)));
        }
    }
    if (job->map) job->map(stage, all, stage, all, 1, all, job->alpha, job->beta);
    for (size_t i = 0; i < tile->rows; i++) {
        float *y = job->y + (r + i) * job->y_stride + o;
        for (size_t p = 0; p < n; p += LANES) NAME(store_some)(y + p, v_load(stage + i * width + p), n - p);
    }
}

/* Weights of a group of panels serve all rows before the next. */
void I8_LAYER(const hk_dense_i8_job *job, const i8_way *way) {
    const size_t panels = (job->outputs + LANES - 1) / LANES;
    i8_tile tile = {.q_stride = job->q_stride, .panel_stride = hk_i8_panel(job->inputs)};
    for (size_t first = 0, group; first < panels; first += group) {
        group = hk_min(panels - first, way->row_panels);
        for (size_t r = 0; r < job->rows; r += tile.rows) {
            const size_t left = job->rows - r;
            tile.rows = hk_min(left, left + 1 >= way->tall ? way->tall : way->low);
            const size_t most = tile.rows > 1 ? way->panels : way->row_panels;
            for (size_t p = 0; p < group; p += tile.panels) {
                tile.panels = group - p < most ? 1 : most;
                KERNEL(i8_finished)(job, way, &tile, r, (first + p) * LANES);
            }
        }
    }
}
