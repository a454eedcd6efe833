# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What ./static checks of contrib/ and of mctpd's unit: that systemd and udev understand it as it is installed.

# instance NAME: an instance of a template, or the unit itself.
instance() {
	echo "${1/@./@ttyS1.}"
}

# understood ROOT UNIT: what systemd-analyze has against a unit; what it only warns of is a finding, too.
understood() {
	systemd-analyze verify --man=no --root="$1" "$(instance "$2")" 2>&1 || echo "systemd-analyze verify fails"
}

# confined ROOT UNIT: its exposure is 2.0 of 10 at most.
confined() {
	systemd-analyze security --no-pager --offline=yes --threshold=20 --root="$1" "$(instance "$2")" 2>&1 |
		grep -q '^→ Overall exposure level for .*: [01]\.[0-9] ' || echo "systemd-analyze security finds more exposure than 2.0"
}

# rules_understood FILE: lines that are no rules. udevadm verify is newer than Debian 12.
rules_understood() {
	local keys='ACTION|DEVPATH|KERNELS?|NAME|SYMLINK|SUBSYSTEMS?|DRIVERS?|TAGS?|PROGRAM|RESULT|OWNER|GROUP|MODE|LABEL|GOTO'
	keys="($keys|(ATTRS?|ENV|IMPORT|RUN|OPTIONS|TEST)(\\{[^}]+\\})?)"
	sed -e ':join' -e '/\\$/{N;s/\\\n[ \t]*//;b join}' "$1" | grep -vE \
		"^(#.*|$keys[ ]*(==|!=|=|\\+=|-=|:=)[ ]*\"[^\"]*\"(,[ ]*$keys[ ]*(==|!=|=|\\+=|-=|:=)[ ]*\"[^\"]*\")*)?$" || true
	if udevadm verify --help >/dev/null 2>&1; then
		udevadm verify --no-summary "$1" 2>&1 || echo "udevadm verify fails"
	fi
}

# contrib TOOLS: all of these checks; TOOLS is the folder of the programs that were built.
contrib() {
	local root unit file
	root=$(mktemp -d)
	make -s -C "$top/contrib" install DESTDIR="$root"
	install -D -t "$root/usr/sbin" "$1/mctp/mctp"
	install -D -t "$root/usr/bin" /bin/sh
	install -D "$1/mctpd/mctpd" "$root/usr/sbin/mctpd"
	install -D /bin/true "$root/sbin/modprobe"
	install -D -m 644 -t "$root/lib/systemd/system" "$top/tools/mctpd/mctpd.service"
	for file in "$top"/contrib/*.service "$top"/tools/mctpd/mctpd.service; do
		unit=${file##*/}
		cp -rn /lib/systemd/system "$root/usr/lib/systemd/"
		result "systemd understands $unit" "$(understood "$root" "$unit")"
		result "$unit is confined" "$(confined "$root" "$unit")"
	done
	for file in "$root"/usr/share/doc/mctp/examples/*.rules; do
		result "udev understands ${file##*/}" "$(rules_understood "$file")"
	done
	rm -rf "$root"
}
