/* How long the slowest of a million calls takes, beside the median: what a real-time thread asks. Through the public
 * interface, one row a call, with weights of every type.
 *
 * usage: latency [CALLS]   (1000000)   Prints a Markdown table in nanoseconds; the time of reading the clock, which is
 *                          in each, stands in the first row. What interrupts the thread is in the maximum: run it on an
 *                          idle core (taskset), beside cyclictest if the machine is to be told from the library. */
#include "hillock/hillock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LAYERS = 3, WIDEST = 128 };
typedef struct network_shape {
    const char *name;
    size_t widths[LAYERS + 1];
    hk_activation_kind kinds[LAYERS];
} network_shape;
static const network_shape shapes[] = {
    {"64-128-64-10", {64, 128, 64, 10}, {HK_RELU, HK_RELU, HK_SOFTMAX}},
    {"13-64-64-1", {13, 64, 64, 1}, {HK_TANH, HK_TANH, HK_SIGMOID}},
};
static const struct {
    hk_dtype type;
    const char *name;
} types[] = {{HK_F32, "f32"}, {HK_BF16, "bf16"}, {HK_F16, "f16"}, {HK_I8, "i8"}, {HK_I4, "i4"}};

static hk_session *open_session(const network_shape *s, hk_dtype type) {
    static float w[WIDEST * WIDEST];
    hk_layer layers[LAYERS];
    hk_network *network = NULL;
    hk_session *session = NULL;
    for (int i = 0; i < WIDEST * WIDEST; i++) w[i] = (float)(i * 7919 % 2001 - 1000) * 1e-4f;
    for (int i = 0; i < LAYERS; i++)
        layers[i] = (hk_layer){s->widths[i], s->widths[i + 1], w, w, hk_activation_default(s->kinds[i]), type};
    if (hk_network_create(layers, LAYERS, &network) || hk_session_create(network, 1, NULL, &session)) {
        fprintf(stderr, "latency: no network\n");
        exit(1);
    }
    hk_network_free(network);
    return session;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
static int by_size(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* A row of the table; session NULL: nothing but the clock. */
static void measure(const char *name, const char *type, hk_session *session, float *times, size_t calls) {
    static float x[WIDEST], y[WIDEST];
    for (int i = 0; i < WIDEST; i++) x[i] = sinf((float)i);
    const double first = now();
    if (session) hk_session_forward(session, x, y, 1);
    const double cold = now() - first;
    for (size_t i = 0; i < calls; i++) {
        const double start = now();
        if (session) hk_session_forward(session, x, y, 1);
        times[i] = (float)(now() - start);
    }
    qsort(times, calls, sizeof *times, by_size);
    printf("| %s | %s | %.0f | %.0f | %.0f | %.0f | %.0f |\n", name, type, cold, (double)times[calls / 2],
           (double)times[calls - 1 - calls / 100], (double)times[calls - 1 - calls / 10000], (double)times[calls - 1]);
}

int main(int count, char **arguments) {
    const size_t calls = count > 1 ? strtoul(arguments[1], NULL, 10) : 1000000;
    float *times = calls ? malloc(calls * sizeof *times) : NULL;
    if (!times) return fprintf(stderr, "usage: latency [CALLS], from 1\n"), 2;
    printf(
        "| one row of | weights | first call | median | 99 %% | 99.99 %% | maximum |\n|---|---|---|---|---|---|---|\n");
    measure("nothing", "", NULL, times, calls);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
            hk_session *session = open_session(&shapes[i], types[t].type);
            measure(shapes[i].name, types[t].name, session, times, calls);
            hk_session_free(session);
        }
    free(times);
    return 0;
}
