/* The documents of a decided case, one after another: rendered by yikou-paper,
 * kept as attachments, printed or put into the outbox. Rows exist from the
 * decision on, so that a crash at any point is made up for at the next start.
 */
#include <string.h>
#include <unistd.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/paper/print.h"
#include "client/paper/render.h"
#include "client/store/blob.h"

struct document_kind {
	const char *kind, *template;
	const char *title; /* N_() */
	const char *file;  /* part of the file name: as the office calls it */
	int copies;
};

static const struct document_kind kinds[] = {
	{"receipt", "receipt", N_("receipt"), "收件凭证", 1},
	{"accept-notice", "accept-notice", N_("notice of acceptance"),
		"受理通知书", 2},
	{"refuse-notice", "refuse-notice", N_("notice of refusal"),
		"不予受理通知书", 2},
};

/* One document on its way. */
struct job {
	struct app *app;     /* borrowed: until alive is cancelled */
	GCancellable *alive; /* own */
	char case_id[UUID_TEXT];
	const struct document_kind *kind;
	char *file;  /* own: where it is rendered */
	char *title; /* own */
	/* When it was asked for by itself: again is true when it was out
	 * before, reason a code for the audit. */
	bool alone, again;
	char *reason; /* own */
	bool all;     /* the others that are rendered are printed as well */
};

static bool make_next(struct app *app, const char *case_id, bool all);
static void make_pending(struct app *app);

static const struct document_kind *kind_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!strcmp(kinds[i].kind, name))
			return &kinds[i];
	}
	return NULL;
}

const char *documents_title(const char *kind)
{
	const struct document_kind *known = kind_of(kind);

	return known ? _(known->title) : kind;
}

bool documents_known(const char *kind)
{
	return kind_of(kind) != NULL;
}

int documents_copies(const char *kind)
{
	const struct document_kind *known = kind_of(kind);

	return known ? known->copies : 1;
}

/* On its way -------------------------------------------------------------- */

static void job_free(struct job *job)
{
	if (job->file)
		unlink(job->file);
	g_free(job->file);
	g_free(job->title);
	g_free(job->reason);
	g_object_unref(job->alive);
	g_free(job);
}

static bool is_over(const struct job *job)
{
	return g_cancellable_is_cancelled(job->alive);
}

static void job_end(struct job *job)
{
	struct app *app = job->app;

	app->jobs--;
	job_free(job);
	app_refresh_header(app);
	reprint_show_left(app);
	if (app->visit.open && app->model.view == VIEW_FINISH)
		finish_show(app);
	if (app->model.view == VIEW_CASE)
		search_show_case(app);
}

/* Its next document, or what other cases still lack. */
static void job_done(struct job *job)
{
	struct app *app = job->app;
	g_autofree char *case_id = g_strdup(job->case_id);
	bool alone = job->alone, all = job->all;

	if (alone)
		app_say(app,
			job->again ? _("%s was printed again; this is logged.")
				   : _("%s is out."),
			documents_title(job->kind->kind));
	job_end(job);
	if (!alone && !make_next(app, case_id, all))
		make_pending(app);
}

static void say_failure(
	struct app *app, const struct job *job, const GError *error)
{
	const char *title = documents_title(job->kind->kind);

	if (error->domain == STORE_ERROR)
		app_say_error(app, error);
	else if (job->again)
		app_say(app,
			_("%s did not come out again: %s The number is kept."),
			title, text_error(error));
	else if (job->alone)
		app_say(app,
			_("%s did not come out: %s The number is kept; F4 "
			  "tries again."),
			title, text_error(error));
	else
		app_say(app,
			_("%s did not come out: %s The number is kept; F5 "
			  "makes only what is missing."),
			title, text_error(error));
}

static void job_fail(struct job *job, const GError *error)
{
	struct app *app = job->app;

	bool alone = job->alone;

	log_error(error, "document %s", job->kind->kind);
	say_failure(app, job, error);
	job_end(job);
	/* One that cannot be drawn does not hold up the others; without a
	 * printer they would all fail. */
	if (error->domain == ITEM_ERROR && !alone)
		make_pending(app);
}

static void printed(void *context, const char *where, const GError *error)
{
	struct job *job = context;
	struct app *app = job->app;
	struct actor actor;
	g_autoptr(GError) why = NULL;

	if (is_over(job)) {
		job_free(job);
		return;
	}
	actor = app_actor(app);
	if (error)
		job_fail(job, error);
	else if (!case_document_printed(app->store, job->case_id,
			 job->kind->kind, where, job->reason, &actor, &why))
		job_fail(job, why);
	else
		job_done(job);
}

