# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What ./static checks of the documentation: that it says what the source and the selftests say. Each finding
# is a line that only one of two has: "<" the source's or the tests', ">" the documentation's.

page_rst=Documentation/networking/mctp.rst
page_man=Documentation/man/mctp.7
page_robust=Documentation/networking/mctp-robustness.md
page_made=Documentation/networking/mctp-architecture.rst
examples=tools/testing/selftests/net/mctp/examples.awk

# rows rst|man PAGE PATTERN: the rows of a page that match; see ./docs.awk.
rows() {
	awk -v page="$1" -f "$here/docs.awk" "$top/$2" | grep -E "$3" || true
}

# differ FILE FILE: what only one of them has, or has at another place.
differ() {
	[ -s "$1" ] || echo "there is nothing to compare with"
	diff "$1" "$2" | grep '^[<>]' || true
}

# provoked PROGRAM...: the rows of tests that are tables.
provoked() {
	local program
	for program; do
		"$programs/$program" --rows
	done | sort
}

documented_errors() {
	rows rst $page_rst $'^[^\t]*\tE[A-Z0-9]+\t' | sort
}

# The errors that af_mctp.c names, but for those that no program sees: of the module's start, and that which
# becomes ENOTTY.
named_errors() {
	grep -oE -- '-E[A-Z0-9]+' "$top/net/mctp/af_mctp.c" | sed 's/^-//' | grep -vxE 'EEXIST|ENOIOCTLCMD|ENOMEM' | sort -u
}

# Every sentence of a refusal by rtnetlink. Left out: that memory is short, one that newer kernels forestall by
# their own, and one of ethtool's.
sentences() {
	cat "$top"/net/mctp/*.c "$top"/drivers/net/mctp/*.c | tr -d '\n' | grep -oE 'NL_SET_ERR_MSG(_ATTR)?\([^"]*"[^"]*"' |
		sed 's/^[^"]*//' | grep -vE '^"(No memory|Not allowed in the peer|A transfer holds)' | sort -u
}

counters_of_source() {
	sed -n 's/^\t\[MCTP_CNT_[A-Z_]*\][\t ]*= "\(.*\)",$/\1/p' "$top/net/mctp/stats.c"
}

# constant NAME: its value, from wherever it stands.
constant() {
	local value=$1
	case $value in
	SYSCTL_ZERO) value=0 ;;
	SYSCTL_ONE) value=1 ;;
	SYSCTL_INT_MAX) value=2147483647 ;;
	[A-Za-z]*)
		value=$(cat "$top"/net/mctp/{main.c,mctp_priv.h} "$top/include/net/mctp.h" | sed -nE \
			"s/^#define[ \t]+$value[ \t]+([^/]*).*/\1/p; s/^static const .*[ *]$value = (.*);/\1/p" | head -n 1)
		value=$(sed -E 's/([0-9])u/\1/g' <<<"$value")
		if [[ $value =~ [A-Z] ]]; then value=$(constant "$value"); fi
		;;
	esac
	echo $((value))
}

# name, default, range: as the table of main.c and the start values there say.
sysctls_of_source() {
	local name least most
	sed -nE 's/^\t\t\.procname = "(.*)",/name \1/p; s/^\t\t\.extra([12]) = [^A-Za-z_]*(\(void \*\)&)?([A-Za-z_]+),/\1 \3/p' \
		"$top/net/mctp/main.c" | while read -r what value; do
		case $what in
		name) name=$value ;;
		1) least=$(constant "$value") ;;
		2)
			most=$(constant "$value")
			value=$(sed -nE "s/^\tpn->sysctl_$name = (.*);/\1/p" "$top/net/mctp/main.c")
			printf '%s\t%s\t%s to %s\n' "$name" "$(constant "$value")" "$least" "$most"
			;;
		esac
	done
}

tracepoints_of_source() {
	sed -nE 's/^(TRACE_EVENT\(|DEFINE_EVENT\([a-z_]+, )(mctp_[a-z_]+),$/\2/p' "$top/include/trace/events/mctp.h"
}

# example N: a C block of the page.
example() {
	awk -v what=C -v block="$1" -f "$top/$examples" "$top/$page_rst"
}

