/* The coefficients of exp_q in kernels/math/exp.h: among the neighbours of exp.sollya's those with which silu's largest
 * error is least. The silu of the left tail leaves the least room of all functions that use Q: its result is rounded
 * behind the roundings of r, Q, the denominator and the quotient.
 *
 *   cc -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math exp_q.c -o exp_q -lm && ./exp_q [SEED]
 *
 * Alternates between a random walk of the coefficients, judged by the hard inputs known so far, and a look at every
 * float in [-86.5, -0.5], which finds more hard inputs: eight rounds, some minutes. Prints each round's largest error
 * over all of them and the coefficients, highest power first. The last one, 1, stays. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 5, BLOCK = 4096, ROUNDS = 8, STEPS = 3000 };
#define HARD 0.94 /* errors from which an input is kept */

static int32_t bits(float x) {
    int32_t i;
    memcpy(&i, &x, sizeof i);
    return i;
}
static float from_bits(int32_t i) {
    float x;
    memcpy(&x, &i, sizeof x);
    return x;
}

/* silu_near of kernels/math/logistic.h for one float, with Q's coefficients. */
static inline float silu(float x, const float *q) {
    const float magic = 0x1.8000fep+23f, t = fmaf(x, -0x1.715476p+0f, magic), n = t - magic;
    const float r = fmaf(-n, 0x1.7f7d1cp-20f, fmaf(-n, 0x1.62e4p-1f, -x));
    float sum = q[0];
    for (int k = 1; k < TERMS; k++) sum = fmaf(sum, r, q[k]);
    sum = fmaf(sum, r, 1);
    const float s = from_bits((int32_t)((uint32_t)bits(t) << 23)), sr = s * r;
    const float d = fmaf(sr, sum, 1 + s), d_low = fmaf(sr, sum, 1 - (d - s));
    float inverse = from_bits(0x7ef33400 - bits(d));
    inverse *= fmaf(-d, inverse, 0x1.0029fp+1f);
    inverse *= fmaf(-d, inverse, 2);
    const float y = x * inverse;
    return fmaf(-fmaf(y, d_low, fmaf(y, d, -x)), inverse, y);
}

/* e^x in double to some units of the last place, in a form that compilers vectorize. */
static inline double exp_double(double x) {
    const double t = x * 0x1.71547652b82fep+0 + 0x1.8p52, n = t - 0x1.8p52;
    const double r = fma(-n, 0x1.abc9e3b39803fp-56, fma(-n, 0x1.62e42fefa39efp-1, x));
    double p = 1;
    for (int k = 14; k; k--) p = fma(p, r / k, 1);
    int64_t i;
    memcpy(&i, &t, sizeof i);
    i = (int64_t)((uint64_t)(i + 1023) << 52);
    double scale;
    memcpy(&scale, &i, sizeof scale);
    return p * scale;
}

static inline double error_at(float x, const float *q) {
    const double exact = (double)x / (1 + exp_double(-(double)x));
    int64_t i;
    memcpy(&i, &exact, sizeof i);
    i = (i & 0x7ff0000000000000) - ((int64_t)23 << 52);
    double ulp;
    memcpy(&ulp, &i, sizeof ulp);
    return fabs((double)silu(x, q) - exact) / ulp;
}

static float *hard;
static size_t hards, room;
static void keep(float x) {
    if (hards == room) {
        room = 2 * room + BLOCK;
        hard = realloc(hard, room * sizeof *hard);
        if (!hard) exit(1);
    }
    hard[hards++] = x;
}

static double worst_of_all(const float *q) {
    static double error[BLOCK];
    double worst = 0;
    for (int32_t first = bits(-0.5f); first < bits(-86.5f); first += BLOCK) {
        for (int32_t k = 0; k < BLOCK; k++) error[k] = error_at(from_bits(first + k), q);
        for (int32_t k = 0; k < BLOCK; k++) {
            worst = fmax(worst, error[k]);
            if (error[k] > HARD) keep(from_bits(first + k));
        }
    }
    return worst;
}
static double worst_of_hard(const float *q) {
    double worst = 0;
    for (size_t k = 0; k < hards; k++) worst = fmax(worst, error_at(hard[k], q));
    return worst;
}

int main(int argc, char **argv) {
    static const int reach[TERMS] = {30000, 6000, 300, 60, 4}; /* in units of the last place */
    float best[TERMS] = {0x1.6b6a52p-10f, 0x1.123236p-7f, 0x1.55569p-5f, 0x1.5554ap-3f, 0.5f};
    srand(argc > 1 ? (unsigned)atoi(argv[1]) : 1);
    for (int round = 0; round <= ROUNDS; round++) {
        printf("%.4f ULP:", worst_of_all(best));
        for (int k = 0; k < TERMS; k++) printf(" %af", (double)best[k]);
        printf("\n");
        double least = worst_of_hard(best);
        for (int step = 0; step < STEPS; step++) {
            float q[TERMS];
            for (int k = 0; k < TERMS; k++) {
                const int most = rand() % 2 ? reach[k] : reach[k] / 10 + 1;
                q[k] = rand() % 2 ? best[k] : from_bits(bits(best[k]) + rand() % (2 * most + 1) - most);
            }
            const double error = worst_of_hard(q);
            if (error < least) {
                least = error;
                memcpy(best, q, sizeof best);
            }
        }
    }
    free(hard);
    return 0;
}
