#!/bin/sh
# Programs of bits.c from several builds: each is content with itself and with the golden digests, and all print the same.
# usage: compare_bits.sh GOLDEN PROGRAM ...
set -eu
golden=$1 first=
shift
for program; do
  output=$("$program" "$golden") || { echo "$program:"; echo "$output"; exit 1; }
  all=$(echo "$output" | grep '^all ')
  echo "$program: $all"
  : "${first:=$all}"
  [ "$all" = "$first" ] || { echo "that is not what the first one says"; exit 1; }
done
