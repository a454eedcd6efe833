# SPDX-License-Identifier: GPL-2.0
SUMMARY = "The mctp command: links, addresses, routes, neighbours, counters"
require recipes-kernel/mctp/mctp-source.inc

DEPENDS = "libmnl"

do_compile() {
	oe_runmake -C tools/mctp
}

do_install() {
	oe_runmake -C tools/mctp install DESTDIR=${D} PREFIX=${prefix} SBINDIR=${sbindir} MANDIR=${mandir}
}

RRECOMMENDS:${PN} = "kernel-module-mctp"
