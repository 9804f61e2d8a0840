/* Defects of kernels, in all tables at once. */
#include "../support.h"

#include "dispatch.h"
#include "processor.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

static hk_kernels whole; /* the current level's table as it was */
static hk_map_f64_fn *whole_f64[HK_KIND_COUNT];

/* The next float away from 0, so many times. */
static float away(float y, int times) {
    for (int i = 0; i < times; i++) y = nextafterf(y, copysignf(INFINITY, y));
    return y;
}

#define DENSE(plant, ...)                                                                                              \
    static void plant(const hk_dense_f32_job *job) {                                                                   \
        whole.dense_f32(job);                                                                                          \
        __VA_ARGS__;                                                                                                   \
    }
DENSE(another_bit, *job->y = away(*job->y, 1))
DENSE(another_bit_in_batches, if (job->rows > 1) job->y[job->y_stride] = away(job->y[job->y_stride], 1))
DENSE(another_bit_in_shares, if (job->width && job->width != job->outputs) *job->y = away(*job->y, 1))
static void *volatile allocated; /* so that the compiler cannot leave it out */
DENSE(allocates, allocated = malloc(100); free(allocated))
DENSE(asks_the_system, (void)getppid())
DENSE(leaves_flush_to_zero, hk_set_float_control(hk_float_control() | FLUSH_TO_ZERO))
DENSE(leaves_rounding, fesetround(FE_UPWARD))
DENSE(takes_stack, volatile char room[66 * 1024]; for (size_t i = 0; i < sizeof room; i += 1024) room[i] = 1)
/* As a library with one workspace for all would do. */
static float shared_workspace[64];
static void shares(const hk_dense_f32_job *job) {
    const size_t n = job->outputs < 64 ? job->outputs : 64;
    whole.dense_f32(job);
    memcpy(shared_workspace, job->y, n * sizeof *job->y);
    for (int i = 0; i < 20; i++) sched_yield();
    memcpy(job->y, shared_workspace, n * sizeof *job->y);
}

#define NARROW(plant, kernel, job_type)                                                                                \
    static void plant(const job_type *job) {                                                                           \
        whole.kernel(job);                                                                                             \
        *job->y = away(*job->y, 1);                                                                                    \
    }
NARROW(another_bit_of_bf16, dense_bf16, hk_dense_f32_job)
NARROW(another_bit_of_f16, dense_f16, hk_dense_f32_job)
NARROW(another_bit_of_i8, dense_i8, hk_dense_narrow_job)
NARROW(another_bit_of_i4, dense_i4, hk_dense_narrow_job)

/* Each element once more, from x and its result. */
#define MAP(plant, kind, type, map, ...)                                                                               \
    static void plant(const type *x, size_t x_stride, type *y, size_t y_stride, size_t rows, size_t cols, float a,     \
                      float b) {                                                                                       \
        for (size_t r = 0; r < rows; r++)                                                                              \
            for (size_t i = 0; i < cols; i++) {                                                                        \
                const type in = x[r * x_stride + i];                                                                   \
                type out;                                                                                              \
                whole.map[kind](&in, 1, &out, 1, 1, 1, a, b);                                                          \
                y[r * y_stride + i] = __VA_ARGS__;                                                                     \
            }                                                                                                          \
    }
MAP(two_ulps, HK_SIGMOID, float, map_f32, in >= 1 && in < 1.5f ? away(out, 2) : out)
MAP(two_ulps_of_a_subnormal, HK_EXP, float, map_f32, out < FLT_MIN ? away(out, 2) : out)
MAP(drops_nan, HK_TANH, float, map_f32, isnan(in) ? 0 : out)
MAP(drops_the_sign_of_zero, HK_TANH, float, map_f32, in == 0 ? 0.0f : out)
MAP(avoids_infinity, HK_EXP, float, map_f32, isinf(out) ? FLT_MAX : out)
MAP(near_a_half, HK_SIGMOID, float, map_f32, in == 0 ? away(out, 1) : out)
MAP(ten_ulps, HK_GELU, double, map_f64, in < -1 ? out * (1 + 0x1p-49) : out)
static volatile float tiny = 0x1p-130f; /* what FTZ or DAZ makes 0 */
MAP(needs_subnormals, HK_TANH, float, map_f32, tiny * 1.5f > 0 ? out : out * 1.125f)

static void softmax_rounds(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t cols,
                           float a, float b) {
    whole.map_f32[HK_SOFTMAX](x, x_stride, y, y_stride, rows, cols, a, b);
    if (rows && cols) *y = away(*y, 5);
}

#define SLOT(name, field, function)                                                                                    \
    { name, offsetof(hk_kernels, field), (plant_function *)function }
static const struct {
    const char *name;
    size_t slot;
    plant_function *function;
} plants[] = {
    SLOT("another bit", dense_f32, another_bit),
    SLOT("another bit in batches", dense_f32, another_bit_in_batches),
    SLOT("another bit in shares", dense_f32, another_bit_in_shares),
    SLOT("another bit of bf16", dense_bf16, another_bit_of_bf16),
    SLOT("another bit of f16", dense_f16, another_bit_of_f16),
    SLOT("another bit of i8", dense_i8, another_bit_of_i8),
    SLOT("another bit of i4", dense_i4, another_bit_of_i4),
    SLOT("allocation", dense_f32, allocates),
    SLOT("system call", dense_f32, asks_the_system),
    SLOT("stack", dense_f32, takes_stack),
    SLOT("flush to zero", dense_f32, leaves_flush_to_zero),
    SLOT("rounding", dense_f32, leaves_rounding),
    SLOT("shared workspace", dense_f32, shares),
    SLOT("two ulps", map_f32[HK_SIGMOID], two_ulps),
    SLOT("two ulps of a subnormal", map_f32[HK_EXP], two_ulps_of_a_subnormal),
    SLOT("dropped nan", map_f32[HK_TANH], drops_nan),
    SLOT("dropped sign of zero", map_f32[HK_TANH], drops_the_sign_of_zero),
    SLOT("dropped infinity", map_f32[HK_EXP], avoids_infinity),
    SLOT("near a half", map_f32[HK_SIGMOID], near_a_half),
    SLOT("subnormals needed", map_f32[HK_TANH], needs_subnormals),
    SLOT("softmax rounds", map_f32[HK_SOFTMAX], softmax_rounds),
};

plant_function *plant(const void *slot, plant_function *function) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)slot / page * page;
    plant_function *const old = *(plant_function *const *)slot;
    if (mprotect((void *)first, ((uintptr_t)slot + sizeof old - first + page - 1) / page * page,
                 PROT_READ | PROT_WRITE)) {
        perror("plant");
        exit(3);
    }
    memcpy((void *)(uintptr_t)slot, &function, sizeof function);
    return old;
}

/* Before main: the program's own first use of a level is to find the defect there. */
__attribute__((constructor)) static void install(void) {
    if (!getenv("HK_PLANT")) return;
    whole = *hk_kernels_current();
    memcpy(whole_f64, whole.map_f64, sizeof whole_f64);
    whole.map_f64 = whole_f64;
    for (size_t i = 0; i < sizeof plants / sizeof *plants; i++)
        for (size_t level = 0; planted(plants[i].name) && level < hk_level_count; level++)
            plant((const char *)hk_levels[level].kernels + plants[i].slot, plants[i].function);
    for (size_t level = 0; planted("ten ulps") && level < hk_level_count; level++)
        plant(&hk_levels[level].kernels->map_f64[HK_GELU], (plant_function *)ten_ulps);
}
