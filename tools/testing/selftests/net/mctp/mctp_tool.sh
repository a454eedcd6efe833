#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The mctp command's words: options, objects and verbs, help, numbers, exit statuses. What each object does is in
# the other mctp_tool_*.sh.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
cases="$cases|by_sdbus"
inside_netns mctp_tool

# by_sdbus KIND NAME WORD...: a case of that kind, if the command was built to speak D-Bus.
by_sdbus() {
	case $($installed endpoint list 2>&1) in
	*"built without libsystemd"*) left_out "$2" "this mctp was built without libsystemd" ;;
	*) "$@" ;;
	esac
}

# is_json TEXT
is_json() {
	printf '%s' "$1" | "$here/json_check"
}

# The names of all objects, as a sentence has them.
objects=$($MCTP help | sed -n 's/^mctp \([a-z]*\): .*/\1/p; s/^  mctp \([a-z]*\).*/\1/p' | uniq | paste -sd, |
	sed 's/,/, /g; s/, \([a-z]*\)$/ or \1/')

# same WORDS WORDS: both succeed and print the same, and something.
same() {
	local one
	# shellcheck disable=SC2086 # words
	one=$($MCTP $1) && [ -n "$one" ] && [ "$one" = "$($MCTP $2)" ]
}

# help_names OBJECT VERB...: its help has a line for each.
help_names() {
	local object=$1 verb
	shift
	$MCTP "$object" help >"$tmp/help" || return 1
	for verb; do
		grep -q "^  mctp $object $verb" "$tmp/help" || return 1
	done
	[ "$(grep -c "^  mctp" "$tmp/help")" = $# ]
}

# cannot_write WORD...: a full disk is an error.
cannot_write() {
	$MCTP "$@" >/dev/full
	[ $? = 1 ]
}

# sh_by_schema NAME COMMAND
sh_by_schema() {
	sh -c "$2" | by_schema "$1"
}

# pretty WORD...: -p is the same JSON as -j, with a line a field.
pretty() {
	[ "$($MCTP -p "$@" | tr -d ' \n')" = "$($MCTP -j "$@" | tr -d ' \n')" ] &&
		[ "$($MCTP -p "$@" | wc -l)" -gt "$($MCTP -j "$@" | wc -l)" ] && $MCTP -p "$@" | "$here/json_check"
}

# coloured WORD...: is there an escape sequence in the output?
coloured() {
	$MCTP "$@" | grep -q "$(printf '\033')"
}

as_nobody() {
	su nobody -s /bin/sh -c "$*"
}

# nobody_is_refused: as $MCTP, but for a user without a capability.
nobody_is_refused() {
	as_nobody "$MCTP addr add 9 dev lo" 2>"$tmp/nobody"
	[ $? = 1 ] && [ "$(cat "$tmp/nobody")" = "mctp: cannot add EID 9 on lo: Operation not permitted. This needs \
CAP_NET_ADMIN: run it as root, or with sudo." ]
}

# verbose WORD...: the messages go to stderr, the output is the same.
verbose() {
	local plain
	plain=$($MCTP "$@")
	[ "$($MCTP -v "$@" 2>"$tmp/messages")" = "$plain" ] && grep -q '^sent ' "$tmp/messages" &&
		grep -q '^received ' "$tmp/messages"
}

# The judge of the JSON first.
result "the validator takes JSON" is_json ' [ 1 , -2.5e+3, "\u00e9\n", {"a":null,"b":[true,false,{}]} ] '
result "the validator refuses a comma too much" not is_json '[1,]'
result "the validator refuses a name without quotes" not is_json '{a:1}'
result "the validator refuses a name twice" not is_json '{"a":1,"a":2}'
result "the validator refuses a leading zero" not is_json '[010]'
result "the validator refuses a control character" not is_json "[\"$newline\"]"
result "the validator refuses what stands behind" not is_json '[] []'
result "the validator refuses nothing" not is_json ''

misuse "no word at all is misuse" "an object is missing: $objects."
misuse "a short option that does not exist" '"-x" is not an option.' -x link
misuse "a long option that does not exist" '"--xyz" is not an option.' --xyz link
misuse "an option without its value" "a value is missing behind -n." -n
misuse "an object that does not exist" "no object \"frob\": use $objects." frob
misuse "an object with a letter too much" "no object \"linkx\": use $objects." linkx
misuse "an empty object" "no object \"\": use $objects." ""
misuse "a verb that does not exist" '"frob" is not a verb of link: use show, set, add, delete, serial, or help.' \
	link frob
misuse "a verb with a letter too much" '"showx" is not a verb of route: use show, add, replace, delete, flush, or help.' route showx
misuse "an option behind the object is none" \
	'"-j" is not understood here.' link -j

result "an abbreviated object: l" same "l" "link show"
result "an abbreviated object: li" same "li sh" "link show"
result "an abbreviated object: st" same "st" "stat show"
misuse "an abbreviation of three objects names them all" '"s" could be stat, socket or send: write more of it.' s
does "an abbreviated object and verb: a a" a a 8 dev lo
result "an abbreviated object: addr" same "addr" "address show"
result "an abbreviated object: ro" same "ro" "route show"
result "an object wins over those that begin with it" same "help help" "h h"
misuse "an abbreviation of three verbs names them all" '"s" could be show or set or serial: write more of it.' link s
misuse "an abbreviation of two verbs names both" '"se" could be set or serial: write more of it.' link se
misuse "an abbreviation does nothing while it is ambiguous" '"s" could be show or set or serial: write more of it.' \
	l s lo down
result "neighbor is neighbour" same "-j neighbor show" "-j neighbour show"
result "an abbreviated object: n" same "-j n" "-j neighbour show"
does "an abbreviated verb: d" a d 8 dev lo

result "the version" sh -c "$MCTP version | grep -qx 'mctp [0-9.]*'"
result "the version, as an option" same "-V" "version"
result "the version in JSON is by its schema" sh_by_schema version "$MCTP -j version"
misuse "the version and a word too much" '"now" is not understood here.' version now
result "help, as an option" same "-h" "help"
result "help for an object" same "help link" "link help"
result "help for an abbreviated object" same "help n" "neighbour help"
result "help for link names its verbs" help_names link show set add delete serial
result "help for address names its verbs" help_names address show add replace delete flush
result "help for route names its verbs" help_names route show add replace delete flush
result "help for neighbour names its verbs" help_names neighbour show add replace delete flush
result "help for stat names its verbs" help_names stat show
result "help for ping, which has no verbs" sh -c "$MCTP ping help | grep -q '^  mctp ping EID '"
result "each object has help" sh -c "for object in $(echo "$objects" | sed 's/,\| or / /g'); do
	$MCTP help \$object | grep -q \"^  mctp \$object\" || exit 1; done"
misuse "help for an object that does not exist" "no object \"frob\": use $objects." \
	help frob
misuse "help and a word too much" '"now" is not understood here.' link help now

prints "a number may be hexadecimal" "" route show net 0x7
prints "a number may be hexadecimal in capitals" "" route show net 0XfF
prints "the greatest number of 32 bits" "" route show net 4294967295
prints "the greatest number of 32 bits, hexadecimal" "" route show net 0xffffffff
misuse "a number of 33 bits" "the network 4294967296 is out of range: use 1 to 4294967295." route show net 4294967296
misuse "a number of 33 bits, hexadecimal" "the network 0x100000000 is out of range: use 1 to 4294967295." \
	route show net 0x100000000
misuse "a number of more than 64 bits" \
	"the network 36893488147419103233 is out of range: use 1 to 4294967295." route show net 36893488147419103233
misuse "a number that is too small" "the network 0 is out of range: use 1 to 4294967295." route show net 0
misuse "a negative number" 'the network "-1" is not a number: write it in decimal, or with 0x.' route show net -1
misuse "a number with a sign" 'the network "+1" is not a number: write it in decimal, or with 0x.' route show net +1
misuse "a number with a letter" 'the network "1x" is not a number: write it in decimal, or with 0x.' route show net 1x
misuse "a number of no digits" 'the network "0x" is not a number: write it in decimal, or with 0x.' route show net 0x
misuse "a number behind a space" 'the network " 1" is not a number: write it in decimal, or with 0x.' \
	route show net " 1"
misuse "a number before a space" 'the network "1 " is not a number: write it in decimal, or with 0x.' \
	route show net "1 "
misuse "an empty number" "a value is missing behind net." route show net ""
does "a leading zero does not mean octal" address add 010 dev lo
prints "which makes EID 10" "eid 10 net 1 dev lo" address

ip netns add mctp_tool_other
prints "-n works in another namespace" "dev lo index 1 address 00:00:00:00:00:00 net 1 mtu 65536 down" \
	-n mctp_tool_other link
prints "--netns, too, with a path" "dev lo index 1 address 00:00:00:00:00:00 net 1 mtu 65536 down" \
	--netns /run/netns/mctp_tool_other link
does "a change in another namespace" -n mctp_tool_other address add 42 dev lo
prints "is there" "eid 42 net 1 dev lo" -n mctp_tool_other address
prints "and not here" "eid 10 net 1 dev lo" address
refuses "a namespace that does not exist" "there is no network namespace nosuch. Those that exist: ip netns list" \
	-n nosuch link
refuses "a path that does not exist" "cannot open the network namespace /nosuch/net: No such file or directory." \
	-n /nosuch/net link
refuses "a path that is no namespace" "/etc/passwd is not a network namespace. Those that exist: ip netns list" \
	-n /etc/passwd link
refuses "a namespace of another kind" "/proc/self/ns/mnt is not a network namespace. Those that exist: ip netns list" \
	-n /proc/self/ns/mnt link
refuses "a namespace without a name" '"" cannot name a network namespace. Those that exist: ip netns list' -n "" link
ip netns delete mctp_tool_other

result "-v shows the messages, and leaves the output" verbose link
result "--verbose, too" sh -c "$MCTP --verbose link 2>&1 >/dev/null | grep -q '^sent '"
result "an output that cannot be written is an error" cannot_write link
result "an output in JSON that cannot be written is one, too" cannot_write -j link
result "any user may look" as_nobody "$MCTP address | grep -qx 'eid 10 net 1 dev lo'"
result "a user without a capability may not change" nobody_is_refused

result "-p is -j with a line a field" pretty link
result "--pretty, too" pretty address
result "the schema refuses a member that it does not know" not by_schema version <<END
[{"version":"1","more":1}]
END
result "the schema refuses a member of another kind" not by_schema version <<END
[{"version":1}]
END
result "the schema refuses what lacks a member" not by_schema version <<END
[{}]
END
result "the schema refuses a text that does not match" not by_schema version <<END
[{"version":"x"}]
END
result "the schema refuses a number out of range" not by_schema address <<END
[{"eid":7,"net":1,"dev":"lo"}]
END
result "no colour where the output is no terminal" not coloured link
result "colour where it is asked for" coloured --color=always link
result "none where it is not, as -c" not coloured -c never link
result "none in JSON" not coloured -j -c always link
misuse "colour at another time" '"often" is no time for colour: use auto, always or never.' -c often link
misuse "--force without a batch" "--force is for a batch: add --batch FILE." --force link
result "stat has a counter a line" sh -c "$MCTP stat | grep -qE '^[a-z_]+ +[0-9]+\$'"
result "stat in JSON is by its schema" sh_by_schema stat "$MCTP -j stat"

# What only `mctp endpoint` needs, and loads itself.
installed=$MCTP
mkdir "$tmp/libraries"
: >"$tmp/libraries/libsystemd.so.0"
MCTP="env LD_LIBRARY_PATH=$tmp/libraries $installed"
without="cannot ask mctpd without libsystemd: $tmp/libraries/libsystemd.so.0: file too short. On Debian: \
apt install libsystemd0"
by_sdbus refuses "without libsystemd endpoints cannot be listed" "$without" endpoint list
by_sdbus refuses "nor set up" "$without" endpoint setup lo
result "the rest does without" same link link
# Another library in its place.
find / -xdev -name libmnl.so.0 -exec cp {} "$tmp/libraries/libsystemd.so.0" \;
by_sdbus refuses "with one that lacks a function they cannot be listed" "cannot ask mctpd: this libsystemd is too old: \
$tmp/libraries/libsystemd.so.0: undefined symbol: sd_bus_call." endpoint list
MCTP=$installed

misuse "stat and a word too much" '"now" is not understood here.' stat show now
finish
