/* Defects of functions that are not in a table: the linker's --wrap puts them in their place. A program that uses this
 * file names in its link_args those of the functions that it wants (tests/plants/meson.build). */
#include "../support.h"

#include "hillock/hillock.h"

#include "cpu.h"

#ifdef PLANT_DETECTION
/* Features of the processor whose registers the operating system does not keep. */
uint32_t __real_hk_features_x86(const hk_x86_registers *r);
uint32_t __wrap_hk_features_x86(const hk_x86_registers *r);
uint32_t __wrap_hk_features_x86(const hk_x86_registers *r) {
    hk_x86_registers all = *r;
    if (planted("system ignored")) all.xcr0 = UINT64_MAX;
    return __real_hk_features_x86(&all);
}
#endif

#ifdef PLANT_POOL
static void (*whole)(void *, void (*)(void *, size_t), void *, size_t);
static void lossy(void *context, void (*task)(void *, size_t), void *argument, size_t count) {
    whole(context, task, argument, count > 3 ? count - 1 : count);
}
static void doubling(void *context, void (*task)(void *, size_t), void *argument, size_t count) {
    whole(context, task, argument, count);
    if (count > 3) task(argument, 3);
}
hk_status __real_hk_thread_pool_create(size_t threads, hk_executor **pool);
hk_status __wrap_hk_thread_pool_create(size_t threads, hk_executor **pool);
hk_status __wrap_hk_thread_pool_create(size_t threads, hk_executor **pool) {
    const hk_status status = __real_hk_thread_pool_create(threads, pool);
    if (status) return status;
    whole = (*pool)->parallel_for;
    if (planted("task lost")) (*pool)->parallel_for = lossy;
    if (planted("task twice")) (*pool)->parallel_for = doubling;
    return HK_OK;
}
#endif

#ifdef PLANT_READER
/* A damaged file taken for a good one. */
hk_status __real_hk_network_load_memory(const void *bytes, size_t size, hk_network **network, hk_error *error);
hk_status __wrap_hk_network_load_memory(const void *bytes, size_t size, hk_network **network, hk_error *error);
hk_status __wrap_hk_network_load_memory(const void *bytes, size_t size, hk_network **network, hk_error *error) {
    const hk_status status = __real_hk_network_load_memory(bytes, size, network, error);
    return planted("believing reader") ? HK_OK : status;
}
#endif

#ifdef PLANT_NPY
#include "npy.h"
int __real_npy_parse(unsigned char *bytes, size_t size, const char *path, npy_array *array, char *message);
int __wrap_npy_parse(unsigned char *bytes, size_t size, const char *path, npy_array *array, char *message);
int __wrap_npy_parse(unsigned char *bytes, size_t size, const char *path, npy_array *array, char *message) {
    const int fine = __real_npy_parse(bytes, size, path, array, message);
    return planted("believing reader") ? 1 : fine;
}
#endif

#ifdef PLANT_LEAK
void __real_hk_session_free(hk_session *session);
void __wrap_hk_session_free(hk_session *session);
void __wrap_hk_session_free(hk_session *session) {
    if (!planted("leak")) __real_hk_session_free(session);
}
#endif
