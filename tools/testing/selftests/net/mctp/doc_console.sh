#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The commands of Documentation/networking/mctp.rst, in their order, in a network namespace of their own: each
# must print what the documentation shows, and no more. doc_blocks.sh has them, as calls of run.
here=$(dirname "$0")
number=0
failed=0

if [ "${1:-}" != inside ]; then
	command -v mctp >/dev/null || {
		echo "1..0 # SKIP there is no mctp command"
		exit 4
	}
	ip netns add doc_console || exit 1
	exec ip netns exec doc_console sh "$0" inside
fi

# alike: an index tells how many devices the kernel makes by itself in a namespace, and ip warns where the
# kernel has no file locks.
alike() {
	sed '/^Warning: could not flock/d; s/ index [0-9]*/ index N/'
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
}

echo "TAP version 13"
echo "1..$(grep -c '^run ' "$here/doc_blocks.sh")"
# shellcheck disable=SC1091 # made from the documentation
. "$here/doc_blocks.sh"
exit $failed
