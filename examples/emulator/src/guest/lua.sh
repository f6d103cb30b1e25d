#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the Lua interpreter from Debian's source package as a static riscv64 program.
#
# usage: lua.sh FOLDER      leaves FOLDER/lua; nothing of it is ever committed
#
# The source is downloaded by apt, which checks its signature, with a root directory of its own: the
# system's package lists and packages stay as they are, and nothing can be installed by mistake
# (its dpkg is /bin/false). Needs apt, the Debian archive keyring, a network, and the compiler that
# build.sh names.
#
# What is compiled is the upstream tarball of the package, without Debian's patches: they change the
# build and the module paths, which a static program has no use for, and harden the interpreter
# against two kinds of hostile scripts, which a test does not run.
set -eu
export LC_ALL=C

if [ $# -ne 1 ]; then
    echo "usage: lua.sh FOLDER" >&2
    exit 64
fi
compiler=${CC_RISCV64:-riscv64-linux-gnu-gcc}
# The archive this machine's own apt takes Debian 12's main packages from.
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' | sed -n 's/ bookworm$//p' | head -n 1)}
if [ -z "$mirror" ]; then
    echo "lua.sh: this machine's apt knows no bookworm archive; set DEBIAN_MIRROR" >&2
    exit 1
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$1"
target=$(cd "$1" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$work/root/etc/apt/apt.conf.d" "$work/root/etc/apt/preferences.d" \
    "$work/root/etc/apt/sources.list.d" "$work/root/var/lib/apt/lists/partial" \
    "$work/root/var/cache/apt/archives/partial" "$work/root/var/lib/dpkg" "$work/source"
: >"$work/root/var/lib/dpkg/status"
echo "deb-src [signed-by=$keyring] $mirror bookworm main" >"$work/root/etc/apt/sources.list"
cat >"$work/apt.conf" <<CONF
Dir "$work/root";
Dir::State::status "$work/root/var/lib/dpkg/status";
Dir::Bin::dpkg "/bin/false";
APT::Sandbox::User "root";
CONF
export APT_CONFIG="$work/apt.conf"

apt-get -q update
(cd "$work/source" && apt-get -q --download-only source lua5.4)
unset APT_CONFIG

tar -xzf "$work"/source/lua5.4_*.orig.tar.gz -C "$work/source" --strip-components=1
cd "$work/source/src"
rm -f luac.c
"$compiler" -std=gnu99 -O2 -march=rv64gc -mabi=lp64d -static -no-pie -DLUA_COMPAT_5_3 -DLUA_USE_POSIX \
    -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,--build-id=none -Wl,--strip-all \
    -o "$target/lua" ./*.c -lm
ls -l "$target/lua"
