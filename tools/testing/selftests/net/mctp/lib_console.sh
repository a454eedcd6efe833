# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For tests of a page of documentation: each of its commands must print what the page shows, and no more. The
# commands are calls of run, in a file that is made of the page; see the Makefile.
here=$(dirname "$0")
number=0
failed=0

skip() {
	echo "1..0 # SKIP $1"
	exit 4
}

# alike: what is compared; a kernel without file locks is no matter here.
alike() {
	sed '/^Warning: could not flock/d'
}

# run COMMAND <OUTPUT
run() {
	local wanted got
	wanted=$(alike)
	got=$(eval "$1" 2>&1 </dev/null | alike)
	number=$((number + 1))
	if [ "$got" = "$wanted" ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		echo "$got" | sed 's/^/# /'
		failed=1
	fi
	# The reader of a page is slower than what runs in the background
	case $1 in
	*"&") sleep 1 ;;
	esac
}

# run_page FILE
run_page() {
	echo "TAP version 13"
	echo "1..$(grep -c '^run ' "$here/$1")"
	# shellcheck disable=SC1090 # made from the documentation
	. "$here/$1"
}
