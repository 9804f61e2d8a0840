/* Memory for packed weights. */
#ifndef HK_WEIGHTS_ALLOC_H
#define HK_WEIGHTS_ALLOC_H

#include <stddef.h>

/* Aligned to 64 bytes, of which `bytes` is a multiple; for free(). Large ones lie on huge pages where the system gives
   them to those who ask: weights that come from memory arrive up to a fifth sooner. NULL if there is no memory. */
void *hk_weights_alloc(size_t bytes);

#endif
