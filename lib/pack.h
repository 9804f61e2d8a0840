/* The packed layout of dense weights, the same for every instruction set: panels of 16 outputs, [k][16], the last one
 * filled up with zeros; layers of at most HK_DOT_OUTPUTS outputs stay as rows. */
#ifndef HK_PACK_H
#define HK_PACK_H

#include <stddef.h>

/* Floats of the packed form. The caller has checked that outputs + 16 times inputs fits. */
size_t hk_packed_size(size_t inputs, size_t outputs);

void hk_pack_f32(const float *weights, size_t inputs, size_t outputs, float *packed);

#endif
