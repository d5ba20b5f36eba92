# The fault tests: the real programs against everything that can go wrong.
#
#   make torture                full counts, hours
#   make torture SCALE=0.01     a hundredth of them
#   make torture ONLY=F02,F11
#   make torture BUILD=build/san SANITIZE=1   the same under ASan and UBSan
# make test runs a small sample of each.

SCALE ?= 1
ONLY  ?=
TORTURE_DIR  := $(BUILD)/tests/torture
TORTURE_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/torture/*.c)) \
		$(BUILD)/tests/sync/proxy.o
TORTURE_USES := client/link client/store client/db config client/rules \
		client/base
CHECK_BIN    += $(TORTURE_DIR)/test_torture

# The real programs with something inside that a shipped one has not: a disk
# that forgets what was not synced, mistakes to be found, a window that works in
# a process of its own.
INSIDE_OBJ   := $(addprefix $(TORTURE_DIR)/inside/,power_vfs.o mutant_db.o \
		no_memory.o)
INSIDE_WRAP  := db_exec db_select db_begin db_commit db_transaction_free
INSIDE       := torture-window torture-syncd torture-platform
torture-window_OBJ   := $(TORTURE_DIR)/inside/main_window.o \
		$(filter-out %/test_torture.o,$(TORTURE_OBJ))
torture-window_USES  := $(TORTURE_USES)
torture-syncd_OBJ    := $(BUILD)/client/link/main_syncd.o \
		$(TORTURE_DIR)/inside/mutant_syncd.o
torture-syncd_USES   := $(USES_yikou-syncd)
torture-syncd_WRAP   := feed_apply
torture-platform_OBJ := $(BUILD)/client/platform/main_platform.o \
		$(TORTURE_DIR)/inside/mutant_platform.o
torture-platform_USES := $(USES_yikou-platform)
torture-platform_WRAP := op_check_order op_check_chain

define inside_rules
$(TORTURE_DIR)/$(1): $(INSIDE_OBJ) $($(1)_OBJ) $(call libs,$($(1)_USES))
	@echo "  LD   torture/$(1)"
	@$(CC) $(LDFLAGS) -o $$@ $(INSIDE_OBJ) $($(1)_OBJ) \
		$(addprefix -Wl$(,)--wrap=,$(INSIDE_WRAP) $($(1)_WRAP)) \
		-Wl,--start-group $(call libs,$($(1)_USES)) -Wl,--end-group \
		$$(call pkg,--libs,$$(call pkgs,$($(1)_USES))) -lm
endef
, := ,
$(foreach p,$(INSIDE),$(eval $(call inside_rules,$(p))))

$(TORTURE_DIR)/test_torture: $(TORTURE_OBJ) $(call libs,$(TORTURE_USES)) \
		$(BUILD)/yikou-syncd $(BUILD)/yikou-platform \
		$(INSIDE:%=$(TORTURE_DIR)/%)
	@echo "  LD   torture/test_torture"
	@$(CC) $(LDFLAGS) -o $@ $(TORTURE_OBJ) \
		-Wl,--start-group $(call libs,$(TORTURE_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(TORTURE_USES))) -lm

torture: $(TORTURE_DIR)/test_torture
	@$(TORTURE_DIR)/test_torture --scale $(SCALE) \
		$(if $(ONLY),--only $(ONLY))

.PHONY: torture
