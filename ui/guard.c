/* The guard parent. It waits with all signals blocked and takes them one by
 * one, so it needs no handlers and no state outside its stack. What it writes
 * are fixed bytes, not terminfo's: it must work whatever the child did. */
#include "ui/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Attributes off, paste brackets off, keypad and cursor as usual, main screen,
 * then home, erase, erase what was scrolled away. */
static const char restore_bytes[] =
	"\033[0m\033[?2004l\033[?1l\033>\033[?25h\033[?1049l"
	"\033[H\033[2J\033[3J";

static void restore(const struct termios *saved)
{
	size_t sent = 0, len = strlen(restore_bytes);

	/* Output that nobody takes must not hold the restoring up. */
	tcflush(STDOUT_FILENO, TCOFLUSH);
	tcsetattr(STDIN_FILENO, TCSANOW, saved);
	while (sent < len) {
		ssize_t n =
			write(STDOUT_FILENO, restore_bytes + sent, len - sent);

		if (n < 0 && errno != EINTR)
			return;
		sent += n > 0 ? (size_t)n : 0;
	}
}

/* True when the child left the terminal as it was in use. */
static bool is_disturbed(const struct termios *saved)
{
	struct termios now;

	return tcgetattr(STDIN_FILENO, &now) == 0 &&
	       now.c_lflag != saved->c_lflag;
}

static void guard(
	pid_t child, const sigset_t *signals, const struct termios *saved)
{
	int status = 0;

	for (;;) {
		int signal_no = sigwaitinfo(signals, NULL);

		if (signal_no > 0 && signal_no != SIGCHLD)
			kill(child, signal_no);
		if (waitpid(child, &status, WNOHANG) == child)
			break;
	}
	if (WIFSIGNALED(status) || is_disturbed(saved))
		restore(saved);
	if (WIFSIGNALED(status))
		_exit(128 + WTERMSIG(status));
	_exit(WEXITSTATUS(status));
}

void guard_start(void)
{
	static const int passed[] = {SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT,
		SIGUSR1, SIGUSR2, SIGTSTP, SIGTTOU, SIGTTIN};
	struct termios saved;
	sigset_t signals, before;
	pid_t parent = getpid(), child;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
		tcgetattr(STDIN_FILENO, &saved) != 0)
		return;
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		sigaddset(&signals, passed[i]);
	sigprocmask(SIG_BLOCK, &signals, &before);
	child = fork();
	if (child > 0)
		guard(child, &signals, &saved);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (child < 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGHUP);
	if (getppid() != parent) /* it died before the line above */
		raise(SIGHUP);
}
