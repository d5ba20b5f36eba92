/* The oracle of every run: nothing acknowledged is lost, nothing is there
 * twice, everything else is visible, the numbers balance. */
#ifndef TESTS_TORTURE_ORACLE_H
#define TESTS_TORTURE_ORACLE_H

#include "tests/torture/world.h"

/* Adds to the trial's tally and notes:
 *   acked     ops the windows believe to be on the platform
 *   lost      acknowledged or saved, and not there: ops, cases, attachments,
 *             queue rows behind the cursor
 *   duplicated  rows of an op_id, a place in a store, a case_id, a case number
 *   parked    ops in the windows' lists for people
 *   wrong     order, gaps in a lane, other bytes, seals, chains, ledger, an op
 *             that is in no list, one that is parked though applied */
void oracle_ask(struct world *world);
/* The same of one window's store alone: opens, whole, all that was promised is
 * there. */
void oracle_ask_store(struct world *world, struct window *window);

#endif
