/* One step of a forward pass over some rows. */
#ifndef HK_STEP_H
#define HK_STEP_H

#include "network.h"

/* So few rows take as long as reading the weights. */
enum { HK_ROW_READS = 3 };

typedef struct hk_step_rows {
    const float *x;
    float *y; /* may be x for steps other than dense layers */
    size_t x_stride, y_stride, rows;
} hk_step_rows;

/* What a step runs with. */
typedef struct hk_step_means {
    const hk_kernels *kernels;
    hk_dense_narrow_fn *fast_bf16; /* for layers kept as HK_BF16, or NULL */
    const hk_executor *executor;   /* by whose threads the outputs of a large layer are shared, or NULL */
    void *scratch;                 /* aligned to 64 bytes */
    int backward;                  /* far weights from their end to their beginning */
} hk_step_means;

/* Whether a step is a dense layer on rows of 8-bit numbers. */
static inline int hk_step_quantizes(const hk_step *step) {
    return step->kind == HK_LAYER_DENSE && (step->stored == HK_I8 || step->stored == HK_I4);
}

/* Bytes of scratch memory that the steps of a network need at most for each row: a multiple of 64. */
size_t hk_step_scratch(const hk_network *network);

/* Any step. */
void hk_step_run_any(const hk_step_means *means, const hk_step *step, const hk_step_rows *rows);

/* A dense layer computed in floats, and its job, on the calling thread. */
static inline hk_dense_f32_job hk_step_job(const hk_step *step, const hk_step_rows *rows) {
    hk_dense_f32_job job = step->job;
    job.x = rows->x;
    job.y = rows->y;
    job.x_stride = rows->x_stride;
    job.y_stride = rows->y_stride;
    job.rows = rows->rows;
    return job;
}
static inline void hk_step_run_job(const hk_step *step, const hk_dense_f32_job *job) {
    step->kernel(job);
    if (step->row_map)
        step->row_map(job->y, job->y_stride, job->y, job->y_stride, job->rows, step->outputs, step->activation.alpha,
                      step->activation.beta);
}

/* What most steps are goes inline: a small layer takes no more than some tens of nanoseconds. */
static inline void hk_step_run(const hk_step_means *means, const hk_step *step, const hk_step_rows *rows) {
    if (step->kernel && !means->executor && !means->fast_bf16 && !means->backward) {
        const hk_dense_f32_job job = hk_step_job(step, rows);
        hk_step_run_job(step, &job);
    } else {
        hk_step_run_any(means, step, rows);
    }
}

/* How many threads share a step by its outputs; 1 where that is not worth it for so many rows. */
size_t hk_step_tasks(const hk_step *step, const hk_executor *executor, const hk_kernels *kernels, size_t rows);

#endif
