# The numbers. Not part of check: they want a quiet machine.
BENCH_USES := client/store client/db client/rules client/base

$(BUILD)/bench-search: $(BUILD)/tests/bench/bench_search.o \
		$(BUILD)/tests/bench/fill.o $(call libs,$(BENCH_USES))
	@echo "  LD   bench-search"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group \
		$(call libs,$(BENCH_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(BENCH_USES))) -lm

bench-search: $(BUILD)/bench-search
	@$<

# A whole window: start, memory, idle. Its pieces are the demonstration's.
BENCH_WINDOW_OBJ := $(patsubst %.c,$(BUILD)/%.o, \
	$(addprefix tests/bench/,bench_window.c bench_start.c bench_memory.c \
		bench_idle.c fill.c gauge.c) \
	$(addprefix tests/e2e/,window.c terminal.c visit.c))

$(BUILD)/bench-window: $(BENCH_WINDOW_OBJ) $(call libs,$(BENCH_USES))
	@echo "  LD   bench-window"
	@$(CC) $(LDFLAGS) -o $@ $(BENCH_WINDOW_OBJ) -Wl,--start-group \
		$(call libs,$(BENCH_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(BENCH_USES)) vterm) -lutil -lm

$(BUILD)/bench-hello: $(BUILD)/tests/bench/hello.o
	@$(CC) $(LDFLAGS) -o $@ $< $(call pkg,--libs,ncursesw)

BENCH_WINDOW := $(BUILD)/bench-window --programs $(BUILD)

bench-window bench-start bench-memory bench-idle: all $(BUILD)/bench-window \
		$(BUILD)/bench-hello
	@$(BENCH_WINDOW) $(if $(filter bench-window,$@),,--part $(@:bench-%=%))

# The sync, real programs on loopback; bench-sync-short has a tenth.
BENCH_SYNC_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(addprefix tests/bench/, \
	bench_sync.c sync_bed.c sync_bare.c sync_save.c sync_herd.c \
	sync_kills.c gauge.c) tests/sync/proxy.c)
BENCH_SYNC_USES := client/link client/store client/db config client/rules \
	client/base

$(BUILD)/bench-sync: $(BENCH_SYNC_OBJ) $(call libs,$(BENCH_SYNC_USES))
	@echo "  LD   bench-sync"
	@$(CC) $(LDFLAGS) -o $@ $(BENCH_SYNC_OBJ) -Wl,--start-group \
		$(call libs,$(BENCH_SYNC_USES)) -Wl,--end-group \
		$(call pkg,--libs,$(call pkgs,$(BENCH_SYNC_USES))) -ldl -lm

bench-sync bench-sync-short: all $(BUILD)/bench-sync
	@$(BUILD)/bench-sync --programs $(BUILD) \
		$(if $(filter bench-sync-short,$@),--cases 20000)

# A peer in the same run; skipped where there is no Node.
bench-peers: all $(BUILD)/bench-sync
	@sh tests/bench/peers/run.sh $(BUILD)

.PHONY: bench-search bench-window bench-start bench-memory bench-idle \
	bench-sync bench-sync-short bench-peers
