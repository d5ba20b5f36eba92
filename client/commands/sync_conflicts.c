/* yikou sync conflicts: cases that were changed here and elsewhere at once, in
 * the same field, and which of the two holds. */
#include <stdio.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/fault.h"
#include "client/commands/sync.h"
#include "client/rules/mask.h"
#include "client/rules/merge.h"
#include "client/store/conflict.h"
#include "ui/text.h"

enum { NUMBER_MAX_DIGITS = 18 };

/* Showing ------------------------------------------------------------------ */

static struct json *row_json(const struct conflict *conflict)
{
	struct json *row = json_new_object();
	g_autofree char *at = clock_iso(conflict->at_ms);

	json_put_int(row, "store_seq", conflict->store_seq);
	json_put_text(row, "case_id", conflict->case_id);
	json_put_text(row, "case_no", conflict->case_no);
	json_put_text(
		row, "version", json_text_or(conflict->remote, "version", ""));
	json_put_text(row, "at", at);
	json_put_int(row, "fields", (int64_t)json_length(conflict->fields));
	return row;
}

static enum exit_code list(struct sync_desk *desk)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) all = conflict_list(desk->store, &error);
	AUTO(json) rows = json_new_array();

	if (!all)
		return command_report(&desk->options, error);
	for (guint i = 0; i < all->len; i++)
		json_add(rows, row_json(all->pdata[i]));
	if (desk->options.json) {
		command_print_json(rows);
		return EXIT_CODE_OK;
	}
	if (all->len == 0)
		command_print("%s", _("No conflict is open."));
	json_each (row, rows)
		command_print("%6d  %-18s %-25s %d",
			(int)json_int_or(row, "store_seq", 0),
			json_text_or(row, "case_no", ""),
			json_text_or(row, "at", ""),
			(int)json_int_or(row, "fields", 0));
	return EXIT_CODE_OK;
}

/* Masked; two values that look alike are said to differ. */
static void print_field(const struct json *field)
{
	const char *path = json_text_or(field, "path", "");
	g_autofree char *before = mask_value(path, json_get(field, "before"));
	g_autofree char *here = mask_value(path, json_get(field, "here"));
	g_autofree char *there = mask_value(path, json_get(field, "there"));
	bool alike = strcmp(here, there) == 0;

	command_print("%s", path);
	command_print(_("  before  %s"), before);
	command_print(_("  here    %s"), here);
	command_print(_("  there   %s"), there);
	if (alike)
		command_print("%s", _("  They differ in what is hidden; "
				      "--json shows it."));
	if (json_bool_or(field, "both", false))
		command_print("%s", _("  Both files can be kept: both."));
}

static enum exit_code show(
	struct sync_desk *desk, const struct conflict *conflict)
{
	AUTO(json) row = row_json(conflict);
	g_autofree char *text = NULL;

	if (desk->options.json) {
		json_put(row, "fields", json_copy(conflict->fields));
		text = json_print_pretty(row);
		puts(text);
		return EXIT_CODE_OK;
	}
	command_print(_("step %d  case %s  version %s there"),
		(int)conflict->store_seq, conflict->case_no,
		json_text_or(row, "version", ""));
	json_each (field, conflict->fields)
		print_field(field);
	return EXIT_CODE_OK;
}

/* Deciding ----------------------------------------------------------------- */

static bool is_choice(const struct json *field, const char *word)
{
	return strcmp(word, "here") == 0 || strcmp(word, "there") == 0 ||
	       (strcmp(word, "both") == 0 &&
		       json_bool_or(field, "both", false));
}

/* "here" for all fields, or FIELD=here. */
static bool add_choice(const struct json *fields, const char *word,
	struct json *choices, GError **error)
{
	const char *equal = strrchr(word, '=');
	g_autofree char *path =
		equal ? g_strndup(word, (gsize)(equal - word)) : NULL;
	bool used = false;

