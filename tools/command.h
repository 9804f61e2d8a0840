/* The subcommands of hillock. Each returns the exit status: 0, 1 after a failure that it has told, 2 after wrong usage.
 */
#ifndef HK_COMMAND_H
#define HK_COMMAND_H

#include "hillock/hillock.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int command_run(int count, char **arguments);
int command_info(int count, char **arguments);
int command_cpu(int count, char **arguments);

/* hk_network_load with memory in proportion to the file: 32 times its size and 64 MiB. */
hk_status load_network(const char *path, hk_network **network, hk_error *error);

/* Text from a file with the bytes that a terminal could take for commands made '?'; into `text`, which is returned. */
const char *printable(const char *from, char text[128]);

/* "hillock: " and a sentence on stderr; returns `status`. */
__attribute__((format(printf, 2, 3))) int complain(int status, const char *format, ...);

#endif
