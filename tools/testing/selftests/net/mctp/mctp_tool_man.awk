# SPDX-License-Identifier: GPL-2.0
# Takes the examples out of a man page: the commands with what they print, as calls of a shell function,
# run 'COMMAND' <<'OUTPUT' ... A line that begins with two blanks belongs to the command before it.

function flush()
{
	if (command == "")
		return
	gsub(/'/, "'\\''", command)
	print "run '" command "' <<'OUTPUT'"
	printf "%s", output
	print "OUTPUT"
	command = output = ""
}

{
	gsub(/\\-/, "-")
	gsub(/\\e/, "\\")
}

/^\.EX$/ { inside = 1; next }
/^\.EE$/ { flush(); inside = 0; next }
!inside { next }
/^# / { flush(); command = substr($0, 3); next }
/^  / { command = command "\n" substr($0, 3); next }
{ output = output $0 "\n" }
