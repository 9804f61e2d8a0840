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
#include <pthread.h>
#include <time.h>
/* A second of work that nobody asked for. */
static void *spin(void *nothing) {
    for (const clock_t end = clock() + CLOCKS_PER_SEC; clock() < end;) {
    }
    return nothing;
}
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
    pthread_t spinner;
    if (planted("busy at rest") && !pthread_create(&spinner, NULL, spin, NULL)) pthread_detach(spinner);
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

#ifdef PLANT_POOL_FREE
void __real_hk_thread_pool_free(hk_executor *pool);
void __wrap_hk_thread_pool_free(hk_executor *pool);
void __wrap_hk_thread_pool_free(hk_executor *pool) {
    if (!planted("pool kept")) __real_hk_thread_pool_free(pool);
}
#endif

#ifdef PLANT_LEAK
/* A failure that clears its output, or that is not told. */
hk_status __real_hk_session_create(const hk_network *network, size_t most, const hk_executor *executor, hk_session **s);
hk_status __wrap_hk_session_create(const hk_network *network, size_t most, const hk_executor *executor, hk_session **s);
hk_status __wrap_hk_session_create(const hk_network *network, size_t most, const hk_executor *executor,
                                   hk_session **s) {
    const hk_status status = __real_hk_session_create(network, most, executor, s);
    if (status && planted("cleared output")) *s = NULL;
    if (status && planted("silent failure")) return *s = NULL, HK_OK;
    return status;
}
void __real_hk_session_free(hk_session *session);
void __wrap_hk_session_free(hk_session *session);
void __wrap_hk_session_free(hk_session *session) {
    if (!planted("leak")) __real_hk_session_free(session);
}
#endif
