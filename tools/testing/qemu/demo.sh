#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# First messages, in the guest: over a serial line, and over a pair of virtual devices. Ends with 0 only if
# every message came back as it was sent.
#
#   left                                       right
#   EID 8, mctpserialN  == serial line ==  mctpserialM, EID 9
#
#   west                                        east
#   EID 18, va          == vmctp pair ==        vb, EID 19
# shellcheck source=inside/lib.sh
. /lib/harness/lib.sh
tracing=/sys/kernel/tracing

# in_ns NAMESPACE COMMAND...: show it and do it.
in_ns() {
	local ns=$1
	shift
	echo "[$ns] $*"
	ip netns exec "$ns" "$@"
}

# until_true COMMAND...: wait for a fact, ten seconds at most.
until_true() {
	local tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || {
			echo "this has not become true: $*"
			exit 1
		}
		sleep 0.1
	done
}

# endpoint NAMESPACE DEVICE EID PEER
endpoint() {
	in_ns "$1" mctp link set "$2" up &&
		in_ns "$1" mctp addr add "$3" dev "$2" &&
		in_ns "$1" mctp route add "$4" via "$2" || exit 1
}

# exchange FROM TO EID: requests from one namespace to an endpoint in the other.
exchange() {
	echo "[$2] responder &"
	ip netns exec "$2" responder 2>"/tmp/responder.$2" &
	until_true grep answering "/tmp/responder.$2"

	echo >$tracing/trace
	echo 1 >$tracing/events/mctp/enable
	in_ns "$1" requester "$3" 16 || exit 1
	echo 0 >$tracing/events/mctp/enable
	grep -v '^#' $tracing/trace >"/tmp/trace.$1"
	in_ns "$1" requester "$3" 4096 || exit 1
}

# show NAMESPACE
show() {
	in_ns "$1" mctp link
	in_ns "$1" mctp addr
	in_ns "$1" mctp route
}

load_modules || exit 1
for ns in left right west east; do
	ip netns add $ns || exit 1
done

stage "a serial line between the namespaces left and right"
ptyjoin >/tmp/line &
until_true grep . /tmp/line
read -r left_tty right_tty </tmp/line
in_ns left mctp link serial "$left_tty" --daemon --name-file /tmp/left || exit 1
in_ns right mctp link serial "$right_tty" --daemon --name-file /tmp/right || exit 1
read -r left </tmp/left
read -r right </tmp/right
endpoint left "$left" 8 9
endpoint right "$right" 9 8
exchange left right 9
show left

stage "a pair of virtual devices between the namespaces west and east"
in_ns west mctp link add va type vmctp peer vb peer-netns east || exit 1
endpoint west va 18 19
endpoint east vb 19 18
exchange west east 19
show west

stage "what was counted in left"
in_ns left cat /proc/net/mctp/stat
stage "the one-packet message to EID 9 and its answer, as traced"
[ -s /tmp/trace.left ] || exit 1
cat /tmp/trace.left

stage "every message came back equal"
