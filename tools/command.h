/* The subcommands of hillock. Each returns the exit status: 0, 1 after a failure that it has told, 2 after wrong usage.
 */
#ifndef HK_COMMAND_H
#define HK_COMMAND_H

#include "hillock/hillock.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int command_run(int count, char **arguments);
int command_info(int count, char **arguments);
int command_cpu(int count, char **arguments);

/* "hillock: " and a sentence on stderr; returns `status`. */
__attribute__((format(printf, 2, 3))) int complain(int status, const char *format, ...);

#endif
