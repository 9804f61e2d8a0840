/* The operators of a chain, one function each. */
#include "reader.h"

#include "../size.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef HkOnnx__NodeProto node_t;
typedef HkOnnx__AttributeProto attribute_t;
typedef HkOnnx__TensorProto tensor_t;

static const attribute_t *attribute(const node_t *node, const char *name) {
    for (size_t i = 0; i < node->n_attribute; i++)
        if (node->attribute[i]->name && !strcmp(node->attribute[i]->name, name)) return node->attribute[i];
    return NULL;
}
static float float_attribute(const node_t *node, const char *name, float otherwise) {
    const attribute_t *a = attribute(node, name);
    return a && a->has_f ? a->f : otherwise;
}
static int64_t int_attribute(const node_t *node, const char *name, int64_t otherwise) {
    const attribute_t *a = attribute(node, name);
    return a && a->has_i ? a->i : otherwise;
}

static int has_input(const node_t *node, size_t index) { return index < node->n_input && *node->input[index]; }
static int is_current(onnx_reader *r, const node_t *node, size_t index) {
    return has_input(node, index) && !strcmp(node->input[index], r->current);
}

/* An input that must be a constant. */
static hk_status constant(onnx_reader *r, const node_t *node, size_t index, const tensor_t **tensor) {
    *tensor = has_input(node, index) ? onnx_names_get(&r->constants, node->input[index]) : NULL;
    if (*tensor) return HK_OK;
    return onnx_fail_node(r, node, HK_UNSUPPORTED, "has an input %zu that is not a constant", index);
}
static hk_status constant_floats(onnx_reader *r, const node_t *node, size_t index, float **values, size_t *count) {
    const tensor_t *t;
    const hk_status status = constant(r, node, index, &t);
    return status ? status : onnx_floats(r, t, values, count);
}

/* A constant that is one number, or one per feature of a row: its dimensions, leading ones aside, are the row's. */
static hk_status row_constant(onnx_reader *r, const node_t *node, size_t index, double **values, size_t *count) {
    const tensor_t *t;
    float *f;
    hk_status status = constant(r, node, index, &t);
    if (status || (status = onnx_floats(r, t, &f, count))) return status;
    size_t first = 0;
    while (first < t->n_dims && t->dims[first] == 1) first++;
    const size_t rank = t->n_dims - first;
    if (*count != 1) {
        int fits = rank == 1 && !r->rank; /* nothing known yet: the constant tells the width */
        if (rank == r->rank) {
            fits = 1;
            for (size_t i = 0; i < rank; i++) fits &= (uint64_t)t->dims[first + i] == r->dims[i];
        }
        if (!fits) return onnx_fail_node(r, node, HK_UNSUPPORTED, "has a constant whose shape is not that of a row");
    }
    if (t->n_dims > r->rank + 1 + !r->rank) /* more dimensions than the data has change its shape */
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "has a constant whose shape is not that of a row");
    double *d = onnx_take(r->memory, *count, sizeof *d);
    if (!d) return onnx_fail_node(r, node, HK_OUT_OF_MEMORY, "does not fit into memory");
    for (size_t i = 0; i < *count; i++) d[i] = f[i];
    *values = d;
    return HK_OK;
}

/* The matrix of a MatMul or Gemm as [outputs][inputs]. */
static hk_status matrix(onnx_reader *r, const node_t *node, int transposed, double factor, float **weights,
                        size_t *inputs, size_t *outputs) {
    const tensor_t *t;
    float *w;
    size_t count;
    hk_status status = constant(r, node, 1, &t);
    if (status || (status = onnx_floats(r, t, &w, &count))) return status;
    if (t->n_dims != 2 || !count) return onnx_fail_node(r, node, HK_UNSUPPORTED, "has weights that are not a matrix");
    *inputs = (size_t)t->dims[transposed ? 1 : 0];
    *outputs = (size_t)t->dims[transposed ? 0 : 1];
    float *own = onnx_take(r->memory, count, sizeof *own);
    if (!own) return onnx_fail_node(r, node, HK_OUT_OF_MEMORY, "does not fit into memory");
    for (size_t o = 0; o < *outputs; o++)
        for (size_t i = 0; i < *inputs; i++)
            own[o * *inputs + i] = (float)(w[transposed ? o * *inputs + i : i * *outputs + o] * factor);
    *weights = own;
    return HK_OK;
}

