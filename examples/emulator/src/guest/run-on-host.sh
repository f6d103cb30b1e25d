#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The control: builds a guest program for this machine and runs it on the running kernel.
#
# usage: run-on-host.sh [PROGRAM [ARGUMENT...]]     default program: migration
#
# Two settings can forbid MADV_COLLAPSE on memory files: shmem_enabled "deny", and "never" for the
# 2 MiB size. Only where one of them stands, and only as root, it is changed for the run and put
# back on every way out that a script can notice. They are global to the machine.
#
# Exit status: the program's (migration: 0 intact, 1 broken, 2 could not be tried), or 2 if there
# is no compiler or no Linux.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=${1:-migration}
[ $# -gt 0 ] && shift

if [ ! -f "$here/c/$program.c" ]; then
    echo "run-on-host.sh: there is no $here/c/$program.c" >&2
    exit 64
fi
compiler=${CC:-cc}
if [ "$(uname -s)" != Linux ] || ! command -v "$compiler" >/dev/null; then
    echo "run-on-host.sh: needs Linux and a C compiler ($compiler)" >&2
    exit 2
fi

thp=/sys/kernel/mm/transparent_hugepage
global=$thp/shmem_enabled
two_mib=$thp/hugepages-2048kB/shmem_enabled
global_before=
two_mib_before=
folder=$(mktemp -d)

clean_up() {
    [ -z "$global_before" ] || echo "$global_before" >"$global" || true
    [ -z "$two_mib_before" ] || echo "$two_mib_before" >"$two_mib" || true
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The word in brackets is the one in force.
in_force() { sed -n 's/.*\[\(.*\)\].*/\1/p' "$1"; }

"$compiler" -std=gnu17 -O2 -pthread -o "$folder/$program" "$here/c/$program.c"

if [ -w "$global" ] && [ "$(in_force "$global")" = deny ]; then
    global_before=deny
    echo advise >"$global"
fi
if [ -w "$two_mib" ] && [ "$(in_force "$two_mib")" = never ]; then
    two_mib_before=never
    echo inherit >"$two_mib"
fi

"$folder/$program" "$@"
