#include "stored.h"

float stored_w1[WIDE * IN], stored_w2[MIDDLE * WIDE], stored_w3[OUT * MIDDLE], stored_b1[WIDE], stored_b2[MIDDLE],
    stored_x[BATCH * IN];
hk_layer stored_layers[3];

void stored_fill(uint64_t seed, float by, float *to, size_t n) {
    random_fill(F32, DATA_UNIFORM, seed, to, n);
    for (size_t i = 0; i < n; i++) to[i] *= by;
}

int stored_set_up(void **state) {
    (void)state;
    stored_fill(1, 0.04f, stored_w1, WIDE * IN);
    stored_fill(2, 0.03f, stored_w2, MIDDLE * WIDE);
    stored_fill(3, 0.1f, stored_w3, OUT * MIDDLE);
    stored_fill(4, 0.1f, stored_b1, WIDE);
    stored_fill(5, 0.1f, stored_b2, MIDDLE);
    stored_fill(6, 1, stored_x, BATCH * IN);
    stored_layers[0] = (hk_layer){IN, WIDE, stored_w1, stored_b1, hk_activation_default(HK_RELU), HK_F32};
    stored_layers[1] = (hk_layer){WIDE, MIDDLE, stored_w2, stored_b2, hk_activation_default(HK_GELU), HK_F32};
    stored_layers[2] = (hk_layer){MIDDLE, OUT, stored_w3, NULL, hk_activation_default(HK_SOFTMAX), HK_F32};
    return 0;
}

hk_network *stored_create(const hk_layer *l, size_t count) {
    hk_network *n = NULL;
    assert_int_equal(hk_network_create(l, count, &n), HK_OK);
    return n;
}
hk_network *stored_converted(const hk_layer *l, size_t count, hk_dtype storage) {
    hk_network *n = stored_create(l, count), *c = NULL;
    assert_int_equal(hk_network_convert(n, storage, &c), HK_OK);
    hk_network_free(n);
    return c;
}
void stored_forward(const hk_network *n, const float *from, float *to, size_t batch) {
    hk_session *s = NULL;
    assert_int_equal(hk_session_create(n, batch, NULL, &s), HK_OK);
    assert_int_equal(hk_session_forward(s, from, to, batch), HK_OK);
    hk_session_free(s);
}

void stored_round(hk_dtype storage, const float *from, float *to, size_t n) {
    uint16_t *half = malloc(n * sizeof *half);
    assert_non_null(half);
    if (storage == HK_BF16) {
        hk_convert_f32_to_bf16(from, half, n);
        hk_convert_bf16_to_f32(half, to, n);
    } else {
        hk_convert_f32_to_f16(from, half, n);
        hk_convert_f16_to_f32(half, to, n);
    }
    free(half);
}
