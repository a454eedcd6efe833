#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The commands of Documentation/networking/mctp.rst, in their order, in a network namespace of their own.
# shellcheck source=lib_console.sh
. "$(dirname "$0")/lib_console.sh"

if [ "${1:-}" != inside ]; then
	command -v mctp >/dev/null || skip "there is no mctp command"
	ip netns add doc_console || exit 1
	exec ip netns exec doc_console sh "$0" inside
fi

# alike: an index tells how many devices the kernel makes by itself in a namespace, too.
alike() {
	sed '/^Warning: could not flock/d; s/ index [0-9]*/ index N/'
}

run_page doc_blocks.sh
exit $failed
