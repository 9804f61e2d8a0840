/* Reading ONNX files. */
#include "reader.h"

#include "../size.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* protobuf-c's memory, counted against the same limit. What it frees is given back. */
typedef struct counted_block {
    size_t bytes;
    _Alignas(16) unsigned char data[];
} counted_block;
static void *counted_alloc(void *data, size_t size) {
    onnx_memory *memory = data;
    size_t bytes;
    const int fits = hk_size_sum(size, sizeof(counted_block), &bytes) && bytes <= memory->left;
    counted_block *block = fits ? malloc(bytes) : NULL;
    if (!block) {
        memory->short_of = 1;
        return NULL;
    }
    memory->left -= bytes;
    block->bytes = bytes;
    return block->data;
}
static void counted_free(void *data, void *pointer) {
    if (!pointer) return;
    counted_block *block = (counted_block *)(void *)((unsigned char *)pointer - offsetof(counted_block, data));
    ((onnx_memory *)data)->left += block->bytes;
    free(block);
}

static hk_status load_bytes(const void *bytes, size_t size, const char *source, onnx_memory *memory,
                            hk_network **network, hk_error *error) {
    ProtobufCAllocator allocator = {counted_alloc, counted_free, memory};
    HkOnnx__ModelProto *model = hk_onnx__model_proto__unpack(&allocator, size, bytes);
    if (!model && memory->short_of)
        return hk_fail(error, HK_OUT_OF_MEMORY, "%s: does not fit into the memory allowed.", source);
    if (!model) return hk_fail(error, HK_BAD_FORMAT, "%s: is damaged, or is not an ONNX file.", source);
    const hk_status status = onnx_read_model(model, source, memory, network, error);
    onnx_release(memory);
    hk_onnx__model_proto__free_unpacked(model, &allocator);
    return status ? status : hk_succeed(error);
}

hk_status hk_network_load_memory(const void *onnx, size_t bytes, hk_network **network, hk_error *error) {
    if (!onnx || !network)
        return hk_fail(error, HK_INVALID_ARGUMENT, "hk_network_load_memory: onnx or network is NULL.");
    onnx_memory memory = {.left = SIZE_MAX};
    return load_bytes(onnx, bytes, "memory", &memory, network, error);
}

/* The whole file in one growing buffer, since a pipe has no size to ask for. */
static hk_status read_file(FILE *file, const char *path, size_t limit, unsigned char **bytes, size_t *size,
                           hk_error *error) {
    size_t capacity = 0, used = 0;
    unsigned char *buffer = NULL;
    for (;;) {
        if (used == capacity) {
            /* the old buffer and the new one are there together for a moment */
            const size_t wanted = capacity ? 2 * capacity : 4 * 1024;
            capacity = wanted < limit - used ? wanted : limit - used;
            unsigned char *larger = used < capacity ? realloc(buffer, capacity) : NULL;
            if (!larger) {
                free(buffer);
                return hk_fail(error, HK_OUT_OF_MEMORY, "%s: is larger than the memory allowed.", path);
            }
            buffer = larger;
        }
        const size_t got = fread(buffer + used, 1, capacity - used, file);
        used += got;
        if (!got) break;
    }
    if (ferror(file)) {
        free(buffer);
        return hk_fail(error, HK_IO_ERROR, "%s: cannot be read: %s.", path, strerror(errno));
    }
    unsigned char *exact = used ? realloc(buffer, used) : NULL;
    *bytes = exact ? exact : buffer;
    *size = used;
    return HK_OK;
}

hk_status hk_network_load_limited(const char *path, size_t max_bytes, hk_network **network, hk_error *error) {
    if (!path || !network) return hk_fail(error, HK_INVALID_ARGUMENT, "hk_network_load: path or network is NULL.");
    FILE *file = fopen(path, "rb");
    if (!file)
        return hk_fail(error, errno == ENOMEM ? HK_OUT_OF_MEMORY : HK_IO_ERROR, "%s: cannot be opened: %s.", path,
                       strerror(errno));
    unsigned char *bytes = NULL;
    size_t size = 0;
    hk_status status = read_file(file, path, max_bytes, &bytes, &size, error);
    fclose(file);
    if (status) return status;
    onnx_memory memory = {.left = max_bytes - size};
    status = load_bytes(bytes, size, path, &memory, network, error);
    free(bytes);
    return status;
}

hk_status hk_network_load(const char *onnx_path, hk_network **network, hk_error *error) {
    return hk_network_load_limited(onnx_path, SIZE_MAX, network, error);
}
