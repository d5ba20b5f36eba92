/* The few questions that have no screen of their own: one table row each, with
 * its choices and what the answer does. */
#include "client/app/private.h"

#include <string.h>

#include "client/base/error.h"

enum { CHOICES_MAX = 6 };

struct dialog_choice_row {
	const char *code;
	const char *label; /* N_() */
};

struct dialog_row {
	const char *title;      /* N_() */
	const char *text_label; /* N_(): a reason may be typed; NULL: not */
	const char *verb;       /* N_() */
	bool needs_do;          /* F8 acts, a digit only chooses */
	bool by_code;           /* its digit is the code */
	struct dialog_choice_row choices[CHOICES_MAX + 1];
	void (*fill)(struct app *app); /* choices that are not fixed */
	/* code: of the choice, or NULL; reason: its label or what was typed */
	void (*answer)(struct app *app, const char *code, const char *reason);
};

static void answer_aside(struct app *app, const char *code, const char *reason);
static void answer_park(struct app *app, const char *code, const char *reason);
static void answer_skip(struct app *app, const char *code, const char *reason);
static void answer_transfer(
	struct app *app, const char *code, const char *reason);
static void answer_abandon(
	struct app *app, const char *code, const char *reason);
static void answer_pause(struct app *app, const char *code, const char *reason);
static void answer_turn(struct app *app, const char *code, const char *reason);
static void answer_source(
	struct app *app, const char *code, const char *reason);
static void answer_reason(
	struct app *app, const char *code, const char *reason);
static void answer_reveal(
	struct app *app, const char *code, const char *reason);
static void answer_form(struct app *app, const char *code, const char *reason);
static void answer_quit(struct app *app, const char *code, const char *reason);
static void answer_collect(
	struct app *app, const char *code, const char *reason);
static void answer_item(struct app *app, const char *code, const char *reason);
static void fill_windows(struct app *app);
static void fill_reasons(struct app *app);
static void fill_sources(struct app *app);

