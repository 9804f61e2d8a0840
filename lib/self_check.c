/* Every level of this machine against the scalar level, on fixed data. */
#include "hillock/status.h"

#include "activation.h"
#include "cpu.h"
#include "dispatch.h"
#include "error.h"
#include "pack.h"
#include "shapes.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 331, ROWS = 33, INPUTS = 77, WIDTHS = 6 };
static const size_t widths[WIDTHS] = {3, 10, 40, 80, 130, COUNT};

/* Data, and room for the scalar level's results and the level's own. */
typedef struct workspace {
    float f[COUNT * INPUTS], packed[(COUNT + 16) * INPUTS], expected[ROWS * COUNT], got[ROWS * COUNT];
    double d[COUNT * INPUTS], expected_d[ROWS * COUNT], got_d[ROWS * COUNT];
    uint16_t h[COUNT], b[COUNT], expected_h[COUNT], got_h[COUNT];
    int8_t i[COUNT];
    _Alignas(64) unsigned char narrow[(COUNT + 16) * (INPUTS + 64) * 2]; /* weights in 16 or 8 bits */
    uint8_t q[2][ROWS * 256];
    hk_row_scale as[2][ROWS];
} workspace;
_Static_assert(INPUTS <= 192, "a quantized row has room");

/* Values of both signs and many magnitudes, from a linear congruential generator. */
static void fill(workspace *w) {
    uint32_t state = 1;
    for (size_t i = 0; i < COUNT * INPUTS; i++) {
        state = state * 1664525u + 1013904223u;
        const float unit = (float)(int32_t)state * 0x1p-31f;
        w->f[i] = i % 5 ? 4 * unit : 64 * unit;
        w->d[i] = (double)w->f[i] * (1 + 0x1p-40 * (double)(state & 1023));
    }
    for (size_t i = 0; i < COUNT; i++) w->i[i] = (int8_t)(int)(w->f[i] * 31);
    hk_kernels_scalar.f32_to_f16(w->f, w->h, COUNT);
    hk_kernels_scalar.f32_to_bf16(w->f, w->b, COUNT);
}

/* Equal bits, a NaN's sign and payload aside: there are no NaNs in what is compared here. */
#define SAME(array, other, count) (!memcmp(array, other, (count) * sizeof *(array)))

static const char *check_vectors(workspace *w, const hk_kernels *scalar, const hk_kernels *level) {
    const float s[4] = {scalar->dot_f32(w->f, w->f + 9, COUNT), scalar->dot_bf16(w->b, w->b, COUNT),
                        scalar->dot_f16(w->h, w->h, COUNT), 0};
    const float l[4] = {level->dot_f32(w->f, w->f + 9, COUNT), level->dot_bf16(w->b, w->b, COUNT),
                        level->dot_f16(w->h, w->h, COUNT), 0};
    static const char *const names[4] = {"dot_f32", "dot_bf16", "dot_f16", ""};
    for (int i = 0; i < 4; i++)
        if (!SAME(&s[i], &l[i], 1)) return names[i];
    const double sd = scalar->dot_f64(w->d, w->d + 9, COUNT), ld = level->dot_f64(w->d, w->d + 9, COUNT);
    if (!SAME(&sd, &ld, 1)) return "dot_f64";
    if (scalar->dot_i8(w->i, w->i + 1, COUNT - 1) != level->dot_i8(w->i, w->i + 1, COUNT - 1)) return "dot_i8";
    const uint8_t *u = (const uint8_t *)w->i;
    if (scalar->dot_u8i8(u, w->i, COUNT) != level->dot_u8i8(u, w->i, COUNT)) return "dot_u8i8";
    scalar->matvec_f32(w->f, w->f + 3, w->expected, 9, INPUTS);
    level->matvec_f32(w->f, w->f + 3, w->got, 9, INPUTS);
    if (!SAME(w->expected, w->got, 9)) return "matvec_f32";
    scalar->affine_f32(w->f, INPUTS, w->expected, INPUTS, 3, INPUTS, w->f + 1, w->f + 2, w->f + 3);
    level->affine_f32(w->f, INPUTS, w->got, INPUTS, 3, INPUTS, w->f + 1, w->f + 2, w->f + 3);
    if (!SAME(w->expected, w->got, 3 * INPUTS)) return "affine_f32";
#define CHECK_CONVERSION(name, from, expected, got)                                                                    \
    scalar->name(from, expected, COUNT);                                                                               \
    level->name(from, got, COUNT);                                                                                     \
    if (!SAME(expected, got, COUNT)) return #name;
    CHECK_CONVERSION(f32_to_bf16, w->f, w->expected_h, w->got_h)
    CHECK_CONVERSION(f32_to_f16, w->f, w->expected_h, w->got_h)
    CHECK_CONVERSION(bf16_to_f32, w->b, w->expected, w->got)
    CHECK_CONVERSION(f16_to_f32, w->h, w->expected, w->got)
    return NULL;
}

