# SPDX-License-Identifier: GPL-2.0
# Figures to a table in Markdown (what=table), the most telling of them (what=short), or to a plot (what=svg). Four files, in this order: this stack
# with its peers, the kernel's own MCTP, wall-clock of both; "NAME VALUE" a line. what=usb: one file, of USB alone.

FNR == 1 {
	file++
}
file == 1 { ours[$1] = $2; order[++n] = $1 }
file == 2 { own[$1] = $2 }
file == 3 { wall[$1] = $2 }
file == 4 { wall_own[$1] = $2 }

function ratio(a, b) {
	return b > 0 ? sprintf("%.2f", a / b) : "–"
}

function value(of, name) {
	return name in of ? of[name] : "–"
}

function of_one(of, name) {
	name = "of-one-threads-" name
	return name in of ? sprintf("%.2f", of[name] / 100) : "–"
}

# names_of PREFIX: the measures "PREFIX/ARGUMENT", in `args`; returns how many.
function names_of(prefix, i, k) {
	k = 0
	for (i = 1; i <= n; i++)
		if (index(order[i], prefix "/") == 1)
			args[++k] = substr(order[i], length(prefix) + 2)
	return k
}

function peers(title, prefix, i, k, a, unix) {
	print "\n## " title "\n"
	print "| bytes | this stack | the kernel's own | AF_UNIX, joined | AF_UNIX, addresses | UDP | of own | of AF_UNIX, joined |"
	print "|--:|--:|--:|--:|--:|--:|--:|--:|"
	k = names_of(prefix "-mctp")
	for (i = 1; i <= k; i++) {
		a = args[i]
		printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", a, value(ours, prefix "-mctp/" a),
			value(own, prefix "-mctp/" a), value(ours, prefix "-pair/" a),
			value(ours, prefix "-unix/" a), value(ours, prefix "-udp/" a),
			ratio(ours[prefix "-mctp/" a], own[prefix "-mctp/" a]),
			ratio(ours[prefix "-mctp/" a], ours[prefix "-pair/" a])
	}
}

function against(prefix, text, i, k, a) {
	k = names_of(prefix)
	for (i = 1; i <= k; i++) {
		a = args[i]
		printf "| %s %s | %s | %s | %s | %s |\n", a, text, ours[prefix "/" a],
			ratio(ours[prefix "/" a], ours[prefix "/0"]), value(own, prefix "/" a),
			own[prefix "/" a] ? ratio(own[prefix "/" a], own[prefix "/0"]) : "–"
	}
}

function bar(v, most,   s, i) {
	s = ""
	for (i = 0; i < v / most * 50; i++)
		s = s "#"
	return s
}

function text_plot(prefix, i, k, a, most) {
	k = names_of(prefix)
	most = 0
	for (i = 1; i <= k; i++) {
		if (ours[prefix "/" args[i]] > most)
			most = ours[prefix "/" args[i]]
		if (own[prefix "/" args[i]] > most)
			most = own[prefix "/" args[i]]
	}
	for (i = 1; i <= k; i++) {
		a = prefix "/" args[i]
		printf "%5s %-5s  this stack  %7d  %s\n", args[i], prefix, ours[a], bar(ours[a], most)
		if (a in own)
			printf "%5s %-5s  the own     %7d  %s\n", args[i], prefix, own[a], bar(own[a], most)
	}
}

