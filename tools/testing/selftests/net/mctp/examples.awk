# SPDX-License-Identifier: GPL-2.0
# Takes the examples out of a page of Documentation/networking/.
#
#   what=C        the C blocks, one after the other
#   what=console  the commands with what they print, as calls of a shell function:
#                 run 'COMMAND' <<'OUTPUT' ...
#   block=N       only the Nth block of that kind
#   side=NAME     of the console, what is done on one machine: commands behind "NAME# "

function begin_command(text)
{
	gsub(/'/, "'\\''", text)
	print "run '" text "' <<'OUTPUT'"
	open = 1
}

function end_command()
{
	if (open)
		print "OUTPUT"
	open = 0
}

function line_of_block(text)
{
	if (block && blocks != block)
		return
	if (what != "console") {
		# a blank line at the end is none of the block's
		if (text == "") {
			blank = blank "\n"
			return
		}
		printf "%s%s\n", blank, text
		blank = ""
		return
	}
	if (text ~ (side ? "^[a-z]+# " : "^# ")) {
		end_command()
		if (index(text, side "# ") == 1)
			begin_command(substr(text, length(side) + 3))
	} else if (open && text != "") {
		print text
	}
}

$0 == ".. code-block:: " what {
	inside = 1
	blocks++
	blank = (what == "console" || blocks == 1 || block) ? "" : "\n"
	started = 0
	next
}

inside && /^    / {
	started = 1
	line_of_block(substr($0, 5))
	next
}

inside && /^$/ {
	if (started)
		line_of_block("")
	next
}

inside {
	inside = 0
	end_command()
}

END { end_command() }
