# SPDX-License-Identifier: GPL-2.0
# What kmemleak has found, without that of a defect of the kernel's own: where there is no memory for the folder in sysfs
# of a new slab, its name is not freed.

function show()
{
	if (record !~ /sysfs_slab_add\+/)
		printf "%s", record
	record = ""
}

/^unreferenced object/ { show() }

{ record = record $0 "\n" }

END { show() }
