/* What every program does first, and how it starts others. */
#include "client/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/log.h"

static const char *const kept[] = {"TERM", "LANG", "LANGUAGE", "LC_*", "TZ",
	"HOME", "USER", "XDG_RUNTIME_DIR", "NOTIFY_SOCKET", "WATCHDOG_*",
	"LISTEN_*", "CREDENTIALS_DIRECTORY", "TMUX", "NO_COLOR", "COLORTERM",
	"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};

static bool is_kept(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		size_t len = strlen(kept[i]);

		if (kept[i][len - 1] == '*' ? !strncmp(name, kept[i], len - 1)
					    : !strcmp(name, kept[i]))
			return true;
	}
	return false;
}

static void clear_environment(void)
{
	g_auto(GStrv) names = g_listenv();

	for (char **name = names; *name; name++) {
		if (!is_kept(*name))
			unsetenv(*name);
	}
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	/* No helper process, no bus, no module is loaded for GIO. */
	setenv("GIO_USE_VFS", "local", 1);
	setenv("GIO_USE_VOLUME_MONITOR", "unix", 1);
}

static void choose_locale(void)
{
	if (setlocale(LC_ALL, "") && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		return;
	setlocale(LC_ALL, "C.UTF-8");
}

void process_begin(const char *program)
{
	struct rlimit none = {0, 0};

	clear_environment();
	umask(077);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	choose_locale();
	log_open(program);
}

char *process_sibling(const char *program)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *dir = g_path_get_dirname(self ? self : "/usr/bin/x");

	return g_build_filename(dir, program, NULL);
}

char *process_share(const char *name)
{
	g_autofree char *prefix = process_sibling("..");
	g_autofree char *path = g_build_filename(prefix, "share", name, NULL);

	return g_canonicalize_filename(path, NULL);
}

/* The service manager ----------------------------------------------------- */

static void notify(const char *text)
{
	const char *path = g_getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (len < 2 || len >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, len);
	if (*path == '@') /* an abstract name */
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		    (struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) <
		0)
		log_warn("the service manager does not listen");
	close(fd);
}

static gboolean still_alive(gpointer unused)
{
	(void)unused;
	notify("WATCHDOG=1");
	return G_SOURCE_CONTINUE;
}

void process_ready(void)
{
	const char *text = g_getenv("WATCHDOG_USEC");
	guint64 usec = 0;

	notify("READY=1");
	if (text && g_ascii_string_to_unsigned(text, 10, 1000000,
			    G_GINT64_CONSTANT(86400000000), &usec, NULL))
		g_timeout_add((guint)(usec / 3000), still_alive, NULL);
}

/* Runs in the child between fork and exec: only safe calls. */
static void become_daemon(gpointer user_data)
{
	int log_fd = GPOINTER_TO_INT(user_data);

	setsid();
	dup2(log_fd, STDOUT_FILENO);
	dup2(log_fd, STDERR_FILENO);
}

static void reap(GPid pid, gint status, gpointer unused)
{
	(void)status;
	(void)unused;
	g_spawn_close_pid(pid);
}

bool process_spawn_daemon(const char *const argv[], const char *log_path,
	GPid *pid, GError **error)
{
	g_autoptr(GError) why = NULL;
	GPid child = 0;
	int fd = open(log_path ? log_path : "/dev/null",
		O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "write %s: %s",
			log_path, g_strerror(errno));
		return false;
	}
	ok = g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
		become_daemon, GINT_TO_POINTER(fd), &child, &why);
	close(fd);
	if (!ok) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
			"cannot start %s: %s", argv[0], why->message);
		return false;
	}
	if (pid)
		*pid = child;
	else
		g_child_watch_add(child, reap, NULL);
	return true;
}

/* Running a child -------------------------------------------------------- */

enum { OUTPUT_MAX = 1 << 20 };

struct run {
	GSubprocess *child; /* own */
	process_done_fn *done;
	void *context;
	guint timer;
	bool timed_out;
};

static gboolean run_timeout(gpointer user_data)
{
	struct run *run = user_data;

	run->timer = 0;
	run->timed_out = true;
	g_subprocess_force_exit(run->child);
	return G_SOURCE_REMOVE;
}

static void run_finish(struct run *run, char *output, const GError *why)
{
	g_autoptr(GError) error = NULL;
	struct process_result result = {.exit_code = -1, .output = output};

	if (run->timer)
		g_source_remove(run->timer);
	if (run->timed_out)
		error = g_error_new_literal(LINK_ERROR, LINK_ERROR_TIMEOUT,
			"child did not end in time");
	else if (why)
		error = g_error_new(LINK_ERROR, LINK_ERROR_PROTOCOL,
			"child output: %s", why->message);
	else if (g_subprocess_get_if_exited(run->child))
		result.exit_code = g_subprocess_get_exit_status(run->child);
	run->done(run->context, error ? NULL : &result, error);
	g_object_unref(run->child);
	g_free(run);
}

static void run_ended(GObject *source, GAsyncResult *result, gpointer user_data)
{
	struct run *run = user_data;
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) output = NULL;
	g_autofree char *text = NULL;
	gsize len = 0;

	g_subprocess_communicate_finish(
		G_SUBPROCESS(source), result, &output, NULL, &why);
	if (output) {
		const char *data = g_bytes_get_data(output, &len);

		text = g_strndup(data ? data : "", MIN(len, OUTPUT_MAX));
	}
	run_finish(run, text, why);
}

void process_run(const char *const argv[], const char *input, int timeout_ms,
	process_done_fn *done, void *context)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) bytes = NULL;
	GSubprocess *child = g_subprocess_newv((const gchar *const *)argv,
		G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
			G_SUBPROCESS_FLAGS_STDERR_SILENCE,
		&why);
	struct run *run;

	if (!child) {
		g_autoptr(GError) error =
			g_error_new(LINK_ERROR, LINK_ERROR_ABSENT,
				"cannot start %s: %s", argv[0], why->message);

		done(context, NULL, error);
		return;
	}
	run = g_new0(struct run, 1);
	run->child = child;
	run->done = done;
	run->context = context;
	run->timer = g_timeout_add((guint)timeout_ms, run_timeout, run);
	bytes = g_bytes_new(input ? input : "", input ? strlen(input) : 0);
	g_subprocess_communicate_async(child, bytes, NULL, run_ended, run);
}

static gboolean quit_loop(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

void process_quit_on_signals(GMainLoop *loop, bool hangup_ends)
{
	g_unix_signal_add(SIGTERM, quit_loop, loop);
	g_unix_signal_add(SIGINT, quit_loop, loop);
	if (hangup_ends)
		g_unix_signal_add(SIGHUP, quit_loop, loop);
}
