/* A driver at work without ports and clocks: for transcripts, for the check
 * vectors of profiles, for fuzzing. Time is what script_wait() says. */
#ifndef DRIVERS_SCRIPT_H
#define DRIVERS_SCRIPT_H

#include "drivers/device.h"
#include "drivers/transcript.h"

struct script;

/* Started at once. driver and options are borrowed for the script's life. */
struct script *script_new(
	const struct driver *driver, const struct device_options *options);
void script_free(struct script *script);
DEFINE_AUTO(script, script_free)

/* chunk: how many bytes are given at once; 0 means all. */
void script_feed(
	struct script *script, const uint8_t *data, size_t len, size_t chunk);
/* "read {"timeout_s":30}"; a refusal becomes the effect "fail NAME". */
void script_ask(struct script *script, const char *verb_and_args);
void script_wait(struct script *script, int ms);

/* The effects so far, oldest first, in the words of a transcript:
 *   > FF 68 ...   = ready MODEL   = event NAME {...}   = done {...}
 *   = fail link.timeout   = fault silent   = keep LENGTH
 * Returns the oldest and forgets it; NULL when there is none. */
char *script_take(struct script *script);

const struct device_counters *script_counters(const struct script *script);

/* Runs all steps. ITEM_ERROR_INVALID names file, line, expected and found. */
bool script_run(const struct transcript *transcript,
	const struct driver *driver, size_t chunk, GError **error);

#endif