function table(i, k) {
	print "<!-- SPDX-License-Identifier: GPL-2.0 -->"
	print "# What a message costs\n"
	print "Written by `make bench` on " date " from " commit ": Linux " release ", one configuration built with the kernel's own MCTP"
	print "and without it, for this stack's modules. Instructions, all that an operation causes, counted exactly in a guest of"
	print "one CPU; they see neither caches nor other CPUs. Wall-clock figures are at the end."
	print "\n\"Joined\" AF_UNIX sockets (`socketpair`) have no addresses to be passed; MCTP's and the others' have."
	peers("Round trip between two sockets: request and response, four system calls", "roundtrip")
	peers("One way: send and receive", "oneway")
	print "\n## Round trip of 64 bytes, with others in its way\n"
	print "| with | this stack | of that with 0 | the kernel's own | of that with 0 |"
	print "|---|--:|--:|--:|--:|"
	against("binds", "other binds")
	against("binds-alike", "binds of its type")
	against("tags", "tags out")
	against("routes", "routes")
	against("networks", "networks")
	against("neighbours", "neighbours (one way, across a pair with link addresses)")
	print "\n![cost against binds and tags](plot.svg)\n\n```"
	text_plot("binds")
	print ""
	text_plot("tags")
	print "```"
	print "\n## Packets\n"
	print "| across a vmctp pair, instructions a packet beyond the same message on lo | MTU 68 | 254 | 1500 | 65535 |"
	print "|---|--:|--:|--:|--:|"
	printf "| 4,096 bytes | %s | %s | %s | %s |\n", value(ours, "link-4096/68"), value(ours, "link-4096/254"), value(ours, "link-4096/1500"), value(ours, "link-4096/65535")
	printf "| 60,000 bytes | %s | %s | %s | %s |\n", value(ours, "link-60000/68"), value(ours, "link-60000/254"), value(ours, "link-60000/1500"), value(ours, "link-60000/65535")
	printf "\nForwarded between two pairs, a packet of 64 bytes: %s instructions (over a chain of four bridges: %s).\n", value(ours, "forward/1"), value(ours, "forward/4")
	print "\n## Serial line: a request, and an answer of one byte, across a pseudo terminal\n"
	print "| bytes | MTU 68 | of that a byte | MTU 255 | of that a byte |"
	print "|--:|--:|--:|--:|--:|"
	k = names_of("serial-68")
	for (i = 1; i <= k; i++)
		printf "| %d | %s | %.0f | %s | %.0f |\n", args[i], ours["serial-68/" args[i]],
			ours["serial-68/" args[i]] / (args[i] + 1), value(ours, "serial-255/" args[i]),
			ours["serial-255/" args[i]] / (args[i] + 1)
	print "\n## Memory\n"
	print "| | this stack | the kernel's own |"
	print "|---|--:|--:|"
	printf "| a bound socket, all that comes with it, bytes | %s | %s |\n", value(ours, "memory-socket/4000"), value(own, "memory-socket/4000")
	printf "| a netlink socket, the same | %s | – |\n", value(ours, "memory-netlink/4000")
	printf "| the module with a network and 20 routes, bytes | %s | – |\n", value(ours, "memory-module/20")
	printf "| a tag, bytes | %s | – |\n", value(ours, "memory-tag/1900")
	print "\n## Wall-clock, two CPUs: round trips of 64 bytes a second\n"
	print "All threads and one of them take turns, 40 times each; \"of one\" is the median of what a turn did of the turn before it."
	print "The last column is a loop without system calls, which no lock holds back: what the host gave its guest.\n"
	print "| threads, each with two sockets, on one network | this stack | of one | the kernel's own | of one | AF_UNIX | of one | a loop, of one |"
	print "|--:|--:|--:|--:|--:|--:|--:|--:|"
	for (i = 1; i <= 8; i *= (i == 2 ? 4 : 2))
		printf "| %d | %s | %s | %s | %s | %s | %s | %s |\n", i, value(wall, "threads-mctp/" i),
			of_one(wall, "mctp/" i), value(wall_own, "threads-mctp/" i), of_one(wall_own, "mctp/" i),
			value(wall, "threads-unix/" i), of_one(wall, "unix/" i), of_one(wall, "cpu/" i)
	printf "\nPackets of 64 bytes through a bridge, a second: one flow %s, two %s, of one %s.\n",
		value(wall, "threads-forward/1"), value(wall, "threads-forward/2"), of_one(wall, "forward/2")
	print "\n## Wall-clock, two CPUs: a request over a serial line and an answer of one byte, round trips a second\n"
	print "Over one pseudo terminal of which both ends are devices; and over two that threads of the benchmark join, as the"
	print "kernel\x27s own driver stands still with both ends of one.\n"
	print "| bytes | MTU 68 | MTU 255 | two joined, MTU 68 | the kernel\x27s own, the same | of own |"
	print "|--:|--:|--:|--:|--:|--:|"
	k = names_of("serial-68")
	for (i = 1; i <= k; i++)
		printf "| %d | %s | %s | %s | %s | %s |\n", args[i], value(wall, "rate-serial-68/" args[i]),
			value(wall, "rate-serial-255/" args[i]), value(wall, "rate-joined-68/" args[i]),
			value(wall_own, "rate-joined-68/" args[i]),
			ratio(wall["rate-joined-68/" args[i]], wall_own["rate-joined-68/" args[i]])
}