static hk_status apply_gemm(onnx_reader *r, const node_t *node) {
    const int plain = !strcmp(node->op_type, "MatMul");
    size_t inputs = 0, outputs = 0, count = 0;
    float *weights = NULL, *c = NULL;
    if (!plain && int_attribute(node, "transA", 0))
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "transposes its data");
    hk_status status = matrix(r, node, !plain && int_attribute(node, "transB", 0) != 0,
                              plain ? 1 : float_attribute(node, "alpha", 1), &weights, &inputs, &outputs);
    if (status) return status;
    const int has_bias = !plain && has_input(node, 2);
    if (has_bias) {
        const tensor_t *t;
        if ((status = constant(r, node, 2, &t)) || (status = onnx_floats(r, t, &c, &count))) return status;
        for (size_t i = 0; i + 1 < t->n_dims; i++)
            if (t->dims[i] != 1)
                return onnx_fail_node(r, node, HK_UNSUPPORTED, "has a bias that differs from row to row");
        if (count != 1 && count != outputs)
            return onnx_fail_node(r, node, HK_UNSUPPORTED, "has a bias of %zu values for %zu outputs", count, outputs);
    }
    float *bias = onnx_take(r->memory, outputs, sizeof *bias);
    if (!bias) return onnx_fail_node(r, node, HK_OUT_OF_MEMORY, "does not fit into memory");
    const float beta = float_attribute(node, "beta", 1);
    for (size_t o = 0; c && o < outputs; o++) bias[o] = beta * c[count == 1 ? 0 : o];
    return onnx_append_dense(r, node, inputs, outputs, weights, bias, has_bias);
}

/* Add, Sub, Mul and Div with a constant; Add, Sub and Mul with the constant first too. */
static hk_status apply_arithmetic(onnx_reader *r, const node_t *node) {
    const char operation = node->op_type[0]; /* A, S, M, D */
    const int data_first = is_current(r, node, 0);
    double *c = NULL;
    size_t count = 0;
    const hk_status status = row_constant(r, node, (size_t)data_first, &c, &count);
    if (status) return status;
    switch (operation) {
    case 'A':
        for (size_t i = 0; i < count; i++) c[i] = -c[i];
        return onnx_append_affine(r, node, count, c, NULL, NULL);
    case 'S': {
        if (data_first) return onnx_append_affine(r, node, count, c, NULL, NULL);
        double *scale = onnx_take(r->memory, count, sizeof *scale);
        if (!scale) return onnx_fail_node(r, node, HK_OUT_OF_MEMORY, "does not fit into memory");
        for (size_t i = 0; i < count; i++) scale[i] = -1;
        return onnx_append_affine(r, node, count, c, scale, NULL);
    }
    case 'D':
        if (!data_first) return onnx_fail_node(r, node, HK_UNSUPPORTED, "divides by its data");
        for (size_t i = 0; i < count; i++) c[i] = 1 / c[i];
        break;
    default: break;
    }
    return onnx_append_affine(r, node, count, NULL, c, NULL);
}

static hk_status apply_batch_normalization(onnx_reader *r, const node_t *node) {
    float *p[4];
    size_t count = 0;
    for (size_t i = 0; i < 4; i++) {
        size_t n;
        const hk_status status = constant_floats(r, node, i + 1, &p[i], &n);
        if (status) return status;
        if (i && n != count) return onnx_fail_node(r, node, HK_BAD_FORMAT, "has parameters of different lengths");
        count = n;
    }
    if (r->rank > 1 || !count) return onnx_fail_node(r, node, HK_UNSUPPORTED, "works on more than one dimension");
    if (int_attribute(node, "training_mode", 0) || (r->opset < 7 && !int_attribute(node, "is_test", 0)))
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "is in training mode");
    const hk_status status = onnx_expect_width(r, node, count);
    if (status) return status;
    const float epsilon = float_attribute(node, "epsilon", 1e-5f);
    double *values = onnx_take(r->memory, count, 3 * sizeof *values);
    if (!values) return onnx_fail_node(r, node, HK_OUT_OF_MEMORY, "does not fit into memory");
    double *shift = values, *scale = values + count, *offset = values + 2 * count;
    for (size_t i = 0; i < count; i++) {
        shift[i] = p[2][i];
        scale[i] = p[0][i] / sqrt((double)p[3][i] + epsilon);
        offset[i] = p[1][i];
    }
    return onnx_append_affine(r, node, count, shift, scale, offset);
}

