/* Processes of a test: started, waited for with a bound, killed. */
#ifndef TESTS_TORTURE_CHILD_H
#define TESTS_TORTURE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid; /* 0: none */
};

enum {
	CHILD_RUNS = -1,   /* still after the time */
	CHILD_KILLED = -9, /* by SIGKILL */
	CHILD_DIED = -2,   /* by another signal */
};

/* argv[0] is the path. output: file for its standard output; NULL: none. Its
 * standard error is silent but with g_test_verbose(). environment: "NAME=VALUE"
 * besides ours, NULL ended, may be NULL. Dies with the test. */
void child_start(struct child *child, const char *const argv[],
	const char *output, const char *const *environment);
/* Exit status, or one of the above. */
int child_wait(struct child *child, int timeout_ms);
/* Sends the signal and, for SIGKILL, waits for the end. True when it was there
 * to be killed. */
bool child_kill(struct child *child);
void child_signal(const struct child *child, int number);

#endif
