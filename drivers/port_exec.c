/* exec: ports: a child process speaks on its standard input and output. What
 * blocks or crashes by nature (scanner back ends, vendors' libraries) runs
 * this way. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/process.h"
#include "drivers/port_stream.h"

enum { KILL_AFTER_MS = 2000 };

static bool check_exec(const char *address, GError **error)
{
	g_auto(GStrv) argv = NULL;
	g_autoptr(GError) why = NULL;

	if (g_shell_parse_argv(address, NULL, &argv, &why))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
		"port exec: expected exec:PROGRAM ARGUMENTS: %s", why->message);
	return false;
}

static char *replace(const char *word, const char *name, const char *value)
{
	g_auto(GStrv) parts = g_strsplit(word, name, -1);

	return g_strjoinv(value ? value : "", parts);
}

static char *replace_places(const struct port_setup *setup, const char *word)
{
	g_autofree char *text = replace(word, "{spool}", setup->spool_dir);

	return replace(text, "{conf}", setup->base_dir);
}

/* The program beside us, or as the path says; never searched in PATH. */
static char *find_program(const struct port_setup *setup, const char *word)
{
	return strchr(word, '/') ? port_path(setup, word)
				 : process_sibling(word);
}

static char **make_argv(const struct port_setup *setup, const char *address)
{
	char **argv = NULL;

	g_shell_parse_argv(address, NULL, &argv, NULL);
	for (int i = 0; argv[i]; i++) {
		char *word = i ? replace_places(setup, argv[i])
			       : find_program(setup, argv[0]);

		g_free(argv[i]);
		argv[i] = word;
	}
	return argv;
}

/* The child of a freed port is given two seconds to leave, then ended, and
 * always collected. */
struct child {
	GPid pid;
	guint killer;
};

static void reap(GPid pid, gint status, gpointer user_data)
{
	struct child *child = user_data;

	(void)status;
	g_spawn_close_pid(pid);
	if (child->killer)
		g_source_remove(child->killer);
	child->pid = 0;
	child->killer = 0;
}

static gboolean kill_child(gpointer user_data)
{
	struct child *child = user_data;

	child->killer = 0;
	if (child->pid)
		kill(child->pid, SIGKILL);
	return G_SOURCE_REMOVE;
}

static void open_exec(
	struct port *port, const struct port_setup *setup, const char *address)
{
	g_auto(GStrv) argv = make_argv(setup, address);
	g_autoptr(GError) why = NULL;
	struct child *child;
	GPid pid;
	int in = -1, out = -1;

	if (!g_spawn_async_with_pipes(NULL, argv, NULL,
		    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, NULL,
		    NULL, &pid, &in, &out, NULL, &why)) {
		port_lose(port, g_error_new(LINK_ERROR, LINK_ERROR_ABSENT,
					"cannot start %s", argv[0]));
		return;
	}
	child = g_rc_box_new0(struct child);
	child->pid = pid;
	port->data = child;
	g_child_watch_add_full(G_PRIORITY_DEFAULT, pid, reap,
		g_rc_box_acquire(child), g_rc_box_release);
	port_begin(port, out, in);
}

static void close_exec(struct port *port)
{
	struct child *child = port->data;

	if (!child)
		return;
	if (child->pid) {
		kill(child->pid, SIGTERM);
		child->killer = g_timeout_add_full(G_PRIORITY_DEFAULT,
			KILL_AFTER_MS, kill_child, g_rc_box_acquire(child),
			g_rc_box_release);
	}
	port->data = NULL;
	g_rc_box_release(child);
}

const struct port_kind port_kind_exec = {
	.scheme = "exec",
	.help = "exec:PROGRAM ARGUMENTS",
	.check = check_exec,
	.open = open_exec,
	.close = close_exec,
};
