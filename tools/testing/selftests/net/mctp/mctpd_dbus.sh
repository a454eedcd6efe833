#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What mctpd shows and does on D-Bus: each property, each method, each signal, and what is refused.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_dbus

OWNER=$DBUS.BusOwner1
CONTROL=$DBUS.Endpoint1
COMMON=xyz.openbmc_project.MCTP.Endpoint
UUID=xyz.openbmc_project.Common.UUID
endpoints=/networks/1/endpoints

# value VALUE OBJECT INTERFACE NAME: the property has it.
value() {
	local value=$1
	shift
	says "variant $value" property "$@"
}

# owner METHOD ARGUMENT...: of the link near.
owner() {
	local method=$1
	shift
	call /interfaces/near "$OWNER.$method" "$@"
}

# reply EID NEW METHOD ARGUMENT...: what the methods of a bus owner return.
reply() {
	local eid=$1 new=$2
	shift 2
	says "byte $eid int32 1 /au/com/codeconstruct/mctp1$endpoints/$eid boolean $new" owner "$@"
}

# reply_bridge EID POOL_START NEW ARGUMENT...: what AssignBridgeStatic returns, as busctl shows it with its signature.
reply_bridge() {
	local wanted="yyisb $1 $2 1 \"/au/com/codeconstruct/mctp1$endpoints/$1\" $3"
	shift 3
	says "$wanted" busctl --system call au.com.codeconstruct.MCTP1 /au/com/codeconstruct/mctp1/interfaces/near \
		$OWNER AssignBridgeStatic ayyyy 1 "$@"
}

# bus_refuses SENTENCE OBJECT INTERFACE METHOD SIGNATURE ARGUMENT...: with types of any kind, as busctl has them.
bus_refuses() {
	local sentence=$1 object=$2
	shift 2
	ends 1 "$sentence" busctl --system call au.com.codeconstruct.MCTP1 "/au/com/codeconstruct/mctp1$object" "$@"
}

# introspects METHOD SIGNATURE RESULT: so the link near has it.
introspects() {
	busctl --system introspect au.com.codeconstruct.MCTP1 /au/com/codeconstruct/mctp1/interfaces/near $OWNER |
		grep -qE "^\.$1 +method +$2 +$3 "
}

# role_changes_meanwhile: while a device that is slow is set up, we are no longer the bus owner there.
role_changes_meanwhile() {
	call /interfaces/other $OWNER.SetupEndpoint array:byte:0x26 >"$tmp/meanwhile" 2>&1 &
	until_true grep -q '^s 02' "$tmp/heard"
	role other Endpoint
	! wait $! && grep -q '^Error ' "$tmp/meanwhile" && hasnt 'address 0x26'
}

# mctpd_ends STATUS SENTENCE: by itself.
mctpd_ends() {
	wait "$mctpd"
	[ $? = "$1" ] && grep -qx "mctpd: $2" "$tmp/log" && return
	tail -n 5 "$tmp/log"
	return 1
}

# refused NAME SENTENCE COMMAND...: with that error of D-Bus.
refused() {
	local error="Error org.freedesktop.DBus.Error.$1: $2"
	shift 2
	ends 1 "$error" "$@"
}

# set_property OBJECT INTERFACE NAME VALUE
set_property() {
	call "$1" org.freedesktop.DBus.Properties.Set "string:$2" "string:$3" "variant:$4"
}

# signal OBJECT WORD...: the bus told of it, with the words in that order.
signal() {
	local object=$1
	shift
	awk -v path="path=/au/com/codeconstruct/mctp1$object;" -v words="$*" '
		function look() {
			gsub(/[ \n]+/, " ", text)
			found = found || (index(text, path) && text ~ words)
			text = ""
		}
		BEGIN { gsub(/ /, ".*", words) }
		/^signal / { look() }
		{ text = text " " $0 }
		END { look(); exit !found }' "$tmp/signals"
}

# says_signal OBJECT WORD...: soon.
says_signal() {
	until_true signal "$@" || {
		tail -n 40 "$tmp/signals"
		return 1
	}
}

mtu_of_20() {
	$MCTP route | grep -qx "eid min 20 max 20 net 1 dev $1 mtu $2"
}

