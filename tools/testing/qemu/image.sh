# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# An initramfs, which takes shape in $root, for the kernel in $kernel_dir with the modules in $modules_dir.

# put_modules NAMES: ours to updates/, and of the kernel's own those that are named and those that all of these
# depend on.
put_modules() {
	local release here_to=$root/lib/modules from=$kernel_dir/lib/modules wanted=$1 module
	release=$(cat "$kernel_dir/release")
	here_to+=/$release
	from+=/$release
	mkdir -p "$here_to/updates"
	[ ! -e "$from/modules.builtin" ] || cp "$from"/modules.{builtin,order} "$here_to/"
	[ ! -e "$from/modules.builtin.modinfo" ] || cp "$from/modules.builtin.modinfo" "$here_to/"

	if [ -n "$modules_dir" ]; then
		while read -r module; do
			mkdir -p "$here_to/updates/$(dirname "$module")"
			cp "$modules_dir/$module" "$here_to/updates/$module"
			wanted+=" $(modinfo -F depends "$modules_dir/$module" | tr ',' ' ')"
		done < <(cd "$modules_dir" && find . -name '*.ko')
	fi
	[ ! -s "$from/modules.dep" ] || awk -v wanted="$wanted" '
		BEGIN {
			n = split(wanted, name)
			for (i = 1; i <= n; i++) {
				gsub(/-/, "_", name[i])
				want[name[i]] = 1
			}
		}
		{
			path = $1
			sub(/:$/, "", path)
			base = path
			sub(/.*\//, "", base)
			sub(/\.ko.*/, "", base)
			gsub(/-/, "_", base)
			if (base in want) {
				print path
				for (i = 2; i <= NF; i++)
					print $i
			}
		}' "$from/modules.dep" | sort -u | while read -r module; do
		mkdir -p "$here_to/$(dirname "$module")"
		cp "$from/$module" "$here_to/$module"
	done
	depmod -b "$root" "$release"
}
