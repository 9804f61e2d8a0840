/* Every level of this machine against the scalar level, kernel by kernel, on fixed data. */
#include "hillock/status.h"

#include "activation.h"
#include "cpu.h"
#include "dispatch.h"
#include "error.h"
#include "kernel_info.h"
#include "pack.h"
#include "shapes.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 331, ROWS = 33, INPUTS = 77, MATVEC_ROWS = 9 };
/* Layers of each way to divide the outputs, with one row and with more than any tile has. */
static const size_t widths[] = {3, 10, 40, 80, 130, COUNT}, heights[] = {1, ROWS};
enum { WIDTHS = sizeof widths / sizeof *widths, HEIGHTS = sizeof heights / sizeof *heights };

/* What a kernel writes; as many bytes as the largest. */
typedef union results {
    float f[ROWS * COUNT];
    double d[ROWS * COUNT];
    uint16_t h[COUNT];
    int64_t i[COUNT];
    struct {
        uint8_t q[ROWS * 256];
        hk_row_scale as[ROWS];
    } rows;
} results;
_Static_assert(INPUTS <= 192, "a quantized row has room");

/* Data of every type, weights packed from it, and the results of both levels. */
typedef struct workspace {
    float f[COUNT * INPUTS];
    double d[COUNT * INPUTS];
    uint16_t h[COUNT * INPUTS], b[COUNT * INPUTS];
    int8_t i[COUNT * INPUTS];
    _Alignas(64) unsigned char packed[(COUNT + 16) * (INPUTS + 64) * sizeof(float)];
    results quantized, expected, got;
} workspace;

/* A kernel's turn: which, on how large a layer. */
typedef struct turn {
    int kind; /* of activation */
    size_t rows, outputs;
} turn;
typedef void runner(workspace *w, const hk_kernels *k, turn t, results *r);

/* Values of both signs and many magnitudes, from a linear congruential generator. */
static void fill(workspace *w) {
    uint32_t state = 1;
    for (size_t i = 0; i < COUNT * INPUTS; i++) {
        state = state * 1664525u + 1013904223u;
        const float unit = (float)(int32_t)state * 0x1p-31f;
        w->f[i] = i % 5 ? 4 * unit : 64 * unit;
        w->d[i] = (double)w->f[i] * (1 + 0x1p-40 * (double)(state & 1023));
        w->i[i] = (int8_t)(state >> 24);
    }
    hk_kernels_scalar.f32_to_f16(w->f, w->h, COUNT * INPUTS);
    hk_kernels_scalar.f32_to_bf16(w->f, w->b, COUNT * INPUTS);
    hk_kernels_scalar.quantize_i8(w->f + 5, INPUTS, ROWS, INPUTS, NULL, 0, w->quantized.rows.q,
                                  hk_narrow_stride(INPUTS), w->quantized.rows.as);
}

#define RUN(name, ...)                                                                                                 \
    static void run_##name(workspace *w, const hk_kernels *k, turn t, results *r) {                                    \
        (void)t;                                                                                                       \
        __VA_ARGS__;                                                                                                   \
    }
