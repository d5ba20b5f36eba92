/* What the files of "yikou sync" share. */
#ifndef CLIENT_COMMANDS_SYNC_H
#define CLIENT_COMMANDS_SYNC_H

#include "client/base/json.h"
#include "client/commands/command.h"
#include "client/store/store.h"
#include "config/people.h"

/* Asks the running yikou-syncd one thing; runs the main loop until it answers.
 * tick (may be NULL) is called every quarter of a second meanwhile.
 * LINK_ERROR_ABSENT when none runs; errors of the answer otherwise. The result
 * is the caller's. Ctrl-C: LINK_ERROR_CLOSED and *interrupted. */
struct sync_wait {
	void (*tick)(void *context);
	void *context;
	bool interrupted;
};
struct json *syncd_ask(const struct config *config, const char *verb,
	struct json *take_args, int timeout_ms, struct sync_wait *wait,
	GError **error);

/* Runs yikou-syncd --once --json with more arguments (NULL ended) and gives
 * its report; *code is its exit status. NULL and an error when it said
 * nothing. */
struct json *syncd_once(const struct config *config, const char *const more[],
	int timeout_ms, struct sync_wait *wait, enum exit_code *code,
	GError **error);

/* Progress on standard error: a bar on a terminal, JSON lines elsewhere. */
enum progress_kind { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_JSON };
struct progress {
	enum progress_kind kind;
	int64_t begun_ms, shown_ms; /* boot clock */
	int64_t ops, blobs;         /* at the beginning */
	int64_t bytes;              /* of the attachments to send then */
	bool is_drawn;
};
/* mode: "auto", "json", "none"; NULL is auto. False when it is none of them. */
bool progress_begin(struct progress *progress, const char *mode,
	const struct store_counts *counts);
void progress_show(
	struct progress *progress, const struct store_counts *counts);
void progress_end(struct progress *progress);

/* Pushes the stores that were copied together, DIR/NAME/window.db, one after
 * the other: ops and attachments only. Prints a line for each and their sum,
 * or with json nothing; *report is the caller's, NULL when there was no store
 * at all. The worst of their exit codes. */
struct stores_order {
	const struct command_options *options;
	const char *dir;
	bool dry_run, no_verify;
	int max_time_s, batch;
};
enum exit_code sync_stores(
	const struct stores_order *order, struct json **report);

/* What the decisions of a supervisor share: the store of the window, who
 * decides and why. All own; zeroed before. */
struct sync_desk {
	struct command_options options;
	char *staff_no, *reason; /* --staff, --reason */
	struct store *store;
	struct people *people;
};
bool sync_desk_open(struct sync_desk *desk, GError **error);
/* Also ends the options. */
void sync_desk_close(struct sync_desk *desk);
/* Asks for the password. NULL: said already, and *code set. */
const struct person *sync_desk_log_in(
	struct sync_desk *desk, enum exit_code *code);
struct actor sync_desk_actor(
	const struct sync_desk *desk, const struct person *person);
/* Wakes yikou-syncd up and says what follows. */
void sync_desk_saved(struct sync_desk *desk);

/* One file each; argv[0] is the subcommand. */
enum exit_code sync_run(int argc, char **argv);
enum exit_code sync_status(int argc, char **argv);
enum exit_code sync_verify(int argc, char **argv);
enum exit_code sync_dead(int argc, char **argv);
enum exit_code sync_conflicts(int argc, char **argv);
enum exit_code sync_agree(int argc, char **argv);
enum exit_code sync_enrol(int argc, char **argv);
enum exit_code sync_exchange(int argc, char **argv);

/* What a person must do for the platform to be had, if anything. */
void sync_print_fault(const struct json *state);

/* How the link is, of a state or report of yikou-syncd. Borrowed. */
const char *sync_link_word(const struct json *state);

/* "N here = N there, 0 missing, 0 extra", or what differs. */
void sync_print_proof(const struct json *proof);

#endif
