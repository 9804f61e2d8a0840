/* Defects of the shared library, by LD_PRELOAD. */
#include "plants.h"

#include "hillock/hillock.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

hk_status hk_session_forward(hk_session *session, const float *x, float *y, size_t batch) {
    hk_status (*whole)(hk_session *, const float *, float *, size_t);
    *(void **)&whole = next("hk_session_forward");
    if (planted("system call")) (void)getppid();
    return whole(session, x, y, batch);
}

hk_status hk_network_layer(const hk_network *network, size_t index, hk_layer_info *info) {
    hk_status (*whole)(const hk_network *, size_t, hk_layer_info *);
    *(void **)&whole = next("hk_network_layer");
    const hk_status status = whole(network, index, info);
    if (planted("another layout")) memmove(&info->inputs, &info->outputs, sizeof info->inputs);
    return status;
}
