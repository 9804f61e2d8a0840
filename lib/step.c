/* One step of a forward pass over some rows. */
#include "step.h"

#include "shapes.h"

#include <string.h>

enum { PANEL = 16, CHUNK = 8 * PANEL }; /* CHUNK: outputs that go together backward */

/* Bytes of a row in narrow form, and from one row to the next. */
static size_t row_bytes(const hk_step *step) {
    return step->stored == HK_BF16 ? hk_bf16_inputs(step->inputs) * sizeof(hk_bf16) : step->inputs;
}
static size_t row_stride(const hk_step *step) { return hk_narrow_stride(row_bytes(step)); }

size_t hk_step_scratch(const hk_network *network) {
    size_t most = 0;
    for (const hk_step *step = network->steps; step < network->steps + network->count; step++) {
        const int narrow = step->kind == HK_LAYER_DENSE && step->stored == HK_BF16 && network->fast_bf16;
        if (!narrow && !hk_step_quantizes(step)) continue;
        const size_t own = row_stride(step) + HK_QUANTIZED_PAD; /* more than room for what a row stands for */
        if (own > most) most = own;
    }
    return most;
}

/* A dense layer's job, one of the two, and the kernel for it; and how its outputs are shared. */
typedef struct dense_call {
    const hk_step *step;
    const hk_dense_f32_job *floats;
    const hk_dense_narrow_job *narrow;
    hk_dense_narrow_fn *kernel; /* for narrow */
    size_t share;               /* outputs per task */
    int backward;               /* in chunks, the last one first */
} dense_call;

/* `count` outputs from `first` on; after them those from `next` on, or none if that is `first`. */
static void run_part(const dense_call *call, size_t first, size_t count, size_t next) {
    const size_t weights = first / PANEL * call->step->panel_bytes;
    if (call->narrow) {
        hk_dense_narrow_job part = *call->narrow;
        part.outputs = count;
        part.weights += weights;
        if (part.sums) part.sums += first * hk_i8_parts(part.inputs);
        if (part.scales) part.scales += first;
        part.bias += first;
        part.y += first;
        call->kernel(&part);
    } else {
        hk_dense_f32_job part = *call->floats;
        part.width = part.outputs;
        part.outputs = count;
        if (!part.far && call->backward) part.far = HK_FAR;
        const unsigned char *all = part.weights;
        part.weights = all + weights;
        part.next = next == first ? NULL : all + next / PANEL * call->step->panel_bytes;
        part.bias += first;
        part.y += first;
        call->step->kernel(&part);
    }
}

static void run_outputs(void *argument, size_t index) {
    const dense_call *call = argument;
    const size_t first = index * call->share, left = call->step->outputs - first;
    size_t count = left < call->share ? left : call->share, n = count;
    if (call->backward) /* what does not fill a chunk is at the end */
        for (n = (count - 1) % CHUNK + 1; n < count; count -= n, n = CHUNK)
            run_part(call, first + count - n, n, first + count - n - CHUNK);
    run_part(call, first, n, first);
}

size_t hk_step_tasks(const hk_step *step, const hk_executor *executor, const hk_kernels *kernels, size_t rows) {
    const size_t work = kernels->region_work / (rows < HK_ROW_READS ? HK_ROW_READS : rows);
    const size_t most = step->outputs / PANEL / 2; /* each takes two panels or more */
    if (step->kind != HK_LAYER_DENSE || !most || step->inputs * step->outputs < work) return 1;
    return most < executor->threads ? most : executor->threads;
}

/* Outputs for each thread, whole panels, where the layer is large enough for several; otherwise all. */
static size_t share_of(const hk_step_means *means, const hk_step *step, size_t rows) {
    const size_t panels = (step->outputs + PANEL - 1) / PANEL;
    const size_t tasks = means->executor ? hk_step_tasks(step, means->executor, means->kernels, rows) : 1;
    if (tasks < 2) return step->outputs;
    return (panels + tasks - 1) / tasks * PANEL;
}

