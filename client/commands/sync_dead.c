/* yikou sync dead: parked steps, and what a supervisor decides about them. A
 * decision is made under one's own name and password and with a reason; it is
 * a row of the audit. */
#include <stdio.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/fault.h"
#include "client/base/file.h"
#include "client/commands/sync.h"
#include "client/store/case.h"
#include "client/store/parked.h"
#include "ui/text.h"

enum {
	LIST_MAX = 1000,
	BODY_MAX_BYTES = 1 << 20,
};

struct dead {
	struct sync_desk desk;
	char *body_file; /* own */
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
		outbox_list(dead->desk.store, state, LIST_MAX, error);

	for (guint i = 0; ops && i < ops->len; i++)
		json_add(list, op_json(dead->desk.store, ops->pdata[i]));
	return ops != NULL;
}

static enum exit_code list(struct dead *dead)
{
	AUTO(json) all = json_new_array();
	g_autoptr(GError) error = NULL;

	if (!add_parked(dead, OP_DEAD, all, &error) ||
		!add_parked(dead, OP_CONFLICT, all, &error))
		return command_report(&dead->desk.options, error);
	if (dead->desk.options.json) {
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
	AUTO(json) row = op_json(dead->desk.store, op);
	struct json *decisions =
		parked_decisions(dead->desk.store, op->store_seq, &error);
	g_autofree char *text = NULL;

	if (!decisions)
		return command_report(&dead->desk.options, error);
	json_put(row, "decisions", decisions);
	if (dead->desk.options.json) {
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

/* Deciding ----------------------------------------------------------------- */

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
	struct actor actor = sync_desk_actor(&dead->desk, person);
	struct json *body;

	if (strcmp(action, "requeue") == 0)
		return parked_requeue(dead->desk.store, op->store_seq,
			dead->desk.reason, &actor, error);
	if (strcmp(action, "void") == 0)
		return parked_void(dead->desk.store, op->store_seq,
			dead->desk.reason, &actor, error);
	body = read_body(dead, error);
	return body && parked_supersede(dead->desk.store, op->store_seq, body,
			       dead->desk.reason, &actor, error);
}

static enum exit_code act(
	struct dead *dead, const char *action, const struct op *op)
{
	enum exit_code code = EXIT_CODE_AUTH;
	const struct person *person = sync_desk_log_in(&dead->desk, &code);
	g_autoptr(GError) error = NULL;

	if (!person)
		return code;
	if (!decide(dead, action, op, person, &error))
		return command_report(&dead->desk.options, error);
	sync_desk_saved(&dead->desk);
	return EXIT_CODE_OK;
}

/* The command -------------------------------------------------------------- */

static enum exit_code run(struct dead *dead, int argc, char **argv)
{
	static const char *const actions[] = {
		"show", "requeue", "supersede", "void", NULL};
	bool is_list = argc == 1 || (argc == 2 && !strcmp(argv[1], "list"));
	g_autoptr(GError) error = NULL;
	AUTO(op) op = NULL;

	if (!is_list && (argc != 3 || !g_strv_contains(actions, argv[1]))) {
		return command_wrong(&dead->desk.options,
			"expected list, or show, requeue, supersede, void and "
			"a number");
	}
	if (!sync_desk_open(&dead->desk, &error))
		return command_report(&dead->desk.options, error);
	if (is_list)
		return list(dead);
	op = parked_find(dead->desk.store, argv[2], &error);
	if (!op)
		return command_report(&dead->desk.options, error);
	return strcmp(argv[1], "show") == 0 ? show(dead, op)
					    : act(dead, argv[1], op);
}

enum exit_code sync_dead(int argc, char **argv)
{
	struct dead dead = {.body_file = NULL};
	const GOptionEntry entries[] = {
		{"staff", 0, 0, G_OPTION_ARG_STRING, &dead.desk.staff_no,
			_("who decides; the password is asked for"), _("NO")},
		{"reason", 0, 0, G_OPTION_ARG_STRING, &dead.desk.reason,
			_("why; stands in the audit and goes to the platform"),
			_("TEXT")},
		{"body", 0, 0, G_OPTION_ARG_FILENAME, &dead.body_file,
			_("supersede: the corrected content, JSON"), _("FILE")},
		{NULL}};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&dead.desk.options, &argc, &argv,
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
	g_free(dead.body_file);
	sync_desk_close(&dead.desk);
	return code;
}
