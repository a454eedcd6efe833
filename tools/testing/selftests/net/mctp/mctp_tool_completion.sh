#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp completion: the words that can follow, of the tables and of the kernel, and the script for bash.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_completion

# offers LIST WORD...: just these, in any order.
offers() {
	local list=$1
	shift
	$MCTP completion words "$@" 2>&1 | sort | paste -sd' ' >"$tmp/offered"
	[ "$(cat "$tmp/offered")" = "$(echo "$list" | tr ' ' '\n' | sort | paste -sd' ')" ] && return
	cat "$tmp/offered"
	return 1
}

# offers_among WORD -- WORD...: this one is among them.
offers_among() {
	local word=$1
	shift 2
	$MCTP completion words "$@" 2>&1 | grep -qx -e "$word"
}

# bash_offers LIST LINE: what bash has for a command line whose last word is not finished.
bash_offers() {
	MCTP=$MCTP bash -c '
		source <($MCTP completion bash)
		mctp() { command $MCTP "$@"; }
		read -ra COMP_WORDS <<<"$1"
		[ "${1% }" = "$1" ] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_mctp
		echo "${COMPREPLY[*]}"' - "$2" >"$tmp/offered" 2>&1
	[ "$(tr ' ' '\n' <"$tmp/offered" | sort | paste -sd' ')" = "$(echo "$1" | tr ' ' '\n' | sort | paste -sd' ')" ] && return
	cat "$tmp/offered"
	return 1
}

does "a pair" link add va type vmctp peer vb lladdr 0x10
does "another network" link set vb net 7
does "an EID" addr add 9 dev va
does "routes" route add 20-22 via va
does "a neighbour" neigh add 30 dev vb lladdr 0x11
objects=$($MCTP help | sed -n 's/^mctp \([a-z]*\): .*/\1/p; s/^  mctp \([a-z]*\).*/\1/p' | uniq)
result "objects" offers "$(echo "$objects" | paste -sd" ")" ""
result "options" offers_among --json -- -
result "verbs" offers "show set add delete serial help" link ""
result "devices, which are live" offers "lo va vb" link set ""
result "keywords" offers "up down mtu network" link set va ""
result "a keyword that is there is not offered again" offers "down mtu network" link set va up ""
result "networks, which are live" offers "1 7" link set va network ""
result "a value that nobody knows" offers "" link set va mtu ""
result "EIDs, which are live" offers "9 20 21 22 30" ping ""
result "EIDs of addresses" offers "9 20 21 22 30" addr del ""
result "devices behind dev" offers "lo va vb" addr add 9 dev ""
result "devices behind via" offers "lo va vb" route add 9 via ""
result "an abbreviated object and verb" offers "lo va vb" n a 9 dev ""
result "message types" offers_among pldm -- send 9 ""
result "namespaces behind -n" offers_among mctp_tool_completion -- -n ""
ip netns add mctp_tool_other
result "devices of another namespace" offers "lo" -n mctp_tool_other link set ""
ip netns delete mctp_tool_other
result "objects behind help" offers_among route -- help ""
result "nothing behind an object that does not exist" offers "" frob ""
result "nothing behind a verb that does not exist" offers "" link frob ""
result "nothing for no word" offers ""
result "bash: a device" bash_offers "va vb" "mctp link set v"
result "bash: a verb" bash_offers "show set serial" "mctp link s"
result "bash: an object" bash_offers "route reassembly recv" "mctp r"
result "bash: an EID" bash_offers "20 21 22" "mctp route del 2"
result "zsh: the script names its command" sh -c "$MCTP completion zsh | head -n 1 | grep -qx '#compdef mctp'"
misuse "a shell that it does not know" 'there is no completion for "fish": use bash or zsh.' completion fish
misuse "no shell" "the shell is missing." completion
misuse "a word too much" '"now" is not understood here.' completion bash now
finish