start_bus
pair near
ip link set near mtu 254
$MCTP addr add 8 dev near
start_devices
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [20, 60]
discovery_interval_ms = 0
END
dbus-monitor --system "type='signal',path_namespace='/au/com/codeconstruct/mctp1'" >"$tmp/signals" 2>/dev/null &
monitor=$!
until_true grep -q NameAcquired "$tmp/signals"
tell "a addr=0x20 types=0,1 uuid=0102030405060708090a0b0c0d0e0f10" "b addr=0x21 types=0,0x7e,0x7f vdm=1" \
	"br addr=0x22 pool=2" "x behind=br" "c addr=0x23 eid=50" "d addr=0x90" "e addr=0x25 pool=4" \
	"s addr=0x26 late=700"

result "SetupEndpoint gives an EID" reply 20 true SetupEndpoint array:byte:0x20
result "once more, it is not new" reply 20 false SetupEndpoint array:byte:0x20
result "the bus is told of the endpoint" says_signal "" member=InterfacesAdded "$endpoints/20" $COMMON
result "SetupEndpoint wants an address" refused InvalidArgs "Physical addresses of near have 1 bytes" \
	owner SetupEndpoint array:byte:
result "no more than one" refused InvalidArgs "Physical addresses of near have 1 bytes" \
	owner SetupEndpoint array:byte:0x20,0x21
result "what is silent" refused Timeout "The endpoint does not answer" owner SetupEndpoint array:byte:0x70
result "AssignEndpoint gives one of the pool" reply 21 true AssignEndpoint array:byte:0x21
result "it wants an address" refused InvalidArgs "Physical addresses of near have 1 bytes" \
	owner AssignEndpoint array:byte:
result "AssignEndpoint changes the EID that a device has" reply 22 true AssignEndpoint array:byte:0x23
result "AssignEndpointStatic gives that" reply 40 true AssignEndpointStatic array:byte:0x90 byte:40
result "but none that another has" refused Failed "Another endpoint has that EID" \
	owner AssignEndpointStatic array:byte:0x22 byte:40
result "nor a reserved one" refused InvalidArgs "An EID is a number from 8 to 254" \
	owner AssignEndpointStatic array:byte:0x22 byte:7
result "nor broadcast" refused InvalidArgs "An EID is a number from 8 to 254" \
	owner AssignEndpointStatic array:byte:0x22 byte:255
result "LearnEndpoint gives none" refused Failed "The endpoint has no EID" owner LearnEndpoint array:byte:0x22
result "but finds what has one" reply 40 false LearnEndpoint array:byte:0x90
result "AssignBridgeStatic has its signature" introspects AssignBridgeStatic ayyyy yyisb
result "AssignBridgeStatic gives both" reply_bridge 41 100 true 0x22 41 100 2
result "the same once more is not new" reply_bridge 41 100 false 0x22 41 100 2
result "but no pool that cannot be" refused InvalidArgs "The pool must be within 8 to 254" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:253 byte:3
result "none that begins below 8" refused InvalidArgs "The pool must be within 8 to 254" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:7 byte:3
result "none that begins at broadcast" refused InvalidArgs "The pool must be within 8 to 254" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:255 byte:0
result "none with a start alone" refused InvalidArgs "A pool that starts somewhere has a size" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:110 byte:0
result "none around its own EID" refused InvalidArgs "The bridge's own EID cannot be in its pool" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:40 byte:5
result "none with another's EID in it" refused Failed "Another endpoint has an EID of that pool" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:38 byte:4
result "none with EIDs of another's pool" refused Failed "Another endpoint has an EID of that pool" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:101 byte:4
result "nor with an EID of ours" refused Failed "Another endpoint has an EID of that pool" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:8 byte:2
result "what was refused has no EID" hasnt "address 0x25"
result "without a start the pool is chosen" reply_bridge 42 59 true 0x25 42 0 2
result "another pool replaces the first" reply_bridge 42 110 true 0x25 42 110 2
result "which the bridge is told by force" until_true grep -qx 'e 08 01 02 6e' "$tmp/heard"
result "one that cannot be had leaves all as it was" refused Failed "Another endpoint has an EID of that pool" \
	owner AssignBridgeStatic array:byte:0x25 byte:42 byte:99 byte:2
