# SPDX-License-Identifier: GPL-2.0
# The tree that this folder is part of.
MCTP_LINUX_VERSION = 0.1.0
MCTP_LINUX_SITE = $(BR2_EXTERNAL_MCTP_PATH)/../..
MCTP_LINUX_SITE_METHOD = local
MCTP_LINUX_LICENSE = GPL-2.0
MCTP_LINUX_LICENSE_FILES = LICENSES/preferred/GPL-2.0

# What the tree's Makefile asks compat/preflight, kbuild is told here.
MCTP_LINUX_MODULE_MAKE_OPTS = $$($(@D)/compat/preflight $(LINUX_DIR))

$(eval $(kernel-module))
$(eval $(generic-package))