/* By several threads, backward, or as it is. */
static void run_dense(const hk_step_means *means, dense_call *call, size_t rows) {
    const hk_executor *executor = means->executor;
    const hk_step *step = call->step;
    call->share = share_of(means, step, rows);
    call->backward = means->backward && call->share / PANEL * step->panel_bytes > HK_FAR_WEIGHTS;
    if (call->share < step->outputs)
        executor->parallel_for(executor->context, run_outputs, call, (step->outputs + call->share - 1) / call->share);
    else if (call->backward)
        run_outputs(call, 0);
    else if (call->narrow)
        call->kernel(call->narrow);
    else
        step->kernel(call->floats);
}

/* Rows in narrow form: quantized, or rounded to bf16 and filled up with zeros. */
static void narrow_rows(const hk_step_means *means, const hk_step *step, const hk_step_rows *rows,
                        const hk_dense_narrow_job *job, uint8_t *q, hk_row_scale *rows_as) {
    if (hk_step_quantizes(step)) {
        means->kernels->quantize_i8(rows->x, rows->x_stride, job->rows, step->inputs,
                                    step->calibrated ? &step->inputs_as : NULL, step->stored == HK_I4, q, job->q_stride,
                                    rows_as);
        return;
    }
    const size_t bytes = row_bytes(step), used = step->inputs * sizeof(hk_bf16);
    for (size_t r = 0; r < job->rows; r++, q += job->q_stride) {
        means->kernels->f32_to_bf16(rows->x + r * rows->x_stride, (hk_bf16 *)(void *)q, step->inputs);
        memset(q + used, 0, bytes - used);
    }
}

/* Some rows at a time where the weights are near, so that little else has to be kept there. */
static void run_narrow(const hk_step_means *means, const hk_step *step, const hk_step_rows *rows) {
    enum { NEAR_WEIGHTS = 3 << 19, BLOCK = 64 };
    const int near = step->outputs / PANEL * step->panel_bytes <= NEAR_WEIGHTS;
    hk_dense_narrow_job job = step->narrow;
    uint8_t *q = means->scratch;
    job.q = q;
    job.q_stride = row_stride(step);
    job.y_stride = rows->y_stride;
    hk_step_rows some = *rows;
    for (size_t r = 0; r < rows->rows; r += job.rows) {
        job.rows = near && rows->rows - r > BLOCK ? BLOCK : rows->rows - r;
        hk_row_scale *rows_as = (hk_row_scale *)(void *)(q + job.rows * job.q_stride);
        some.x = rows->x + r * rows->x_stride;
        job.rows_as = hk_step_quantizes(step) ? rows_as : NULL;
        job.y = rows->y + r * rows->y_stride;
        narrow_rows(means, step, &some, &job, q, rows_as);
        dense_call call = {.step = step,
                           .narrow = &job,
                           .kernel = step->stored == HK_I8   ? means->kernels->dense_i8
                                     : step->stored == HK_I4 ? means->kernels->dense_i4
                                                             : means->fast_bf16};
        run_dense(means, &call, job.rows);
    }
}

void hk_step_run_any(const hk_step_means *means, const hk_step *s, const hk_step_rows *rows) {
    const hk_kernels *kernels = means->kernels;
    const hk_activation a = s->activation;
    switch (s->kind) {
    case HK_LAYER_DENSE:
        if (hk_step_quantizes(s) || (s->stored == HK_BF16 && means->fast_bf16)) {
            run_narrow(means, s, rows);
        } else {
            const hk_dense_f32_job job = hk_step_job(s, rows);
            run_dense(means, &(dense_call){.step = s, .floats = &job}, rows->rows);
        }
        if (s->row_map)
            s->row_map(rows->y, rows->y_stride, rows->y, rows->y_stride, rows->rows, s->outputs, a.alpha, a.beta);
        break;
    case HK_LAYER_AFFINE:
    case HK_LAYER_SCALING:
        kernels->affine_f32(rows->x, rows->x_stride, rows->y, rows->y_stride, rows->rows, s->outputs, s->shift,
                            s->scale, s->offset);
        break;
    case HK_LAYER_ACTIVATION:
        hk_map_f32_of(kernels, a)(rows->x, rows->x_stride, rows->y, rows->y_stride, rows->rows, s->outputs, a.alpha,
                                  a.beta);
        break;
    }
}
