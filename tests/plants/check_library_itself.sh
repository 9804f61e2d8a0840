#!/bin/sh
# check_library.sh complains of each defect of a small library: a foreign name, another library, no SONAME, printing,
# aborting, size, and a level's instructions in other code. usage: check_library_itself.sh CC
set -eu
cc=$1
check=$(dirname "$0")/../check_library.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# many hk_ functions, so that a sound library passes
for i in $(seq 100); do echo "int hk_$i(void) { return $i; }"; done >"$work/functions.c"
library() { # name, source, flags
  name=$1 source=$2
  shift 2
  { cat "$work/functions.c"; echo "$source"; } >"$work/$name.c"
  "$cc" -O1 -fPIC -shared "$work/$name.c" -o "$work/$name.so" "$@"
}
soname=-Wl,-soname,libhillock.so.0
said() { sh "$check" release "$work/$1.so" nm readelf strip objdump gcc 2>&1 && echo "was content"; }
expect() { # name, pattern
  output=$(said "$1" || true)
  case $2 in
  'was content') ;;
  *) ! echo "$output" | grep -q 'was content' || { echo "$1: it does not fail: $output"; exit 1; } ;;
  esac
  echo "$output" | grep -q -e "$2" || { echo "$1: it does not say '$2': $output"; exit 1; }
  echo "$1: seen"
}

library sound '' $soname
expect sound 'was content'
library foreign 'int other(void) { return 0; }' $soname
expect foreign 'exports more than hk_: other'
library nameless ''
expect nameless 'has no SONAME'
library needy 'int hk_x(void) { return 0; }' $soname -Wl,--no-as-needed -lpthread -lstdc++
expect needy 'needs other libraries: libstdc++'
library printing 'int puts(const char *s); int hk_x(void) { return puts("x"); }' $soname
expect printing 'may print, abort or exit: puts'
library aborting 'void abort(void); void hk_x(void) { abort(); }' $soname
expect aborting 'may print, abort or exit: abort'
library large 'const char hk_large[600000] = {1};' $soname
expect large 'bytes stripped, more than'
if [ "$(uname -m)" = x86_64 ]; then
  library avx 'float hk_x(float a) { __asm__("vaddss %0, %0, %0" : "+x"(a)); return a; }' $soname
  expect avx 'vaddss in <hk_x>'
  library bmi 'long hk_x(long a) { __asm__("shlx %0, %0, %0" : "+r"(a)); return a; }' $soname
  expect bmi 'shlx in <hk_x>'
  library wide 'void hk_x_avx2(void) { __asm__ volatile("vpxord %zmm1, %zmm1, %zmm1"); }' $soname
  expect wide 'vpxord in <hk_x_avx2>'
  library masks 'void hk_x_avx2(void) { __asm__ volatile("vpaddd %xmm16, %xmm1, %xmm1"); }' $soname
  expect masks 'vpaddd in <hk_x_avx2>'
  library tiles 'void hk_x_avx512(void) { __asm__ volatile("tilerelease"); }' $soname
  expect tiles 'tilerelease in <hk_x_avx512>'
  library braces 'void hk_x(void) { __asm__ volatile("{vex} vpdpbusd %ymm1, %ymm1, %ymm1"); }' $soname
  expect braces 'vpdpbusd in <hk_x>'
  library newer 'void hk_x(void) { __asm__ volatile("pshufb %xmm1, %xmm1"); }' $soname
  expect newer 'pshufb in <hk_x>'
  ! sh "$check" release "$work/sound.so" nm readelf strip /nonexistent/objdump gcc >/dev/null 2>&1 || {
    echo "a missing objdump was not seen"
    exit 1
  }
  library level 'void hk_x_avx2(void) { __asm__ volatile("vpaddd %ymm1, %ymm1, %ymm1"); }' $soname
  expect level 'was content'
fi
