/* yikou-syncd --enrol. */
#ifndef CLIENT_LINK_ENROL_RUN_H
#define CLIENT_LINK_ENROL_RUN_H

#include "client/base/error.h"
#include "client/link/http.h"
#include "config/config.h"

/* Where certificate and key are: as configured, else in the state folder.
 * Callers free. */
char *enrol_certificate_file(const struct config *config);
char *enrol_key_file(const struct config *config);

/* Runs the main loop until the terminal has its certificate, or will have none.
 * Says on standard output what a person must do, as JSON lines when asked:
 *   {"user_code","address","full_address","expires_in_s"}
 *   {"enrolled":true,"certificate":PATH,"until":TIME}
 *   {"error":"link.timeout","detail":"..","exit_code":3}
 * second_ms: 1000, less in tests. */
enum exit_code enrol_run(const struct config *config, struct http *http,
	bool json, int second_ms, GError **error);

#endif
