/* Other libraries, each seen through the same few functions. An adapter fills what its library offers; the rest is
   NULL. All run on one thread. */
#ifndef HK_PEER_H
#define HK_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "table.h"

typedef void peer_map(const float *x, float *y, size_t n);
typedef void peer_rows(const float *x, float *y, size_t rows, size_t cols);

typedef struct bench_peer {
    const char *name;   /* "sleef_u10_avx512", "onednn", ... */
    int (*start)(void); /* 1 if it runs on this machine; called once before anything else; NULL: always */
    peer_map *map[HK_KIND_COUNT];
    peer_rows *softmax, *log_softmax;
    float (*dot_f32)(const float *a, const float *b, size_t n);
    double (*dot_f64)(const double *a, const double *b, size_t n);
    float (*dot_bf16)(const uint16_t *a, const uint16_t *b, size_t n);
    float (*dot_f16)(const uint16_t *a, const uint16_t *b, size_t n);
    int64_t (*dot_i8)(const int8_t *a, const int8_t *b, size_t n);
    int64_t (*dot_u8i8)(const uint8_t *a, const int8_t *b, size_t n);
    void (*matvec_f32)(const float *w, const float *x, float *y, size_t rows, size_t cols);
} bench_peer;

/* Those of this build. */
extern const bench_peer *const bench_peers[];
extern const size_t bench_peer_count;

/* Starts every peer once; peer_runs then tells which of them run here. */
void bench_peers_start(void);
int bench_peer_runs(size_t i);

#endif