static const struct dialog_row dialogs[DIALOG_KIND_COUNT] = {
	[DIALOG_ASIDE] =
		{
			.title = N_("Put this visit aside"),
			.verb = N_("1-4 choose"),
			.choices =
				{
					{"park", N_("park: comes back later")},
					{"skip", N_("skip: did not come")},
					{"transfer", N_("to another window")},
					{"abandon", N_("give up: no case")},
				},
			.answer = answer_aside,
		},
	[DIALOG_PARK] =
		{
			.title = N_("Park: why"),
			.text_label = N_("other reason"),
			.verb = N_("F8 park"),
			.choices =
				{
					{"fetch", N_("fetches a document")},
					{"copy", N_("makes copies")},
					{"fill", N_("fills in a form")},
					{"asks", N_("asks at the department")},
				},
			.answer = answer_park,
		},
	[DIALOG_SKIP] =
		{
			.title = N_("Skip: why"),
			.text_label = N_("other reason"),
			.verb = N_("F8 skip"),
			.choices =
				{
					{"absent", N_("called, did not come")},
					{"left", N_("left the hall")},
					{"wrong", N_("wrong kind of ticket")},
				},
			.answer = answer_skip,
		},
	[DIALOG_TRANSFER] =
		{
			.title = N_("To which window"),
			.verb = N_("F8 hand over"),
			.needs_do = true,
			.by_code = true,
			.fill = fill_windows,
			.answer = answer_transfer,
		},
	[DIALOG_ABANDON] =
		{
			.title = N_("Give up: why"),
			.text_label = N_("other reason"),
			.verb = N_("F8 give up"),
			.choices =
				{
					{"asked", N_("only asked: counts as "
						     "advice")},
					{"withdrew", N_("does not want to "
							"apply now")},
					{"papers", N_("comes back with the "
						      "documents")},
				},
			.answer = answer_abandon,
		},
	[DIALOG_PAUSE] =
		{
			.title = N_("Pause the window: why"),
			.text_label = N_("other reason"),
			.verb = N_("F8 pause"),
			.choices =
				{
					{"break", N_("short break")},
					{"meal", N_("meal")},
					{"meeting", N_("meeting")},
					{"device", N_("device fault")},
				},
			.answer = answer_pause,
		},
	[DIALOG_OUT_OF_TURN] =
		{
			.title = N_("Out of turn: why"),
			.text_label = N_("other reason"),
			.verb = N_("F8 call"),
			.choices =
				{
					{"booked", N_("appointment is due")},
					{"care", N_("old, ill, disabled, "
						    "pregnant")},
					{"again", N_("brings a missing "
						     "document or signature")},
				},
			.answer = answer_turn,
		},
	[DIALOG_SOURCE] =
		{
			.title = N_("Where the document comes from"),
			.verb = N_("1-4 choose"),
			.fill = fill_sources,
			.answer = answer_source,
		},
	[DIALOG_REASON] =
		{
			.title = N_("Reason of the refusal"),
			.verb = N_("1-9 choose"),
			.fill = fill_reasons,
			.answer = answer_reason,
		},
	[DIALOG_REVEAL] =
		{
			.title = N_("Show full data: what for"),
			.verb = N_("1-4 choose"),
			.choices =
				{
					{"verify", N_("to verify the person")},
					{"print", N_("to print a document")},
					{"call", N_("to call by telephone")},
					{"other", N_("other")},
				},
			.answer = answer_reveal,
		},
	[DIALOG_PREVIEW] =
		{
			.title = N_("The documents, as F8 would print them"),
		},
	[DIALOG_FORM] =
		{
			.title = N_("The form, as it will be printed"),
			.verb = N_("F8 print"),
			.needs_do = true,
			.answer = answer_form,
		},
	[DIALOG_DOCUMENT] =
		{
			.title = N_("Print a document of this case"),
			.verb = N_("1-9 choose"),
			.fill = reprint_fill_documents,
			.answer = reprint_answer_document,
		},
	[DIALOG_REPRINT] =
		{
			.title = N_("It was out already: why again"),
			.verb = N_("1-3 choose"),
			.choices =
				{
					{"damaged",
						N_("damaged or unreadable")},
					{"lost", N_("the applicant lost it")},
					{"copy", N_("one more is needed")},
				},
			.answer = reprint_answer_reason,
		},
	[DIALOG_QUIT] =
		{
			.title = N_("Leave the program"),
			.verb = N_("F8 leave"),
			.needs_do = true,
			.answer = answer_quit,
		},
	[DIALOG_ITEM] =
		{
			.title = N_("Another item"),
			.verb = N_("1-2 choose"),
			.choices =
				{
					{"change", N_("change to it")},
					{"stay", N_("stay with this one")},
				},
			.answer = answer_item,
		},
	[DIALOG_BACK] =
		{
			.title = N_("Which number comes back"),
			.verb = N_("1-9 choose"),
			.fill = queue_fill_back,
			.answer = queue_answer_back,
		},
	[DIALOG_COLLECT] =
		{
			.title = N_("Comes to collect"),
			.verb = N_("1-3 choose"),
			.choices =
				{
					{"apply", N_("wants to apply for "
						     "something: go on")},
					{"finish", N_("handed out by the paper "
						      "register: finish")},
					{"transfer", N_("to another window")},
				},
			.answer = answer_collect,
		},
	[DIALOG_CONFLICT] =
		{
			.title = N_("Which side holds: why"),
			.text_label = N_("other reason"),
			.verb = N_("F8 decide"),
			.needs_do = true,
			.choices =
				{
					{"asked",
						N_("the applicant was asked")},
					{"paper", N_("so it stands in the "
						     "papers")},
					{"other", N_("the other side was "
						     "asked")},
				},
			.answer = conflict_answer,
		},
};