	json_each (field, fields) {
		const char *name = json_text_or(field, "path", "");
		const char *choice = equal ? equal + 1 : word;

		if ((path && strcmp(path, name) != 0) ||
			!is_choice(field, choice))
			continue;
		json_put_text(choices, name, choice);
		used = true;
	}
	if (!used)
		fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"no open field takes %s", word);
	return used;
}

static struct json *read_choices(
	const struct conflict *conflict, char **words, GError **error)
{
	AUTO(json) choices = json_new_object();

	for (; *words; words++)
		if (!add_choice(conflict->fields, *words, choices, error))
			return NULL;
	json_each (field, conflict->fields) {
		const char *path = json_text_or(field, "path", "");

		if (json_text(choices, path))
			continue;
		fault_set(error, ITEM_ERROR_USAGE, NULL, 0,
			"nothing is chosen for %s", path);
		return NULL;
	}
	return g_steal_pointer(&choices);
}

static enum exit_code take(
	struct sync_desk *desk, const struct conflict *conflict, char **words)
{
	enum exit_code code = EXIT_CODE_AUTH;
	g_autoptr(GError) error = NULL;
	AUTO(json) choices = read_choices(conflict, words, &error);
	const struct person *person;
	struct actor actor;

	if (!choices)
		return command_report(&desk->options, error);
	person = sync_desk_log_in(desk, &code);
	if (!person)
		return code;
	actor = sync_desk_actor(desk, person);
	if (!conflict_decide(desk->store, conflict->store_seq, choices,
		    desk->reason, &actor, &error))
		return command_report(&desk->options, error);
	sync_desk_saved(desk);
	return EXIT_CODE_OK;
}

/* The command -------------------------------------------------------------- */

static bool is_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= NUMBER_MAX_DIGITS && !text[digits];
}

static bool is_usage(int argc, char **argv)
{
	if (argc == 1 || (argc == 2 && strcmp(argv[1], "list") == 0))
		return true;
	if (argc < 3 || !is_number(argv[2]))
		return false;
	return (argc == 3 && strcmp(argv[1], "show") == 0) ||
	       (argc > 3 && strcmp(argv[1], "take") == 0);
}

static enum exit_code run(struct sync_desk *desk, int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	AUTO(conflict) conflict = NULL;

	if (!is_usage(argc, argv))
		return command_wrong(&desk->options,
			"expected list, or show and a number, or take, a "
			"number and what is chosen");
	if (!sync_desk_open(desk, &error))
		return command_report(&desk->options, error);
	if (argc < 3)
		return list(desk);
	conflict = conflict_find(
		desk->store, g_ascii_strtoll(argv[2], NULL, 10), &error);
	if (!conflict)
		return command_report(&desk->options, error);
	return argc == 3 ? show(desk, conflict)
			 : take(desk, conflict, argv + 3);
}

enum exit_code sync_conflicts(int argc, char **argv)
{
	struct sync_desk desk = {.store = NULL};
	const GOptionEntry entries[] = {
		{"staff", 0, 0, G_OPTION_ARG_STRING, &desk.staff_no,
			_("who decides; the password is asked for"), _("NO")},
		{"reason", 0, 0, G_OPTION_ARG_STRING, &desk.reason,
			_("why; stands in the audit and goes to the platform"),
			_("TEXT")},
		{NULL}};
	enum exit_code code = EXIT_CODE_OK;

	if (command_begin(&desk.options, &argc, &argv,
		    _("[list | show NUMBER | take NUMBER "
		      "[FIELD=]here|there|both ...]"),
		    _("Cases that were changed here and elsewhere in the same "
		      "field. Other fields were merged already.\n"
		      "  here   what this window entered holds\n"
		      "  there  what the platform has holds\n"
		      "  both   of a material: the files of both are kept\n"
		      "Examples:\n  yikou sync conflicts\n"
		      "  yikou sync conflicts show 4711\n"
		      "  yikou sync conflicts take 4711 applicant/phone=there "
		      "--staff 9001 --reason \"asked by telephone\""),
		    entries, &code))
		code = run(&desk, argc, argv);
	sync_desk_close(&desk);
	return code;
}
