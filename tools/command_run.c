/* hillock run: the rows of a file through a network. */
#include "command.h"
#include "npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct options {
    const char *model, *x, *y, *labels;
    size_t batch;
} options;

static int parse(int count, char **arguments, options *o) {
    *o = (options){.batch = 256};
    for (int i = 0; i < count; i++) {
        const char *a = arguments[i], **value = NULL, *batch = NULL;
        if (!strcmp(a, "-o"))
            value = &o->y;
        else if (!strcmp(a, "--labels"))
            value = &o->labels;
        else if (!strcmp(a, "--batch"))
            value = &batch;
        else if (a[0] == '-' && a[1])
            return complain(EXIT_USAGE, "run has no option '%s'; see hillock --help.", a);
        if (value) {
            if (++i == count) return complain(EXIT_USAGE, "%s wants a value; see hillock --help.", a);
            *value = arguments[i];
        } else if (!o->model) {
            o->model = a;
        } else if (!o->x) {
            o->x = a;
        } else {
            return complain(EXIT_USAGE, "run takes one model and one file of inputs; see hillock --help.");
        }
        if (batch) {
            char *end;
            const unsigned long long n = strtoull(batch, &end, 10);
            if (*end || *batch < '1' || *batch > '9' || n > 1000000)
                return complain(EXIT_USAGE, "--batch wants a number from 1 to 1000000, not '%s'.", batch);
            o->batch = (size_t)n;
        }
    }
    return o->x ? EXIT_OK : complain(EXIT_USAGE, "run wants a model and a file of inputs; see hillock --help.");
}

/* [rows, ...] with `width` elements behind the rows, or one row. */
static int has_rows(const npy_array *a, size_t width) {
    size_t elements = 1;
    for (size_t i = a->rank > 1 ? 1 : 0; i < a->rank; i++)
        if (__builtin_mul_overflow(elements, a->shape[i], &elements)) return 0;
    return a->rank && elements == width;
}

/* Rows of floats from an array of [rows, ...], or of one row. */
static int read_rows(const char *path, size_t width, float **rows, size_t *count) {
    char message[NPY_MESSAGE];
    npy_array a;
    if (!npy_read(path, &a, message)) return complain(EXIT_FAILED, "%s", message);
    *rows = NULL;
    if (a.kind != 'f') {
        complain(EXIT_FAILED, "%s: holds integers, not float32 or float64.", path);
    } else if (!has_rows(&a, width)) {
        complain(EXIT_FAILED, "%s: does not have rows of %zu elements, as the network wants.", path, width);
    } else if (!(*rows = malloc((a.count ? a.count : 1) * sizeof **rows))) {
        complain(EXIT_FAILED, "%s: does not fit into memory.", path);
    } else {
        *count = a.count / width;
        for (size_t i = 0; i < a.count; i++) (*rows)[i] = (float)npy_number(&a, i);
    }
    npy_free(&a);
    return *rows ? EXIT_OK : EXIT_FAILED;
}

static double seconds(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void forward_all(hk_session *session, const hk_network *network, const float *x, float *y, size_t rows,
                        size_t batch) {
    const size_t inputs = hk_network_inputs(network), outputs = hk_network_outputs(network);
    for (size_t r = 0; r < rows; r += batch)
        hk_session_forward(session, x + r * inputs, y + r * outputs, rows - r < batch ? rows - r : batch);
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median time of a row in microseconds, over about a tenth of a second. */
static double time_per_row(hk_session *session, const hk_network *network, const float *x, float *y, size_t rows,
                           size_t batch) {
    enum { TIMES = 101 };
    double times[TIMES];
    int n = 0;
    const double begin = seconds();
    while (n < TIMES && (n < 3 || seconds() - begin < 0.1)) {
        const double start = seconds();
        forward_all(session, network, x, y, rows, batch);
        times[n++] = seconds() - start;
    }
    qsort(times, (size_t)n, sizeof *times, by_value);
    return 1e6 * times[n / 2] / (double)rows;
}

static int64_t decide(const float *y, size_t outputs) {
    if (outputs == 1) return y[0] > 0.5f;
    size_t best = 0;
    for (size_t o = 1; o < outputs; o++)
        if (y[o] > y[best]) best = o;
    return (int64_t)best;
}

static int print_accuracy(const char *path, const float *y, size_t rows, size_t outputs) {
    char message[NPY_MESSAGE];
    npy_array labels;
    if (!npy_read(path, &labels, message)) return complain(EXIT_FAILED, "%s", message);
    int status = EXIT_OK;
    if (labels.kind == 'f' || labels.count != rows) {
        status = complain(EXIT_FAILED, "%s: does not hold %zu integer labels, one for each row.", path, rows);
    } else {
        size_t right = 0;
        for (size_t r = 0; r < rows; r++) right += decide(y + r * outputs, outputs) == npy_integer(&labels, r);
        printf("accuracy  %.2f %% (%zu of %zu)\n", rows ? 100.0 * (double)right / (double)rows : 0.0, right, rows);
    }
    npy_free(&labels);
    return status;
}

static int run(const options *o, const hk_network *network, const float *x, size_t rows) {
    const size_t inputs = hk_network_inputs(network), outputs = hk_network_outputs(network);
    size_t bytes;
    hk_session *session = NULL;
    float *y = NULL;
    int status = EXIT_OK;
    if (__builtin_mul_overflow(rows, outputs * sizeof *y, &bytes) || !(y = malloc(bytes ? bytes : 1)) ||
        hk_session_create(network, o->batch, NULL, &session)) {
        status = complain(EXIT_FAILED, "%s: the outputs do not fit into memory.", o->x);
    } else {
        forward_all(session, network, x, y, rows, o->batch);
        printf("model     %s, %zu parameters\n", o->model, hk_network_parameters(network));
        printf("shapes    (%zu, %zu) -> (%zu, %zu)\n", rows, inputs, rows, outputs);
        if (rows) {
            const size_t batch = o->batch < rows ? o->batch : rows;
            printf("time      %.3f us a row in batches of %zu, %.3f us one by one (%s)\n",
                   time_per_row(session, network, x, y, rows, batch), batch,
                   time_per_row(session, network, x, y, rows, 1), hk_isa_name(hk_isa_current()));
        }
        if (o->labels) status = print_accuracy(o->labels, y, rows, outputs);
        char message[NPY_MESSAGE];
        if (!status && o->y && !npy_write(o->y, y, rows, outputs, message))
            status = complain(EXIT_FAILED, "%s", message);
    }
    hk_session_free(session);
    free(y);
    return status;
}

int command_run(int count, char **arguments) {
    options o;
    int status = parse(count, arguments, &o);
    if (status) return status;
    hk_network *network;
    hk_error error;
    if (load_network(o.model, &network, &error)) return complain(EXIT_FAILED, "%s", error.message);
    float *x = NULL;
    size_t rows = 0;
    status = read_rows(o.x, hk_network_inputs(network), &x, &rows);
    if (!status) {
        status = run(&o, network, x, rows);
        free(x);
    }
    hk_network_free(network);
    return status;
}
