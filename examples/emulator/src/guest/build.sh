#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rebuilds the bundled guest programs from c/*.c: static riscv64 Linux executables (RV64GC, glibc).
# On Debian 12 the compiler comes with
#
#   apt-get install --no-install-recommends gcc-riscv64-linux-gnu libc6-dev-riscv64-cross
#
# usage: build.sh            replace the binaries under src/main/resources
#        build.sh --check    build elsewhere and compare: the same compiler gives the same bytes
#        build.sh FOLDER     build into that folder
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
bundled=$here/../main/resources/org/mm4j/examples/emulator/guest
compiler=${CC_RISCV64:-riscv64-linux-gnu-gcc}

if ! command -v "$compiler" >/dev/null; then
    echo "build.sh: $compiler is missing; see the head of this script" >&2
    exit 2
fi

# Nothing that depends on the place or the time of the build gets into a binary: relative source
# names, no build id, no compiler banner.
build() {
    mkdir -p "$1"
    for source in "$here"/c/*.c; do
        name=$(basename "$source" .c)
        (cd "$here/c" && "$compiler" -std=gnu17 -O2 -Wall -Wextra -Werror -march=rv64gc -mabi=lp64d \
            -pthread -static -no-pie -ffunction-sections -fdata-sections -fno-ident \
            -Wl,--gc-sections -Wl,--build-id=none -Wl,--strip-all -Wl,-z,norelro \
            -o "$1/$name.elf" "$name.c")
        chmod 755 "$1/$name.elf"
    done
}

case ${1-} in
'')
    build "$bundled"
    ls -l "$bundled"
    ;;
--check)
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    trap 'exit 1' HUP INT TERM
    build "$fresh"
    status=0
    for binary in "$fresh"/*.elf; do
        name=$(basename "$binary")
        if cmp -s "$binary" "$bundled/$name"; then
            echo "$name: same"
        else
            echo "$name: differs"
            status=1
        fi
    done
    exit $status
    ;;
-*)
    echo "usage: build.sh [--check | FOLDER]" >&2
    exit 64
    ;;
*)
    mkdir -p "$1"
    build "$(cd "$1" && pwd)"
    ;;
esac
