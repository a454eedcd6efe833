# SPDX-License-Identifier: GPL-2.0
# Reads what can be compared out of a page of documentation: a line for each row, fields parted by tabs.
#
#   page=rst   every row of every table: heading, cells. A table's own head row is no row.
#   page=man   every .TP: heading, the line after it (the tag), the text
#
# Markup is taken away, and what is broken over lines is one line.

function plain(text)
{
	gsub(/``/, "", text)
	gsub(/`_?/, "", text)
	gsub(/\\f[BIRP]/, "", text)
	gsub(/\\\(aq/, "'", text)
	gsub(/\\-/, "-", text)
	gsub(/\\&/, "", text)
	gsub(/[ \t]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	return text
}

# Arguments of a font macro, joined as roff joins them.
function joined(text,    out, quoted, i, c)
{
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\"")
			quoted = !quoted
		else if (c != " " || quoted)
			out = out c
	}
	return out
}

function line_of_man(text)
{
	if (text ~ /^\.[BIR][BIR] /)
		return joined(substr(text, 5))
	return text ~ /^\.[BI] / ? substr(text, 4) : text
}

function flush(    i, line)
{
	if (!cells)
		return
	line = heading
	for (i = 1; i <= cells; i++)
		line = line "\t" plain(cell[i])
	rows[++count] = line
	cells = 0
}

function print_rows(    i)
{
	for (i = 1; i <= count; i++)
		print rows[i]
	count = 0
}

# Tables of =: a border begins one, and one with a blank line behind it ends it; what is before another
# border is the head.
page == "rst" && /^=+( +=+)+$/ {
	flush()
	if (!table) {
		table = 1
		columns = 0
		for (i = 1; i <= length($0); i++)
			if (substr($0, i, 1) == "=" && (i == 1 || substr($0, i - 1, 1) == " "))
				at[++columns] = i
		at[columns + 1] = 1000
	} else {
		border = 1
	}
	next
}

page == "rst" && border {
	border = 0
	if ($0 == "") {
		table = 0
		print_rows()
	} else {
		count = 0
	}
}

page == "rst" && table {
	if (substr($0, 1, 1) != " ") {
		flush()
		cells = columns
		for (i = 1; i <= columns; i++)
			cell[i] = ""
	}
	for (i = 1; i <= columns; i++)
		cell[i] = cell[i] " " substr($0, at[i], at[i + 1] - at[i])
	next
}

page == "rst" && /^(=+|-+|~+)$/ && before != "" && length($0) >= length(before) { heading = plain(before) }

page == "rst" { before = $0 }

page == "man" && /^\.S[HS] / {
	flush()
	heading = substr($0, 5)
	gsub(/"/, "", heading)
	tag = 0
	next
}

page == "man" && /^\.TP/ {
	flush()
	tag = 1
	next
}

page == "man" && tag {
	tag = 0
	cells = 2
	cell[1] = line_of_man($0)
	cell[2] = ""
	next
}

page == "man" && cells { cell[2] = cell[2] " " line_of_man($0) }

END {
	flush()
	print_rows()
}