static hk_status apply_softmax(onnx_reader *r, const node_t *node) {
    const int64_t axis = int_attribute(node, "axis", r->opset < 13 ? 1 : -1);
    if (r->rank > 1 || (axis != 1 && axis != -1))
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "does not work over the features of a row");
    return onnx_append_activation(
        r, node, hk_activation_default(!strcmp(node->op_type, "Softmax") ? HK_SOFTMAX : HK_LOG_SOFTMAX));
}

/* min and max are attributes up to version 10 and inputs from 11 on. */
static hk_status apply_clip(onnx_reader *r, const node_t *node) {
    float limits[2] = {float_attribute(node, "min", -FLT_MAX), float_attribute(node, "max", FLT_MAX)};
    for (size_t i = 0; i < 2; i++) {
        if (!has_input(node, i + 1)) continue;
        float *value;
        size_t count;
        const hk_status status = constant_floats(r, node, i + 1, &value, &count);
        if (status) return status;
        if (count != 1) return onnx_fail_node(r, node, HK_BAD_FORMAT, "has a limit that is not one number");
        limits[i] = *value;
    }
    return onnx_append_activation(r, node, (hk_activation){HK_CLIP, limits[0], limits[1], HK_ACCURATE});
}

static hk_status apply_identity(onnx_reader *r, const node_t *node) {
    (void)r, (void)node;
    return HK_OK;
}

static hk_status apply_flatten(onnx_reader *r, const node_t *node) {
    const int64_t axis = int_attribute(node, "axis", 1);
    if (axis != 1 && !(r->rank && axis == -(int64_t)r->rank))
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "does not keep the rows of a batch apart");
    if (r->rank > 1 && !r->width) r->rank = 0; /* one dimension now, of unknown size */
    if (r->width) {
        r->rank = 1;
        r->dims[0] = r->width;
    }
    return HK_OK;
}

/* A shape [batch, ...] that keeps each row's elements; 0 copies a dimension, one -1 stands for what is left. */
static hk_status apply_reshape(onnx_reader *r, const node_t *node) {
    const attribute_t *old = attribute(node, "shape");
    int64_t *shape = old ? old->ints : NULL;
    size_t rank = old ? old->n_ints : 0, known = 1, free_at = 0;
    if (!old) {
        const tensor_t *t;
        hk_status status = constant(r, node, 1, &t);
        if (status || (status = onnx_integers(r, t, &shape, &rank))) return status;
    }
    if (rank < 2 || rank > ONNX_RANK_MAX || shape[0] < -1 || !r->width || int_attribute(node, "allowzero", 0))
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "does not keep the rows of a batch apart");
    size_t dims[ONNX_RANK_MAX] = {0};
    for (size_t i = 1; i < rank; i++) {
        if (shape[i] == -1 && !free_at && shape[0] != -1) {
            free_at = i;
            continue;
        }
        dims[i - 1] = shape[i] > 0 ? (size_t)shape[i] : shape[i] == 0 && i - 1 < r->rank ? r->dims[i - 1] : 0;
        if (!dims[i - 1] || !hk_size_product(known, dims[i - 1], &known))
            return onnx_fail_node(r, node, HK_UNSUPPORTED, "has a shape that is not one of rows");
    }
    if (free_at && shape[0] != 0 && (uint64_t)shape[0] != r->batch)
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "does not keep the rows of a batch apart");
    if (free_at) {
        dims[free_at - 1] = r->width / known;
        known *= dims[free_at - 1];
    }
    if (known != r->width) return onnx_fail_node(r, node, HK_UNSUPPORTED, "changes the number of features of a row");
    r->rank = rank - 1;
    memcpy(r->dims, dims, sizeof dims);
    return HK_OK;
}

