/* yikou: the clerk's screen, and all commands. It may not touch devices or the
 * network: devices are yikou-devd's, the platform is yikou-syncd's. */
#include <stdio.h>
#include <string.h>

#include "client/base/process.h"
#include "client/commands/command.h"
#include "ui/text.h"

static const struct command commands[] = {
	{"screen", N_("the clerk's screen; also without a command"),
		command_screen},
	{"check", N_("check configuration, catalogue and calendar"),
		command_check},
	{"diag", N_("devices: state, counters, self test"), command_diag},
	{"sync", N_("send and fetch now, and say what is left"), command_sync},
	{"verify", N_("check the store: seals, chains, attachments"),
		command_verify},
	{"passwd", N_("make the password line of people.conf"), command_passwd},
};

static void print_help(void)
{
	printf(_("Usage: yikou [COMMAND] [--config FILE] ...\n"
		 "       yikou --help | --version\n\n"
		 "The program at a government service window.\n\n"
		 "Commands:\n"));
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		printf("  %-8s %s\n", commands[i].name, _(commands[i].summary));
	printf(_("\nExamples:\n"
		 "  yikou --config /etc/yikou/yikou.conf\n"
		 "  yikou sync --json\n"
		 "  yikou diag check camera\n\n"
		 "yikou COMMAND --help says more.\n\n"
		 "Exit status:\n"
		 "  0    done\n"
		 "  2    something was refused, set aside or parked\n"
		 "  3    a device, a daemon or the platform is not reachable\n"
		 "  4    not allowed\n"
		 "  5    the local store failed, or something in it was "
		 "changed\n"
		 "  6    already running\n"
		 "  64   command line, configuration or terminal is not right; "
		 "nothing was done\n"
		 "  130  interrupted\n"));
}

static int no_such_command(int argc, char **argv)
{
	struct command_options options = {0};

	for (int i = 2; i < argc; i++)
		options.json = options.json || !strcmp(argv[i], "--json");
	return command_wrong(&options, "%s: no such command", argv[1]);
}

static int run(int argc, char **argv)
{
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	return no_such_command(argc, argv);
}

int main(int argc, char **argv)
{
	process_begin("yikou");
	command_guess_language(argc, argv);
	if (argc > 1 &&
		(!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		print_help();
		return EXIT_CODE_OK;
	}
	if (argc > 1 && !strcmp(argv[1], "--version")) {
		printf("yikou %s\n", YIKOU_VERSION);
		return EXIT_CODE_OK;
	}
	if (argc > 1 && argv[1][0] != '-')
		return run(argc, argv);
	return command_screen(argc, argv);
}
