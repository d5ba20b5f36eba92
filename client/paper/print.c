/* lp in a child process, because CUPS may take its time; or a copy in the
 * outbox, never over another document.
 *
 *   $ lp -d laser -n 2 -t 20261123-03-0017-... -o media=A4 -- a.pdf
 *   request id is laser-12 (1 file(s))          (translated by the locale) */
#include "client/paper/print.h"

#include <string.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"
#include "client/base/process.h"
#include "client/base/text.h"

enum { NAMES_MAX = 99 };

struct print {
	print_done_fn *done;
	void *context;
	char *queue; /* own; or NULL */
	char *where; /* own: result of the outbox */
	GError *error;
};

static void print_end(struct print *print)
{
	print->done(print->context, print->error ? NULL : print->where,
		print->error);
	g_free(print->queue);
	g_free(print->where);
	g_clear_error(&print->error);
	g_free(print);
}

/* Outbox --------------------------------------------------------------- */

char *print_file_name(const char *title)
{
	g_autofree char *name = text_sink_file(title);

	return g_strconcat(name, ".pdf", NULL);
}

static bool is_same(const char *path, const char *file)
{
	char a[SHA256_TEXT], b[SHA256_TEXT];

	return sha256_file(path, a, NULL) && sha256_file(file, b, NULL) &&
	       strcmp(a, b) == 0;
}

/* "NAME.pdf", or "NAME-2.pdf" and so on when another document is there. */
static char *free_path(const struct print_job *job)
{
	g_autofree char *name = print_file_name(job->title);
	size_t len = strlen(name) - strlen(".pdf");

	for (int i = 1; i <= NAMES_MAX; i++) {
		g_autofree char *numbered =
			i == 1 ? g_strdup(name)
			       : g_strdup_printf(
					 "%.*s-%d.pdf", (int)len, name, i);
		g_autofree char *path =
			g_build_filename(job->outbox, numbered, NULL);

		if (access(path, F_OK) != 0 || is_same(path, job->file))
			return g_steal_pointer(&path);
	}
	return NULL;
}

static bool keep(const struct print_job *job, char **where, GError **error)
{
	g_autofree char *path = NULL;

	if (!job->outbox || !*job->outbox) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
			"neither a printer nor an outbox is configured");
		return false;
	}
	if (!file_make_dir(job->outbox, error))
		return false;
	path = free_path(job);
	if (!path) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_CONFLICT,
			"%d files of that name in the outbox", NAMES_MAX);
		return false;
	}
	if (!file_copy(job->file, path, error))
		return false;
	*where = g_steal_pointer(&path);
	return true;
}

static gboolean end_later(gpointer data)
{
	print_end(data);
	return G_SOURCE_REMOVE;
}

/* CUPS ----------------------------------------------------------------- */

static bool is_queue(const char *name)
{
	for (const char *at = name; *at; at++)
		if (!g_ascii_isalnum(*at) && !strchr("_.-", *at))
			return false;
	return *name != '-' && strlen(name) <= 127;
}

/* "QUEUE-12" in whatever sentence it stands. */
static char *find_job(const char *output, const char *queue)
{
	size_t len = strlen(queue);

	for (const char *at = strstr(output, queue); at;
		at = strstr(at + 1, queue)) {
		size_t digits = 0;

		if (at > output && g_ascii_isalnum(at[-1]))
			continue;
		if (at[len] == '-')
			digits = strspn(at + len + 1, "0123456789");
		if (digits > 0 && digits < 12)
			return g_strndup(at, len + 1 + digits);
	}
	return NULL;
}

static void lp_ended(
	void *context, const struct process_result *child, const GError *error)
{
	struct print *print = context;
	g_autofree char *job = NULL;

	if (child && child->exit_code == 0 && child->output)
		job = find_job(child->output, print->queue);
	if (error)
		print->error = g_error_copy(error);
	else if (job)
		print->where = g_strconcat("cups:", job, NULL);
	else
		print->error = g_error_new(LINK_ERROR, LINK_ERROR_ABSENT,
			"lp: queue %s took no job (exit %d)", print->queue,
			child->exit_code);
	print_end(print);
}

static void start_lp(const struct print_job *job, struct print *print)
{
	g_autofree char *title = text_sink_file(job->title);
	g_autofree char *copies =
		g_strdup_printf("%d", CLAMP(job->copies, 1, PRINT_COPIES_MAX));
	const char *const argv[] = {"lp", "-d", job->queue, "-n", copies, "-t",
		title, "-o", "media=A4", "-o", "print-scaling=none", "--",
		job->file, NULL};

	print->queue = g_strdup(job->queue);
	process_run(argv, NULL, PRINT_TIMEOUT_MS, lp_ended, print);
}

void print_document(
	const struct print_job *job, print_done_fn *done, void *context)
{
	struct print *print = g_new0(struct print, 1);

	print->done = done;
	print->context = context;
	if (job->queue && *job->queue && is_queue(job->queue)) {
		start_lp(job, print);
		return;
	}
	if (job->queue && *job->queue)
		print->error = g_error_new(LINK_ERROR, LINK_ERROR_ABSENT,
			"not the name of a queue");
	else
		keep(job, &print->where, &print->error);
	g_idle_add(end_later, print);
}
