#!/bin/sh
# Each public header compiles alone as C11, C17 and C++17, without a warning; and a header that does not is seen.
# usage: check_headers.sh INCLUDE CC [CXX]
set -eu
include=$1 cc=$2 cxx=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
alone() { # header, folder
  echo "#include <$1>" >"$work/one.c"
  for standard in c11 c17; do
    "$cc" -std=$standard -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I"$2" -fsyntax-only "$work/one.c" || return 1
  done
  [ -z "$cxx" ] || "$cxx" -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I"$2" -fsyntax-only -x c++ "$work/one.c"
}
for header in "$include"/hillock/*.h; do alone "hillock/${header##*/}" "$include"; done
mkdir -p "$work/bad"
echo 'size_t hk_count(void);' >"$work/bad/lacks_include.h"
! (alone lacks_include.h "$work/bad") 2>/dev/null || { echo "a header that lacks an include was not seen"; exit 1; }
if [ -n "$cxx" ]; then
  echo 'int hk_new(int new);' >"$work/bad/not_cxx.h"
  ! (alone not_cxx.h "$work/bad") 2>/dev/null || { echo "a header that C++ cannot read was not seen"; exit 1; }
fi
echo "every header compiles alone"
