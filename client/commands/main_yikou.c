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
		 "yikou COMMAND --help says more. Exit status: 0 done, 2 "
		 "something was\nrefused, 3 not reachable, 4 not allowed, 5 "
		 "storage, 6 already running,\n64 usage, 130 "
		 "interrupted.\n"));
}

static int run(int argc, char **argv)
{
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, _("yikou: %s: no such command\n"), argv[1]);
	fprintf(stderr, _("Try: yikou%s%s --help\n"), "", "");
	return EXIT_CODE_USAGE;
}

/* Before any text: the configuration may choose another one later. */
static void set_language(void)
{
	g_autofree char *locale = command_locale_dir();

	text_setup("zh_CN", locale);
}

int main(int argc, char **argv)
{
	process_begin("yikou");
	set_language();
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
