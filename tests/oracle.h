/* What kernels should compute, in long double. */
#ifndef HK_TEST_ORACLE_H
#define HK_TEST_ORACLE_H

#include "hillock/activation.h"

/* The elementwise formula of activation.h. */
long double oracle_activation(hk_activation_kind kind, long double x, long double alpha, long double beta);

/* The largest error allowed, in ULP: of the float and the double functions. */
double oracle_bound_f32(hk_activation_kind kind);
double oracle_bound_f64(hk_activation_kind kind);
#define ORACLE_BOUND_ROW_F32 2.0 /* softmax and log-softmax */

/* The bound of the forms that HK_FAST takes: in units of the last place of the argument where 1 is returned (gelu and
   gelu_tanh, whose left tail goes to 0 early), else of the result. */
#define ORACLE_BOUND_FAST 4.0
int oracle_fast_by_input(hk_activation_kind kind);

#endif
