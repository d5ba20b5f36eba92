# The numbers. Not part of check: they want a quiet machine.
BENCH_USES := client/store client/db client/rules client/base

$(BUILD)/bench-search: $(BUILD)/tests/bench/bench_search.o \
		$(call libs,$(BENCH_USES))
	@echo "  LD   bench-search"
	@$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group \
		$(call libs,$(BENCH_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(BENCH_USES))) -lm

bench-search: $(BUILD)/bench-search
	@$<

.PHONY: bench-search
