# SPDX-License-Identifier: GPL-2.0
# Takes the console blocks out of a page, and of these what is done on one machine: "side# COMMAND" and what it
# prints, as calls of a shell function: run 'COMMAND' <<'OUTPUT' ...

function end_command()
{
	if (open)
		print "OUTPUT"
	open = 0
}

$0 == ".. code-block:: console" {
	inside = 1
	next
}

/^[^ ]/ {
	end_command()
	inside = 0
}

inside && /^    [a-z]+# / {
	end_command()
	if ($1 == side "#") {
		text = substr($0, 4 + length($1) + 2)
		gsub(/'/, "'\\''", text)
		print "run '" text "' <<'OUTPUT'"
		open = 1
	}
	next
}

open && /^    / { print substr($0, 5) }

END { end_command() }
