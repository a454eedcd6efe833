# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scripts of this folder share.
set -euo pipefail
shopt -s nullglob

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mctp-kernels
build=$top/build
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# One clock for a command and all the scripts that it calls.
export HARNESS_START=${HARNESS_START:-$EPOCHREALTIME}

# elapsed [SINCE]: seconds with one decimal.
elapsed() {
	local us=$((${EPOCHREALTIME/./} - ${1:-$HARNESS_START}))
	printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10))
}
HARNESS_START=${HARNESS_START/./}

# say TEXT: a stage, with the time. On stderr, as stdout carries a script's result.
say() {
	printf '[%7ss] %s\n' "$(elapsed)" "$*" >&2
}

die() {
	say "error: $*"
	exit 1
}

# stamped STAGE: the same before each line of stdin, in the order of coming.
stamped() {
	local line
	while IFS= read -r line || [ -n "$line" ]; do
		printf '[%7ss %s] %s\n' "$(elapsed)" "$1" "${line//$'\r'/}"
	done
}

# as_root COMMAND...
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -n "$@"
	else
		die "root is needed for: $*"
	fi
}

# need_packages [FILE]: what ./packages lists, or another file here, installed only where something is missing.
need_packages() {
	local package missing=()

	command -v dpkg-query >/dev/null ||
		die "this harness gets its tools and kernels from Debian packages, and this is no Debian system"
	while read -r package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			missing+=("$package")
	done < <(sed 's/#.*//; /^ *$/d' "$here/${1:-packages}")
	[ ${#missing[@]} -gt 0 ] || return 0

	say "packages: installing ${missing[*]}"
	as_root apt-get -qq -y --no-install-recommends install "${missing[@]}" >&2 </dev/null || {
		as_root apt-get -qq update >&2 </dev/null
		as_root apt-get -qq -y --no-install-recommends install "${missing[@]}" >&2 </dev/null
	} || die "these packages cannot be installed: ${missing[*]}"
}

# locked FILE: hold a lock until the script ends, so that two runs do not build the same thing at once.
locked() {
	mkdir -p "$(dirname "$1")"
	exec {lock_fd}>"$1"
	flock -n "$lock_fd" || {
		say "waiting for another run that holds $1"
		flock "$lock_fd"
	}
}

# the_kernel_of NAME: its line of ./kernels, as kernel_kind, kernel_package, kernel_suite, kernel_fragments; and, for another
# architecture than amd64, what make is told, as kernel_make. The compiler is kernel_cc, the image kernel_image.
the_kernel_of() {
	local line fragments arch
	line=$(awk -v name="$1" '$1 == name' "$here/kernels")
	[ -n "$line" ] || die "no kernel is called '$1': there are $(kernel_names | tr '\n' ' ')"
	read -r _ kernel_kind kernel_package kernel_suite fragments arch <<<"$line"
	IFS=, read -ra kernel_fragments <<<"$fragments"
	kernel_make=()
	kernel_cc=gcc
	kernel_image=arch/x86/boot/bzImage
	[ "$arch" = armhf ] || return 0
	kernel_cc=$cache/gcc-arm/usr/bin/arm-linux-gnueabihf-gcc-12
	kernel_make=(ARCH=arm CROSS_COMPILE=arm-linux-gnueabihf- "CC=$kernel_cc")
	kernel_image=arch/arm/boot/zImage
}

kernel_names() {
	sed 's/#.*//; /^ *$/d; s/[ \t].*//' "$here/kernels"
}

# lacked KERNEL TEST: the option that the kernel lacks for it by ./lacks; nothing if it is to run.
lacked() {
	awk -v kernel="$1" -v test="$2" '$1 == kernel && $2 == test { print $3 }' "$here/lacks"
}

# of_programs TEST: is it about a program more than about the kernel? See ./of_programs.
of_programs() {
	local pattern
	while read -r pattern; do
		# shellcheck disable=SC2053 # a pattern
		[[ $1 != $pattern ]] || return 0
	done < <(sed 's/#.*//; /^ *$/d' "$here/of_programs")
	return 1
}
