# SPDX-License-Identifier: GPL-2.0
# Two files, both in the order of addresses, 16 digits each: symbols, "ADDRESS TYPE NAME", and what ran there,
# "ADDRESS COUNT TIMES". Prints instructions for each of `rounds` operations, function by function.
FNR == NR {
	if ($2 ~ /^[tTwW]$/) {
		at[++n] = $1 ""
		name[n] = $3 ($4 != "" ? " " $4 : "")
	}
	next
}
{
	if ($1 < "8")
		who = "(the program)"
	else {
		while (i < n && at[i + 1] <= $1 "")
			i++
		who = name[i]
	}
	count[who] += $2
	total += $2
	if (at[i] == $1 "")
		calls[who] += $3
}
END {
	printf "%9.1f %7s %s\n", total / rounds, "calls", "all"
	for (who in count)
		if (count[who] / rounds >= 0.5)
			printf "%9.1f %7.2f %s\n", count[who] / rounds, calls[who] / rounds, who | "sort -k1,1nr"
}
