/* The thread pool in a build without threads. */
#include "hillock/network.h"

hk_status hk_thread_pool_create(size_t threads, hk_executor **pool) {
    (void)threads;
    return pool ? HK_UNSUPPORTED : HK_INVALID_ARGUMENT;
}

void hk_thread_pool_free(hk_executor *pool) { (void)pool; }
