/* Logging: one line an event, to standard error or the journal.
 *
 * Never personal data: no name, number, address, telephone, file content or
 * typed text. Ids of cases, tickets, devices and error names are enough.
 * Arguments are escaped (text_sink_log), so a value cannot forge a line. */
#ifndef CLIENT_BASE_LOG_H
#define CLIENT_BASE_LOG_H

#include <glib.h>

void log_open(const char *program);
void log_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* "what: error name: message" */
void log_error(const GError *error, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

#endif