RUN(dot_f32, r->f[0] = k->dot_f32(w->f, w->f + 9, COUNT))
RUN(dot_f64, r->d[0] = k->dot_f64(w->d, w->d + 9, COUNT))
RUN(dot_bf16, r->f[0] = k->dot_bf16(w->b, w->b + 9, COUNT))
RUN(dot_f16, r->f[0] = k->dot_f16(w->h, w->h + 9, COUNT))
RUN(dot_i8, r->i[0] = k->dot_i8(w->i, w->i + 1, COUNT))
RUN(dot_u8i8, r->i[0] = k->dot_u8i8((const uint8_t *)w->i, w->i + 1, COUNT))
RUN(matvec_f32, k->matvec_f32(w->f, w->f + 3, r->f, MATVEC_ROWS, INPUTS))
RUN(matvec_f64, k->matvec_f64(w->d, w->d + 3, r->d, MATVEC_ROWS, INPUTS))
RUN(matvec_bf16, k->matvec_bf16(w->b, w->b + 3, r->f, MATVEC_ROWS, INPUTS))
RUN(matvec_f16, k->matvec_f16(w->h, w->h + 3, r->f, MATVEC_ROWS, INPUTS))
RUN(matvec_i8, k->matvec_i8(w->i, w->i + 3, r->i, MATVEC_ROWS, INPUTS))
RUN(affine_f32, k->affine_f32(w->f, INPUTS, r->f, INPUTS, 3, INPUTS, w->f + 1, w->f + 2, w->f + 3))
RUN(f32_to_bf16, k->f32_to_bf16(w->f, r->h, COUNT))
RUN(f32_to_f16, k->f32_to_f16(w->f, r->h, COUNT))
RUN(bf16_to_f32, k->bf16_to_f32(w->b, r->f, COUNT))
RUN(f16_to_f32, k->f16_to_f32(w->h, r->f, COUNT))
RUN(quantize_i8,
    k->quantize_i8(w->f + 5, INPUTS, t.rows, INPUTS, NULL, 0, r->rows.q, hk_narrow_stride(INPUTS), r->rows.as))

/* The job of a layer of floats whose weights are these. */
static hk_dense_f32_job job_f32(const workspace *w, turn t, const void *weights, results *r) {
    return (hk_dense_f32_job){.x = w->f + 5,
                              .weights = weights,
                              .bias = w->f + 40,
                              .y = r->f,
                              .x_stride = INPUTS,
                              .y_stride = t.outputs,
                              .rows = t.rows,
                              .inputs = INPUTS,
                              .outputs = t.outputs};
}
static hk_packed pack(workspace *w, hk_dtype storage, turn t) {
    return hk_pack(&hk_kernels_scalar, storage, (hk_weights){w->f, INPUTS, t.outputs, 0}, w->packed);
}
RUN(dense_plain_f32, const hk_dense_f32_job job = job_f32(w, t, w->f, r); k->dense_plain_f32(&job))
RUN(dense_f32, const hk_dense_f32_job job = job_f32(w, t, pack(w, HK_F32, t).weights, r); k->dense_f32(&job))
/* Layers of few outputs keep floats. */
RUN(dense_bf16, const hk_dense_f32_job job = job_f32(w, t, pack(w, HK_BF16, t).weights, r);
    (hk_stored(HK_BF16, t.outputs) == HK_F32 ? k->dense_f32 : k->dense_bf16)(&job))
RUN(dense_f16, const hk_dense_f32_job job = job_f32(w, t, pack(w, HK_F16, t).weights, r);
    (hk_stored(HK_F16, t.outputs) == HK_F32 ? k->dense_f32 : k->dense_f16)(&job))
RUN(dense_plain_f64, const hk_dense_f64_job job = {.x = w->d + 5,
                                                   .weights = w->d,
                                                   .bias = w->d + 40,
                                                   .y = r->d,
                                                   .x_stride = INPUTS,
                                                   .y_stride = t.outputs,
                                                   .rows = t.rows,
                                                   .inputs = INPUTS,
                                                   .outputs = t.outputs};
    k->dense_plain_f64(&job))

static hk_dense_narrow_job job_narrow(workspace *w, hk_dtype storage, turn t, results *r) {
    const hk_packed packed = pack(w, storage, t);
    return (hk_dense_narrow_job){.q = w->quantized.rows.q,
                                 .rows_as = w->quantized.rows.as,
                                 .weights = packed.weights,
                                 .sums = packed.sums,
                                 .scales = packed.scales,
                                 .bias = w->f + 40,
                                 .y = r->f,
                                 .q_stride = hk_narrow_stride(INPUTS),
                                 .y_stride = t.outputs,
                                 .rows = t.rows,
                                 .inputs = INPUTS,
                                 .outputs = t.outputs};
}
RUN(dense_i8, const hk_dense_narrow_job job = job_narrow(w, HK_I8, t, r); k->dense_i8(&job))
RUN(dense_i4, const hk_dense_narrow_job job = job_narrow(w, HK_I4, t, r); k->dense_i4(&job))

