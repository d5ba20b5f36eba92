# The redraw bench: CPU from a key to the finished screen, beside a plain
# ncurses program. make BUILD/tests/bench/bench_redraw

BENCH_REDRAW := $(BUILD)/tests/bench/bench_redraw

$(BENCH_REDRAW): $(BUILD)/tests/bench/bench_redraw.o \
		$(call libs,ui client/rules client/base) $(MO)
	@echo "  LD   bench_redraw"
	@$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group \
		$(call libs,ui client/rules client/base) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,ui client/base)) -lm -lutil

bench-redraw: $(BENCH_REDRAW)
	@$(BENCH_REDRAW)

.PHONY: bench-redraw
