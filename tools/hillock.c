/* The hillock command: runs and describes trained networks. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: hillock run MODEL.onnx X.npy [-o Y.npy] [--labels L.npy] [--batch N] [--storage TYPE]\n"
    "                   [--calibrate X.npy] [--compare]\n"
    "       hillock info MODEL.onnx\n"
    "       hillock cpu [--check] [--kernels]\n"
    "       hillock --help | --version\n"
    "\n"
    "run    passes the rows of X (a NumPy file, float32 or float64, C order) through the network and prints the\n"
    "       shapes and the time per row. -o writes the outputs as float32; --labels compares them with integer\n"
    "       labels: the largest output, or, where there is one output, whether it is above 0.5. --batch sets how\n"
    "       many rows go in at once (256).\n"
    "info   lists the layers of the network, their sizes and activations.\n"
    "cpu    tells what the processor offers, which instruction set is used and why; --check compares the results of\n"
    "       every instruction set here with plain C, bit for bit; --kernels tells for each kernel which it is "
    "compiled\n"
    "       for, and what keeps a better one from being used.\n"
    "\n"
    "HILLOCK_ISA=scalar, neon, avx2, avx512, ... in the environment limits the instruction set.\n"
    "Exit status: 0, 1 after a failure, 2 after wrong usage.\n";

int complain(int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("hillock: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return status;
}

hk_status load_network(const char *path, hk_network **network, hk_error *error) {
    size_t size = 0;
    FILE *file = fopen(path, "rb");
    if (file) {
        const long end = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
        size = end > 0 ? (size_t)end : 0;
        fclose(file);
    }
    const size_t rest = 64 << 20, most = (SIZE_MAX - rest) / 32;
    return hk_network_load_limited(path, (size < most ? size : most) * 32 + rest, network, error);
}

const char *printable(const char *from, char text[128]) {
    size_t i = 0;
    for (; i < 127 && from[i]; i++)
        text[i] = (unsigned char)from[i] < 32 || (unsigned char)from[i] > 126 ? '?' : from[i];
    text[i] = 0;
    return text;
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        int (*run)(int count, char **arguments);
    } commands[] = {{"run", command_run}, {"info", command_info}, {"cpu", command_cpu}};
    const char *name = count > 1 ? arguments[1] : "";
    const char *last = arguments[count - 1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || (count == 3 && !strcmp(last, "--help"))) {
        fputs(help, stdout);
    } else if (!strcmp(name, "--version")) {
        printf("hillock %s (%s)\n", hk_version(), hk_build_features());
    } else {
        int status = -1;
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
            if (!strcmp(name, commands[i].name)) status = commands[i].run(count - 2, arguments + 2);
        if (status < 0)
            return complain(EXIT_USAGE,
                            *name ? "'%s' is not a command; see hillock --help." : "no command%s; see hillock --help.",
                            name);
        if (status) return status;
    }
    if (fflush(stdout) || ferror(stdout)) return complain(EXIT_FAILED, "standard output cannot be written.");
    return EXIT_OK;
}
