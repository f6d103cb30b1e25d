#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Assembles executor.s into the program that the module carries as a resource.
#
#   assemble.sh [FILE]      FILE: where to write it; the resource if it is not given
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${1:-$here/../../resources/org/mm4j/conformance/executor/executor-x86_64.elf}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

as --64 -o "$scratch/executor.o" "$here/executor.s"
ld -m elf_x86_64 -static -nostdlib -n --build-id=none --strip-all -o "$scratch/executor" "$scratch/executor.o"
mkdir -p "$(dirname "$program")"
cp "$scratch/executor" "$program"
