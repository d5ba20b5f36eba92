# yikou - the program at a government service window.
#
#   make deps     install the Debian packages that are missing
#   make          build everything into $(BUILD)
#   make demo     a window with devices, citizens and a platform, ready to try
#   make test     dependencies, build, every test that needs no privileges
#   make lint     formatting, static analysis, house rules
#   make check-san  the tests under ASan and UBSan
#   make torture  the fault tests of the sync with full counts; SCALE=0.01
#   make test-judges  the contract and the enrolment, by judges not ours
#   make test-pg  the exchange against a PostgreSQL of its own
#   make test-rt  the link against Request Tracker 5; installs it
#   make bench    the numbers; bench-sync: those of the sync in full,
#                 bench-peers: beside PouchDB
#   make install DESTDIR=... PREFIX=/usr
#   make uninstall
#
# A layer is a folder, a program is a list of layers: this file states the
# architecture once more. Who may include whom is checked by
# tests/lint/test_layers.sh.

BUILD   ?= build/plain
CC      ?= gcc
PREFIX  ?= /usr
VERSION := 0.2

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

# Layers and programs ------------------------------------------------------

LAYERS := client/base client/rules config client/catalog client/db \
          client/store client/paper client/link client/app client/commands \
          client/platform drivers drivers/sim ui

# program: the layers it is linked from, lowest last. Its main is main_NAME.c.
PROGRAMS := yikou yikou-devd yikou-syncd yikou-scan yikou-sim yikou-platform \
            yikou-paper yikou-exchange

MAIN_yikou           := client/commands/main_yikou.c
MAIN_yikou-devd      := drivers/main_devd.c
MAIN_yikou-syncd     := client/link/main_syncd.c
MAIN_yikou-scan      := drivers/main_scan.c
MAIN_yikou-sim       := drivers/sim/main_sim.c
MAIN_yikou-platform  := client/platform/main_platform.c
MAIN_yikou-paper     := client/paper/main_paper.c
MAIN_yikou-exchange  := client/link/main_exchange.c

# Files of another layer that a program takes without that layer.
EXTRA_yikou-scan     := drivers/main_scan_sane.c drivers/raster.c \
                        drivers/picture.c drivers/jpeg.c

USES_yikou           := client/commands client/app client/store client/db client/paper \
                        client/catalog ui config client/rules client/base
USES_yikou-devd      := drivers config client/base
USES_yikou-syncd     := client/link client/store client/db config \
                        client/rules client/base
USES_yikou-exchange  := client/link client/store client/db config \
                        client/rules client/base
USES_yikou-scan      := client/base
USES_yikou-sim       := drivers/sim drivers config client/base
USES_yikou-platform  := client/platform client/catalog client/db config \
                        client/rules client/base
USES_yikou-paper     := client/paper client/catalog config client/rules \
                        client/base

# Foreign libraries, by the layer whose one file includes their header.
PKG_client/base      := gio-unix-2.0 libcjson libssl libcrypto
PKG_client/db        := sqlite3
PKG_client/paper     := pangocairo pangoft2 fontconfig libqrencode \
                        harfbuzz-subset
PKG_client/link      := libcurl libpq
PKG_client/platform  := libmicrohttpd gnutls
PKG_drivers          := libserialport libturbojpeg
PKG_drivers/sim      :=
PKG_ui               := ncursesw
PKG_yikou-scan       := sane-backends libturbojpeg

PKG_all := $(sort $(foreach l,$(LAYERS),$(PKG_$(l))) $(PKG_yikou-scan))

# Flags ----------------------------------------------------------------------

pkg = $(shell pkg-config $(1) $(sort $(2)) 2>/dev/null)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wwrite-strings \
        -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2 \
        -Wundef -Wno-missing-field-initializers -fno-common
# clang does not count a clean-up as a use (AUTO, g_autofree); gcc does.
WARN   += $(if $(findstring clang,$(CC)),-Wno-unused-variable \
          -Wno-string-concatenation)
