# Tests: what is built, how it is run. Included by the Makefile.

# A test tests/unit/test_LAYER_TOPIC.c is linked with its layer and what that
# layer may include (ARCHITECTURE in README.md), nothing else.
TEST_base      := client/base
TEST_rules     := client/rules client/base
TEST_config    := config client/base
TEST_catalog   := client/catalog config client/rules client/base
TEST_db        := client/db client/base
TEST_store     := client/store client/db client/rules client/base
TEST_paper     := client/paper client/catalog config client/rules client/base
TEST_link      := client/link client/store client/db config client/rules \
                  client/base
TEST_platform  := client/platform client/catalog client/db config \
                  client/rules client/base
TEST_drivers   := drivers config client/base
TEST_sim       := drivers/sim drivers config client/base
TEST_ui        := ui client/rules client/base
TEST_app       := client/app client/paper client/store client/db client/catalog ui config \
                  client/rules client/base
TEST_commands  := client/commands $(TEST_app)

TEST_SOURCES := $(wildcard tests/unit/test_*.c)
TEST_BIN     := $(TEST_SOURCES:%.c=$(BUILD)/%)
test_layer    = $(word 2,$(subst _, ,$(basename $(notdir $(1)))))

define test_rules
$(BUILD)/$(basename $(1)): $(BUILD)/$(basename $(1)).o \
		$(call libs,$(TEST_$(call test_layer,$(1))))
	@echo "  LD   $(notdir $(basename $(1)))"
	@$(CC) $(LDFLAGS) -o $$@ $$< -Wl,--start-group \
		$(call libs,$(TEST_$(call test_layer,$(1)))) -Wl,--end-group \
		$$(call pkg,--libs,$$(call pkgs,$(TEST_$(call test_layer,$(1))))) \
		-lm
endef
$(foreach t,$(TEST_SOURCES),$(eval $(call test_rules,$(t))))

# Programs of the tests that are not unit tests: NAME_SOURCES, NAME_USES,
# NAME_PKG in the folder's own .mk.
-include $(wildcard tests/*/rules.mk)

test: deps
	@$(MAKE) --no-print-directory check

check: all $(TEST_BIN) $(CHECK_BIN)
	@sh tests/run.sh $(BUILD)

check-san:
	@$(MAKE) --no-print-directory BUILD=build/san SANITIZE=1 check

bench: bench-search bench-redraw bench-window bench-sync-short

# The tables of the exchange machine in a PostgreSQL of the test's own.
test-pg: $(BUILD)/tests/unit/test_link_exchange_sql
	@$<

tests-build: $(TEST_BIN) $(CHECK_BIN)

lint:
	@sh tests/lint/run.sh

print-cflags:
	@echo $(call pkg,--cflags,$(PKG_all) vterm)

deps-lint:
	@sh tests/deps.sh tests/lint/packages

.PHONY: test test-pg bench check check-san tests-build lint print-cflags deps-lint
