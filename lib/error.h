/* Filling hk_error. */
#ifndef HK_ERROR_H
#define HK_ERROR_H

#include "hillock/status.h"

/* Fills `error`, if it is not NULL, with a sentence, and returns `status`. Bytes of names from files that a terminal
   could take for commands come out as '?'. */
__attribute__((format(printf, 3, 4))) hk_status hk_fail(hk_error *error, hk_status status, const char *format, ...);

/* HK_OK with an empty message. */
hk_status hk_succeed(hk_error *error);

#endif
