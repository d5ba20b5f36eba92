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

/* The player says that it got on by one step. */
static inline void got_on(const struct desk *desk)
{
	g_assert_cmpint(write(desk->progress, "", 1), ==, 1);
}

/* Plays until it is killed, so long after so many steps. */
static inline void kill_during(struct desk *desk, play_fn *begin, play_fn *play,
	int steps, guint after_us)
{
	int pipe_ends[2], status = 0;
	char byte = 0;
	pid_t pid;

	g_assert_cmpint(pipe(pipe_ends), ==, 0);
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		desk->progress = pipe_ends[1];
		begin(desk);
		play(desk);
		_exit(0);
	}
	close(pipe_ends[1]);
	for (int i = 0; i < steps; i++)
		g_assert_cmpint(read(pipe_ends[0], &byte, 1), ==, 1);
	g_usleep(after_us);
	kill(pid, SIGKILL);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	close(pipe_ends[0]);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

#endif
