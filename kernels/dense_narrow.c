/* A dense layer on narrow rows and weights, but for its sums of products (dense_narrow.h). */
#include "real_f32.h"

#include <math.h>

#include "dense_narrow.h"
#include "partial.h"

/* What the tiles of a layer have in common. */
typedef struct narrow_plan {
    const hk_dense_narrow_job *job;
    const narrow_way *way;
    hk_map_f32_fn *map; /* NULL: none, or ReLU */
    vf low, plus;       /* max(low, z) + plus is ReLU, or z */
} narrow_plan;

/* What belongs to one panel. */
typedef struct narrow_panel {
    vf scale, bias, low, plus;
} narrow_panel;
HK_INLINE narrow_panel narrow_panel_at(const narrow_plan *plan, size_t o) {
    return (narrow_panel){v_load(plan->job->scales + o), v_load(plan->job->bias + o), plan->low, plan->plus};
}
HK_INLINE vf narrow_result(const narrow_panel *panel, vf total, float row_scale) {
    const vf z = v_fma(total, v_mul(v_set1(row_scale), panel->scale), panel->bias);
    return v_add(v_max(panel->low, z), panel->plus);
}

/* Results of sums over one part, exact in 32 bits and rounded once, panel by panel. */
static void KERNEL(sums_32)(const narrow_plan *plan, const narrow_tile *tile, size_t r, size_t o, const int32_t *sums,
                            float *y) {
    const hk_dense_narrow_job *job = plan->job;
    const hk_row_scale *as = job->rows_as + r;
    const size_t rows = tile->rows, step = tile->panels * LANES, y_stride = job->y_stride;
    const vi bias = vi_set1(plan->way->bias);
    for (size_t p = 0; p < step; p += LANES) {
        const narrow_panel panel = narrow_panel_at(plan, o + p);
        const size_t n = job->outputs - o - p;
        const vi all = vi_load(job->sums + o + p);
        for (size_t i = 0; i < rows; i++) {
            const vi zero = vi_sub(vi_set1(as[i].zero), bias);
            const vi exact = vi_sub(vi_load(sums + i * step + p), vi_mul(all, zero));
            NAME(store_some)(y + i * y_stride + p, narrow_result(&panel, v_from_int(exact), as[i].scale), n);
        }
    }
}

/* The same for several parts, whose sums are added in 64 bits. */
static void KERNEL(sums_64)(const narrow_plan *plan, narrow_tile *tile, size_t r, size_t o, narrow_sums *sums,
                            float *y) {
    const hk_dense_narrow_job *job = plan->job;
    const size_t parts = hk_i8_parts(job->inputs), width = tile->panels * LANES;
    int64_t wide[NARROW_BLOCKS_MAX * LANES];
    float totals[LANES];
    memset(wide, 0, tile->rows * width * sizeof *wide);
    for (size_t part = 0; part < parts; part++) {
        if (part) {
            tile->q += HK_I8_PART;
            tile->w += HK_I8_PART * LANES;
            tile->groups = (hk_min(job->inputs - part * HK_I8_PART, HK_I8_PART) + HK_I8_GROUP - 1) / HK_I8_GROUP;
            plan->way->sums(tile, sums);
        }
        for (size_t i = 0; i < tile->rows; i++)
            for (size_t c = 0; c < width; c++) {
                const int32_t all = job->sums[((o + c) / LANES * parts + part) * LANES + c % LANES];
                wide[i * width + c] += sums->i32[i * width + c] - (job->rows_as[r + i].zero - plan->way->bias) * all;
            }
    }
    for (size_t i = 0; i < tile->rows; i++, y += job->y_stride)
        for (size_t p = 0; p < width; p += LANES) {
            const narrow_panel panel = narrow_panel_at(plan, o + p);
            for (size_t c = 0; c < LANES; c++) totals[c] = (float)wide[i * width + p + c];
            const vf result = narrow_result(&panel, v_load(totals), job->rows_as[r + i].scale);
            NAME(store_some)(y + p, result, job->outputs - o - p);
        }
}

/* Results of sums that are floats: times the row's scale, or, where there is none, times 1, which is as an addition. */
static void KERNEL(sums_f32)(const narrow_plan *plan, const narrow_tile *tile, size_t r, size_t o, const float *sums,
                             float *y) {
    const hk_dense_narrow_job *job = plan->job;
    const size_t step = tile->panels * LANES;
    for (size_t p = 0; p < step; p += LANES) {
        const vf bias = v_load(job->bias + o + p);
        for (size_t i = 0; i < tile->rows; i++) {
            const vf scale = v_set1(job->rows_as ? job->rows_as[r + i].scale : 1);
            const vf z = v_max(plan->low, v_fma(v_load(sums + i * step + p), scale, bias));
            NAME(store_some)(y + i * job->y_stride + p, v_add(z, plan->plus), job->outputs - o - p);
        }
    }
}

/* One tile, from rows of bytes to results. */
static void KERNEL(narrow_tile_done)(const narrow_plan *plan, narrow_tile *tile, size_t r, size_t o) {
    _Alignas(64) narrow_sums sums;
    const hk_dense_narrow_job *job = plan->job;
    const size_t n = hk_min(tile->panels * LANES, job->outputs - o);
    const size_t inputs = job->sums ? hk_min(job->inputs, HK_I8_PART) : job->inputs;
    float *y = job->y + r * job->y_stride + o;
    tile->q = job->q + r * job->q_stride;
    tile->w = job->weights + o / LANES * tile->panel_stride;
    tile->groups = (inputs + plan->way->group - 1) / plan->way->group;
    plan->way->sums(tile, &sums);
    if (!job->sums)
        KERNEL(sums_f32)(plan, tile, r, o, sums.f32, y);
    else if (inputs == job->inputs)
        KERNEL(sums_32)(plan, tile, r, o, sums.i32, y);
    else
        KERNEL(sums_64)(plan, tile, r, o, &sums, y);
    if (plan->map) plan->map(y, job->y_stride, y, job->y_stride, tile->rows, n, job->alpha, job->beta);
}

/* Weights of a group of panels serve all rows before the next. */
void NARROW_LAYER(const hk_dense_narrow_job *job, const narrow_way *way) {
    const int relu = job->map == NAME(relu);
    const narrow_plan plan = {job, way, relu ? NULL : job->map, v_set1(relu ? 0 : -INFINITY), v_set1(relu ? 0 : -0.0f)};
    const size_t panels = (job->outputs + LANES - 1) / LANES, stride = way->panel_bytes(job->inputs);
    const size_t near = way->near / stride / way->row_panels * way->row_panels, most = near ? near : way->row_panels;
    size_t prepared = 0;
    narrow_tile tile = {.q_stride = job->q_stride, .panel_stride = stride};
    for (size_t first = 0, group; first < panels; first += group) {
        group = hk_min(panels - first, most);
        for (size_t r = 0; r < job->rows; r += tile.rows) {
            const size_t left = job->rows - r;
            tile.rows = hk_min(left, left + 1 >= way->tall ? way->tall : way->low);
            if (way->prepare && tile.rows != prepared) way->prepare(prepared = tile.rows);
            const size_t wide = tile.rows == 1 ? way->row_panels : tile.rows > way->low ? way->panels : way->low_panels;
            for (size_t p = 0; p < group; p += tile.panels) {
                tile.panels = group - p < wide ? 1 : wide;
                KERNEL(narrow_tile_done)(&plan, &tile, r, (first + p) * LANES);
            }
        }
    }
}
