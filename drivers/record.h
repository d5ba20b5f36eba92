/* Recording a device's traffic as a transcript (drivers/transcript.h). Bytes,
 * arguments and results of private drivers are left out, their sizes are not.
 */
#ifndef DRIVERS_RECORD_H
#define DRIVERS_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "client/base/json.h"

enum { RECORD_MAX_BYTES = 4 * 1024 * 1024 };

struct record;
/* DIR/NAME.replay is made new at every begin; the one before becomes
 * NAME.old.replay. */
struct record *record_new(const char *dir, const char *name, bool is_private);
void record_free(struct record *record); /* NULL is fine */
DEFINE_AUTO(record, record_free)

/* All take NULL for record: nothing is recorded. */
void record_begin(struct record *record, const char *head);
void record_bytes(
	struct record *record, char kind, const void *data, size_t len);
/* kind '!' or '='; data may be NULL. */
void record_text(struct record *record, char kind, const char *what,
	const struct json *data);

#endif
