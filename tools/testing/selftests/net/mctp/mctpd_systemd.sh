#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd as a service of systemd, confined as its unit says. systemd is the first process of a namespace of processes.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
if [ ! -x /lib/systemd/systemd ]; then
	echo "1..0 # SKIP there is no systemd"
	exit 4
fi
inside_netns mctpd_systemd

# unit NAME: a unit of stdin, which orders itself.
unit() {
	{
		printf '[Unit]\nDefaultDependencies=no\n'
		cat
	} >"/run/systemd/system/$1"
}

# service WORD...: as root at a prompt: systemd obeys who is in its namespace.
service() {
	nsenter -t "$(tr -d ' ' <"/proc/$bus/task/$bus/children")" -m -p systemctl --no-ask-password "$@"
}

# status WORD: the line of /proc/PID/status of mctpd.
status() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$(pidof mctpd)/status"
}

read_only() {
	awk '$2 == "/" { last = $4 } END { exit last !~ /^ro/ }' "/proc/$(pidof mctpd)/mounts"
}

# Mounts of ip netns exec are its own.
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/netns /run/dbus /run/systemd/system /usr/sbin /var/tmp
cp "$(command -v "$MCTPD")" /usr/sbin/mctpd
bus_config
for name in test sysinit basic shutdown; do
	unit $name.target </dev/null
done
unit dbus.socket <<END
[Socket]
ListenStream=/run/dbus/system_bus_socket
END
unit dbus.service <<END
[Service]
Type=notify
ExecStart=$(command -v dbus-daemon) --config-file=$tmp/bus.conf --address=systemd: --nofork --nopidfile
END
cp /etc/mctpd.service /run/systemd/system/
mkdir /run/systemd/system/mctpd.service.d
# A sanitizer that looks for leaks wants more than the unit gives.
cat >/run/systemd/system/mctpd.service.d/test.conf <<END
[Service]
StandardError=append:$tmp/log
Environment=ASAN_OPTIONS=detect_leaks=0
END
cat >/etc/mctpd.conf <<END
[bus-owner]
dynamic_eid_range = [20, 60]
[[interface]]
match = "near"
eid = 8
up = true
addresses = [0x20]
END
pair near
$MCTP link set near down
start_devices
tell "a addr=0x20 types=0,1 uuid=0102030405060708090a0b0c0d0e0f10" "br addr=0x21 pool=2" "x behind=br"
container=other unshare --fork --pid --mount --mount-proc --kill-child /lib/systemd/systemd --system \
	--unit=test.target --log-target=null --show-status=no 7>&- >/dev/null 2>&1 &
bus=$!
until_true test -S /run/systemd/private

result "systemd starts mctpd, which says that it is ready" service start mctpd.service
result "its system calls are filtered" [ "$(status Seccomp)" = 2 ]
result "it gets no new privileges" [ "$(status NoNewPrivs)" = 1 ]
result "it can have three capabilities" [ "$(status CapBnd)" = 0000000000003400 ]
result "and has two" [ "$(status CapEff)" = 0000000000003000 ]
result "it sees files read-only" read_only
result "it brings the link up and finds the endpoint there" comes \
	"^eid 20 net 1 dev near address 0x20 types 0,1 uuid 01020304-0506-0708-090a-0b0c0d0e0f10 available"
result "a bridge is set up" says "eid 21 net 1 new" $MCTP endpoint setup near address 0x21
result "with what is behind it" comes "^eid 59 net 1 dev near behind 21 "
result "peers are answered" answers "02" "02 00 08 10 00"
result "an MTU is set" call /networks/1/endpoints/20 $DBUS.Endpoint1.SetMTU uint32:68
result "a link that comes is seen" $MCTP link add plug type vmctp peer socket
result "and shown" until_true property /interfaces/plug $DBUS.Interface1 NetworkId
result "nothing was refused to mctpd" not grep -iE 'permi|cannot' "$tmp/log"
result "after a restart it serves" service restart mctpd.service
result "and knows its endpoints" comes "^eid 20 .* available" "^eid 21 .* available" "^eid 59 .* available"
result "D-Bus is started again" service restart dbus.service
result "and mctpd by systemd, which knows them still" comes "^eid 20 .* available" "^eid 59 .* available"
result "it had said why it ended" grep -q 'D-Bus has gone away\.$' "$tmp/log"
result "it is stopped" service stop mctpd.service
result "in good order" says "Result=success" service show -p Result mctpd.service
# unshare is deaf to SIGTERM
kill -9 $bus
mctpd=$bus
rm -f /etc/mctpd.conf
finish_mctpd
