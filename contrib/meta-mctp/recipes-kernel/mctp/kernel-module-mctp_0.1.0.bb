# SPDX-License-Identifier: GPL-2.0
SUMMARY = "AF_MCTP and its transports as modules, for kernels with CONFIG_MCTP off"
require mctp-source.inc

inherit module

# Modules that the kernel cannot have are left out by compat/preflight, with a sentence.
EXTRA_OEMAKE += "KDIR=${STAGING_KERNEL_BUILDDIR}"
MAKE_TARGETS = "modules"

do_install() {
	install -d ${D}${nonarch_base_libdir}/modules/${KERNEL_VERSION}/updates
	find net drivers -name '*.ko' -exec install -m 0644 {} \
		${D}${nonarch_base_libdir}/modules/${KERNEL_VERSION}/updates/ \;
}

# The first socket loads mctp by its alias, and the first line discipline mctp-serial.
RPROVIDES:${PN} += "kernel-module-mctp"
