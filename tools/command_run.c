/* hillock run: the rows of a file through a network. */
#include "command.h"
#include "npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct options {
    const char *model, *x, *y, *labels, *calibrate;
    size_t batch;
    hk_dtype storage;
    int compare;
} options;

static const struct {
    const char *name;
    hk_dtype storage;
} storages[] = {{"f32", HK_F32}, {"bf16", HK_BF16}, {"f16", HK_F16}, {"i8", HK_I8}, {"i4", HK_I4}};

static const char *storage_name(hk_dtype storage) {
    size_t i = 0;
    while (storages[i].storage != storage) i++;
    return storages[i].name;
}

static int parse_storage(const char *name, hk_dtype *storage) {
    for (size_t i = 0; i < sizeof storages / sizeof *storages; i++)
        if (!strcmp(name, storages[i].name)) {
            *storage = storages[i].storage;
            return EXIT_OK;
        }
    return complain(EXIT_USAGE, "--storage wants f32, bf16, f16, i8 or i4, not '%s'.", name);
}

static int parse_batch(const char *text, size_t *batch) {
    char *end;
    const unsigned long long n = strtoull(text, &end, 10);
    if (*end || *text < '1' || *text > '9' || n > 1000000)
        return complain(EXIT_USAGE, "--batch wants a number from 1 to 1000000, not '%s'.", text);
    *batch = (size_t)n;
    return EXIT_OK;
}

static int parse(int count, char **arguments, options *o) {
    const char *batch = NULL, *storage = NULL;
    *o = (options){.batch = 256};
    const struct {
        const char *name, **value;
    } known[] = {{"-o", &o->y},
                 {"--labels", &o->labels},
                 {"--batch", &batch},
                 {"--storage", &storage},
                 {"--calibrate", &o->calibrate}};
    for (int i = 0; i < count; i++) {
        const char *a = arguments[i], **value = NULL;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (!strcmp(a, known[k].name)) value = known[k].value;
        if (!strcmp(a, "--compare")) {
            o->compare = 1;
        } else if (value) {
            if (++i == count) return complain(EXIT_USAGE, "%s wants a value; see hillock --help.", a);
            *value = arguments[i];
        } else if (a[0] == '-' && a[1]) {
            return complain(EXIT_USAGE, "run has no option '%s'; see hillock --help.", a);
        } else if (!o->model) {
            o->model = a;
        } else if (!o->x) {
            o->x = a;
        } else {
            return complain(EXIT_USAGE, "run takes one model and one file of inputs; see hillock --help.");
        }
    }
    if (batch && parse_batch(batch, &o->batch)) return EXIT_USAGE;
    if (storage && parse_storage(storage, &o->storage)) return EXIT_USAGE;
    if (o->calibrate && o->storage != HK_I8 && o->storage != HK_I4)
        return complain(EXIT_USAGE, "--calibrate wants --storage i8 or i4.");
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

/* How far the outputs are from those of the float network, and in how many rows the decision is the same. */
static int print_comparison(const options *o, const hk_network *plain, const float *x, const float *y, size_t rows) {
    const size_t outputs = hk_network_outputs(plain), count = rows * outputs;
    hk_session *session = NULL;
    float *z = malloc((count ? count : 1) * sizeof *z);
    const int ready = z && !hk_session_create(plain, o->batch, NULL, &session);
    if (ready) {
        size_t same = 0;
        double most = 0, sum = 0;
        forward_all(session, plain, x, z, rows, o->batch);
        for (size_t i = 0; i < count; i++) {
            const double apart = z[i] > y[i] ? (double)z[i] - (double)y[i] : (double)y[i] - (double)z[i];
            if (apart > most) most = apart;
            sum += apart;
        }
        for (size_t r = 0; r < rows; r++) same += decide(y + r * outputs, outputs) == decide(z + r * outputs, outputs);
        printf("compared  largest difference from f32 %.3g, mean %.3g; %zu of %zu decisions the same\n", most,
               count ? sum / (double)count : 0.0, same, rows);
    }
    hk_session_free(session);
    free(z);
    return ready ? EXIT_OK : complain(EXIT_FAILED, "%s: the outputs do not fit into memory.", o->x);
}

static int run(const options *o, const hk_network *network, const hk_network *plain, const float *x, size_t rows) {
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
        printf("model     %s, %zu parameters%s%s\n", o->model, hk_network_parameters(network),
               o->storage ? " kept as " : "", o->storage ? storage_name(o->storage) : "");
        printf("shapes    (%zu, %zu) -> (%zu, %zu)\n", rows, inputs, rows, outputs);
        if (rows) {
            const size_t batch = o->batch < rows ? o->batch : rows;
            printf("time      %.3f us a row in batches of %zu, %.3f us one by one (%s)\n",
                   time_per_row(session, network, x, y, rows, batch), batch,
                   time_per_row(session, network, x, y, rows, 1), hk_isa_name(hk_isa_current()));
        }
        if (o->labels) status = print_accuracy(o->labels, y, rows, outputs);
        if (!status && o->compare) status = print_comparison(o, plain, x, y, rows);
        char message[NPY_MESSAGE];
        if (!status && o->y && !npy_write(o->y, y, rows, outputs, message))
            status = complain(EXIT_FAILED, "%s", message);
    }
    hk_session_free(session);
    free(y);
    return status;
}

/* The network in the storage asked for, calibrated where that is asked for. */
static int convert(const options *o, const hk_network *plain, hk_network **network) {
    hk_network *converted;
    switch (hk_network_convert(plain, o->storage, &converted)) {
    case HK_OK: break;
    case HK_INVALID_ARGUMENT:
        return complain(EXIT_FAILED, "%s: weights that are not finite cannot be kept as integers.", o->model);
    default: return complain(EXIT_FAILED, "%s: does not fit into memory.", o->model);
    }
    *network = converted;
    if (!o->calibrate) return EXIT_OK;
    float *samples;
    size_t rows;
    int status = read_rows(o->calibrate, hk_network_inputs(plain), &samples, &rows);
    if (!status) {
        switch (hk_network_calibrate(converted, samples, rows, network)) {
        case HK_OK: break;
        case HK_INVALID_ARGUMENT:
            status = complain(EXIT_FAILED, "%s: holds no rows, or numbers that are not finite.", o->calibrate);
            break;
        case HK_UNSUPPORTED: status = complain(EXIT_FAILED, "%s: has no dense layer to calibrate.", o->model); break;
        default: status = complain(EXIT_FAILED, "%s: does not fit into memory.", o->model);
        }
        free(samples);
    }
    if (status || *network != converted) hk_network_free(converted);
    return status;
}

int command_run(int count, char **arguments) {
    options o;
    int status = parse(count, arguments, &o);
    if (status) return status;
    hk_network *plain, *network = NULL;
    hk_error error;
    if (load_network(o.model, &plain, &error)) return complain(EXIT_FAILED, "%s", error.message);
    float *x = NULL;
    size_t rows = 0;
    status = convert(&o, plain, &network);
    if (!status) {
        status = read_rows(o.x, hk_network_inputs(network), &x, &rows);
        if (!status) status = run(&o, network, plain, x, rows);
        free(x);
        hk_network_free(network);
    }
    hk_network_free(plain);
    return status;
}
