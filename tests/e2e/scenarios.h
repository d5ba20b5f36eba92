/* What must not break a visit. */
#ifndef TESTS_E2E_SCENARIOS_H
#define TESTS_E2E_SCENARIOS_H

#include <stdbool.h>

/* Runs the scenarios of a group ("link", "crash", "terminal",
 * "catalogue"), TAP on standard
 * output. False when one fails or there is no such group. */
bool scenarios_run(const char *programs, const char *data, const char *group);

#endif
