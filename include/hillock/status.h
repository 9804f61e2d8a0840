/* Version, status codes and error sentences. */
#ifndef HILLOCK_STATUS_H
#define HILLOCK_STATUS_H

#include <stddef.h>
#include <stdint.h>

#if defined _WIN32
#define HK_API
#else
#define HK_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define HK_STATIC_ASSERT static_assert
extern "C" {
#else
#define HK_STATIC_ASSERT _Static_assert
#endif

#define HK_VERSION_MAJOR 0
#define HK_VERSION_MINOR 1
#define HK_VERSION_PATCH 0

/* Rises whenever any bit promised under "One answer everywhere" (network.h) changes. */
#define HK_NUMERICS_VERSION 5

typedef enum hk_status {
    HK_OK = 0,
    HK_INVALID_ARGUMENT, /* a size, pointer or enumerator that the call cannot take */
    HK_OUT_OF_MEMORY,    /* memory could not be had, a size overflows, or a stated limit would be passed */
    HK_UNSUPPORTED,      /* well-formed, but not in this build, on this processor, or not yet */
    HK_IO_ERROR,         /* a file could not be opened, read or written */
    HK_BAD_FORMAT        /* a file's content is damaged or of another kind */
} hk_status;

/* One sentence on what failed and where, always terminated. Filled when a call that takes it fails, and set to HK_OK
   with an empty message when it succeeds. */
typedef struct hk_error {
    hk_status status;
    char message[256];
} hk_error;
HK_STATIC_ASSERT(sizeof(hk_error) == 260, "hk_error is part of the binary interface");

/* Rules for every call of the library: a call that can fail returns hk_status and leaves its outputs untouched when it
   does. Nothing is ever printed, and abort, exit and signal handlers are never used. Pointers may be NULL only where
   the text says so. Functions without a status trust their arguments, as memcpy does. */

/* The version of the library that runs, "major.minor.patch"; the macros above are those of the header. */
HK_API const char *hk_version(void);

/* What this build holds, words separated by blanks: "onnx" if it reads ONNX files, "threads" if it has the thread pool,
   "sleef-3.5.1" the SLEEF version behind the f64 activations ("libm" without SLEEF), "levels:scalar,avx2,..." the
   instruction sets compiled in. */
HK_API const char *hk_build_features(void);

/* The enumerator's name, "HK_OK" for HK_OK; "HK_UNKNOWN" for a value that is none. Never NULL. */
HK_API const char *hk_status_name(hk_status status);

/* Runs dot products, conversions, activations and dense layers (of 32-, 16- and 8-bit weights) of every level that this
   machine offers on fixed data and compares them with the scalar level, bit for bit, in under a second. Where the
   processor has AMX, the operating system is asked for leave to use it. HK_OK if all agree; HK_UNSUPPORTED if not,
   with the level and the kernel named in `error` (which may be NULL). HK_OUT_OF_MEMORY if its buffers cannot be had.
   Threads: any. */
HK_API hk_status hk_self_check(hk_error *error);

#ifdef __cplusplus
}
#endif
#endif
