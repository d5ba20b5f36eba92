# The demonstration and the scripted visit: one program that sets a window up
# in a temporary directory and either hands it to a person or plays it itself.
DEMO_USES := client/store client/db config client/rules client/base
DEMO_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/e2e/*.c))
DEMO      := $(BUILD)/tests/e2e/demo

$(DEMO): $(DEMO_OBJ) $(call libs,$(DEMO_USES))
	@echo "  LD   demo"
	@$(CC) $(LDFLAGS) -o $@ $(DEMO_OBJ) -Wl,--start-group \
		$(call libs,$(DEMO_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(DEMO_USES)) vterm) -lutil -lm

CHECK_BIN += $(DEMO)

demo: deps
	@$(MAKE) --no-print-directory demo-run

demo-run: all $(DEMO)
	@$(DEMO) --programs $(BUILD)
.PHONY: demo-run
