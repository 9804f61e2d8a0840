#!/bin/sh
# tools/first_difference tells the kernel, and finds no difference where there is none. usage: ... TEST_KERNELS
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tool=$(dirname "$0")/../../tools/first_difference
"$1" --digests >"$work/a"
HK_PLANT='another bit' "$1" --digests >"$work/b"
"$tool" "$work/a" "$work/a"
! said=$("$tool" "$work/a" "$work/b") || { echo "no difference was seen"; exit 1; }
echo "$said"
echo "$said" | grep -q 'level scalar, kernel dense_f32'
