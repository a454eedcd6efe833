# SPDX-License-Identifier: GPL-2.0
# MCTP for Linux, beside the kernel's tree. `make help` says what there is.
# In a kernel's tree, or under M=, kbuild reads Kbuild and the Makefiles below; never this file.

KDIR ?= /lib/modules/$(shell uname -r)/build
# The folder of that kernel's modules.
KREL = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' '$(KDIR)/include/generated/utsrelease.h')

DESTDIR ?=
DEPMOD ?= /sbin/depmod

qemu := tools/testing/qemu

# W=, C= and the like reach kbuild by themselves.
kbuild-vars = $(if $(KUNIT),CONFIG_MCTP_KUNIT_TEST=y) $(if $(TEST_MODULES),CONFIG_MCTP_TEST_MODULES=m)

all: modules ## the modules, for the running kernel

modules: ## net/mctp/mctp.ko and drivers/net/mctp/*.ko; KDIR= another kernel's headers, KUNIT=1 with unit tests
	@left_out=$$(compat/preflight '$(KDIR)' '$(KUNIT)') && \
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' $(kbuild-vars) $$left_out modules

tools: ## the mctp command, mctpd and the samples; STATIC=1 all but mctpd without shared libraries
	$(MAKE) -C tools

install: install-modules install-tools ## everything, into the system or DESTDIR=

install-modules: modules ## the modules, to updates/ of the kernel's modules
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' INSTALL_MOD_DIR=updates \
		$(if $(DESTDIR),INSTALL_MOD_PATH='$(DESTDIR)') DEPMOD=true CONFIG_MODULE_SIG_ALL= modules_install
	$(DEPMOD) $(if $(DESTDIR),-b '$(DESTDIR)') '$(KREL)'

install-tools: ## the mctp command, mctpd, the man pages, the systemd units
	$(MAKE) -C tools install
	$(MAKE) -C contrib install

run: ## first messages: two namespaces in a booted Debian kernel, over serial and vmctp
	@$(qemu)/run

check: ## every test; SUITE=, KERNEL=, TEST= for some. Last line: the count
	@$(qemu)/check

soak: ## tests that live by chance or by number, for long, and a report; SOAK_SECONDS=, SEED=, KERNEL=, TEST=, REPORT=
	@$(qemu)/soak $(TEST)

bench: ## what messages cost, beside the kernel's own MCTP, AF_UNIX and UDP; writes tools/testing/bench/RESULTS.md
	@tools/testing/bench/measure

profile: ## where the instructions of MEASURE= go, function by function; KERNEL= another than stock
	@tools/testing/bench/profile $(if $(KERNEL),-k $(KERNEL)) $(or $(MEASURE),roundtrip-mctp/64)

shell: ## a prompt in a booted kernel with everything loaded; KERNEL= another than stock
	@$(qemu)/shell

static: ## sparse, gcc W=1, checkpatch, the tree's own rules
	@SUITE=static $(qemu)/check

in-tree: ## proof that the same files build inside a kernel's tree
	@tools/in-tree

check-arm: ## the I2C driver in QEMU's model of the AST2600, on an ARM kernel, from a devicetree
	@SUITE=arm $(qemu)/check

check-package: ## the Debian packages, in a Debian 12 guest: installed, used, kept at a kernel upgrade, removed
	@$(qemu)/package

matrix: ## a table of kernels that the modules build for; MATRIX=trixie/arm64/* some rows
	@$(qemu)/matrix $(if $(MATRIX),'$(MATRIX)')

deb: ## Debian packages of it all, in build/deb
	@tools/deb

release: ## a tag, a tarball and packages, built twice and the same; DRY=1 without the tag
	@tools/release $(if $(DRY),--dry-run)

clean: ## what the targets above built; the kernels stay in their cache
	@find net drivers $(wildcard tools/testing) \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name '.*.d' -o -name modules.order \) -type f -delete
	@rm -f *.o .*.cmd modules.order Module.symvers
	@[ ! -d tools ] || $(MAKE) -s -C tools clean
	@rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20
	@echo
	@echo '  KERNEL=     one of: '$$($(qemu)/kernel --list)
	@echo '  SUITE=      one of: '$$($(qemu)/check --list)
	@echo '  KVM=1       hardware virtualisation for the guests, where it works'

.PHONY: all modules tools install install-modules install-tools run check soak bench profile shell static in-tree \
	check-arm check-package matrix deb release clean help
export DESTDIR STATIC KERNEL SUITE TEST KVM SEED SOAK_SECONDS CYCLES
