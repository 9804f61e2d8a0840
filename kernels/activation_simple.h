/* Activations made of a few exact or once-rounded operations: the same source for float and double. */
#include "map.h"

HK_INLINE BLOCK NAME(relu_of)(BLOCK x) {
    return V(add)(V(max)(V(zero)(), x), V(zero)()); /* NaN passes as the second operand; the addition makes -0 +0 */
}
HK_INLINE BLOCK NAME(clamp)(BLOCK x, BLOCK low, BLOCK high) { return V(min)(high, V(max)(low, x)); }

HK_INLINE BLOCK NAME(step_of)(BLOCK x) {
    const BLOCK y = V(select)(V(lt)(V(zero)(), x), V(set1)(1), V(zero)());
    return V(select)(V(isnan)(x), x, y);
}

/* x t / 6, t = x + 3 between 0 and 6: x + 3 and x t are kept as pairs, 1 / 6 likewise. */
HK_INLINE BLOCK NAME(hard_swish_of)(BLOCK x) {
    const BLOCK three = V(set1)(3);
    BLOCK t_low;
    const BLOCK t = V(two_sum)(x, three, &t_low);
    const BLOCK p = V(mul)(x, t), p_low = V(fma)(x, t_low, V(fms)(x, t, p));
    const BLOCK sixth = V(set1)((REAL)(1.0L / 6)), sixth_low = V(set1)(SIXTH_LOW);
    const BLOCK y = V(fma)(p, sixth, V(fma)(p, sixth_low, V(mul)(p_low, sixth)));
    const BLOCK inside = V(select)(V(lt)(x, V(neg)(three)), V(set1)((REAL)-0.0), y);
    return V(select)(V(lt)(three, x), x, V(copysign)(inside, x));
}

/* x / (1 + |x|), the denominator a pair and the quotient corrected. From 2^60 on (float: 2^30) it is +-1. */
HK_INLINE BLOCK NAME(softsign_of)(BLOCK x) {
    const BLOCK one = V(set1)(1), a = V(abs)(x), large = V(set1)(SOFTSIGN_ONE), c = V(min)(large, a);
    const BLOCK d = V(add)(one, c), d_low = V(add)(V(min)(one, c), V(sub)(V(max)(one, c), d));
    const BLOCK inverse = V(reciprocal)(d), q = V(mul)(c, inverse);
    const BLOCK y = V(fma)(V(fnma)(q, d_low, V(fnma)(q, d, c)), inverse, q);
    return V(copysign)(V(select)(V(isnan)(x), x, y), x);
}

MAP(linear, x)
MAP(step, NAME(step_of)(x))
MAP(relu, NAME(relu_of)(x))
MAP(relu6, V(min)(V(set1)(6), NAME(relu_of)(x)))
MAP(leaky_relu, V(select)(V(lt)(x, V(zero)()), V(mul)(a, x), x))
MAP(hard_sigmoid, NAME(clamp)(V(fma)(a, x, b), V(zero)(), V(set1)(1)))
MAP(hard_swish, NAME(hard_swish_of)(x))
MAP(softsign, NAME(softsign_of)(x))
MAP(clip, NAME(clamp)(x, a, b))
MAP(thresholded_relu, V(select)(V(le)(x, a), V(zero)(), x))