/* Activations: the kind, and the attributes that are its alpha and beta with ONNX's defaults. */
typedef struct operator_t {
    const char *name;
    hk_status (*apply)(onnx_reader *r, const node_t *node); /* NULL: an activation */
    hk_activation_kind kind;
    const char *alpha_name;
    float alpha;
    const char *beta_name;
    float beta;
} operator_t;
static const operator_t operators[] = {
    {.name = "Gemm", .apply = apply_gemm},
    {.name = "MatMul", .apply = apply_gemm},
    {.name = "Add", .apply = apply_arithmetic},
    {.name = "Sub", .apply = apply_arithmetic},
    {.name = "Mul", .apply = apply_arithmetic},
    {.name = "Div", .apply = apply_arithmetic},
    {.name = "BatchNormalization", .apply = apply_batch_normalization},
    {.name = "Softmax", .apply = apply_softmax},
    {.name = "LogSoftmax", .apply = apply_softmax},
    {.name = "Clip", .apply = apply_clip},
    {.name = "Flatten", .apply = apply_flatten},
    {.name = "Reshape", .apply = apply_reshape},
    {.name = "Identity", .apply = apply_identity},
    {.name = "Dropout", .apply = apply_identity},
    {"Relu", NULL, HK_RELU, NULL, 0, NULL, 0},
    {"LeakyRelu", NULL, HK_LEAKY_RELU, "alpha", 0.01f, NULL, 0},
    {"Elu", NULL, HK_ELU, "alpha", 1, NULL, 0},
    {"Selu", NULL, HK_SELU, "alpha", 1.67326319217681884765625f, "gamma", 1.05070102214813232421875f},
    {"Celu", NULL, HK_CELU, "alpha", 1, NULL, 0},
    {"Sigmoid", NULL, HK_SIGMOID, NULL, 0, NULL, 0},
    {"HardSigmoid", NULL, HK_HARD_SIGMOID, "alpha", 0.2f, "beta", 0.5f},
    {"Tanh", NULL, HK_TANH, NULL, 0, NULL, 0},
    {"Softplus", NULL, HK_SOFTPLUS, NULL, 0, NULL, 0},
    {"Softsign", NULL, HK_SOFTSIGN, NULL, 0, NULL, 0},
    {"HardSwish", NULL, HK_HARD_SWISH, NULL, 0, NULL, 0},
    {"Erf", NULL, HK_ERF, NULL, 0, NULL, 0},
    {"Exp", NULL, HK_EXP, NULL, 0, NULL, 0},
};

static const operator_t *operator_named(const char *name) {
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (!strcmp(operators[i].name, name)) return &operators[i];
    return NULL;
}

static hk_status apply_activation(onnx_reader *r, const node_t *node, const operator_t *o) {
    return onnx_append_activation(
        r, node,
        (hk_activation){o->kind, o->alpha_name ? float_attribute(node, o->alpha_name, o->alpha) : 0,
                        o->beta_name ? float_attribute(node, o->beta_name, o->beta) : 0, HK_ACCURATE});
}

hk_status onnx_apply(onnx_reader *r, const node_t *node) {
    if (!node->op_type || !node->n_output)
        return onnx_fail_node(r, node, HK_BAD_FORMAT, "has no operator or no output");
    if (onnx_names_get(&r->constants, node->output[0])) return HK_OK; /* read before */
    const operator_t *o = operator_named(node->op_type);
    if (!o || (node->domain && *node->domain && strcmp(node->domain, "ai.onnx")))
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "is not supported");
    size_t uses = 0;
    for (size_t i = 0; i < node->n_input; i++) uses += (size_t)is_current(r, node, i);
    if (uses != 1 || (o->apply != apply_arithmetic && !is_current(r, node, 0)))
        return onnx_fail_node(r, node, HK_UNSUPPORTED,
                              "does not continue the chain: value '%.40s' is not its one input of data", r->current);
    const hk_status status = o->apply ? o->apply(r, node) : apply_activation(r, node, o);
    if (!status) r->current = node->output[0];
    return status;
}
