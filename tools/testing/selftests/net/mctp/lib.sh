# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the scripts that test programs share. Each is a list of cases, one a line that begins with one of
#
#   prints NAME TEXT WORD...     `mctp WORD...` succeeds, and prints just TEXT
#   json NAME TEXT WORD...       `mctp -j WORD...` does, and TEXT is valid JSON, and by its schema
#   does NAME WORD...            it succeeds, and prints nothing
#   refuses NAME TEXT WORD...    it exits with 1, and "mctp: TEXT" is all that it says
#   misuse NAME TEXT WORD...     it exits with 2, and says "mctp: TEXT" and where help is
#   result NAME COMMAND...       any command succeeds
#
# MCTP names the mctp command that is tested.

MCTP=${MCTP:-mctp}
here=$(dirname "$0")
cases='prints|json|does|refuses|misuse|result'
newline='
'
number=0
failed=0

# inside_netns NAME: run the script again in a fresh network namespace; there, say what is to come.
inside_netns() {
	command -v "$MCTP" >/dev/null || {
		echo "1..0 # SKIP there is no $MCTP"
		exit 4
	}
	if [ "${INSIDE:-}" != "$1" ]; then
		ip netns delete "$1" 2>/dev/null
		ip netns add "$1" || exit 1
		INSIDE=$1 exec ip netns exec "$1" sh "$0"
	fi
	tmp=$(mktemp -d) || exit 1
	echo "TAP version 13"
	echo "1..$(grep -cE "^($cases) " "$0")"
}

# finish: the last line of a script.
finish() {
	rm -rf "$tmp"
	exit $failed
}

# verdict NAME STATUS: a case; 0 is good, and $tmp/why says why it is not.
verdict() {
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		sed 's/^/# /' "$tmp/why"
		failed=1
	fi
}

# left_out NAME REASON: a case that cannot be tried here.
left_out() {
	number=$((number + 1))
	echo "ok $number $1 # SKIP $2"
}

result() {
	local name=$1
	shift
	"$@" >"$tmp/why" 2>&1
	verdict "$name" $?
}

not() {
	! "$@"
}

# run WORD...: the status and both outputs, to their last byte.
run() {
	$MCTP "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	out=$(cat "$tmp/out" && echo .)
	err=$(cat "$tmp/err" && echo .)
	{
		echo "mctp $* exits with $status"
		sed 's/^/  it prints: /' "$tmp/out"
		sed 's/^/  it says: /' "$tmp/err"
	} >"$tmp/why"
}

# line TEXT: as it is in $out and $err.
line() {
	echo "$1${1:+$newline}."
}

prints() {
	local name=$1 text=$2
	shift 2
	run "$@"
	[ "$status" = 0 ] && [ "$out" = "$(line "$text")" ] && [ "$err" = . ]
	verdict "$name" $?
}

json() {
	local name=$1 text=$2
	shift 2
	run -j "$@"
	[ "$status" = 0 ] && [ "$out" = "$(line "$text")" ] && [ "$err" = . ] &&
		by_schema "$(schema_of "$@")" <"$tmp/out" 2>>"$tmp/why"
	verdict "$name" $?
}

# schema_of WORD...: the schema of an object's output.
schema_of() {
	while [ "${1#-}" != "$1" ]; do
		[ "$1" != -n ] || shift
		shift
	done
	case $1 in
	l*) echo link ;;
	a*) echo address ;;
	ro*) echo route ;;
	n*) echo neighbour ;;
	*) echo "$1" ;;
	esac
}

# by_schema NAME [each]: the standard input is JSON, as a whole or each line, and as the schema has it.
by_schema() {
	local line
	cat >"$tmp/by_schema"
	if [ $# = 1 ]; then
		"$here/json_check" <"$tmp/by_schema" || return 1
	else
		while IFS= read -r line; do
			printf '%s' "$line" | "$here/json_check" || return 1
		done <"$tmp/by_schema"
	fi
	"$here/mctp_tool_schema" "$@" <"$tmp/by_schema"
}

does() {
	local name=$1
	shift
	run "$@"
	[ "$status" = 0 ] && [ "$out" = . ] && [ "$err" = . ]
	verdict "$name" $?
}

refuses() {
	local name=$1 text=$2
	shift 2
	run "$@"
	[ "$status" = 1 ] && [ "$out" = . ] && [ "$err" = "$(line "mctp: $text")" ]
	verdict "$name" $?
}

misuse() {
	local name=$1 text=$2
	shift 2
	run "$@"
	[ "$status" = 2 ] && [ "$out" = . ] && case $err in
	"mctp: $text${newline}Try: mctp help$newline." | "mctp: $text${newline}Try: mctp "[a-z]*" help$newline.") true ;;
	*) false ;;
	esac
	verdict "$name" $?
}

# second_device [-n NETNS]: some kernels have a device with the index 2 in every namespace. Where there is none, add
# one, so that those that a test makes have the same numbers everywhere. $second is its name.
second_device() {
	ip "$@" -o link | grep -q '^2: ' || ip "$@" link add dummy0 index 2 type dummy
	second=$(ip "$@" -o link | sed -n 's/^2: \([^:@]*\).*/\1/p')
}

# until_true COMMAND...: wait for a fact, for 30 seconds at most.
until_true() {
	local tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}