static void print_file(struct job *job, const char *file)
{
	struct app *app = job->app;
	const struct print_job print = {
		.file = file,
		.queue = config_text(app->config, "printing.queue"),
		.outbox = config_path(app->config, "paths.outbox"),
		.title = job->title,
		.copies = job->again ? 1 : job->kind->copies,
	};

	print_document(&print, printed, job);
}

static void rendered(
	void *context, const struct render_result *result, const GError *error)
{
	struct job *job = context;
	struct app *app = job->app;
	struct actor actor;
	char sha256[SHA256_TEXT];
	int64_t size;
	g_autoptr(GError) why = NULL;

	if (is_over(job)) {
		job_free(job);
		return;
	}
	actor = app_actor(app);
	if (error) {
		job_fail(job, error);
		return;
	}
	if (!blob_add(app->store, job->file, "application/pdf", sha256, &size,
		    &why) ||
		!case_document_done(app->store, job->case_id, job->kind->kind,
			sha256, size, result->pages, &actor, &why)) {
		job_fail(job, why);
		return;
	}
	upstream_wake(app);
	print_file(job, job->file);
}

static struct job *job_new(struct app *app, const struct case_record *record,
	const struct case_document *document)
{
	struct job *job = g_new0(struct job, 1);

	job->app = app;
	job->alive = g_object_ref(app->alive);
	job->kind = kind_of(document->kind);
	g_strlcpy(job->case_id, record->case_id, sizeof(job->case_id));
	job->title = g_strdup_printf("%s-%s", record->case_no, job->kind->file);
	return job;
}

static void render(struct job *job, struct app *app,
	const struct case_record *record, const struct case_document *document)
{
	g_autofree char *templates = config_data(app->config, "templates");
	g_autofree char *name =
		g_strdup_printf("%s-%s.pdf", record->case_id, document->kind);

	/* Not in the runtime folder: the device controller works there too. */
	job->file = config_state(app->config, name);
	render_document(templates, job->kind->template,
		paper_data(app, record, document), job->file, rendered, job);
}

static void start(struct job *job, const struct case_record *record,
	const struct case_document *document)
{
	struct app *app = job->app;

	app->jobs++;
	if (*document->sha256) {
		g_autofree char *path =
			store_blob_path(app->store, document->sha256);

		print_file(job, path);
	} else {
		render(job, app, record, document);
	}
}

/* What is rendered may have come out before a crash: it is printed again by
 * itself only where that does no harm, into the outbox folder. */
static bool is_due(
	const struct app *app, const struct case_document *document, bool all)
{
	if (!kind_of(document->kind) || *document->printed)
		return false;
	return all || !*document->sha256 ||
	       !*config_text(app->config, "printing.queue");
}

/* The first one that is not out yet; the others follow it. False when there is
 * none. */
static bool make_next(struct app *app, const char *case_id, bool all)
{
	AUTO(case_record) record = case_load(app->store, case_id, NULL);
	g_autoptr(GPtrArray) documents =
		case_documents(app->store, case_id, NULL);

	for (guint i = 0; record && documents && i < documents->len; i++) {
		const struct case_document *document =
			g_ptr_array_index(documents, i);
		struct job *job;

		if (!is_due(app, document, all))
			continue;
		job = job_new(app, record, document);
		job->all = all;
		start(job, record, document);
		return true;
	}
	return false;
}

/* One case after the other: a morning's worth at once would be as many
 * programs at once. */
static void make_pending(struct app *app)
{
	GPtrArray *ids = app->pending_documents;

	while (ids && ids->len > 0) {
		g_autofree char *case_id = g_ptr_array_steal_index(ids, 0);

		if (make_next(app, case_id, false))
			return;
	}
}

void documents_make(struct app *app, const char *case_id)
{
	make_next(app, case_id, true);
}

void documents_make_pending(struct app *app)
{
	g_clear_pointer(&app->pending_documents, g_ptr_array_unref);
	app->pending_documents = case_documents_pending(app->store, NULL);
	make_pending(app);
}

void documents_print(struct app *app, const struct case_record *record,
	const struct case_document *document, const char *reason)
{
	struct job *job = job_new(app, record, document);

	job->alone = true;
	job->again = *document->printed != '\0';
	job->reason = g_strdup(reason);
	start(job, record, document);
}

void documents_reprint(struct app *app, struct intent *intent)
{
	(void)intent;
	if (!app->visit.open || app->visit.record->state == CASE_DRAFT)
		return;
	if (app->jobs > 0)
		app_say(app, _("The documents are being made."));
	else if (!make_next(app, app->visit.record->case_id, true))
		reprint_open(app, app->visit.record->case_id);
}
