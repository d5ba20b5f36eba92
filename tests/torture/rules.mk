# The fault tests: the real programs against everything that can go wrong.
#
#   make torture                full counts, hours
#   make torture SCALE=0.01     a hundredth of them
#   make torture ONLY=F02,F11
# make test runs a small sample of each.

SCALE ?= 1
ONLY  ?=
TORTURE_DIR  := $(BUILD)/tests/torture
TORTURE_OBJ  := $(patsubst %.c,$(BUILD)/%.o,\
		$(filter-out %/main_%,$(wildcard tests/torture/*.c))) \
		$(BUILD)/tests/sync/proxy.o
TORTURE_USES := client/store client/db client/rules client/base
CHECK_BIN    += $(TORTURE_DIR)/test_torture

$(TORTURE_DIR)/test_torture: $(TORTURE_OBJ) $(call libs,$(TORTURE_USES)) \
		$(BUILD)/yikou-syncd $(BUILD)/yikou-platform
	@echo "  LD   torture/test_torture"
	@$(CC) $(LDFLAGS) -o $@ $(TORTURE_OBJ) \
		-Wl,--start-group $(call libs,$(TORTURE_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(TORTURE_USES))) -lm

torture: $(TORTURE_DIR)/test_torture
	@$(TORTURE_DIR)/test_torture --scale $(SCALE) \
		$(if $(ONLY),--only $(ONLY))

.PHONY: torture