result "as it was" has "^eid 42 net 1 dev near address 0x25 .* pool 110 to 111 "
result "what is no bridge has no pool" reply_bridge 20 0 false 0x20 20 0 2
result "LearnEndpoint of a text" bus_refuses "Call failed: Invalid arguments 's' to call \
au.com.codeconstruct.MCTP.BusOwner1.LearnEndpoint(), expecting 'ay'." /interfaces/near $OWNER LearnEndpoint s 0x22
result "AssignEndpointStatic with an EID of 32 bits" bus_refuses "Call failed: Invalid arguments 'ayu' to call \
au.com.codeconstruct.MCTP.BusOwner1.AssignEndpointStatic(), expecting 'ayy'." \
	/interfaces/near $OWNER AssignEndpointStatic ayu 1 0x22 40
result "without one" bus_refuses "Call failed: Invalid arguments 'ay' to call \
au.com.codeconstruct.MCTP.BusOwner1.AssignEndpointStatic(), expecting 'ayy'." \
	/interfaces/near $OWNER AssignEndpointStatic ay 1 0x22
result "a method that is not there" not owner Assign array:byte:0x20

result "Role" value "BusOwner" /interfaces/near $DBUS.Interface1 Role
result "NetworkId of a link" value "uint32 1" /interfaces/near $DBUS.Interface1 NetworkId
result "which D-Bus cannot change" not set_property /interfaces/near $DBUS.Interface1 NetworkId uint32:2
result "a role that is none" refused InvalidArgs "A role is BusOwner, Endpoint or Unknown" role near Owner
result "a role that is a number" not set_property /interfaces/near $DBUS.Interface1 Role uint32:1
result "LocalEIDs" value "array of bytes [ 08 ]" /networks/1 $DBUS.Network1 LocalEIDs
result "a property that is not there" not property /networks/1 $DBUS.Network1 EIDs

result "EID" value "byte 20" $endpoints/20 $COMMON EID
result "NetworkId of an endpoint" value "uint32 1" $endpoints/20 $COMMON NetworkId
result "SupportedMessageTypes" value "array of bytes [ 00 01 ]" $endpoints/20 $COMMON SupportedMessageTypes
result "VendorDefinedMessageTypes" value "array [ struct { byte 0 variant uint16 6900 uint16 1 } \
struct { byte 1 variant uint32 40981 uint16 2 } ]" $endpoints/21 $COMMON VendorDefinedMessageTypes
result "of who has none" value "array [ ]" $endpoints/20 $COMMON VendorDefinedMessageTypes
result "UUID" value "01020304-0506-0708-090a-0b0c0d0e0f10" $endpoints/20 $UUID UUID
result "who has none has no such interface" not property $endpoints/21 $UUID UUID
result "Connectivity" value "Available" $endpoints/20 $CONTROL Connectivity
result "which D-Bus cannot change" not set_property $endpoints/20 $CONTROL Connectivity string:Degraded
result "Medium" value "unknown" $endpoints/20 $CONTROL Medium
result "PhysicalAddress" value "array of bytes [ 90 ]" $endpoints/40 $CONTROL PhysicalAddress
result "Interface" value "near" $endpoints/20 $CONTROL Interface
result "LocalEID" value "byte 8" $endpoints/20 $CONTROL LocalEID
result "Bridge of who is on the link" value "byte 0" $endpoints/20 $CONTROL Bridge
result "PoolStart" value "byte 100" $endpoints/41 $DBUS.Bridge1 PoolStart
result "PoolEnd" value "byte 101" $endpoints/41 $DBUS.Bridge1 PoolEnd
result "who is no bridge has no such interface" not property $endpoints/20 $DBUS.Bridge1 PoolStart
result "LearnEndpoint of a network finds what is behind a bridge" until_true says \
	"/au/com/codeconstruct/mctp1$endpoints/100 boolean false" call /networks/1 $DBUS.Network1.LearnEndpoint byte:100
result "Bridge of that" value "byte 41" $endpoints/100 $CONTROL Bridge
result "nothing answers there" refused Timeout "The endpoint does not answer" \
	call /networks/1 $DBUS.Network1.LearnEndpoint byte:101
