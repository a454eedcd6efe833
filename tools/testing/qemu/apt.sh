# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Packages of any suite of Debian, and of any architecture (kernel_arch, amd64 where it is not set), without
# touching what the machine has.
#
# STALE=1 takes lists that are past their date, as a mirror that stands still has them; signatures are
# checked all the same.

# mirror_of PATTERN DEFAULT: the archive that this machine uses already.
mirror_of() {
	local uri
	uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		grep -E "$1" | head -n 1) || true
	echo "${uri:-$2}"
}

# apt_dir: where the lists of a suite and an architecture are kept.
apt_dir() {
	local arch=${kernel_arch:-amd64}
	[ "$arch" = amd64 ] && arch= || arch=-$arch
	echo "$cache/apt/$kernel_suite$arch"
}

# apt_in COMMAND...: apt with a configuration of its own, so that a package of another suite than the
# machine's can be had, and nothing of it installed.
apt_in() {
	local dir command=$1
	dir=$(apt_dir)
	shift
	"$command" -qq \
		-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State::lists="$dir/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$dir/cache" \
		-o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User="$(id -un)" \
		-o APT::Architecture="${kernel_arch:-amd64}" -o APT::Architectures="${kernel_arch:-amd64}" -o Debug::NoLocking=1 \
		${STALE:+-o Acquire::Check-Valid-Until=false} "$@"
}

# refresh_apt: once a run, a suite and an architecture.
refresh_apt() {
	local dir key=/usr/share/keyrings/debian-archive-keyring.gpg
	dir=$(apt_dir)
	[[ " ${apt_is_fresh:-} " != *" $dir "* ]] || return 0
	say "$name: reading the package lists of $kernel_suite"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	{
		echo "deb [signed-by=$key] $(mirror_of '/debian/?$' http://deb.debian.org/debian) $kernel_suite main"
		case $kernel_suite in
		sid | *-*) ;;
		*) echo "deb [signed-by=$key] $(mirror_of security http://deb.debian.org/debian-security) $kernel_suite-security main" ;;
		esac
	} >"$dir/sources.list"
	apt_in apt-get update >&2 || {
		# For builds alone: what a mirror has in order.
		[ -n "${without_security:-}" ] && sed -i '/-security main$/d' "$dir/sources.list" &&
			say "$name: going on without the security updates of $kernel_suite" &&
			apt_in apt-get update >&2
	} || die "the package lists of $kernel_suite cannot be had (STALE=1 takes those that are past their date)"
	apt_is_fresh+=" $dir"
}

# field PACKAGE[=VERSION] FIELD
field() {
	apt_in apt-cache show --no-all-versions "$1" | sed -n "s/^$2: //p" | head -n 1
}
