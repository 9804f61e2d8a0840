/* One step of a forward pass over some rows. */
#include "step.h"

#include "quantized.h"

/* What sharing a layer is worth: a parallel region costs a microsecond or two, and a core does some hundred
   multiply-adds a nanosecond; so few rows take as long as reading the weights. */
enum { REGION_WORK = 500000, ROW_READS = 3, PANEL = 16 };

size_t hk_step_scratch(const hk_step *step) {
    if (step->kind != HK_LAYER_DENSE || step->storage != HK_I8) return 0;
    return hk_quantized_stride(step->inputs) + HK_QUANTIZED_PAD; /* a row, and more than room for what it stands for */
}

/* A dense layer's outputs from `first` on, count of them. */
static void part_of_floats(const hk_step *step, const hk_dense_f32_job *job, size_t first, size_t count) {
    hk_dense_f32_job part = *job;
    part.width = part.outputs;
    part.outputs = count;
    part.weights = (const unsigned char *)part.weights + first / PANEL * step->panel_bytes;
    part.bias += first;
    part.y += first;
    step->kernel(&part);
}
static void part_of_i8(const hk_kernels *kernels, const hk_step *step, const hk_dense_i8_job *job, size_t first,
                       size_t count) {
    hk_dense_i8_job part = *job;
    part.outputs = count;
    part.weights += first / PANEL * step->panel_bytes;
    part.sums += first * hk_i8_parts(part.inputs);
    part.scales += first;
    part.bias += first;
    part.y += first;
    kernels->dense_i8(&part);
}

/* Part of a dense layer's outputs, for one thread; one of the two jobs. */
typedef struct outputs_call {
    const hk_kernels *kernels;
    const hk_step *step;
    const hk_dense_f32_job *floats;
    const hk_dense_i8_job *i8;
    size_t share; /* outputs per task, whole panels */
} outputs_call;

size_t hk_step_tasks(const hk_step *step, const hk_executor *executor) {
    if (step->kind != HK_LAYER_DENSE) return 1;
    const size_t most = step->outputs / PANEL / 2; /* each takes two panels or more */
    return most < executor->threads ? most : executor->threads;
}

static void run_outputs(void *argument, size_t index) {
    const outputs_call *call = argument;
    const size_t first = index * call->share, left = call->step->outputs - first;
    const size_t count = left < call->share ? left : call->share;
    if (call->i8)
        part_of_i8(call->kernels, call->step, call->i8, first, count);
    else
        part_of_floats(call->step, call->floats, first, count);
}

/* Shares the outputs of a layer that is large enough; 0 if it is not. */
static int divide(const hk_executor *executor, outputs_call *call, size_t rows) {
    const hk_step *step = call->step;
    const size_t panels = (step->outputs + PANEL - 1) / PANEL, tasks = executor ? hk_step_tasks(step, executor) : 1;
    if (tasks < 2 || step->inputs * step->outputs < REGION_WORK / (rows < ROW_READS ? ROW_READS : rows)) return 0;
    call->share = (panels + tasks - 1) / tasks * PANEL;
    executor->parallel_for(executor->context, run_outputs, call, (step->outputs + call->share - 1) / call->share);
    return 1;
}

/* Some rows at a time where the weights are near, so that little else has to be kept there. */
static void run_i8(const hk_kernels *kernels, const hk_step *step, const hk_step_rows *rows, void *scratch,
                   const hk_executor *executor) {
    enum { NEAR_WEIGHTS = 3 << 19, BLOCK = 64 };
    hk_dense_i8_job job = step->i8;
    uint8_t *q = scratch;
    job.q = q;
    job.q_stride = hk_quantized_stride(step->inputs);
    hk_row_scale *rows_as = (hk_row_scale *)(void *)(q + rows->rows * job.q_stride);
    job.rows_as = rows_as;
    job.y_stride = rows->y_stride;
    const int near = step->inputs * step->outputs <= NEAR_WEIGHTS;
    for (size_t r = 0; r < rows->rows; r += job.rows) {
        job.rows = near && rows->rows - r > BLOCK ? BLOCK : rows->rows - r;
        kernels->quantize_i8(rows->x + r * rows->x_stride, rows->x_stride, job.rows, step->inputs,
                             step->calibrated ? &step->inputs_as : NULL, q, job.q_stride, rows_as);
        job.y = rows->y + r * rows->y_stride;
        outputs_call call = {.kernels = kernels, .step = step, .i8 = &job};
        if (!divide(executor, &call, job.rows)) kernels->dense_i8(&job);
    }
}

static void run_floats(const hk_step *step, const hk_step_rows *rows, const hk_executor *executor) {
    hk_dense_f32_job job = step->job;
    job.x = rows->x;
    job.y = rows->y;
    job.x_stride = rows->x_stride;
    job.y_stride = rows->y_stride;
    job.rows = rows->rows;
    outputs_call call = {.step = step, .floats = &job};
    if (!executor || !divide(executor, &call, rows->rows)) step->kernel(&job);
}

void hk_step_run(const hk_kernels *kernels, const hk_step *s, const hk_step_rows *rows, void *scratch,
                 const hk_executor *executor) {
    const hk_activation a = s->activation;
    switch (s->kind) {
    case HK_LAYER_DENSE:
        if (s->storage == HK_I8)
            run_i8(kernels, s, rows, scratch, executor);
        else
            run_floats(s, rows, executor);
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
