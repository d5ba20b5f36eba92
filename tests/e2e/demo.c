/* make demo: a window to try. With a terminal it is handed to the person who
 * typed the command, with citizens that show their card and rate; without one a
 * scripted visit is played and judged. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/log.h"
#include "tests/e2e/citizens.h"
#include "tests/e2e/scenarios.h"
#include "tests/e2e/visit.h"
#include "tests/e2e/window.h"

struct options {
	char *programs, *data, *language;
	char *scenarios;
	gboolean scripted;
};

static void use_terminal(gpointer unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGHUP);
}

static void ended(GPid pid, gint status, gpointer loop)
{
	(void)pid;
	(void)status;
	g_main_loop_quit(loop);
}

static gboolean ignore(gpointer unused)
{
	(void)unused;
	return G_SOURCE_CONTINUE;
}

static gboolean quit(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

/* The person works in the child; this process only plays the citizens. */
static bool hand_over(struct demo_window *window, GError **error)
{
	g_autofree char *binary =
		g_build_filename(window->programs, "yikou", NULL);
	const char *argv[] = {binary, "--config", window->config, NULL};
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);
	struct citizens *citizens;
	GPid pid;

	if (!g_spawn_async(NULL, (char **)argv, NULL,
		    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN |
			    G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
		    use_terminal, NULL, &pid, error)) {
		g_main_loop_unref(loop);
		return false;
	}
	citizens = citizens_new(window);
	g_child_watch_add(pid, ended, loop);
	g_unix_signal_add(SIGINT, ignore, NULL);
	g_unix_signal_add(SIGTERM, quit, loop);
	g_unix_signal_add(SIGHUP, quit, loop);
	g_main_loop_run(loop);
	kill(pid, SIGHUP);
	citizens_free(citizens);
	g_main_loop_unref(loop);
	return true;
}

static int play(const struct options *options)
{
	g_autoptr(GError) error = NULL;
	AUTO(demo_window) window = demo_window_new(
		options->programs, options->data, options->language, &error);
	bool done = false;

	if (window && demo_seed_cases(window, &error))
		done = options->scripted ? visit_play(window)
					 : hand_over(window, &error);
	if (window && g_getenv("DEMO_KEEP")) {
		window->keep = true;
		fprintf(stderr, "demo: kept in %s\n", window->dir);
	}
	if (error)
		fprintf(stderr, "demo: %s\n", error->message);
	return done ? EXIT_CODE_OK : EXIT_CODE_ITEM;
}

static void set_default(char **where, const char *text)
{
	if (!*where)
		*where = g_strdup(text);
}

int main(int argc, char **argv)
{
	struct options options = {.scripted = !isatty(STDIN_FILENO)};
	const GOptionEntry entries[] = {
		{"programs", 0, 0, G_OPTION_ARG_FILENAME, &options.programs,
			"where the programs are", "DIR"},
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &options.data,
			"shipped data", "DIR"},
		{"language", 0, 0, G_OPTION_ARG_STRING, &options.language,
			"zh_CN or en", "LANGUAGE"},
		{"scripted", 0, 0, G_OPTION_ARG_NONE, &options.scripted,
			"play the scripted visit even on a terminal", NULL},
		{"scenarios", 0, 0, G_OPTION_ARG_STRING, &options.scenarios,
			"run a group of scenarios", "GROUP"},
		{NULL}};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	int code;

	log_open("demo");
	signal(SIGPIPE, SIG_IGN);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "demo: %s\n", error->message);
		return EXIT_CODE_USAGE;
	}
	set_default(&options.programs, "build/plain");
	set_default(&options.data, "config");
	set_default(&options.language, "zh_CN");
	if (options.scenarios)
		code = scenarios_run(options.programs, options.data,
			       options.scenarios)
			       ? EXIT_CODE_OK
			       : EXIT_CODE_ITEM;
	else
		code = play(&options);
	g_free(options.scenarios);
	g_free(options.programs);
	g_free(options.data);
	g_free(options.language);
	return code;
}