static const char *check_activations(workspace *w, const hk_kernels *scalar, const hk_kernels *level) {
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        const hk_activation a = hk_activation_default((hk_activation_kind)kind);
        scalar->map_f32[kind](w->f, COUNT, w->expected, COUNT, ROWS, COUNT, a.alpha, a.beta);
        level->map_f32[kind](w->f, COUNT, w->got, COUNT, ROWS, COUNT, a.alpha, a.beta);
        if (SAME(w->expected, w->got, ROWS * COUNT) && level->fast_f32[kind]) {
            scalar->fast_f32[kind](w->f, COUNT, w->expected, COUNT, ROWS, COUNT, a.alpha, a.beta);
            level->fast_f32[kind](w->f, COUNT, w->got, COUNT, ROWS, COUNT, a.alpha, a.beta);
        }
        scalar->map_f64[kind](w->d, COUNT, w->expected_d, COUNT, ROWS, COUNT, a.alpha, a.beta);
        level->map_f64[kind](w->d, COUNT, w->got_d, COUNT, ROWS, COUNT, a.alpha, a.beta);
        if (!SAME(w->expected, w->got, ROWS * COUNT) || !SAME(w->expected_d, w->got_d, ROWS * COUNT))
            return hk_activation_name((hk_activation_kind)kind);
    }
    return NULL;
}

static const char *check_dense(workspace *w, const hk_kernels *scalar, const hk_kernels *level, size_t rows) {
    for (int i = 0; i < WIDTHS; i++) {
        const size_t n = widths[i];
        hk_pack_f32(w->f, INPUTS, n, w->packed);
        hk_dense_f32_job job = {.x = w->f + 5,
                                .weights = w->packed,
                                .bias = w->f + 40,
                                .y = w->expected,
                                .x_stride = INPUTS,
                                .y_stride = n,
                                .rows = rows,
                                .inputs = INPUTS,
                                .outputs = n};
        scalar->dense_f32(&job);
        job.y = w->got;
        level->dense_f32(&job);
        if (!SAME(w->expected, w->got, rows * n)) return "dense_f32";
        job.weights = w->f;
        level->dense_plain_f32(&job);
        if (!SAME(w->expected, w->got, rows * n)) return "dense_plain_f32";
        hk_dense_f64_job wide = {.x = w->d + 5,
                                 .weights = w->d,
                                 .bias = w->d + 40,
                                 .y = w->expected_d,
                                 .x_stride = INPUTS,
                                 .y_stride = n,
                                 .rows = rows,
                                 .inputs = INPUTS,
                                 .outputs = n};
        scalar->dense_plain_f64(&wide);
        wide.y = w->got_d;
        level->dense_plain_f64(&wide);
        if (!SAME(w->expected_d, w->got_d, rows * n)) return "dense_plain_f64";
    }
    return NULL;
}

