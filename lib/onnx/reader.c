/* From a model's graph to the steps of a network. */
#include "reader.h"

#include "../size.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void onnx_tell_node(onnx_reader *r, const HkOnnx__NodeProto *node, hk_status status, const char *format, ...) {
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *name = node->name && *node->name ? node->name : node->n_output ? node->output[0] : "";
    hk_fail(r->error, status, "%s: node '%.60s' (operator %.30s) %s.", r->source, name,
            node->op_type ? node->op_type : "", text);
}

static hk_status no_memory(onnx_reader *r, const HkOnnx__NodeProto *node) {
    return onnx_fail_node(r, node, HK_OUT_OF_MEMORY, "does not fit into memory");
}

static onnx_step *last_step(onnx_reader *r) { return r->count ? &r->steps[r->count - 1] : NULL; }

/* A dense layer that nothing has been applied to yet. */
static onnx_step *open_dense(onnx_reader *r) {
    onnx_step *s = last_step(r);
    return s && s->step.kind == HK_LAYER_DENSE && s->step.activation.kind == HK_LINEAR ? s : NULL;
}

static void set_width(onnx_reader *r, size_t width) {
    r->width = width;
    r->rank = 1;
    r->dims[0] = width;
}

hk_status onnx_expect_width(onnx_reader *r, const HkOnnx__NodeProto *node, size_t width) {
    if (r->width && r->width != width)
        return onnx_fail_node(r, node, HK_BAD_FORMAT, "wants %zu features, but gets %zu", width, r->width);
    if (r->rank > 1 && !r->width)
        return onnx_fail_node(r, node, HK_UNSUPPORTED, "works on rows of more than one dimension");
    if (!r->width) set_width(r, width);
    return HK_OK;
}

static onnx_step *append(onnx_reader *r, hk_layer_kind kind, size_t inputs, size_t outputs) {
    onnx_step *s = &r->steps[r->count++];
    s->step.kind = kind;
    s->step.inputs = inputs;
    s->step.outputs = outputs;
    return s;
}

hk_status onnx_append_dense(onnx_reader *r, const HkOnnx__NodeProto *node, size_t inputs, size_t outputs,
                            float *weights, float *bias, int has_bias) {
    hk_status status = onnx_expect_width(r, node, inputs);
    if (status) return status;
    if (r->rank != 1) return onnx_fail_node(r, node, HK_UNSUPPORTED, "works on rows of more than one dimension");
    onnx_step *s = append(r, HK_LAYER_DENSE, inputs, outputs);
    s->weights = weights;
    s->bias = bias;
    s->step.has_bias = has_bias;
    set_width(r, outputs);
    return HK_OK;
}

static double at(const double *values, size_t count, size_t i, double otherwise) {
    return values ? values[count == 1 ? 0 : i] : otherwise;
}

hk_status onnx_append_affine(onnx_reader *r, const HkOnnx__NodeProto *node, size_t count, const double *shift,
                             const double *scale, const double *offset) {
    if (count != 1) {
        hk_status status = onnx_expect_width(r, node, count);
        if (status) return status;
    }
    if (!r->width) return onnx_fail_node(r, node, HK_UNSUPPORTED, "comes before the number of features is known");
    onnx_step *s = open_dense(r);
    for (size_t i = 0; scale && i < count; i++)
        if (!isfinite(scale[i])) s = NULL; /* a weight of 0 must not become NaN */
    if (s) {                               /* folded into the layer */
        for (size_t o = 0; o < s->step.outputs; o++) {
            const double factor = at(scale, count, o, 1);
            s->bias[o] = (float)((s->bias[o] - at(shift, count, o, 0)) * factor + at(offset, count, o, 0));
            for (size_t i = 0; scale && i < s->step.inputs; i++) {
                float *w = &s->weights[o * s->step.inputs + i];
                *w = (float)(*w * factor);
            }
        }
        if (shift || offset) s->step.has_bias = 1;
        return HK_OK;
    }
    s = last_step(r);
    if (!s || s->step.kind != HK_LAYER_AFFINE) {
        s = append(r, HK_LAYER_AFFINE, r->width, r->width);
        s->shift = onnx_take(r->memory, r->width, sizeof *s->shift);
        s->scale = onnx_take(r->memory, r->width, sizeof *s->scale);
        s->offset = onnx_take(r->memory, r->width, sizeof *s->offset);
        if (!s->shift || !s->scale || !s->offset) return no_memory(r, node);
        for (size_t i = 0; i < r->width; i++) {
            s->shift[i] = at(shift, count, i, 0);
            s->scale[i] = at(scale, count, i, 1);
            s->offset[i] = at(offset, count, i, 0);
        }
        return HK_OK;
    }
    for (size_t i = 0; i < r->width; i++) { /* one map after another is one map */
        s->offset[i] = (s->offset[i] - at(shift, count, i, 0)) * at(scale, count, i, 1) + at(offset, count, i, 0);
        s->scale[i] *= at(scale, count, i, 1);
    }
    return HK_OK;
}