# is_example NAME TEXT: some block of the page is that text.
is_example() {
	local n=1 text
	while text=$(example $n) && [ -n "$text" ]; do
		[ "$text" != "$2" ] || return 0
		n=$((n + 1))
	done
	echo "$1 has an example that $page_rst has not:"
	head -n 5 <<<"$2"
}

# examples_of_readme, examples_of_man: each C block, with a NUL behind it.
examples_of_readme() {
	awk '/^```c$/ { inside = 1; next } inside && /^```$/ { inside = 0; printf "%c", 0 } inside' "$top/README.md"
}

examples_of_man() {
	awk '/^\.EX$/ { inside = 1; next } inside && /^\.EE$/ { inside = 0; printf "%c", 0 } inside' "$top/$page_man" |
		sed "s/\\\\-/-/g; s/\\\\(aq/'/g; s/\\\\e/\\\\/g"
}

# examples_compile: each by itself, as a reader has it, with the system's headers.
examples_compile() {
	local n=1 text
	while text=$(example $n) && [ -n "$text" ]; do
		gcc -O2 -Wall -Wextra -Werror -Wno-unused-function -x c -c -o /dev/null - <<<"$text" 2>&1 || true
		n=$((n + 1))
	done
	[ $n -gt 1 ] || echo "there is no example"
}

copies_are_examples() {
	local text found=0
	while IFS= read -r -d '' text; do
		is_example "$1" "${text%$'\n'}"
		found=1
	done < <("$2")
	[ $found = 1 ] || echo "$1 has no example"
}

# transcript_of FILE: the list of endpoints, as README.md and the test of its example have it.
transcript_of() {
	sed -nE 's/^(\t"|    )?(eid [0-9]+ net 1 dev bus0 .*available).*/\2/p' "$top/$1"
}

# documented_keys, keys_of_source: of mctpd.conf.
documented_keys() {
	sed -n '/^\.TP$/{n;s/^\.B //p}' "$top/tools/mctpd/mctpd.conf.5" | sort -u
}

keys_of_source() {
	sed -nE 's/^\t\{ "([a-z_-]+)",?.*/\1/p' "$top/tools/mctpd/config.cc" | grep -vxE 'mctp|bus-owner|bridge|interface|static' |
		cat - <(echo interface) | sort -u
}

# The lines of mctp.8's synopsis that name an object, without their fonts.
synopsis_of_man() {
	sed -n '/^\.SH SYNOPSIS/,/^\.SH DESCRIPTION/p' "$top/tools/mctp/mctp.8" |
		sed -n '/^\\fBmctp /{ s/\\f[BIR]//g; s/\\-/-/g; p; }'
}

# tests_of_page, tests_there: what mctp-robustness.md names in its tables, and what there is.
tests_of_page() {
	grep '^|' "$top/$page_robust" | grep -oE '`[a-z0-9_]+(_test|\.sh)`' | tr -d '`' | sort -u
}

tests_there() {
	find "$top"/{tools/testing/selftests,net/mctp/test,drivers/net/mctp/test} -name '*_test.c' -o -name '*.sh' |
		sed 's#.*/##; s#\.c$##' | sort -u
}

# The commands of mctp-robustness.md that its test does not run.
recipe_not_tested() {
	awk '/^```/ { inside = !inside; next } inside' "$top/$page_robust" | grep -vxFf <(
		sed 's/^\t//' "$top/tools/testing/selftests/net/mctp/firewall.sh") || true
}

# files_of_page, files_there: of the core. The picture of the page names some of them, and of drivers.
files_of_page() {
	sed -n '/^=====* /,/^Look-ups/p' "$top/$page_made" | grep -oE '\b[a-z_]+\.c\b' | sort -u
}

files_there() {
	find "$top/net/mctp" -maxdepth 1 -name '*.c' ! -name '*.mod.c' -printf '%f\n' | sort
}

drawn_and_not_there() {
	local file
	grep -oE '[a-z_]+\.c\b' "$top/${page_made%/*}/mctp-packet-way.svg" | sort -u | while read -r file; do
		[ -e "$top/net/mctp/$file" ] || [ -e "$top/drivers/net/mctp/$file" ] || echo "$file"
	done
}

