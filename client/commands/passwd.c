/* yikou passwd: makes the password line of people.conf. The password is typed
 * without echo or read from standard input, never an argument. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/base/id.h"
#include "client/base/process.h"
#include "client/commands/command.h"
#include "ui/text.h"

enum { PASSWORD_MIN = 8, PASSWORD_MAX = 64, PASSWORD_SIZE = 512 };

/* What does not fit is too long in any case. */
static bool read_line(char *line, size_t size)
{
	line[0] = '\0';
	if (!fgets(line, (int)size, stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Characters of any kind; what is no text cannot be typed at the window. */
static bool is_long_enough(const char *password)
{
	return g_utf8_validate(password, -1, NULL) &&
	       g_utf8_strlen(password, -1) >= PASSWORD_MIN &&
	       g_utf8_strlen(password, -1) <= PASSWORD_MAX;
}

static bool ask(const char *prompt, char *line, size_t size)
{
	struct termios saved, quiet;
	bool is_terminal = tcgetattr(STDIN_FILENO, &saved) == 0;
	bool ok;

	if (!is_terminal)
		return read_line(line, size);
	quiet = saved;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	fprintf(stderr, "%s", prompt);
	ok = read_line(line, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
	fprintf(stderr, "\n");
	return ok;
}

static enum exit_code make_line(void)
{
	char first[PASSWORD_SIZE], second[PASSWORD_SIZE];
	g_autofree char *verifier = NULL;
	enum exit_code code = EXIT_CODE_USAGE;

	if (!ask(_("New password: "), first, sizeof(first)) ||
		!is_long_enough(first)) {
		fprintf(stderr,
			_("yikou: %d to %d characters; nothing was made\n"),
			PASSWORD_MIN, PASSWORD_MAX);
	} else if (isatty(STDIN_FILENO) &&
		   (!ask(_("Once more: "), second, sizeof(second)) ||
			   strcmp(first, second))) {
		fprintf(stderr,
			_("yikou: the two are different; nothing was made\n"));
	} else {
		verifier = password_hash(first);
		printf("password = %s\n", verifier);
		code = EXIT_CODE_OK;
	}
	secret_wipe(first, sizeof(first));
	secret_wipe(second, sizeof(second));
	return code;
}

enum exit_code command_passwd(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_set_description(context,
		_("Put the line it prints into the person's section of "
		  "people.conf.\nExample: yikou passwd >>line.txt"));
	if (!command_parse(context, "passwd", &argc, &argv, &error)) {
		fprintf(stderr, "yikou: %s\n", error->message);
		return EXIT_CODE_USAGE;
	}
	if (argc > 1) {
		fprintf(stderr, _("yikou passwd: no arguments; a password is "
				  "typed, never an argument\n"));
		return EXIT_CODE_USAGE;
	}
	return make_line();
}