hk_status onnx_append_activation(onnx_reader *r, const HkOnnx__NodeProto *node, hk_activation a) {
    onnx_step *s = open_dense(r);
    if (!s) {
        if (!r->width) return onnx_fail_node(r, node, HK_UNSUPPORTED, "comes before the number of features is known");
        s = append(r, HK_LAYER_ACTIVATION, r->width, r->width);
    }
    s->step.activation = a;
    return HK_OK;
}

/* Affine arrays in float. A step that only shifts and scales keeps that form, with nothing to add. */
static hk_status finish_affine(onnx_reader *r, onnx_step *s, int first) {
    const size_t n = s->step.outputs;
    float *values = onnx_take(r->memory, n, 3 * sizeof *values);
    if (!values) return hk_fail(r->error, HK_OUT_OF_MEMORY, "%s: does not fit into memory.", r->source);
    int adds = 0;
    for (size_t i = 0; i < n; i++) {
        values[i] = (float)s->shift[i];
        values[n + i] = (float)s->scale[i];
        values[2 * n + i] = (float)s->offset[i];
        adds |= s->offset[i] != 0;
    }
    s->step.shift = values;
    s->step.scale = values + n;
    s->step.offset = adds ? values + 2 * n : NULL;
    if (first && !adds) s->step.kind = HK_LAYER_SCALING;
    return HK_OK;
}

static hk_status finish(onnx_reader *r, const char *input, const char *output, hk_network **network) {
    hk_step *steps = onnx_take(r->memory, r->count, sizeof *steps);
    if (!steps) return hk_fail(r->error, HK_OUT_OF_MEMORY, "%s: does not fit into memory.", r->source);
    for (size_t i = 0; i < r->count; i++) {
        onnx_step *s = &r->steps[i];
        if (s->step.kind == HK_LAYER_AFFINE) {
            hk_status status = finish_affine(r, s, i == 0);
            if (status) return status;
        }
        steps[i] = s->step;
        steps[i].weights = s->weights;
        steps[i].bias = s->step.has_bias ? s->bias : NULL;
    }
    const size_t size = hk_network_size(steps, r->count, input, output);
    hk_status status =
        size && size <= r->memory->left ? hk_network_build(steps, r->count, input, output, network) : HK_OUT_OF_MEMORY;
    return status ? hk_fail(r->error, status, "%s: the network does not fit into memory.", r->source) : HK_OK;
}

static const HkOnnx__TensorShapeProto *shape_of(const HkOnnx__ValueInfoProto *value) {
    const HkOnnx__TensorType *type = value->type ? value->type->tensor_type : NULL;
    return type ? type->shape : NULL;
}

/* A dimension, 0 where the file leaves it open. */
static size_t dimension(const HkOnnx__TensorShapeProto *shape, size_t i) {
    return shape->dim[i]->has_dim_value && shape->dim[i]->dim_value > 0 ? (size_t)shape->dim[i]->dim_value : 0;
}

/* The shape [batch, ...] of the graph's input; dimensions that are not given leave the width unknown. */
static hk_status read_input(onnx_reader *r, const HkOnnx__ValueInfoProto *input) {
    const HkOnnx__TensorType *type = input->type ? input->type->tensor_type : NULL;
    const HkOnnx__TensorShapeProto *shape = shape_of(input);
    if (type && type->has_elem_type && type->elem_type != 1 && type->elem_type != 11)
        return hk_fail(r->error, HK_UNSUPPORTED, "%s: input '%.60s' is not of type float.", r->source, input->name);
    if (!shape || !shape->n_dim) return HK_OK;
    if (shape->n_dim < 2 || shape->n_dim > ONNX_RANK_MAX)
        return hk_fail(r->error, HK_UNSUPPORTED, "%s: input '%.60s' has %zu dimensions, not a batch of rows.",
                       r->source, input->name, shape->n_dim);
    r->batch = dimension(shape, 0);
    r->rank = shape->n_dim - 1;
    r->width = 1;
    for (size_t i = 0; i < r->rank; i++) {
        r->dims[i] = dimension(shape, i + 1);
        if (!hk_size_product(r->width, r->dims[i], &r->width))
            return hk_fail(r->error, HK_BAD_FORMAT, "%s: input '%.60s' is too large.", r->source, input->name);
    }
    return HK_OK;
}

