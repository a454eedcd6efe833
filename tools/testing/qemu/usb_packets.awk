# SPDX-License-Identifier: GPL-2.0
# MCTP packets out of captures of USB, and captures out of packets. It knows DSP0283 by itself. All in hexadecimal
# digits; packets are lines "out|in DIGITS", as the host sees it.
#
#   what=capture    a capture of a network device, Linux's cooked one, on one line or several: its packets
#   what=transfers  lines "DIRECTION DIGITS" of bulk transfers, DIRECTION 0 out, 1 in: the packets in them, and
#                   "bad DIGITS" for what is not well-formed
#   what=write      packets: a capture of that kind

function number(digits, i, n) {
	for (i = 1; i <= length(digits); i++)
		n = n * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
	return n
}

function turned(digits) {
	return substr(digits, 7, 2) substr(digits, 5, 2) substr(digits, 3, 2) substr(digits, 1, 2)
}

# A header of 16 bytes to each packet: 4 of what kind, 10 of an address, 2 of the protocol
function capture(all, pos, size) {
	if (substr(all, 1, 8) != "d4c3b2a1" || substr(all, 41, 8) != "71000000") {
		print "bad", substr(all, 1, 48)
		return
	}
	for (pos = 49; pos < length(all); pos += 32 + 2 * size) {
		size = number(turned(substr(all, pos + 16, 8)))
		print substr(all, pos + 32, 4) == "0004" ? "out" : "in", substr(all, pos + 64, 2 * size - 32)
	}
}

# id 1AB4, reserved, length of header and packet; at most 512 bytes
function transfer(direction, all, pos, size) {
	if (length(all) > 1024)
		print "bad", all
	for (pos = 1; pos <= length(all); pos += 2 * size) {
		size = number(substr(all, pos + 6, 2))
		if (substr(all, pos, 4) != "1ab4" || size < 8 || pos + 2 * size - 1 > length(all)) {
			print "bad", substr(all, pos)
			return
		}
		print direction ? "in" : "out", substr(all, pos + 8, 2 * size - 8)
	}
}

what == "capture" { all = all $0 }
what == "transfers" { transfer($1, $2) }
what == "write" {
	size = turned(sprintf("%08x", length($2) / 2 + 16))
	packets = packets "0000000000000000" size size ($1 == "out" ? "0004" : "0000") "01220000000000000000000000fa" $2
}

END {
	if (what == "capture")
		capture(all)
	else if (what == "write")
		print "d4c3b2a1020004000000000000000000ffff000071000000" packets
}