static const char *check_half(workspace *w, const hk_kernels *scalar, const hk_kernels *level, size_t rows) {
    for (int i = 0; i < WIDTHS; i++)
        for (hk_dtype storage = HK_BF16; storage <= HK_F16; storage++) {
            const size_t n = widths[i];
            const hk_packed packed = hk_pack(scalar, storage, (hk_weights){w->f, INPUTS, n, 0}, w->narrow);
            if (hk_stored(storage, n) == HK_F32) continue;
            hk_dense_f32_job job = {.x = w->f + 5,
                                    .weights = packed.weights,
                                    .bias = w->f + 40,
                                    .y = w->expected,
                                    .x_stride = INPUTS,
                                    .y_stride = n,
                                    .rows = rows,
                                    .inputs = INPUTS,
                                    .outputs = n};
            (storage == HK_BF16 ? scalar->dense_bf16 : scalar->dense_f16)(&job);
            job.y = w->got;
            (storage == HK_BF16 ? level->dense_bf16 : level->dense_f16)(&job);
            if (!SAME(w->expected, w->got, rows * n)) return storage == HK_BF16 ? "dense_bf16" : "dense_f16";
        }
    return NULL;
}

static const char *check_i8(workspace *w, const hk_kernels *scalar, const hk_kernels *level, size_t rows) {
    const size_t stride = hk_narrow_stride(INPUTS);
    scalar->quantize_i8(w->f + 5, INPUTS, rows, INPUTS, NULL, 0, w->q[0], stride, w->as[0]);
    level->quantize_i8(w->f + 5, INPUTS, rows, INPUTS, NULL, 0, w->q[1], stride, w->as[1]);
    if (!SAME(w->q[0], w->q[1], rows * stride) || !SAME(w->as[0], w->as[1], rows)) return "quantize_i8";
    for (int i = 0; i < WIDTHS; i++) {
        const size_t n = widths[i];
        const hk_packed packed = hk_pack(scalar, HK_I8, (hk_weights){w->f, INPUTS, n, 0}, w->narrow);
        hk_dense_narrow_job job = {.q = w->q[0],
                                   .rows_as = w->as[0],
                                   .weights = packed.weights,
                                   .sums = packed.sums,
                                   .scales = packed.scales,
                                   .bias = w->f + 40,
                                   .y = w->expected,
                                   .q_stride = stride,
                                   .y_stride = n,
                                   .rows = rows,
                                   .inputs = INPUTS,
                                   .outputs = n};
        scalar->dense_i8(&job);
        job.y = w->got;
        level->dense_i8(&job);
        if (!SAME(w->expected, w->got, rows * n)) return "dense_i8";
        job.weights = hk_pack(scalar, HK_I4, (hk_weights){w->f, INPUTS, n, 0}, w->narrow).weights;
        job.sums = NULL;
        job.y = w->expected;
        scalar->dense_i4(&job);
        job.y = w->got;
        level->dense_i4(&job);
        if (!SAME(w->expected, w->got, rows * n)) return "dense_i4";
    }
    return NULL;
}

hk_status hk_self_check(hk_error *error) {
    const hk_kernels *scalar = hk_kernels_of(HK_ISA_SCALAR);
    if (hk_isa_supported(HK_ISA_AMX)) hk_tiles_permitted();
    const uint32_t features = hk_features_usable();
    workspace *w = aligned_alloc(64, (sizeof *w + 63) & ~(size_t)63);
    if (!w) return hk_fail(error, HK_OUT_OF_MEMORY, "hk_self_check: out of memory.");
    memset(w, 0, sizeof *w);
    fill(w);
    const char *differs = NULL;
    const hk_level *level = hk_levels;
    for (; !differs && level < hk_levels + hk_level_count; level++) {
        if (level->isa == HK_ISA_SCALAR || (hk_level_needs(level) & ~features)) continue;
        differs = check_vectors(w, scalar, level->kernels);
        if (!differs) differs = check_activations(w, scalar, level->kernels);
        for (size_t rows = 1; !differs && rows <= ROWS; rows += ROWS - 1) {
            differs = check_dense(w, scalar, level->kernels, rows);
            if (!differs) differs = check_half(w, scalar, level->kernels, rows);
            if (!differs) differs = check_i8(w, scalar, level->kernels, rows);
        }
    }
    free(w);
    if (!differs) return hk_succeed(error);
    return hk_fail(error, HK_UNSUPPORTED, "On level %s the kernel %s differs from scalar.", level[-1].kernels->level,
                   differs);
}