# documentation PROGRAMS: all of these checks; PROGRAMS is the folder of the selftests that were built.
documentation() {
	local programs=$1 a b
	a=$(mktemp) b=$(mktemp)

	provoked errors_test errors_send_test refusals_test >"$a"
	documented_errors >"$b"
	result "each error of mctp.rst is provoked by a test, and each that is provoked is there" "$(differ "$a" "$b")"
	provoked errors_test errors_send_test >"$a"
	rows man $page_man $'^[^\t]*\tE[A-Z0-9]+\t' | sort >"$b"
	result "mctp.7 has the same errors of sockets" "$(differ "$a" "$b")"
	named_errors >"$a"
	documented_errors | cut -f 2 | sort -u >"$b"
	result "each error that af_mctp.c names is in mctp.rst" "$(comm -23 "$a" "$b")"
	sentences >"$a"
	documented_errors | cut -f 3 | grep '^"' | sort -u >"$b"
	result "each sentence of a refusal is in mctp.rst, and no other" "$(differ "$a" "$b")"

	counters_of_source >"$a"
	rows rst $page_rst '^Counters' | cut -f 2 >"$b"
	result "the counters of mctp.rst are those of stats.c" "$(differ "$a" "$b")"
	rows rst $page_rst '^Counters' | cut -f 2- >"$a"
	rows man $page_man '^COUNTERS' | cut -f 2- >"$b"
	result "mctp.7 has the same counters" "$(differ "$a" "$b")"
	sysctls_of_source >"$a"
	rows rst $page_rst '^sysctls' | cut -f 2-4 >"$b"
	result "the sysctls of mctp.rst are those of main.c, with their defaults and ranges" "$(differ "$a" "$b")"
	rows man $page_man '^SYSCTLS' | sed -E 's/^[^\t]*\t([a-z_]+) \(default ([0-9]+), from (.*)\).*/\1\t\2\t\3/' >"$b"
	result "mctp.7 has the same sysctls" "$(differ "$a" "$b")"
	tracepoints_of_source >"$a"
	rows rst $page_rst '^Tracepoints' | cut -f 2 >"$b"
	result "the tracepoints of mctp.rst are those of the source" "$(differ "$a" "$b")"

	"$build/tools$BUILD_SUFFIX/tools/mctp/mctp" help | sed -n 's/^  \(mctp .*\)/\1/p' >"$a"
	synopsis_of_man >"$b"
	result "the synopsis of mctp.8 is that of the command's tables" "$(differ "$a" "$b")"

	files_there >"$a"
	files_of_page >"$b"
	result "mctp-architecture.rst says what each file of the core is" "$(differ "$a" "$b")"
	result "each file that mctp-packet-way.svg names exists" "$(drawn_and_not_there)"
	tests_of_page >"$a"
	tests_there >"$b"
	result "each test that mctp-robustness.md names exists" "$(
		[ -s "$a" ] || echo "it names none"
		comm -23 "$a" "$b"
	)"
	result "firewall.sh runs each command of mctp-robustness.md" "$(recipe_not_tested)"

	result "each C example of mctp.rst compiles by itself" "$(examples_compile)"
	result "the C examples of README.md are those of mctp.rst" "$(copies_are_examples README.md examples_of_readme)"
	result "the C examples of mctp.7 are those of mctp.rst" "$(copies_are_examples mctp.7 examples_of_man)"
	transcript_of README.md >"$a"
	transcript_of tools/testing/selftests/net/mctp/mctpd_example.sh >"$b"
	result "the endpoints of README.md are those of mctpd_example.sh" "$(differ "$a" "$b")"
	keys_of_source >"$a"
	documented_keys >"$b"
	result "mctpd.conf(5) has each key of mctpd.conf, and no other" "$(differ "$a" "$b")"
	# A date would only say when somebody last thought of it: a page is of the tree that it comes with.
	result "mandoc: no warning in the man pages" "$(cd "$top" && mandoc -T lint -W warning $page_man tools/mctp/mctp.8 \
		tools/mctpd/mctpd.8 tools/mctpd/mctpd.conf.5 |
		grep -v 'missing date' || true)"
	rm -f "$a" "$b"
}
