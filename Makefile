# SPDX-License-Identifier: GPL-2.0-only
# Targets: all demo test check bench install clean. See README.md.

B := build
PREFIX ?= /usr/local
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
BPF_ARCH := $(subst x86_64,x86,$(subst aarch64,arm64,$(shell uname -m)))
WARN := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 -D_GNU_SOURCE $(WARN)

.PHONY: all
all: $(B)/gmemtop $(B)/gmemtrace $(B)/gmemload

include tools/tools.mk
include selftests/vm/vm.mk
include selftests/gmemload/gmemload.mk