HARDEN := -fPIE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
          -fstack-clash-protection -fcf-protection=full \
          $(if $(findstring clang,$(CC)),,-ftrivial-auto-var-init=zero) \
          -fno-strict-overflow \
          -fno-delete-null-pointer-checks
OPT    ?= -O2 -g
SAN    :=
ifdef WERROR
WARN   += -Werror
endif
ifdef SANITIZE
SAN    := -fsanitize=address -fsanitize=undefined -fno-omit-frame-pointer
HARDEN := -fPIE
endif

CPPFLAGS := -I. -I$(BUILD)/gen -D_GNU_SOURCE -DG_LOG_USE_STRUCTURED \
            -DG_LOG_DOMAIN='"yikou"' -DYIKOU_VERSION='"$(VERSION)"'
CFLAGS   := -std=c11 $(OPT) $(WARN) $(HARDEN) $(SAN) \
            $(call pkg,--cflags,$(PKG_all))
LDFLAGS  := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack \
            -Wl,--as-needed $(SAN)

# Sources --------------------------------------------------------------------

sources = $(filter-out $(1)/main_%,$(wildcard $(1)/*.c)) $(GEN_$(1))
objects = $(patsubst %.c,$(BUILD)/%.o,$(patsubst $(BUILD)/%,%,$(1)))
library = $(BUILD)/lib/$(subst /,-,$(1)).a
libs    = $(foreach l,$(1),$(call library,$(l)))
pkgs    = $(sort $(foreach l,$(1),$(PKG_$(l))))

# Made at build time: the initials of 8,105 characters out of Unihan.
GEN_client/catalog := $(BUILD)/gen/pinyin_table.c
# The rules of the stand-in platform are those of the contract.
GEN_client/platform := $(BUILD)/gen/contract_table.c

BIN   := $(PROGRAMS:%=$(BUILD)/%)
MO    := $(BUILD)/locale/zh_CN/LC_MESSAGES/yikou.mo

all: $(BIN) $(MO)

define layer_rules
$(call library,$(1)): $(call objects,$(call sources,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

define program_rules
$(BUILD)/$(1): $(call objects,$(MAIN_$(1)) $(EXTRA_$(1))) \
		$(call libs,$(USES_$(1)))
	@echo "  LD   $(1)"
	@$(CC) $(LDFLAGS) -o $$@ $$(filter %.o,$$^) -Wl,--start-group \
		$(call libs,$(USES_$(1))) -Wl,--end-group \
		$$(call pkg,--libs,$$(call pkgs,$(USES_$(1))) $(PKG_$(1))) -lm
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(p))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

UNIHAN := /usr/share/unicode/Unihan_Readings.txt
$(BUILD)/gen/pinyin_table.c: client/catalog/pinyin_table.awk \
		$(wildcard $(UNIHAN) $(UNIHAN).gz $(UNIHAN).bz2)
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	@sh -c 'f=$(UNIHAN); if [ -f $$f ]; then cat $$f; \
		elif [ -f $$f.bz2 ]; then bzcat $$f.bz2; else zcat $$f.gz; fi' | \
		LC_ALL=C.UTF-8 awk -f $< > $@

$(BUILD)/locale/%/LC_MESSAGES/yikou.mo: ui/po/%.po
	@mkdir -p $(@D)
	@msgfmt --check -o $@ $<

$(BUILD)/gen/contract_table.c: client/platform/contract.awk \
		client/link/openapi.yaml
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	@LC_ALL=C.UTF-8 awk -f $^ > $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

include tests/tests.mk

# Dependencies, installation ----------------------------------------------------

deps:
	@sh tests/deps.sh config/packages

install: all
	@sh config/install.sh $(BUILD) "$(DESTDIR)" "$(PREFIX)"

uninstall:
	@sh config/install.sh --remove "$(DESTDIR)" "$(PREFIX)"

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build

.PHONY: all deps demo install uninstall format clean
