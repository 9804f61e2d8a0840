/* Filling hk_error. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

hk_status hk_fail(hk_error *error, hk_status status, const char *format, ...) {
    if (!error) return status;
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(error->message, sizeof error->message, format, arguments) < 0) error->message[0] = 0;
    va_end(arguments);
    for (char *c = error->message; *c; c++)
        if ((unsigned char)*c < 32 || (unsigned char)*c > 126) *c = '?';
    error->status = status;
    return status;
}

hk_status hk_succeed(hk_error *error) {
    if (error) {
        error->status = HK_OK;
        error->message[0] = 0;
    }
    return HK_OK;
}
