/* Calls of the interface that this version answers with HK_UNSUPPORTED. */
#include "hillock/network.h"

#include "error.h"

hk_status hk_network_save(const hk_network *network, const char *path, hk_error *error) {
    if (!network || !path) return hk_fail(error, HK_INVALID_ARGUMENT, "hk_network_save: network or path is NULL.");
    return hk_fail(error, HK_UNSUPPORTED, "%s: this version cannot write packed files.", path);
}

hk_status hk_network_open(const char *path, unsigned flags, hk_network **network, hk_error *error) {
    if (!path || !network || (flags & ~(HK_OPEN_COPY | HK_OPEN_VERIFY)))
        return hk_fail(error, HK_INVALID_ARGUMENT, "hk_network_open: path or network is NULL, or a flag is unknown.");
    return hk_fail(error, HK_UNSUPPORTED, "%s: this version cannot read packed files.", path);
}
