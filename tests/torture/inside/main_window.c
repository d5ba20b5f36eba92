/* torture-window: a window at work, in a process of its own that may die.
 *
 *   torture-window DIR NUMBER STEPS SEED
 *
 * DIR/state is its store. Says "saved N" when the N-th op is promised, and
 * "refused CODE" when a step was not possible. Exit status: 0; 1 when a step
 * failed for another reason than a full disk or the end of the numbers; 5 when
 * the store cannot be opened. */
#include <stdio.h>
#include <unistd.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "tests/torture/world.h"

static bool is_told(const GError *error)
{
	return g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL) ||
	       g_error_matches(error, STORE_ERROR, STORE_ERROR_IO) ||
	       g_error_matches(error, STORE_ERROR, STORE_ERROR_NUMBERS);
}

static void say(const char *word, const char *what)
{
	char line[100];
	int len = g_snprintf(line, sizeof(line), "%s %s\n", word, what);

	if (write(1, line, (size_t)len) != len)
		_exit(1);
}

static void say_saved(struct window *window)
{
	char number[24];

	work_promise(window);
	g_snprintf(number, sizeof(number), "%" G_GINT64_FORMAT, window->saved);
	say("saved", number);
}

static int run(struct world *world, struct window *window, gint64 steps)
{
	while (steps-- > 0) {
		g_autoptr(GError) error = NULL;

		if (work_step(world, window, &error)) {
			say_saved(window);
		} else if (is_told(error)) {
			say("refused", error_name(error));
		} else {
			fprintf(stderr, "%s\n", error ? error->message : "?");
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct world *world = g_new0(struct world, 1);
	struct window *window = &world->windows[0];
	g_autofree char *state = NULL;
	g_autoptr(GError) error = NULL;
	int code;

	process_begin("torture-window");
	if (argc != 5)
		return 64;
	window->dir = argv[1];
	g_strlcpy(window->number, argv[2], sizeof(window->number));
	world->dice = g_rand_new_with_seed(
		(guint32)g_ascii_strtoull(argv[4], NULL, 10));
	state = g_build_filename(argv[1], "state", NULL);
	window->store = store_open(state, window->number, &error);
	if (!window->store) {
		say("refused", error_name(error));
		return 5;
	}
	code = run(world, window, g_ascii_strtoll(argv[3], NULL, 10));
	store_close(window->store);
	g_rand_free(world->dice);
	g_free(world);
	return code;
}
