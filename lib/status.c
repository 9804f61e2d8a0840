/* Version, features and status names. */
#include "hillock/status.h"

#include "build_features.h"

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

const char *hk_version(void) { return TEXT(HK_VERSION_MAJOR) "." TEXT(HK_VERSION_MINOR) "." TEXT(HK_VERSION_PATCH); }

const char *hk_build_features(void) { return HK_BUILD_FEATURES; }

const char *hk_status_name(hk_status status) {
    switch (status) {
    case HK_OK: return "HK_OK";
    case HK_INVALID_ARGUMENT: return "HK_INVALID_ARGUMENT";
    case HK_OUT_OF_MEMORY: return "HK_OUT_OF_MEMORY";
    case HK_UNSUPPORTED: return "HK_UNSUPPORTED";
    case HK_IO_ERROR: return "HK_IO_ERROR";
    case HK_BAD_FORMAT: return "HK_BAD_FORMAT";
    }
    return "HK_UNKNOWN";
}
