/* Time: wall clock for people, boot clock for intervals. */
#ifndef CLIENT_BASE_CLOCK_H
#define CLIENT_BASE_CLOCK_H

#include <stdint.h>

#include <glib.h>

/* Milliseconds since 1970. Never used for a decision. */
int64_t clock_wall_ms(void);

/* CLOCK_BOOTTIME, runs on through suspend. */
int64_t clock_boot_ms(void);

/* Changes at every boot; borrowed, for the process's life. */
const char *clock_boot_id(void);

/* Local time, in the zone of the first call: "2026-11-23T09:41:20+08:00".
 * Caller frees. */
char *clock_iso(int64_t wall_ms);
/* strftime into a fresh string, "%m-%d %H:%M" and the like. */
char *clock_format(int64_t wall_ms, const char *format);
/* Parses clock_iso() and "2026-11-23"; -1 when it is neither. */
int64_t clock_parse(const char *text);

/* 2026-11-23 as 20261123; 0 for "now" is not special here. */
int clock_day(int64_t wall_ms);

#endif