result "no bridge has that" refused Failed "No bridge has that EID for what is behind it" \
	call /networks/1 $DBUS.Network1.LearnEndpoint byte:200

for eid in 0 7 8 255; do
	call /networks/1 $DBUS.Network1.LearnEndpoint byte:$eid
done >"$tmp/none" 2>&1
result "nor one of 0, 7, 255 or our own" [ "$(grep -c 'No bridge has that EID' "$tmp/none")" = 4 ]

result "SetMTU" call $endpoints/20 $CONTROL.SetMTU uint32:100
result "changes the route" mtu_of_20 near 100
result "0 is that of the link" call $endpoints/20 $CONTROL.SetMTU uint32:0
result "as the route says" mtu_of_20 near 0
result "less than the baseline" refused InvalidArgs "The MTU of near is from 68 to 254, or 0 for the link's" \
	call $endpoints/20 $CONTROL.SetMTU uint32:67
result "more than the link's" refused InvalidArgs "The MTU of near is from 68 to 254, or 0 for the link's" \
	call $endpoints/20 $CONTROL.SetMTU uint32:255
result "of what is behind a bridge" refused Failed "The endpoint is reached by its bridge's route" \
	call $endpoints/100 $CONTROL.SetMTU uint32:100
result "the route is as it was" mtu_of_20 near 0
result "Remove of what is behind a bridge" refused Failed "The endpoint belongs to a bridge: remove that" \
	call $endpoints/100 $CONTROL.Remove
result "Remove" call $endpoints/22 $CONTROL.Remove
result "the bus is told" says_signal "" member=InterfacesRemoved "$endpoints/22" $COMMON
result "and it cannot be asked any more" not property $endpoints/22 $COMMON EID

tell "a types=0,1,5"
result "Recover" call $endpoints/20 $CONTROL.Recover
result "finds new types, and the bus is told" says_signal $endpoints/20 member=PropertiesChanged $COMMON \
	SupportedMessageTypes "00 01 05"
result "they are shown" value "array of bytes [ 00 01 05 ]" $endpoints/20 $COMMON SupportedMessageTypes
tell "a silent=1"
result "Recover of who is silent" call $endpoints/20 $CONTROL.Recover
result "the bus is told" says_signal $endpoints/20 member=PropertiesChanged $CONTROL Connectivity Degraded
tell "a silent=0 eid=0 types=0,4"
result "and when it is back after a reset" says_signal $endpoints/20 $CONTROL Connectivity Available
result "with its types of now" value "array of bytes [ 00 04 ]" $endpoints/20 $COMMON SupportedMessageTypes

$MCTP addr add 9 dev near
result "another EID of ours, and the bus is told" says_signal /networks/1 member=PropertiesChanged LocalEIDs "08 09"
$MCTP addr delete 8 dev near
result "the first goes" says_signal $endpoints/20 member=PropertiesChanged $CONTROL LocalEID "byte 9"
ip link set near down
ip link set near name other
result "the link has another name, and the bus is told" says_signal $endpoints/20 $CONTROL Interface other
ip link set other up
result "the link is shown by it" says_signal "" member=InterfacesAdded /interfaces/other
result "and no longer by the old" says_signal "" member=InterfacesRemoved /interfaces/near
result "another role" role other Endpoint
result "the bus is told" says_signal /interfaces/other member=PropertiesChanged Role Endpoint
result "a bus owner's methods go" says_signal "" member=InterfacesRemoved /interfaces/other $OWNER
result "and are gone" not call /interfaces/other $OWNER.SetupEndpoint array:byte:0x20
result "mctp says so" fails_with "mctp: mctpd is not the bus owner on other." $MCTP endpoint setup other address 0x20
result "and that a link is not there" fails_with "mctp: mctpd knows no link near. Those that are: mctp link" setup 0x20
result "they come back" role other BusOwner
result "the bus is told of that" says_signal "" member=InterfacesAdded /interfaces/other $OWNER
result "an endpoint that is being set up as the role changes does not stay" role_changes_meanwhile
kill $monitor
kill "$bus"
result "mctpd ends when D-Bus goes away, to be started again" mctpd_ends 1 "D-Bus has gone away."
result "mctp says so" fails_with "mctp: cannot reach D-Bus: No such file or directory." $MCTP endpoint list
finish_mctpd
