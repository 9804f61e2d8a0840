#!/bin/sh
# The shared library's interface against the stored description: functions, their parameters, enums and structs, as
# debug information tells them. What is new is fine; what is gone or changed is not. The test of the test: the stored
# description with a name, and with a size, changed.
# usage: check_abi.sh LIBRARY HEADERS FOLDER [--renew]   (--renew: writes the description, after a release)
set -eu
library=$1 headers=$2 folder=$3
stored=$folder/libhillock.$(uname -m).abi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# without what differs from one folder or compiler to the next
abidw --exported-interfaces-only --headers-dir "$headers" --drop-private-types --no-comp-dir-path --no-corpus-path --no-show-locs --no-architecture \
  --short-locs --out-file "$work/now.abi" "$library"
if [ "${4:-}" = --renew ]; then
  cp "$work/now.abi" "$stored"
  exit 0
fi
compare() { abidiff --suppressions "$folder/private.ini" --no-added-syms --drop-private-types "$1" "$work/now.abi"; }
compare "$stored"
sed 's/hk_dot_f32/hk_dot_f33/g' "$stored" >"$work/name.abi"
! compare "$work/name.abi" >"$work/name.log" || { echo "a function that is gone was not seen"; exit 1; }
grep -q hk_dot_f33 "$work/name.log"
sed "s/\(class-decl name='hk_activation' size-in-bits='\)[0-9]*/\1256/" "$stored" >"$work/size.abi"
! cmp -s "$stored" "$work/size.abi" || { echo "the description has no hk_activation"; exit 1; }
! compare "$work/size.abi" >"$work/size.log" || { echo "a struct of another size was not seen"; exit 1; }
grep -q hk_activation "$work/size.log"
echo "the interface is that of $stored"
