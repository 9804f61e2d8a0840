#include "onnx_writer.h"

static void put_varint(message *m, uint64_t v) {
    do {
        assert_true(m->size < sizeof m->bytes);
        m->bytes[m->size++] = (unsigned char)((v & 127) | (v > 127 ? 128 : 0));
    } while (v >>= 7);
}
static void put_raw(message *m, const void *bytes, size_t size) {
    assert_true(m->size + size <= sizeof m->bytes);
    if (size) memcpy(m->bytes + m->size, bytes, size);
    m->size += size;
}

void put_integer(message *m, int field, uint64_t value) {
    put_varint(m, (uint64_t)field << 3);
    put_varint(m, value);
}
void put_float(message *m, int field, float value) {
    put_varint(m, (uint64_t)field << 3 | 5);
    put_raw(m, &value, sizeof value);
}
void put_bytes(message *m, int field, const void *bytes, size_t size) {
    put_varint(m, (uint64_t)field << 3 | 2);
    put_varint(m, size);
    put_raw(m, bytes, size);
}
void put_text(message *m, int field, const char *text) { put_bytes(m, field, text, strlen(text)); }
void put_message(message *m, int field, const message *inner) { put_bytes(m, field, inner->bytes, inner->size); }

void model_begin(model *m, int64_t opset) {
    m->graph.size = 0;
    m->opset = opset;
}

static void put_list(message *node, int field, const char *names) {
    char copy[128], *save = NULL;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save))
        put_text(node, field, strcmp(name, "-") ? name : "");
}

void model_node(model *m, const char *op, const char *inputs, const char *output, const char *attributes) {
    message node = {.size = 0};
    char copy[256], *save = NULL;
    put_list(&node, 1, inputs);
    put_list(&node, 2, output);
    put_text(&node, 3, output);
    put_text(&node, 4, op);
    snprintf(copy, sizeof copy, "%s", attributes);
    for (char *a = strtok_r(copy, " ", &save); a; a = strtok_r(NULL, " ", &save)) {
        message attribute = {.size = 0};
        char *value = strchr(a, '='), *rest = NULL;
        *value++ = 0;
        put_text(&attribute, 1, a);
        if (strchr(value, ',')) {
            for (char *v = strtok_r(value, ",", &rest); v; v = strtok_r(NULL, ",", &rest))
                put_integer(&attribute, 8, (uint64_t)strtoll(v, NULL, 10));
        } else if (strchr(value, '.')) {
            put_float(&attribute, 2, strtof(value, NULL));
        } else {
            put_integer(&attribute, 3, (uint64_t)strtoll(value, NULL, 10));
        }
        put_message(&node, 5, &attribute);
    }
    put_message(&m->graph, 1, &node);
}

static message tensor(const char *name, int type, const void *bytes, size_t size, size_t rank, const int64_t *dims) {
    message t = {.size = 0};
    for (size_t i = 0; i < rank; i++) put_integer(&t, 1, (uint64_t)dims[i]);
    put_integer(&t, 2, (uint64_t)type);
    put_text(&t, 8, name);
    put_bytes(&t, 9, bytes, size);
    return t;
}
void model_raw(model *m, const char *name, int type, const void *bytes, size_t size, size_t rank, const int64_t *dims) {
    const message t = tensor(name, type, bytes, size, rank, dims);
    put_message(&m->graph, 5, &t);
}
void model_constant(model *m, const char *output, const float *values, size_t count) {
    const message t = tensor("", 1, values, count * sizeof *values, 1, (int64_t[]){(int64_t)count});
    message node = {.size = 0}, attribute = {.size = 0};
    put_text(&node, 2, output);
    put_text(&node, 4, "Constant");
    put_text(&attribute, 1, "value");
    put_message(&attribute, 5, &t);
    put_message(&node, 5, &attribute);
    put_message(&m->graph, 1, &node);
}
void model_floats(model *m, const char *name, const float *values, size_t rank, const int64_t *dims) {
    size_t count = 1;
    for (size_t i = 0; i < rank; i++) count *= (size_t)dims[i];
    model_raw(m, name, 1, values, count * sizeof *values, rank, dims);
}
void model_integers(model *m, const char *name, const int64_t *values, size_t count) {
    model_raw(m, name, 7, values, count * sizeof *values, 1, (int64_t[]){(int64_t)count});
}

void model_value(model *m, int field, const char *name, size_t rank, const int64_t *dims) {
    message shape = {.size = 0}, tensor = {.size = 0}, type = {.size = 0}, value = {.size = 0};
    for (size_t i = 0; i < rank; i++) {
        message d = {.size = 0};
        if (dims[i] >= 0)
            put_integer(&d, 1, (uint64_t)dims[i]);
        else
            put_text(&d, 2, "batch");
        put_message(&shape, 1, &d);
    }
    put_integer(&tensor, 1, 1);
    put_message(&tensor, 2, &shape);
    put_message(&type, 1, &tensor);
    put_text(&value, 1, name);
    put_message(&value, 2, &type);
    put_message(&m->graph, field, &value);
}

message model_end(const model *m) {
    message out = {.size = 0}, opset = {.size = 0};
    put_integer(&out, 1, 8);
    put_message(&out, 7, &m->graph);
    put_text(&opset, 1, "");
    put_integer(&opset, 2, (uint64_t)m->opset);
    put_message(&out, 8, &opset);
    return out;
}
