/* Documents of a decided case, printed once more: which one, and why when it
 * was out already. The paper and its number stay what they are, the audit says
 * that it is a reprint. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/error.h"

void reprint_open(struct app *app, const char *case_id)
{
	if (!session_may_serve(app) || app->jobs > 0) {
		app_say(app,
			app->jobs > 0
				? _("The documents are being made.")
				: _("This role prints no case documents."));
		return;
	}
	g_strlcpy(app->reprint_case, case_id, sizeof(app->reprint_case));
	dialog_open(app, DIALOG_DOCUMENT, 0);
	if (app->model.dialog.choices->len > 0)
		return;
	dialog_close(app, NULL);
	app_say(app, _("This case has no documents of the office yet."));
}

void reprint_documents(struct app *app, struct intent *intent)
{
	(void)intent;
	if (app->model.view == VIEW_CASE)
		reprint_open(app, app->shown_case);
}

const char *reprint_state_text(const struct case_document *document)
{
	if (*document->printed)
		return _("[done]");
	return *document->sha256 ? _("[to print]") : _("[making]");
}

void reprint_fill_documents(struct app *app)
{
	g_autoptr(GPtrArray) documents =
		case_documents(app->store, app->reprint_case, NULL);

	for (guint i = 0; documents && i < documents->len; i++) {
		const struct case_document *document =
			g_ptr_array_index(documents, i);
		g_autofree char *label = g_strdup_printf("%s  %s  %s",
			reprint_state_text(document),
			documents_title(document->kind), document->number);

		if (documents_known(document->kind))
			model_add_option(app->model.dialog.choices,
				document->kind, label);
	}
}

/* NULL when it is gone, which is said. */
static struct case_record *find(struct app *app, const char *kind,
	GPtrArray *documents, const struct case_document **found)
{
	g_autoptr(GError) error = NULL;
	struct case_record *record =
		case_load(app->store, app->reprint_case, &error);

	*found = NULL;
	for (guint i = 0; documents && i < documents->len; i++) {
		const struct case_document *document =
			g_ptr_array_index(documents, i);

		if (!strcmp(document->kind, kind))
			*found = document;
	}
	if (record && *found)
		return record;
	if (error)
		app_say_error(app, error);
	case_free(record);
	return NULL;
}

static void print(struct app *app, const char *kind, const char *reason)
{
	g_autoptr(GPtrArray) documents =
		case_documents(app->store, app->reprint_case, NULL);
	const struct case_document *document;
	AUTO(case_record) record = find(app, kind, documents, &document);

	if (!record)
		return;
	if (*document->printed && !reason) {
		g_strlcpy(app->reprint_kind, kind, sizeof(app->reprint_kind));
		dialog_open(app, DIALOG_REPRINT, 0);
		return;
	}
	app_say(app, _("%s is being printed."), documents_title(kind));
	documents_print(app, record, document, reason);
}

void reprint_answer_document(
	struct app *app, const char *code, const char *reason)
{
	(void)reason;
	print(app, code, NULL);
}

void reprint_answer_reason(
	struct app *app, const char *code, const char *reason)
{
	(void)reason;
	print(app, app->reprint_kind, code);
}

void reprint_show_left(struct app *app)
{
	struct home_model *home = &app->model.home;
	struct documents_left left = {0};

	/* What is on its way is not left behind. */
	if (app->jobs == 0)
		case_documents_left(app->store, &left, NULL);
	home->papers_left = left.count;
	model_text(&home->papers_case, left.count ? left.case_no : NULL);
}