static void add_lines(struct app *app)
{
	struct dialog_model *dialog = &app->model.dialog;
	const struct ticket *ticket = app->visit.ticket;
	g_autofree char *line = NULL;

	g_ptr_array_set_size(dialog->lines, 0);
	if (app->visit.open && ticket && app->dialog != DIALOG_REASON &&
		app->dialog != DIALOG_PREVIEW && app->dialog != DIALOG_FORM &&
		app->dialog != DIALOG_DOCUMENT && app->dialog != DIALOG_ITEM &&
		app->dialog != DIALOG_CONFLICT) {
		line = g_strdup_printf("%s  %s", ticket->number,
			app->model.visit.item ? app->model.visit.item : "");
		model_line(dialog->lines, line);
	}
	if (app->dialog == DIALOG_PARK)
		model_line(dialog->lines,
			_("What was filled in and captured is kept."));
	if (app->dialog == DIALOG_TRANSFER)
		model_line(dialog->lines,
			_("What was filled in and captured stays at this "
			  "window."));
	if (app->dialog == DIALOG_QUIT)
		model_line(dialog->lines,
			_("This visit is not finished. Everything is kept; it "
			  "continues after the next log-in."));
	if (app->dialog == DIALOG_COLLECT)
		model_line(dialog->lines,
			_("This version does not hand out results yet."));
	if (app->dialog == DIALOG_ABANDON)
		model_line(dialog->lines,
			_("The draft is closed with its reason; nothing is "
			  "sent."));
}

void dialog_open(struct app *app, enum dialog_kind kind, int index)
{
	const struct dialog_row *row = &dialogs[kind];
	struct dialog_model *dialog = &app->model.dialog;

	app->dialog = kind;
	app->dialog_index = index;
	g_ptr_array_set_size(dialog->choices, 0);
	for (const struct dialog_choice_row *choice = row->choices;
		choice->code; choice++)
		model_add_option(
			dialog->choices, choice->code, _(choice->label));
	if (row->fill)
		row->fill(app);
	dialog->open = true;
	dialog->serial++;
	/* Nothing is chosen for the clerk: a reason is a record. */
	dialog->focus = dialog->choices->len > 0 ? -1 : 0;
	dialog->by_code = row->by_code;
	dialog->needs_do = row->needs_do;
	dialog->needs_text = row->text_label != NULL;
	model_text(&dialog->title, _(row->title));
	model_text(&dialog->text_label,
		row->text_label ? _(row->text_label) : NULL);
	model_text(&dialog->verb, row->verb ? _(row->verb) : NULL);
	add_lines(app);
	app_changed(app, false);
}

void dialog_close(struct app *app, struct intent *intent)
{
	(void)intent;
	app->dialog = DIALOG_NONE;
	app->model.dialog.open = false;
	/* A paper that was looked at is personal. */
	g_ptr_array_set_size(app->model.dialog.lines, 0);
	app_changed(app, false);
}

void dialog_choice(struct app *app, struct intent *intent)
{
	GPtrArray *choices = app->model.dialog.choices;
	const struct dialog_row *row = &dialogs[app->dialog];
	const struct option_model *choice = NULL;
	g_autofree char *code = NULL, *reason = NULL;

	if (app->dialog == DIALOG_NONE)
		return;
	if (!row->text_label && choices->len == 0) {
		dialog_close(app, NULL); /* to be read, or one thing to do */
		if (row->needs_do)
			row->answer(app, NULL, NULL);
		return;
	}
	if (intent->index >= 0 && (guint)intent->index < choices->len)
		choice = g_ptr_array_index(choices, (guint)intent->index);
	if (row->text_label && intent->text && *intent->text)
		reason = g_strdup(intent->text);
	else if (choice)
		reason = g_strdup(choice->label);
	if (!reason) {
		app_say(app, _("Pick one of the reasons or type your own."));
		return;
	}
	code = g_strdup(choice ? choice->code : "other");
	dialog_close(app, NULL);
	row->answer(app, code, reason);
}

/* Answers ----------------------------------------------------------------- */

static void open_transfer(struct app *app)
{
	dialog_open(app, DIALOG_TRANSFER, 0);
	if (app->model.dialog.choices->len > 0)
		return;
	dialog_close(app, NULL);
	app_say(app, _("The configuration names no other window. The visit is "
		       "as it was."));
}