/* The graph's output must have the width that it is declared with. */
static hk_status check_output(onnx_reader *r, const HkOnnx__ValueInfoProto *output) {
    const HkOnnx__TensorShapeProto *shape = shape_of(output);
    size_t width = shape && shape->n_dim > 1 ? 1 : 0;
    for (size_t i = 1; width && i < shape->n_dim; i++)
        if (!hk_size_product(width, dimension(shape, i), &width)) width = SIZE_MAX;
    if (!width || width == r->width) return HK_OK;
    return hk_fail(r->error, HK_BAD_FORMAT, "%s: output '%.60s' is declared with %zu features and has %zu.", r->source,
                   output->name, width, r->width);
}

/* Collects initializers and Constant nodes, and what Identity makes of them. */
static hk_status read_constants(onnx_reader *r, const HkOnnx__GraphProto *graph) {
    if (!onnx_names_create(&r->constants, graph->n_initializer + graph->n_node, r->memory))
        return hk_fail(r->error, HK_OUT_OF_MEMORY, "%s: does not fit into memory.", r->source);
    for (size_t i = 0; i < graph->n_initializer; i++)
        if (graph->initializer[i]->name)
            onnx_names_put(&r->constants, graph->initializer[i]->name, graph->initializer[i]);
    for (size_t i = 0; i < graph->n_node; i++) {
        const HkOnnx__NodeProto *n = graph->node[i];
        if (!n->op_type || n->n_output != 1) continue;
        const HkOnnx__TensorProto *value = NULL;
        if (!strcmp(n->op_type, "Constant")) {
            for (size_t k = 0; k < n->n_attribute; k++)
                if (n->attribute[k]->name && !strcmp(n->attribute[k]->name, "value")) value = n->attribute[k]->t;
            if (!value) return onnx_fail_node(r, n, HK_UNSUPPORTED, "has no tensor as its value");
        } else if (!strcmp(n->op_type, "Identity") && n->n_input == 1) {
            value = onnx_names_get(&r->constants, n->input[0]);
        }
        if (value) onnx_names_put(&r->constants, n->output[0], value);
    }
    return HK_OK;
}

static hk_status read_graph(onnx_reader *r, const HkOnnx__GraphProto *graph, hk_network **network) {
    hk_status status = read_constants(r, graph);
    if (status) return status;
    const HkOnnx__ValueInfoProto *input = NULL; /* older files list initializers among the inputs */
    for (size_t i = 0; i < graph->n_input; i++) {
        if (!graph->input[i]->name) return hk_fail(r->error, HK_BAD_FORMAT, "%s: an input has no name.", r->source);
        if (onnx_names_get(&r->constants, graph->input[i]->name)) continue;
        if (input) return hk_fail(r->error, HK_UNSUPPORTED, "%s: has more than one input.", r->source);
        input = graph->input[i];
    }
    if (!input || !graph->n_output || !graph->output[0]->name)
        return hk_fail(r->error, HK_BAD_FORMAT, "%s: the graph has no input or no output.", r->source);
    if (graph->n_output != 1) return hk_fail(r->error, HK_UNSUPPORTED, "%s: has more than one output.", r->source);
    if ((status = read_input(r, input))) return status;
    r->current = input->name;
    r->steps = onnx_take(r->memory, graph->n_node + 1, sizeof *r->steps);
    if (!r->steps) return hk_fail(r->error, HK_OUT_OF_MEMORY, "%s: does not fit into memory.", r->source);
    for (size_t i = 0; i < graph->n_node; i++)
        if ((status = onnx_apply(r, graph->node[i]))) return status;
    if (strcmp(r->current, graph->output[0]->name))
        return hk_fail(r->error, HK_UNSUPPORTED, "%s: output '%.60s' is not the end of a chain of nodes.", r->source,
                       graph->output[0]->name);
    if (!r->count) return hk_fail(r->error, HK_UNSUPPORTED, "%s: the graph computes nothing.", r->source);
    if ((status = check_output(r, graph->output[0]))) return status;
    return finish(r, input->name, graph->output[0]->name, network);
}

hk_status onnx_read_model(const HkOnnx__ModelProto *model, const char *source, onnx_memory *memory,
                          hk_network **network, hk_error *error) {
    onnx_reader r = {.source = source, .error = error, .memory = memory};
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const char *domain = model->opset_import[i]->domain;
        if (!domain || !*domain || !strcmp(domain, "ai.onnx")) r.opset = model->opset_import[i]->version;
    }
    if (!model->graph || r.opset < 1)
        return hk_fail(error, HK_BAD_FORMAT, "%s: is not an ONNX model, or is cut short.", source);
    return read_graph(&r, model->graph, network);
}
