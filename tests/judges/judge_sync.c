/* Whole visits through the real yikou-syncd to a platform on a given port: the
 * port of a proxy that validates what passes. usage: judge_sync PORT */
#include <stdlib.h>

#include <gio/gio.h>
#include <glib.h>

#include "client/base/error.h"
#include "client/store/outbox.h"
#include "client/store/ticket.h"
#include "tests/sync/rig.h"

enum { VISITS = 5, PAGE_BYTES = 40000, LARGE_PAGE_BYTES = 700000 };

/* What a window sends in a visit; every kind of op of the contract. */
static void visit(struct rig *rig, size_t page_bytes)
{
	g_autoptr(GError) error = NULL;
	AUTO(ticket) ticket = ticket_open(rig->store, &rig_clerk, &error);
	static const enum ticket_action acts[] = {TICKET_ACTION_RECALL,
		TICKET_ACTION_PARK, TICKET_ACTION_RESUME, TICKET_ACTION_FINISH};

	g_assert_no_error(error);
	rig_accept_case(rig, page_bytes);
	for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
		ticket_act(rig->store, ticket->ticket_id, acts[i], NULL, NULL,
			&rig_clerk, &error);
		g_assert_no_error(error);
	}
	rating_record(rig->store, ticket->ticket_id, NULL, RATING_GOOD, "pad",
		&rig_clerk, &error);
	g_assert_no_error(error);
	rig_pause_and_resume(rig, 2);
}

int main(int argc, char **argv)
{
	struct rig *rig;

	g_test_init(&argc, &argv, NULL);
	if (argc != 2)
		return 64;
	rig = rig_new();
	rig->text_pages = true; /* Prism passes bodies on as text */
	rig_point_at(rig, (unsigned)strtoul(argv[1], NULL, 10));
	g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	for (int i = 0; i < VISITS; i++) {
		visit(rig, i ? PAGE_BYTES : LARGE_PAGE_BYTES);
		g_assert_cmpint(rig_run(rig, NULL), ==, EXIT_CODE_OK);
	}
	g_assert_cmpint(rig_run(rig, "--verify"), ==, EXIT_CODE_OK);
	g_assert_cmpint(rig_unsent(rig), ==, 0);
	g_assert_cmpint(rig_parked(rig), ==, 0);
	rig_free(rig);
	return 0;
}