static void answer_aside(struct app *app, const char *code, const char *reason)
{
	(void)reason;
	if (!strcmp(code, "park"))
		dialog_open(app, DIALOG_PARK, 0);
	else if (!strcmp(code, "skip"))
		dialog_open(app, DIALOG_SKIP, 0);
	else if (!strcmp(code, "transfer"))
		open_transfer(app);
	else
		dialog_open(app, DIALOG_ABANDON, 0);
}

static void answer_park(struct app *app, const char *code, const char *reason)
{
	(void)code;
	queue_put_aside(app, TICKET_ACTION_PARK, reason, NULL);
}

static void answer_skip(struct app *app, const char *code, const char *reason)
{
	(void)code;
	queue_put_aside(app, TICKET_ACTION_SKIP, reason, NULL);
}

static void answer_transfer(
	struct app *app, const char *code, const char *reason)
{
	queue_put_aside(app, TICKET_ACTION_TRANSFER, reason, code);
}

static void answer_abandon(
	struct app *app, const char *code, const char *reason)
{
	(void)code;
	queue_put_aside(app, TICKET_ACTION_FINISH, reason, NULL);
}

static void answer_pause(struct app *app, const char *code, const char *reason)
{
	(void)code;
	session_set_paused(app, true, reason);
}

static void answer_turn(struct app *app, const char *code, const char *reason)
{
	(void)code;
	queue_call_out_of_turn(app, reason);
}

static void answer_source(struct app *app, const char *code, const char *reason)
{
	(void)reason;
	materials_take_from(app, app->dialog_index, code);
}

static void answer_form(struct app *app, const char *code, const char *reason)
{
	(void)code;
	(void)reason;
	paper_form_print(app, app->dialog_index);
}

static void answer_reason(struct app *app, const char *code, const char *reason)
{
	(void)code;
	decide_set_reason(app, reason);
}

static void answer_item(struct app *app, const char *code, const char *reason)
{
	(void)reason;
	if (!strcmp(code, "change"))
		item_take(app, app->dialog_item);
}

static void answer_collect(
	struct app *app, const char *code, const char *reason)
{
	if (!strcmp(code, "finish"))
		queue_put_aside(app, TICKET_ACTION_FINISH, reason, NULL);
	else if (!strcmp(code, "transfer"))
		open_transfer(app);
}

static void answer_reveal(struct app *app, const char *code, const char *reason)
{
	(void)reason;
	search_reveal_for(app, code);
}

static void answer_quit(struct app *app, const char *code, const char *reason)
{
	(void)code;
	(void)reason;
	app_quit(app);
}

/* Choices that are not fixed ---------------------------------------------- */

/* The windows named in the configuration; ours is left out. */
static void fill_windows(struct app *app)
{
	g_auto(GStrv) windows = g_strsplit_set(
		config_text(app->config, "window.others"), ", ", -1);

	for (char **window = windows; *window; window++) {
		g_autofree char *label =
			g_strdup_printf(_("window %s"), *window);

		if (**window && strcmp(*window, config_text(app->config,
							"window.number")))
			model_add_option(
				app->model.dialog.choices, *window, label);
	}
}

static void fill_reasons(struct app *app)
{
	json_each (reason, json_get(app->reasons, "reasons")) {
		if (grounds_reason_fits(app, reason))
			model_add_option(app->model.dialog.choices,
				json_text_or(reason, "code", ""),
				json_text_or(reason, "text", ""));
	}
}

static bool is_printed_here(const struct app *app)
{
	const struct json *material = materials_at(app, app->dialog_index);
	const struct catalog_material *def =
		app->visit.item ? item_material(app->visit.item,
					  (int)json_int_or(material, "no", 0))
				: NULL;

	return def && def->printed_here;
}

static void fill_sources(struct app *app)
{
	GPtrArray *choices = app->model.dialog.choices;

	model_add_option(choices, "camera", _("document camera"));
	model_add_option(choices, "flatbed", _("scanner, flatbed"));
	model_add_option(choices, "feeder", _("scanner, feeder"));
	model_add_option(choices, "paper", _("paper only, not captured"));
	if (is_printed_here(app))
		model_add_option(
			choices, "form", _("look at the form, then print it"));
}
