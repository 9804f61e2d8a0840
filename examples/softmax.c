/* Softmax: logits to probabilities. Adding the same number to every logit changes nothing, however large it is. */
#include <hillock/hillock.h>

#include "check.h"

int main(void) {
    for (int shift = 0; shift <= 1000; shift += 1000) {
        const float logits[] = {2.0f + (float)shift, 1.0f + (float)shift, 0.5f + (float)shift};
        float p[3];
        hk_softmax_f32(logits, p, 1, 3);
        printf("logits 2.0 1.0 0.5, each plus %d\n", shift);
        expect("  first", p[0], 0.629, 5e-4); /* one tutorial prints 59, 24 and 17 %, which is not softmax */
        expect("  second", p[1], 0.231, 5e-4);
        expect("  third", p[2], 0.140, 5e-4);
        expect("  sum", p[0] + p[1] + p[2], 1, 2e-7);
        hk_log_softmax_f32(logits, p, 1, 3);
        expect("  log of the first", p[0], -0.464369, 1e-6);
    }
    return 0;
}
