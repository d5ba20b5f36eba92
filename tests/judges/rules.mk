# Outside judges of the contract, see tests/judges/run.sh.

JUDGE_USES := client/store client/db client/rules client/base

$(BUILD)/tests/judges/judge_sync: $(BUILD)/tests/judges/judge_sync.o \
		$(BUILD)/tests/sync/fake.o $(BUILD)/tests/sync/rig.o \
		$(call libs,$(JUDGE_USES)) $(BUILD)/yikou-syncd \
		$(BUILD)/yikou-platform
	@echo "  LD   judges/judge_sync"
	@$(CC) $(LDFLAGS) -o $@ $(BUILD)/tests/judges/judge_sync.o \
		$(BUILD)/tests/sync/fake.o $(BUILD)/tests/sync/rig.o \
		-Wl,--start-group $(call libs,$(JUDGE_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(JUDGE_USES))) -lm

test-judges: $(BUILD)/tests/judges/judge_sync
	@sh tests/judges/run.sh $(BUILD) $(JUDGES)

.PHONY: test-judges
