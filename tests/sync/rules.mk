# The link against a platform that misbehaves: the real yikou-syncd, a fake
# platform in the test's own main loop.

SYNC_TESTS := test_faults test_daemon test_standin test_stores \
              test_ahead
SYNC_USES  := client/store client/db client/rules client/base
CHECK_BIN  += $(SYNC_TESTS:%=$(BUILD)/tests/sync/%)

define sync_rules
$(BUILD)/tests/sync/$(1): $(BUILD)/tests/sync/$(1).o \
		$(BUILD)/tests/sync/fake.o $(BUILD)/tests/sync/rig.o \
		$(call libs,$(SYNC_USES)) $(BUILD)/yikou-syncd $(BUILD)/yikou \
		$(BUILD)/yikou-platform
	@echo "  LD   sync/$(1)"
	@$(CC) $(LDFLAGS) -o $$@ $(BUILD)/tests/sync/$(1).o \
		$(BUILD)/tests/sync/fake.o $(BUILD)/tests/sync/rig.o \
		-Wl,--start-group $(call libs,$(SYNC_USES)) -Wl,--end-group \
		$$(call pkg,--libs,$$(call pkgs,$(SYNC_USES))) -lm
endef
$(foreach t,$(SYNC_TESTS),$(eval $(call sync_rules,$(t))))

# Certificates and tokens: the test itself speaks HTTPS.
SECURE_USES := client/link client/store client/db config client/rules \
               client/base
CHECK_BIN   += $(BUILD)/tests/sync/test_secure

$(BUILD)/tests/sync/test_secure: $(BUILD)/tests/sync/test_secure.o \
		$(BUILD)/tests/sync/secure.o $(BUILD)/tests/sync/fake.o \
		$(BUILD)/tests/sync/rig.o $(call libs,$(SECURE_USES)) \
		$(BUILD)/yikou-syncd $(BUILD)/yikou-platform
	@echo "  LD   sync/test_secure"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group \
		$(call libs,$(SECURE_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(SECURE_USES))) -lm

# Against an OAuth server that nobody here wrote; JUDGES keeps the packages.
test-judge-enrol: $(BUILD)/yikou-syncd
	@sh tests/judges/enrol.sh $(BUILD) $(JUDGES)

test-judges: test-judge-enrol

.PHONY: test-judges test-judge-enrol

# Two stores and the link's own batches, without yikou-syncd: many schedules.
CHECK_BIN += $(BUILD)/tests/sync/test_merge
$(BUILD)/tests/sync/test_merge: $(BUILD)/tests/sync/test_merge.o \
		$(BUILD)/tests/sync/fake.o $(BUILD)/tests/sync/rig.o \
		$(call libs,$(TEST_link)) $(BUILD)/yikou-platform
	@echo "  LD   sync/test_merge"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(call libs,$(TEST_link)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(TEST_link))) -lm
