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
};

static bool make_next(struct app *app, const char *case_id);
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

int documents_copies(const char *kind)
{
	const struct document_kind *known = kind_of(kind);

	return known ? known->copies : 1;
}

/* What the template gets -------------------------------------------------- */

static struct json *limit_json(
	const struct catalog_limit *limit, const char *due)
{
	struct json *out = json_new_object();

	json_put_text(out, "text", limit ? limit->text : "");
	json_put_text(out, "due", due);
	return out;
}

static struct json *item_json(
	const struct case_record *record, const struct catalog_item *item)
{
	struct json *out = json_new_object();

	json_put_text(out, "name", record->item_name);
	json_put_text(out, "code", record->item_code);
	json_put_text(out, "department", item ? item->department : "");
	json_put_text(out, "case_type",
		item ? item_case_type_label(item->case_type) : "");
	return out;
}

/* Codes of the template's words. */
static const char *form_code(const struct json *material)
{
	if (!strcmp(json_text_or(material, "form", ""), "scan"))
		return "electronic";
	if (!strcmp(json_text_or(material, "state", ""), "waived"))
		return "later";
	return "paper";
}

static struct json *material_json(const struct json *material)
{
	struct json *out = json_new_object();
	const struct json *first = json_first(json_get(material, "pages"));

	json_put_int(out, "no", json_int_or(material, "no", 0));
	json_put_text(out, "name", json_text_or(material, "name", ""));
	json_put_text(out, "kind", json_text_or(material, "kind", "original"));
	json_put_int(out, "copies", json_int_or(material, "copies", 1));
	json_put_text(out, "form", form_code(material));
	json_put_int(out, "pages",
		(int64_t)json_length(json_get(material, "pages")));
	json_put_text(out, "sha256", json_text_or(first, "sha256", ""));
	return out;
}

static struct json *materials_json(const struct case_record *record)
{
	struct json *out = json_new_array();

	json_each (material, json_get(record->body, "materials")) {
		const char *state = json_text_or(material, "state", "");

		if (!strcmp(state, "complete") || !strcmp(state, "waived"))
			json_add(out, material_json(material));
	}
	return out;
}

static struct json *applicant_json(const struct json *applicant)
{
	static const char *const types[][2] = {{"111", "居民身份证"},
		{"414", "护照"}, {"001", "统一社会信用代码"},
		{"999", "其他证件"}};
	struct json *out = json_new_object();

	json_put_text(out, "name", json_text_or(applicant, "name", ""));
	json_put_text(
		out, "id_number", json_text_or(applicant, "id_number", ""));
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (!strcmp(json_text_or(applicant, "id_type", "111"),
			    types[i][0]))
			json_put_text(out, "id_type", types[i][1]);
	}
	return out;
}

static void put_times(const struct case_record *record, struct json *data)
{
	g_autofree char *time = clock_iso(record->received_ms);
	g_autofree char *received =
		clock_format(record->received_ms, "%Y-%m-%d");
	g_autofree char *accepted =
		record->accepted_ms
			? clock_format(record->accepted_ms, "%Y-%m-%d")
			: NULL;

	json_put_text(data, "time", time);
	json_put_text(data, "received_date", received);
	json_put_text(data, "accepted_date", accepted ? accepted : received);
}

static void put_window(struct app *app, struct json *data)
{
	static const char *const options[][2] = {{"hall", "window.hall"},
		{"hall_phone", "window.phone"},
		{"supervision_phone", "window.supervision_phone"},
		{"window", "window.name"}};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		json_put_text(data, options[i][0],
			config_text(app->config, options[i][1]));
}

/* The query password is on the applicant's receipt and nowhere else. */
static char *qr_text(
	const struct case_record *record, const struct case_document *document)
{
	if (strcmp(document->kind, "receipt"))
		return g_strdup_printf("yikou:%s", record->case_no);
	return g_strdup_printf(
		"yikou:%s:%s", record->case_no, record->query_password);
}

/* How the applicant gets the result, where the form asks for it. */
static char *collect_text(
	const struct case_record *record, const struct catalog_item *item)
{
	const struct form_field *field =
		item ? form_field_find(&item->form, "collect") : NULL;

	if (!field)
		return g_strdup("");
	return form_value_text(
		field, json_get(json_get(record->body, "form"), "collect"));
}

