#!/bin/sh
# An installed Hillock is found by pkg-config and, where there is one, CMake, links shared and static, and works as a
# Meson subproject. usage: check_install.sh SOURCE BUILD
set -eu
source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/usr
DESTDIR=$work/stage meson install -C "$build" --no-rebuild >/dev/null
installed=$(dirname "$(find "$work/stage" -path '*include/hillock')")
cp -r "$(dirname "$installed")" "$prefix"
pc=$(dirname "$(find "$prefix" -name hillock.pc)")
sed -i "s|^prefix=.*|prefix=$prefix|" "$pc/hillock.pc"
export PKG_CONFIG_PATH="$pc"
libdir=$(pkg-config --variable=libdir hillock)
cat >"$work/user.c" <<'END'
#include <hillock/hillock.h>
int main(void) { float x[3] = {0.9f, 0.7f, 0.3f}; return hk_dot_f32(x, x, 3) > 1.38f ? 0 : 1; }
END
# shellcheck disable=SC2046
cc "$work/user.c" $(pkg-config --cflags --libs hillock) -o "$work/shared"
LD_LIBRARY_PATH=$libdir "$work/shared"
# shellcheck disable=SC2046
cc "$work/user.c" $(pkg-config --cflags hillock) "$libdir/libhillock.a" $(pkg-config --static --libs-only-l hillock | sed 's/-lhillock//') -o "$work/static"
"$work/static"
mkdir -p "$work/project/subprojects"
ln -s "$source" "$work/project/subprojects/hillock"
cp "$work/user.c" "$work/project/user.c"
cat >"$work/project/meson.build" <<'END'
project('user', 'c')
hillock = subproject('hillock', default_options: ['command=false', 'examples=false', 'tests=disabled', 'bench=disabled'])
test('user', executable('user', 'user.c', dependencies: hillock.get_variable('hillock_dep')))
END
meson setup "$work/project/build" "$work/project" >/dev/null
meson test -C "$work/project/build" >/dev/null
echo "installed, linked shared and static, used as a subproject"
