/* Counted memory, and the table of constants. */
#include "reader.h"

#include "../size.h"

#include <stdlib.h>
#include <string.h>

typedef struct onnx_chunk {
    struct onnx_chunk *next;
    _Alignas(16) unsigned char bytes[];
} onnx_chunk;

void *onnx_take(onnx_memory *memory, size_t count, size_t size) {
    size_t bytes;
    if (!hk_size_product(count, size, &bytes) || !hk_size_sum(bytes, sizeof(onnx_chunk), &bytes) ||
        bytes > memory->left)
        return NULL;
    onnx_chunk *chunk = calloc(1, bytes);
    if (!chunk) return NULL;
    memory->left -= bytes;
    chunk->next = memory->chunks;
    memory->chunks = chunk;
    return chunk->bytes;
}

void onnx_release(onnx_memory *memory) {
    while (memory->chunks) {
        onnx_chunk *next = memory->chunks->next;
        free(memory->chunks);
        memory->chunks = next;
    }
}

int onnx_names_create(onnx_names *names, size_t capacity, onnx_memory *memory) {
    names->slots = 16;
    while (names->slots / 2 < capacity)
        if (!hk_size_product(names->slots, 2, &names->slots)) return 0;
    names->keys = onnx_take(memory, names->slots, sizeof *names->keys);
    names->values = onnx_take(memory, names->slots, sizeof *names->values);
    return names->keys && names->values;
}

/* The slot that holds the key, or the free one where it belongs (FNV-1a, linear probing). */
static size_t slot_of(const onnx_names *names, const char *key) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const char *c = key; *c; c++) hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    size_t slot = (size_t)(hash ^ hash >> 32) & (names->slots - 1);
    while (names->keys[slot] && strcmp(names->keys[slot], key)) slot = (slot + 1) & (names->slots - 1);
    return slot;
}

void onnx_names_put(onnx_names *names, const char *key, const HkOnnx__TensorProto *value) {
    const size_t slot = slot_of(names, key);
    names->keys[slot] = key;
    names->values[slot] = value;
}

const HkOnnx__TensorProto *onnx_names_get(const onnx_names *names, const char *key) {
    const size_t slot = slot_of(names, key);
    return names->keys[slot] ? names->values[slot] : NULL;
}
