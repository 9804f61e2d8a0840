/* A build without the ONNX reader. */
#include "hillock/network.h"

#include "../error.h"

hk_status hk_network_load(const char *onnx_path, hk_network **network, hk_error *error) {
    return hk_network_load_limited(onnx_path, SIZE_MAX, network, error);
}

hk_status hk_network_load_limited(const char *path, size_t max_bytes, hk_network **network, hk_error *error) {
    (void)max_bytes;
    if (!path || !network) return hk_fail(error, HK_INVALID_ARGUMENT, "hk_network_load: path or network is NULL.");
    return hk_fail(error, HK_UNSUPPORTED, "%s: this build has no ONNX reader.", path);
}

hk_status hk_network_load_memory(const void *onnx, size_t bytes, hk_network **network, hk_error *error) {
    (void)bytes;
    if (!onnx || !network)
        return hk_fail(error, HK_INVALID_ARGUMENT, "hk_network_load_memory: onnx or network is NULL.");
    return hk_fail(error, HK_UNSUPPORTED, "This build has no ONNX reader.");
}
