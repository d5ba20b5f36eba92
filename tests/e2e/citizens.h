/* The citizens of the demonstration: lay their card on the reader when they are
 * called, and rate when the pad asks them. */
#ifndef TESTS_E2E_CITIZENS_H
#define TESTS_E2E_CITIZENS_H

#include "tests/e2e/window.h"

struct citizens;

struct citizens *citizens_new(struct demo_window *window);
void citizens_free(struct citizens *citizens);

#endif
