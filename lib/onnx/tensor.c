/* Constant tensors as arrays. */
#include "reader.h"

#include "../dispatch.h"
#include "../size.h"

#include <string.h>

/* onnx.TensorProto.DataType and DataLocation */
enum { TYPE_FLOAT = 1, TYPE_INT64 = 7, TYPE_FLOAT16 = 10, TYPE_DOUBLE = 11, TYPE_BFLOAT16 = 16, LOCATION_EXTERNAL = 1 };

static const char *name_of(const HkOnnx__TensorProto *t) { return t->name ? t->name : ""; }

static hk_status fail(onnx_reader *r, const HkOnnx__TensorProto *t, hk_status status, const char *what) {
    return hk_fail(r->error, status, "%s: tensor '%s' %s.", r->source, name_of(t), what);
}

static hk_status elements(onnx_reader *r, const HkOnnx__TensorProto *t, size_t *count) {
    if (t->data_location == LOCATION_EXTERNAL)
        return fail(r, t, HK_UNSUPPORTED, "keeps its data in another file, which is not supported");
    *count = 1;
    for (size_t i = 0; i < t->n_dims; i++)
        if (t->dims[i] < 0 || (uint64_t)t->dims[i] > SIZE_MAX || !hk_size_product(*count, (size_t)t->dims[i], count))
            return fail(r, t, HK_BAD_FORMAT, "has dimensions that are negative or too large");
    return HK_OK;
}

/* The raw bytes, or NULL if there are none; fails if their number is not count * size. */
static hk_status raw(onnx_reader *r, const HkOnnx__TensorProto *t, size_t count, size_t size, const uint8_t **bytes) {
    *bytes = NULL;
    if (!t->has_raw_data) return HK_OK;
    size_t wanted;
    if (!hk_size_product(count, size, &wanted) || wanted != t->raw_data.len)
        return fail(r, t, HK_BAD_FORMAT, "has dimensions that do not fit its data");
    *bytes = t->raw_data.data;
    return HK_OK;
}

static hk_status typed_count(onnx_reader *r, const HkOnnx__TensorProto *t, size_t stored, size_t count) {
    return stored == count ? HK_OK : fail(r, t, HK_BAD_FORMAT, "has dimensions that do not fit its data");
}

/* 16-bit types: two bytes each in raw_data, or one per int32. */
static hk_status halves(onnx_reader *r, const HkOnnx__TensorProto *t, size_t count, float *values) {
    const uint8_t *bytes;
    hk_status status = raw(r, t, count, 2, &bytes);
    if (status) return status;
    if (!bytes && (status = typed_count(r, t, t->n_int32_data, count))) return status;
    uint16_t *bits = onnx_take(r->memory, count, sizeof *bits);
    if (!bits) return fail(r, t, HK_OUT_OF_MEMORY, "does not fit into memory");
    if (bytes) memcpy(bits, bytes, 2 * count);
    for (size_t i = 0; !bytes && i < count; i++) bits[i] = (uint16_t)t->int32_data[i];
    const hk_kernels *kernels = hk_kernels_current();
    (t->data_type == TYPE_FLOAT16 ? kernels->f16_to_f32 : kernels->bf16_to_f32)(bits, values, count);
    return HK_OK;
}

hk_status onnx_floats(onnx_reader *r, const HkOnnx__TensorProto *t, float **values, size_t *count) {
    hk_status status = elements(r, t, count);
    if (status) return status;
    float *v = onnx_take(r->memory, *count, sizeof *v);
    if (!v) return fail(r, t, HK_OUT_OF_MEMORY, "does not fit into memory");
    *values = v;
    const uint8_t *bytes;
    switch (t->data_type) {
    case TYPE_FLOAT:
        if ((status = raw(r, t, *count, sizeof(float), &bytes))) return status;
        if (!bytes && (status = typed_count(r, t, t->n_float_data, *count))) return status;
        if (*count) memcpy(v, bytes ? (const void *)bytes : t->float_data, *count * sizeof *v);
        return HK_OK;
    case TYPE_DOUBLE:
        if ((status = raw(r, t, *count, sizeof(double), &bytes))) return status;
        if (!bytes && (status = typed_count(r, t, t->n_double_data, *count))) return status;
        for (size_t i = 0; i < *count; i++) {
            double d;
            memcpy(&d, bytes ? (const void *)(bytes + i * sizeof d) : &t->double_data[i], sizeof d);
            v[i] = (float)d;
        }
        return HK_OK;
    case TYPE_FLOAT16:
    case TYPE_BFLOAT16: return halves(r, t, *count, v);
    default: return fail(r, t, HK_UNSUPPORTED, "is not of a floating-point type");
    }
}

hk_status onnx_integers(onnx_reader *r, const HkOnnx__TensorProto *t, int64_t **values, size_t *count) {
    hk_status status = elements(r, t, count);
    if (status) return status;
    if (t->data_type != TYPE_INT64) return fail(r, t, HK_UNSUPPORTED, "is not of type int64");
    const uint8_t *bytes;
    if ((status = raw(r, t, *count, sizeof(int64_t), &bytes))) return status;
    if (!bytes && (status = typed_count(r, t, t->n_int64_data, *count))) return status;
    int64_t *v = onnx_take(r->memory, *count, sizeof *v);
    if (!v) return fail(r, t, HK_OUT_OF_MEMORY, "does not fit into memory");
    if (*count) memcpy(v, bytes ? (const void *)bytes : t->int64_data, *count * sizeof *v);
    *values = v;
    return HK_OK;
}
