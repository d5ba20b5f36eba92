/* yikou sync: what a supervisor does about what goes up. This file only finds
 * the subcommand; without one it is "run". */
#include <stdio.h>
#include <string.h>

#include "client/commands/sync.h"
#include "ui/text.h"

static const struct command subcommands[] = {
	{"run", NULL, sync_run},
	{"status", NULL, sync_status},
	{"verify", NULL, sync_verify},
	{"dead", NULL, sync_dead},
	{"conflicts", NULL, sync_conflicts},
	{"agree", NULL, sync_agree},
	{"enrol", NULL, sync_enrol},
	{"exchange", NULL, sync_exchange},
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(subcommands); i++) {
		if (strcmp(name, subcommands[i].name) == 0)
			return &subcommands[i];
	}
	return NULL;
}

/* Its --help says "yikou sync status". */
static enum exit_code run_as(
	const struct command *command, int argc, char **argv)
{
	g_autofree char *full = g_strconcat("sync ", command->name, NULL);
	char *usual = argv[0];
	enum exit_code code;

	argv[0] = full;
	code = command->run(argc, argv);
	argv[0] = usual;
	return code;
}

/* Options may stand before the subcommand: it is taken out of the line. */
enum exit_code command_sync(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const struct command *command = find(argv[i]);

		if (!command)
			continue;
		memmove(&argv[i], &argv[i + 1],
			(size_t)(argc - i) * sizeof(*argv));
		return run_as(command, argc - 1, argv);
	}
	return sync_run(argc, argv);
}
