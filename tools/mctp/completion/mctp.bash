# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion of mctp: the command itself says which words can follow.

_mctp() {
	local IFS=$'\n' words
	words=$("${COMP_WORDS[0]}" completion words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	# shellcheck disable=SC2207 # a word a line
	COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _mctp mctp