function usb(mtu) {
	print "\n## USB: from a host to a gadget in the same machine, a byte of a message of 60,000\n"
	print "Written by `make bench` on " date " from " commit ": Linux " release " as Debian builds it, with its `dummy_hcd` at high speed."
	print "Instructions of both sides, and of the bus, which copies; joining is `ethtool -C tx-frames`.\n"
	print "| MTU | each packet in a transfer of its own | joined | of that |"
	print "|--:|--:|--:|--:|"
	for (mtu = 68; mtu <= 251; mtu += 251 - 68)
		printf "| %d | %s | %s | %s |\n", mtu, value(ours, "usb-" mtu "/1"), value(ours, "usb-" mtu "/64"),
			ratio(ours["usb-" mtu "/64"], ours["usb-" mtu "/1"])
}

function short_row(text, name, peer) {
	printf "| %s | %s | %s | %s | %s |\n", text, value(ours, name), value(own, name), ratio(ours[name], own[name]),
		ratio(ours[name], ours[peer])
}

# For README.md
function short_table() {
	print "| instructions | this stack | the kernel\x27s own | of own | of AF_UNIX |"
	print "|---|--:|--:|--:|--:|"
	short_row("round trip of 64 bytes between two sockets", "roundtrip-mctp/64", "roundtrip-pair/64")
	short_row("of 4,096 bytes", "roundtrip-mctp/4096", "roundtrip-pair/4096")
	short_row("one way, 60,000 bytes", "oneway-mctp/60000", "oneway-pair/60000")
	short_row("round trip of 64 bytes, 10,000 other sockets bound", "binds/10000", "")
	short_row("1,900 tags out", "tags/1900", "")
	short_row("247 routes", "routes/247", "")
	short_row("a packet of MTU 68, cut, across a virtual pair and joined", "link-60000/68", "")
	short_row("a packet of 64 bytes, forwarded between two pairs", "forward/4", "")
	printf "| a byte over a serial line, MTU 68, both directions | %.0f | – | – | – |\n", ours["serial-68/60000"] / 60001
	printf "| the same, MTU 255 | %.0f | – | – | – |\n", ours["serial-255/60000"] / 60001
}

# One panel: a line for each stack, both axes by logarithm
function panel(prefix, left, title, i, k, a, x, y, line_ours, line_own, max_x) {
	k = names_of(prefix)
	max_x = log(args[k] + 1)
	printf "<text x=\"%d\" y=\"22\" font-weight=\"bold\">%s</text>\n", left, title
	for (i = 1; i <= k; i++) {
		a = prefix "/" args[i]
		x = left + 20 + log(args[i] + 1) / max_x * 280
		line_ours = line_ours sprintf(" %.1f,%.1f", x, height(ours[a]))
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#06c\"/>\n", x, height(ours[a])
		if (a in own) {
			line_own = line_own sprintf(" %.1f,%.1f", x, height(own[a]))
			printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#c30\"/>\n", x, height(own[a])
			printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"#c30\">%d</text>\n", x, height(own[a]) - 8, own[a]
		}
		printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"#06c\">%d</text>\n", x, height(ours[a]) + 18, ours[a]
		printf "<text x=\"%.1f\" y=\"300\" text-anchor=\"middle\">%s</text>\n", x, args[i]
	}
	printf "<polyline fill=\"none\" stroke=\"#06c\" stroke-width=\"2\" points=\"%s\"/>\n", line_ours
	printf "<polyline fill=\"none\" stroke=\"#c30\" stroke-width=\"2\" points=\"%s\"/>\n", line_own
	printf "<line x1=\"%d\" y1=\"280\" x2=\"%d\" y2=\"280\" stroke=\"#888\"/>\n", left, left + 320
}

function height(v) {
	return 280 - log(v / 3000) / log(150000 / 3000) * 230
}

function svg() {
	print "<!-- SPDX-License-Identifier: GPL-2.0 -->"
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 340\" font-family=\"sans-serif\" font-size=\"11\">"
	print "<rect width=\"760\" height=\"340\" fill=\"#fff\"/>"
	panel("binds", 40, "Round trip of 64 bytes, by number of other binds")
	panel("tags", 410, "by number of tags that are out")
	print "<text x=\"40\" y=\"328\" fill=\"#06c\">this stack</text>"
	print "<text x=\"120\" y=\"328\" fill=\"#c30\">the kernel's own MCTP</text>"
	print "<text x=\"270\" y=\"328\">instructions, both axes logarithmic</text>"
	print "</svg>"
}

END {
	if (what == "svg")
		svg()
	else if (what == "short")
		short_table()
	else if (what == "usb")
		usb()
	else
		table()
}
