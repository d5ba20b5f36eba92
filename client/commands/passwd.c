/* yikou passwd: makes the password line of people.conf. The password is typed
 * without echo or read from standard input, never an argument. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/base/id.h"
#include "client/base/process.h"
#include "client/commands/command.h"
#include "ui/text.h"

enum { PASSWORD_MIN = 8, PASSWORD_MAX = 64, PASSWORD_SIZE = 512 };

/* Characters of any kind; what is no text cannot be typed at the window. */
static bool is_long_enough(const char *password)
{
	return g_utf8_validate(password, -1, NULL) &&
	       g_utf8_strlen(password, -1) >= PASSWORD_MIN &&
	       g_utf8_strlen(password, -1) <= PASSWORD_MAX;
}

static enum exit_code make_line(const struct command_options *options)
{
	char first[PASSWORD_SIZE], second[PASSWORD_SIZE];
	g_autofree char *verifier = NULL;
	enum exit_code code;

	if (!command_ask_secret(_("New password: "), first, sizeof(first)) ||
		!is_long_enough(first)) {
		code = command_wrong(options,
			"a password has %d to %d characters; nothing was made",
			PASSWORD_MIN, PASSWORD_MAX);
	} else if (isatty(STDIN_FILENO) &&
		   (!command_ask_secret(
			    _("Once more: "), second, sizeof(second)) ||
			   strcmp(first, second))) {
		code = command_wrong(
			options, "the two are different; nothing was made");
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
	struct command_options options = {0};
	const struct command_usage usage = {.arguments = "",
		.description =
			_("Put the line it prints into the person's section of "
			  "people.conf.\nExample: yikou passwd >>line.txt")};
	enum exit_code code = EXIT_CODE_OK;

	if (!command_parse(&options, &usage, &argc, &argv, &code))
		return code;
	if (argc > 1)
		return command_wrong(&options,
			"no arguments: a password is typed, never an argument");
	return make_line(&options);
}
