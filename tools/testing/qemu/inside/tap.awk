# SPDX-License-Identifier: GPL-2.0
# Reads TAP or KTAP, and prints one line a case: "ok NAME", "fail NAME" or "skip NAME". Before a failure come up to
# four lines "why TEXT": the first of what the test said in comments since the result before.
#
#   name    what stands before each case's name
#   status  the exit status of the program that wrote it (0 where there is none)
#
# A result with indented results before it is their sum and no case of its own. What cannot be is a
# failure: no result at all, fewer or more results than the plan says, a status that is none of
# kselftest's (0 passed, 1 failed, 4 skipped).

function result(kind, text,    i)
{
	for (i = 0; kind == "fail" && i < said; i++)
		print "why", why[i]
	said = 0
	print kind, name (text == "" ? "" : ": " text)
	count[kind]++
}

{
	match($0, /^[ \t]*/)
	depth = int(RLENGTH / 4)
	line = substr($0, RLENGTH + 1)
}

line ~ /^1\.\.[0-9]+/ {
	plan[depth] = substr(line, 4) + 0
	planned[depth] = 1
	seen[depth] = 0
	if (line ~ /# SKIP/ && plan[depth] == 0)
		result("skip", substr(line, index(line, "# SKIP") + 7))
}

line ~ /^# / && line !~ /^# +(RUN|OK|FAIL|SKIP|Subtest:|Starting|Totals:|PASSED:|FAILED:) / && said < 4 { why[said++] = substr(line, 3) }

line ~ /^# Subtest: / { group[depth] = substr(line, 12) }

line ~ /^(ok|not ok)( |$)/ {
	good = (line ~ /^ok/)
	text = line
	sub(/^(not )?ok */, "", text)
	sub(/^[0-9]+ */, "", text)
	sub(/^- */, "", text)
	skipped = (text ~ /# SKIP/)
	seen[depth]++

	if (below[depth + 1] > 0) {
		if (planned[depth + 1] && seen[depth + 1] != plan[depth + 1])
			result("fail", text " ran " seen[depth + 1] " of the " plan[depth + 1] " planned")
		else if (!good && !failed_below[depth + 1])
			result("fail", text)
	} else {
		where = ""
		for (d = 1; d <= depth; d++)
			if (group[d] != "")
				where = where group[d] ": "
		result(skipped ? "skip" : good ? "ok" : "fail", where text)
		for (d = 0; d <= depth; d++)
			failed_below[d] += !good && !skipped
	}
	for (d = depth + 1; d < 9; d++) {
		below[d] = failed_below[d] = planned[d] = 0
		group[d] = ""
	}
	for (d = 0; d <= depth; d++)
		below[d]++
}

END {
	total = count["ok"] + count["fail"] + count["skip"]
	if (planned[0] && seen[0] != plan[0])
		result("fail", "ran " seen[0] + 0 " of the " plan[0] " planned")
	if (status == 4 && !total)
		result("skip", "")
	else if (!total)
		result("fail", "no result (exit status " status ")")
	else if (status == 124 || status == 143 || status == 137)
		result("fail", "ran out of time or was killed (exit status " status ")")
	else if (status != 0 && status != 4 && !count["fail"])
		result("fail", "exit status " status)
}
