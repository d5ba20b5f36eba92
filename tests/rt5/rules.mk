# A foreign platform that nobody here wrote. Never part of make test: it
# installs some 260 packages. RT_CASES=1000 for the full count.

RT_USES := client/store client/db client/rules client/base

$(BUILD)/tests/rt5/rt_windows: $(BUILD)/tests/rt5/rt_windows.o \
		$(BUILD)/tests/rt5/broker.o $(BUILD)/tests/sync/fake.o \
		$(BUILD)/tests/sync/rig.o $(call libs,$(RT_USES)) \
		$(BUILD)/yikou-syncd
	@echo "  LD   rt5/rt_windows"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group \
		$(call libs,$(RT_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(RT_USES))) -lm

test-rt: $(BUILD)/tests/rt5/rt_windows
	@sh tests/rt5/run.sh $(BUILD)

test-rt-present: $(BUILD)/tests/rt5/rt_windows
	@RT_CASES=40 sh tests/rt5/run.sh $(BUILD) --if-present

.PHONY: test-rt test-rt-present
