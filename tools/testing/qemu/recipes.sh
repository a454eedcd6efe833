# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What ./static checks of the recipes in contrib/, as neither bitbake nor Buildroot is here: syntax, and one version all over.

# recipe_faults FILE: lines of a recipe that are none, and shell functions that sh does not take.
recipe_faults() {
	awk -v file="${1##*/}" '
		inside { if (/^}/) inside = 0; next }
		/^(#|$)/ { next }
		/^(python )?[a-z_]+(:[a-z-]+)*\(\) \{$/ || /^[a-z_]+\(\) \{$/ { inside = 1; next }
		/^(inherit|require|include) [^ ]/ { next }
		/^[A-Za-z_][A-Za-z0-9_:${}-]*(\[[a-z0-9]+\])? *(=|\?=|\?\?=|:=|\+=|\.=|=\+) *"[^"]*"$/ { next }
		{ print file ": " $0 }
		END { if (inside) print file ": a function has no end" }' "$1"
	sed -n '/() {$/,/^}/p' "$1" | sh -n 2>&1 | sed "s#^#${1##*/}: #"
}

# buildroot_faults FILE: make reads it, and it comes to the package of its folder.
buildroot_faults() {
	local name prefix
	name=$(basename "$1" .mk)
	prefix=$(tr a-z- A-Z_ <<<"$name")
	{
		echo "kernel-module = \$(eval seen += module)"
		echo "generic-package = \$(eval seen += package)"
		echo "include $1"
		echo "all:; @echo '\$(${prefix}_VERSION) \$(lastword \$(seen))'"
	} | make -s -f - all BR2_EXTERNAL_MCTP_PATH="$top/contrib/buildroot" 2>&1 |
		grep -vxF "$version package" | sed "s#^#$name: #"
	[ -s "${1%.mk}.mk" ] && grep -q "config BR2_PACKAGE_$prefix\$" "$(dirname "$1")/Config.in" ||
		echo "$name: Config.in does not have it"
}

# recipes: all of it.
recipes() {
	local file found='' version
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
	for file in $(files 'contrib/meta-mctp/*.bb' 'contrib/meta-mctp/*.inc' 'contrib/meta-mctp/conf/*.conf'); do
		found+=$(recipe_faults "$top/$file")
		case $file in
		*.bb) [ "${file##*_}" = "$version.bb" ] || found+="$file: its version is not $version"$'\n' ;;
		esac
	done
	grep -q "md5=$(md5sum "$top/LICENSES/preferred/GPL-2.0" | cut -d ' ' -f 1)" \
		"$top"/contrib/meta-mctp/recipes-kernel/mctp/mctp-source.inc || found+="mctp-source.inc: another licence"$'\n'
	result "recipes" "$found"
	found=
	for file in $(files 'contrib/buildroot/package/*.mk'); do
		found+=$(buildroot_faults "$top/$file")
	done
	result "Buildroot packages" "$found"
}