static struct json *document_json(struct app *app,
	const struct case_record *record, const struct case_document *document)
{
	const struct catalog_item *item = catalogue_item_of(app, record);
	struct item_limits limits = {0};
	const struct json *decision = json_get(record->body, "decision");
	const struct person *clerk =
		people_find(app->people, record->clerk ? record->clerk : "");
	struct json *data = json_new_object();
	g_autofree char *qr = qr_text(record, document);
	g_autofree char *collect = collect_text(record, item);

	if (item)
		limits = item_limits(item, record);
	put_window(app, data);
	put_times(record, data);
	json_put_text(data, "clerk", clerk ? clerk->name : "");
	json_put_text(data, "case_no", record->case_no);
	json_put_text(data, "full_no", record->full_no);
	json_put_text(data, "doc_no", document->number);
	json_put_text(data, "query_password", record->query_password);
	json_put(data, "applicant",
		applicant_json(json_get(record->body, "applicant")));
	json_put(data, "item", item_json(record, item));
	json_put(data, "materials", materials_json(record));
	json_put(data, "promise",
		limit_json(limits.promise, record->promised_due));
	json_put(data, "statutory",
		limit_json(limits.statutory, record->statutory_due));
	json_put_bool(data, "provisional", record->due_provisional);
	json_put_bool(
		data, "offline", json_bool_or(decision, "offline", false));
	json_put_text(data, "excluded", "");
	json_put_text(data, "collect", collect);
	json_put_text(data, "reason", json_text_or(decision, "reason", ""));
	json_put_text(data, "organ", json_text_or(decision, "organ", ""));
	json_put_text(data, "remedy", json_text_or(decision, "remedy", ""));
	json_put_text(data, "qr", qr);
	item_drop(item);
	return data;
}

/* On its way -------------------------------------------------------------- */

static void job_free(struct job *job)
{
	if (job->file)
		unlink(job->file);
	g_free(job->file);
	g_free(job->title);
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
	if (app->visit.open && app->model.view == VIEW_FINISH)
		finish_show(app);
}

/* Its next document, or what other cases still lack. */
static void job_done(struct job *job)
{
	struct app *app = job->app;
	g_autofree char *case_id = g_strdup(job->case_id);

	job_end(job);
	if (!make_next(app, case_id))
		make_pending(app);
}

static void job_fail(struct job *job, const GError *error)
{
	struct app *app = job->app;

	log_error(error, "document %s", job->kind->kind);
	if (error->domain == STORE_ERROR)
		app_say_error(app, error);
	else
		app_say(app,
			_("%s did not come out: %s The number is kept; F5 "
			  "makes only what is missing."),
			documents_title(job->kind->kind), text_error(error));
	job_end(job);
	/* One that cannot be drawn does not hold up the others; without a
	 * printer they would all fail. */
	if (error->domain == ITEM_ERROR)
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
			 job->kind->kind, where, &actor, &why))
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
		.copies = job->kind->copies,
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

static void render(struct app *app, const struct case_record *record,
	const struct case_document *document)
{
	struct job *job = job_new(app, record, document);
	g_autofree char *templates = config_data(app->config, "templates");
	g_autofree char *name =
		g_strdup_printf("%s-%s.pdf", record->case_id, document->kind);

	/* Not in the runtime folder: the device controller works there too. */
	job->file = config_state(app->config, name);
	app->jobs++;
	render_document(templates, job->kind->template,
		document_json(app, record, document), job->file, rendered, job);
}

static void print_again(struct app *app, const struct case_record *record,
	const struct case_document *document)
{
	struct job *job = job_new(app, record, document);
	g_autofree char *path = store_blob_path(app->store, document->sha256);

	app->jobs++;
	print_file(job, path);
}

/* The first one that is not out yet; the others follow it. False when there is
 * none. */
static bool make_next(struct app *app, const char *case_id)
{
	AUTO(case_record) record = case_load(app->store, case_id, NULL);
	g_autoptr(GPtrArray) documents =
		case_documents(app->store, case_id, NULL);

	for (guint i = 0; record && documents && i < documents->len; i++) {
		const struct case_document *document =
			g_ptr_array_index(documents, i);
		bool is_out = document->printed && *document->printed;

		if (!kind_of(document->kind) || (*document->sha256 && is_out))
			continue;
		if (*document->sha256)
			print_again(app, record, document);
		else
			render(app, record, document);
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

		if (make_next(app, case_id))
			return;
	}
}

void documents_make(struct app *app, const char *case_id)
{
	make_next(app, case_id);
}

void documents_make_pending(struct app *app)
{
	g_clear_pointer(&app->pending_documents, g_ptr_array_unref);
	app->pending_documents = case_documents_pending(app->store, NULL);
	make_pending(app);
}

void documents_reprint(struct app *app, struct intent *intent)
{
	(void)intent;
	if (!app->visit.open || app->visit.record->state == CASE_DRAFT)
		return;
	if (app->jobs > 0)
		app_say(app, _("The papers are being made."));
	else if (!make_next(app, app->visit.record->case_id))
		app_say(app, _("Everything is out already; nothing was printed "
			       "twice."));
}
