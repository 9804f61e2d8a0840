#!/bin/sh
# The shared library as a package would ship it: only hk_ symbols exported, few libraries needed, at most 512 KiB stripped
# (576 with clang), nothing that prints, aborts or exits, and each level's instructions in its own code only.
# usage: check_library.sh release|other LIBRARY NM READELF STRIP OBJDUMP COMPILER; builds other than release may assert and be larger
set -eu
compiler=$7 release=$1 library=$2 nm=$3 readelf=$4 strip=$5 objdump=$6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$1"; failed=1; }

foreign=$("$nm" -D --defined-only "$library" | awk '{print $NF}' | grep -v '^hk_' || true)
[ -z "$foreign" ] || complain "exports more than hk_: $foreign"
[ "$("$nm" -D --defined-only "$library" | wc -l)" -gt 80 ] || complain "exports hardly anything"

needed=$("$readelf" -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE '^(libc|libm|libpthread|libsleef|libprotobuf-c|ld-linux.*)\.so' || true)
[ -z "$needed" ] || complain "needs other libraries: $needed"
"$readelf" -d "$library" | grep -q 'SONAME.*libhillock\.so\.0' || complain "has no SONAME libhillock.so.0"

calls=$("$nm" -D --undefined-only "$library" | awk '{print $NF}' | sed 's/@.*//' |
        grep -xE "$([ "$release" = release ] && echo '__assert_fail|')abort|exit|_exit|signal|sigaction|longjmp|printf|puts|putchar|fputs|fputc|fprintf|vfprintf|perror" || true)
[ -z "$calls" ] || complain "may print, abort or exit: $calls"

"$strip" -o "$work/stripped" "$library"
bytes=$(wc -c <"$work/stripped")
most=$((512 * 1024))
[ "$compiler" != clang ] || most=$((576 * 1024))
[ "$release" != release ] || [ "$bytes" -le "$most" ] || complain "is $bytes bytes stripped, more than $most"
echo "$bytes bytes stripped"

# Instructions of VEX, EVEX and AMX encoding (xmm registers and BMI included) outside functions of the levels that may
# use them: one in shared code would end a process on a processor without them.
"$objdump" -d --no-show-raw-insn "$library" >"$work/code"
[ "$(grep -c '^ ' "$work/code")" -gt 100 ] || complain "has hardly any code"
awk '
  /^[0-9a-f]+ <.*>:$/ { name = $2; allowed = name ~ /avx2/ ? 1 : name ~ /_avx512|_amx[.>]/ ? 2 : 0; next }
  { op = $2 ~ /^[{]/ ? $3 : $2 }
  op ~ /^(v[a-z]|andn[lq]?$|lzcnt|popcnt|movbe|bextr|bls[ir]|blsmsk|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|k[a-z]+[bwdq]$|tile|ldtile|sttile|tdp)/ &&
    op !~ /^ver[rw]/ {
    level = op ~ /^(tile|ldtile|sttile|tdp)/ ? 3 : /%zmm|%k[0-7]|%[xy]mm(1[6-9]|2[0-9]|3[01])/ ? 2 : 1
    if (level == 3 ? name !~ /_amx[.>]/ : allowed < level) print op " in " name
  }
  # SSE3 to SSE4.2, which the architecture does not promise either
  op ~ /^(pshufb|palignr|pabs[bwd]|ph(add|sub)|pmaddubsw|pmulhrsw|psign|h(add|sub)p|addsubp|movddup|movs[hl]dup|lddqu|round[ps][sd]|p?blend|dpp[sd]|extractps|insertps|p(min|max)(s[bd]|u[wd])|pmov[sz]x|pmul(dq|ld)|ptest|packusdw|pextr[bdq]|pinsr[bdq]|pcmp[ei]str|pcmpgtq|pcmpeqq|crc32|mpsadbw|movntdqa|aes|pclmul|sha)/ {
    print op " in " name
  }' "$work/code" | sort | uniq -c >"$work/leaks"
[ ! -s "$work/leaks" ] || complain "instructions of a level in other code: $(cat "$work/leaks")"
exit $failed
