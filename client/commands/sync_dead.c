/* yikou sync dead: parked steps, and what a supervisor decides about them. A
 * decision is made under one's own name and password and with a reason; it is
 * a row of the audit. */
#include <stdio.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/fault.h"
#include "client/base/file.h"
#include "client/base/id.h"
#include "client/commands/sync.h"
#include "client/store/case.h"
#include "client/store/parked.h"
#include "config/people.h"
#include "ui/text.h"

enum {
	HINT_TIMEOUT_MS = 2000,
	LIST_MAX = 1000,
	BODY_MAX_BYTES = 1 << 20,
	PASSWORD_SIZE = 512,
};

struct dead {
	struct command_options options;
	char *staff_no, *reason, *body_file; /* own */
	struct store *store;                 /* own */
	struct people *people;               /* own */
};

/* Listing ------------------------------------------------------------------ */

static char *case_no_of(struct store *store, const struct op *op)
{
	AUTO(case_record) record = NULL;

	if (strcmp(op->agg, "case") != 0)
		return g_strdup("-");
	record = case_load(store, op->agg_id, NULL);
	return g_strdup(record && *record->case_no ? record->case_no : "-");
}

static struct json *op_json(struct store *store, const struct op *op)
{
	struct json *row = json_new_object();
	g_autofree char *case_no = case_no_of(store, op);

	json_put_int(row, "store_seq", op->store_seq);
	json_put_text(row, "op_id", op->op_id);
	json_put_text(row, "kind", op->kind);
	json_put_text(row, "case_no", case_no);
	json_put_text(row, "state", op_state_name(op->state));
	json_put_int(row, "http", op->http);
	json_put_text(row, "problem", op->problem);
	json_put_int(row, "attempts", op->attempts);
	return row;
}

static bool add_parked(struct dead *dead, enum op_state state,
	struct json *list, GError **error)
{
	g_autoptr(GPtrArray) ops =
		outbox_list(dead->store, state, LIST_MAX, error);

	for (guint i = 0; ops && i < ops->len; i++)
		json_add(list, op_json(dead->store, ops->pdata[i]));
	return ops != NULL;
}

static enum exit_code list(struct dead *dead)
{
	AUTO(json) all = json_new_array();
	g_autoptr(GError) error = NULL;

	if (!add_parked(dead, OP_DEAD, all, &error) ||
		!add_parked(dead, OP_CONFLICT, all, &error))
		return command_report(&dead->options, error);
	if (dead->options.json) {
		command_print_json(all);
		return EXIT_CODE_OK;
	}
	if (json_length(all) == 0)
		command_print("%s", _("No step is parked."));
	json_each (row, all)
		command_print("%6d  %-9s %-16s %-18s %s",
			(int)json_int_or(row, "store_seq", 0),
			json_text_or(row, "state", ""),
			json_text_or(row, "kind", ""),
			json_text_or(row, "case_no", ""),
			json_text_or(row, "problem", ""));
	return EXIT_CODE_OK;
}

/* One op ------------------------------------------------------------------- */

static void print_decisions(const struct json *decisions)
{
	json_each (row, decisions) {
		g_autofree char *when = clock_format(
			json_int_or(row, "at_ms", 0), "%Y-%m-%d %H:%M");

		command_print("%s  %-8s %s  %s", when,
			json_text_or(row, "action", ""),
			json_text_or(row, "staff_no", ""),
			json_text_or(row, "reason", ""));
	}
}

/* With --json also the body, which is what a correction starts from: it holds
 * personal data, so it is never printed without being asked for. */
static enum exit_code show(struct dead *dead, const struct op *op)
{
	g_autoptr(GError) error = NULL;
	AUTO(json) row = op_json(dead->store, op);
	struct json *decisions =
		parked_decisions(dead->store, op->store_seq, &error);
	g_autofree char *text = NULL;

	if (!decisions)
		return command_report(&dead->options, error);
	json_put(row, "decisions", decisions);
	if (dead->options.json) {
		json_put(row, "body",
			json_parse(op->body, strlen(op->body), NULL));
		text = json_print_pretty(row);
		puts(text);
		return EXIT_CODE_OK;
	}
	command_print(_("step %d  %s  case %s"), (int)op->store_seq, op->kind,
		json_text_or(row, "case_no", "-"));
	command_print(_("state %s  answer %d %s  tries %d"),
		op_state_name(op->state), op->http, op->problem, op->attempts);
	print_decisions(decisions);
	return EXIT_CODE_OK;
}

/* Who decides -------------------------------------------------------------- */

static bool may_decide(const struct person *person)
{
	return person_has_role(person, ROLE_SUPERVISOR) ||
	       person_has_role(person, ROLE_MANAGER);
}

