/* Processes, by fork and pidfd: thousands of them, none left behind. */
#include "tests/torture/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

static char **make_environment(const char *const *more)
{
	char **environment = g_get_environ();

	for (; more && *more; more++) {
		g_auto(GStrv) parts = g_strsplit(*more, "=", 2);

		environment =
			g_environ_setenv(environment, parts[0], parts[1], TRUE);
	}
	return environment;
}

/* In the child: only safe calls. */
static void become(const char *const argv[], int out, int err, char **env)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	if (err >= 0)
		dup2(err, STDERR_FILENO);
	execve(argv[0], (char *const *)argv, env);
	_exit(127);
}

void child_start(struct child *child, const char *const argv[],
	const char *output, const char *const *environment)
{
	g_auto(GStrv) env = make_environment(environment);
	int out = open(output ? output : "/dev/null",
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err =
		g_test_verbose() ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);

	child->pid = fork();
	if (child->pid == 0)
		become(argv, out, err, env);
	if (child->pid < 0)
		g_error("fork: %s", g_strerror(errno));
	close(out);
	if (err >= 0)
		close(err);
}

static int reap(struct child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	child->pid = 0;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return WTERMSIG(status) == SIGKILL ? CHILD_KILLED : CHILD_DIED;
}

int child_wait(struct child *child, int timeout_ms)
{
	struct pollfd ended = {.events = POLLIN};
	int ready;

	ended.fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (ended.fd < 0)
		g_error("pidfd: %s", g_strerror(errno));
	ready = poll(&ended, 1, timeout_ms);
	close(ended.fd);
	return ready == 1 ? reap(child) : CHILD_RUNS;
}

bool child_kill(struct child *child)
{
	if (child->pid == 0)
		return false;
	kill(child->pid, SIGKILL);
	return reap(child) == CHILD_KILLED;
}

void child_signal(const struct child *child, int number)
{
	if (child->pid > 0)
		kill(child->pid, number);
}