RUN(map_f32, const hk_activation a = hk_activation_default((hk_activation_kind)t.kind);
    k->map_f32[t.kind](w->f, COUNT, r->f, COUNT, ROWS, COUNT, a.alpha, a.beta))
RUN(map_f64, const hk_activation a = hk_activation_default((hk_activation_kind)t.kind);
    k->map_f64[t.kind](w->d, COUNT, r->d, COUNT, ROWS, COUNT, a.alpha, a.beta))
RUN(fast_f32, const hk_activation a = hk_activation_default((hk_activation_kind)t.kind);
    if (k->fast_f32[t.kind]) k->fast_f32[t.kind](w->f, COUNT, r->f, COUNT, ROWS, COUNT, a.alpha, a.beta))

/* As in hk_kernel_slots: a kernel without a function above does not compile. */
#define CHECK(name, result, parameters) run_##name,
static runner *const checks[] = {HK_KERNEL_LIST(CHECK)}, *const maps[] = {run_map_f32, run_fast_f32, run_map_f64};
static const char map_names[][10] = {"f32", "f32, fast", "f64"};
enum { CHECKS = sizeof checks / sizeof *checks, MAPS = sizeof maps / sizeof *maps };

/* The levels here in turn against scalar. A level whose kernel differs, or NULL. */
static const hk_level *differing(workspace *w, runner *run, turn t) {
    const uint32_t features = hk_features_usable();
    memset(&w->expected, 0x5a, sizeof w->expected); /* so that what is not written differs from what is */
    run(w, hk_kernels_of(HK_ISA_SCALAR), t, &w->expected);
    for (const hk_level *level = hk_levels; level < hk_levels + hk_level_count; level++) {
        if (level->isa == HK_ISA_SCALAR || (hk_isa_needs(level->isa) & ~features)) continue;
        memset(&w->got, 0x5a, sizeof w->got);
        run(w, level->kernels, t, &w->got);
        if (memcmp(&w->expected, &w->got, sizeof w->got)) return level; /* there are no NaNs */
    }
    return NULL;
}

static hk_status check_all(workspace *w, hk_error *error) {
    for (size_t i = 0; i < CHECKS; i++)
        for (size_t k = 0; k < WIDTHS * HEIGHTS; k++) {
            const hk_level *level =
                differing(w, checks[i], (turn){.rows = heights[k / WIDTHS], .outputs = widths[k % WIDTHS]});
            if (level)
                return hk_fail(error, HK_UNSUPPORTED, "On level %s the kernel %s differs from scalar.",
                               level->kernels->level, hk_kernel_slots[i].name);
        }
    for (size_t i = 0; i < MAPS; i++)
        for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
            const hk_level *level = differing(w, maps[i], (turn){.kind = kind});
            if (level)
                return hk_fail(error, HK_UNSUPPORTED, "On level %s the kernel %s (%s) differs from scalar.",
                               level->kernels->level, hk_activation_name((hk_activation_kind)kind), map_names[i]);
        }
    return hk_succeed(error);
}

hk_status hk_self_check(hk_error *error) {
    if (hk_isa_supported(HK_ISA_AMX)) hk_tiles_permitted();
    workspace *w = aligned_alloc(64, (sizeof *w + 63) & ~(size_t)63);
    if (!w) return hk_fail(error, HK_OUT_OF_MEMORY, "hk_self_check: out of memory.");
    memset(w, 0, sizeof *w);
    fill(w);
    const hk_status status = check_all(w, error);
    free(w);
    return status;
}