/* NULL: said already. */
static const struct person *log_in(struct dead *dead, enum exit_code *code)
{
	const struct person *person =
		dead->staff_no ? people_find(dead->people, dead->staff_no)
			       : NULL;
	char password[PASSWORD_SIZE];
	g_autoptr(GError) error = NULL;
	bool is_right;

	if (!dead->staff_no || !dead->reason || !*dead->reason) {
		*code = command_wrong(&dead->options,
			"a decision needs --staff and --reason");
		return NULL;
	}
	is_right = command_ask_secret(
			   _("Password: "), password, sizeof(password)) &&
		   password_verify(password, person ? person->verifier : NULL);
	secret_wipe(password, sizeof(password));
	if (is_right && may_decide(person))
		return person;
	fault_set(&error, ITEM_ERROR_DENIED, NULL, 0,
		"staff number or password is wrong, or the role may not do "
		"this");
	*code = command_report(&dead->options, error);
	return NULL;
}

static struct json *read_body(const struct dead *dead, GError **error)
{
	if (!dead->body_file) {
		fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"supersede needs --body and a file");
		return NULL;
	}
	return json_load(dead->body_file, BODY_MAX_BYTES, error);
}

static bool decide(struct dead *dead, const char *action, const struct op *op,
	const struct person *person, GError **error)
{
	struct actor actor = {.staff_no = person->staff_no,
		.staff_name = person->name,
		.role = "supervisor",
		.session = "",
		.window = store_window(dead->store)};
	struct json *body;

	if (strcmp(action, "requeue") == 0)
		return parked_requeue(dead->store, op->store_seq, dead->reason,
			&actor, error);
	if (strcmp(action, "void") == 0)
		return parked_void(dead->store, op->store_seq, dead->reason,
			&actor, error);
	body = read_body(dead, error);
	return body && parked_supersede(dead->store, op->store_seq, body,
			       dead->reason, &actor, error);
}

static enum exit_code act(
	struct dead *dead, const char *action, const struct op *op)
{
	enum exit_code code = EXIT_CODE_AUTH;
	const struct person *person = log_in(dead, &code);
	g_autoptr(GError) error = NULL;

	if (!person)
		return code;
	if (!decide(dead, action, op, person, &error))
		return command_report(&dead->options, error);
	json_free(syncd_ask(dead->options.config, "retry", NULL,
		HINT_TIMEOUT_MS, NULL, NULL));
	command_print("%s", _("Saved. It goes with the next sync; yikou sync "
			      "status shows what is left."));
	return EXIT_CODE_OK;
}

/* The command -------------------------------------------------------------- */

static bool open_all(struct dead *dead, GError **error)
{
	const struct config *config = dead->options.config;

	dead->people = people_load(config_path(config, "files.people"), error);
	dead->store =
		dead->people
			? store_open(config_path(config, "paths.state"),
				  config_text(config, "window.number"), error)
			: NULL;
	return dead->store != NULL;
}

static enum exit_code run(struct dead *dead, int argc, char **argv)
{
	static const char *const actions[] = {
		"show", "requeue", "supersede", "void", NULL};
	bool is_list = argc == 1 || (argc == 2 && !strcmp(argv[1], "list"));
	g_autoptr(GError) error = NULL;
	AUTO(op) op = NULL;

	if (!is_list && (argc != 3 || !g_strv_contains(actions, argv[1]))) {
		return command_wrong(&dead->options,
			"expected list, or show, requeue, supersede, void and "
			"a number");
	}
	if (!open_all(dead, &error))
		return command_report(&dead->options, error);
	if (is_list)
		return list(dead);
	op = parked_find(dead->store, argv[2], &error);
	if (!op)
		return command_report(&dead->options, error);
	return strcmp(argv[1], "show") == 0 ? show(dead, op)
					    : act(dead, argv[1], op);
}

enum exit_code sync_dead(int argc, char **argv)
{
	struct dead dead = {.store = NULL};
	const GOptionEntry entries[] = {
		{"staff", 0, 0, G_OPTION_ARG_STRING, &dead.staff_no,
			_("who decides; the password is asked for"), _("NO")},
		{"reason", 0, 0, G_OPTION_ARG_STRING, &dead.reason,
			_("why; stands in the audit and goes to the platform"),
			_("TEXT")},
		{"body", 0, 0, G_OPTION_ARG_FILENAME, &dead.body_file,
			_("supersede: the corrected content, JSON"), _("FILE")},
		{NULL}};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&dead.options, &argc, &argv,
		    _("[list | show|requeue|supersede|void NUMBER]"),
		    _("Steps the platform refused, or found changed. Each "
		      "stops only its own case.\n"
		      "  requeue    send the same again\n"
		      "  supersede  send a corrected content in its place\n"
		      "  void       it will never be sent\n"
		      "Examples:\n  yikou sync dead list\n"
		      "  yikou sync dead show 4711 --json >4711.json\n"
		      "  yikou sync dead requeue 4711 --staff 9001 --reason "
		      "\"the platform was mended\""),
		    entries, &code))
		code = run(&dead, argc, argv);
	g_free(dead.staff_no);
	g_free(dead.reason);
	g_free(dead.body_file);
	store_close(dead.store);
	people_free(dead.people);
	command_end(&dead.options);
	return code;
}
