/* Every file of a kept corpus through a fuzzer's function, in builds without a fuzzer. usage: corpus FOLDER */
#include "fuzz.h"

#include <dirent.h>
#include <stdlib.h>

static int run_file(const char *path) {
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    uint8_t *exact = malloc(size + !size); /* so that a sanitizer sees the end */
    if (!exact) return 0;
    for (size_t i = 0; i < size; i++) exact[i] = bytes[i];
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

int main(int count, char **arguments) {
    DIR *folder = count == 2 ? opendir(arguments[1]) : NULL;
    int files = 0;
    if (!folder) return fprintf(stderr, "usage: corpus FOLDER\n"), 2;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[4096];
        if (*entry->d_name == '.') continue;
        snprintf(path, sizeof path, "%s/%s", arguments[1], entry->d_name);
        if (!run_file(path)) return fprintf(stderr, "corpus: %s cannot be read\n", path), 1;
        files++;
    }
    closedir(folder);
    printf("%d files\n", files);
    return files < 10;
}
