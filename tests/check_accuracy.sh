#!/bin/sh
# Measures every float, and holds the result against the one that the documentation was made from.
# usage: check_accuracy.sh ACCURACY STORED
set -eu
new=$(mktemp)
trap 'rm -f "$new"' EXIT
"$1" --json "$new"
"$(dirname "$0")/../tools/accuracy_table.py" --same "$new" "$2"
