/* How the tests of the app let it die: at an end that closes nothing, and by
 * kill -9 wherever it happens to be. */
#ifndef TESTS_UNIT_TEST_APP_CRASH_H
#define TESTS_UNIT_TEST_APP_CRASH_H

#include <signal.h>
#include <sys/wait.h>

#include "tests/unit/test_app.h"

typedef void play_fn(struct desk *desk);

/* Plays in a process that ends as a crash does, then opens a new app. */
static inline void crash_after(struct desk *desk, play_fn *play)
{
	pid_t pid = fork();
	int status = 0;

	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		desk_open(desk);
		desk_login(desk);
		play(desk);
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	desk_open(desk);
	desk_login(desk);
}

/* Plays until it is killed, so long after it began. */
static inline void kill_during(
	struct desk *desk, play_fn *begin, play_fn *play, guint after_us)
{
	int ready[2], status = 0;
	char byte = 0;
	pid_t pid;

	g_assert_cmpint(pipe(ready), ==, 0);
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		begin(desk);
		g_assert_cmpint(write(ready[1], "", 1), ==, 1);
		play(desk);
		_exit(0);
	}
	close(ready[1]);
	g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
	close(ready[0]);
	g_usleep(after_us);
	kill(pid, SIGKILL);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

#endif
