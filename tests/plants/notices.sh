#!/bin/sh
# A test that must fail: with the defect planted, the program fails and says what it was. A level that is not here is
# skipped. usage: notices.sh PLANT PATTERN PROGRAM [ARGUMENT ...]
set -u
plant=$1 pattern=$2
shift 2
output=$(HK_PLANT=$plant "$@" 2>&1)
status=$?
[ $status -ne 77 ] || { echo "$output"; exit 77; }
[ $status -ne 0 ] || { echo "'$plant' was not noticed:"; echo "$output"; exit 1; }
echo "$output" | grep -qE -e "$pattern" || { echo "it failed with $status, but does not say '$pattern':"; echo "$output"; exit 1; }
echo "$output" | grep -E -e "$pattern" | head -3
