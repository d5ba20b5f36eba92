/* Tokens and waiting terminals of the stand-in, by a clock of our own. */
#include "client/platform/grants.h"

#include <string.h>

#include <glib.h>

#define DEVICE "019ab0c2-5f00-7d11-8a11-0c5d9f6b1e03"

static const struct grants_options options = {
	.token_s = 10, .pending_s = 60, .pace_ms = 4500, .later_ms = 2000};

static void test_tokens(void)
{
	AUTO(grants) grants = grants_new(&options);
	g_autofree char *token = grants_issue(grants, DEVICE, "print", 1000);
	g_autofree char *other = grants_issue(grants, DEVICE, "print", 1000);
	const struct grant_token *found;

	g_assert_cmpstr(token, !=, other);
	found = grants_find(grants, token, 10999);
	g_assert_cmpstr(found->device, ==, DEVICE);
	g_assert_cmpstr(found->print, ==, "print");
	g_assert_null(grants_find(grants, token, 11000));
	g_assert_null(grants_find(grants, "", 1000));
	g_assert_null(grants_find(grants, "0123", 1000));
}

static void test_approval(void)
{
	AUTO(grants) grants = grants_new(&options);
	const struct grant_request *request =
		grants_begin(grants, DEVICE, "03", "3号窗", 0);
	g_autofree char *code = g_strdup(request->code);
	g_autofree char *typed = g_ascii_strdown(request->user_code, -1);
	char device[CERT_NAME_MAX + 1];

	typed[4] = ' '; /* instead of the dash */
	g_assert_cmpint(
		grants_poll(grants, code, device, 5000), ==, GRANT_WAITS);
	g_assert_null(grants_decide(grants, "BCDF", true, 5000));
	g_assert_null(grants_decide(grants, "", true, 5000));
	g_assert_nonnull(grants_decide(grants, typed, true, 5000));
	g_assert_null(grants_decide(grants, typed, false, 5000)); /* decided */
	g_assert_cmpint(
		grants_poll(grants, code, device, 10000), ==, GRANT_APPROVED);
	g_assert_cmpstr(device, ==, DEVICE);
	/* Once only. */
	g_assert_cmpint(
		grants_poll(grants, code, device, 20000), ==, GRANT_UNKNOWN);
}

static void test_refusal(void)
{
	AUTO(grants) grants = grants_new(&options);
	const struct grant_request *request =
		grants_begin(grants, DEVICE, "03", "", 0);
	g_autofree char *code = g_strdup(request->code);
	char device[CERT_NAME_MAX + 1];

	grants_decide(grants, request->user_code, false, 0);
	g_assert_cmpint(
		grants_poll(grants, code, device, 5000), ==, GRANT_DENIED);
	g_assert_null(grants_waiting(grants, 0, 5000));
}

/* Too soon is told, and the pace is slower from then on. */
static void test_pace(void)
{
	AUTO(grants) grants = grants_new(&options);
	const struct grant_request *request =
		grants_begin(grants, DEVICE, "03", "", 0);
	g_autofree char *code = g_strdup(request->code);
	char device[CERT_NAME_MAX + 1];

	g_assert_cmpint(
		grants_poll(grants, code, device, 1000), ==, GRANT_HASTE);
	g_assert_cmpint(
		grants_poll(grants, code, device, 6000), ==, GRANT_HASTE);
	g_assert_cmpint(
		grants_poll(grants, code, device, 15000), ==, GRANT_WAITS);
}

static void test_over(void)
{
	AUTO(grants) grants = grants_new(&options);
	const struct grant_request *request =
		grants_begin(grants, DEVICE, "03", "", 0);
	g_autofree char *code = g_strdup(request->code);
	g_autofree char *user_code = g_strdup(request->user_code);
	char device[CERT_NAME_MAX + 1];

	g_assert_nonnull(grants_waiting(grants, 0, 59999));
	g_assert_null(grants_waiting(grants, 0, 60000));
	g_assert_null(grants_decide(grants, user_code, true, 60000));
	g_assert_cmpint(
		grants_poll(grants, code, device, 61000), ==, GRANT_OVER);
	g_assert_cmpint(grants_poll(grants, code, device, 60000 + 600000), ==,
		GRANT_UNKNOWN);
}

static void test_bounds(void)
{
	AUTO(grants) grants = grants_new(&options);

	for (int i = 0; i < GRANT_PENDING_MAX; i++)
		g_assert_nonnull(grants_begin(grants, DEVICE, "", "", 0));
	g_assert_null(grants_begin(grants, DEVICE, "", "", 0));
	g_assert_nonnull(grants_begin(grants, DEVICE, "", "", 700000));
	for (int i = 0; i < GRANT_TOKENS_MAX; i++)
		g_free(grants_issue(grants, DEVICE, "p", 0));
	g_assert_null(grants_issue(grants, DEVICE, "p", 0));
	g_free(grants_issue(grants, DEVICE, "p", 20000));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/platform/grants/tokens", test_tokens);
	g_test_add_func("/platform/grants/approval", test_approval);
	g_test_add_func("/platform/grants/refusal", test_refusal);
	g_test_add_func("/platform/grants/pace", test_pace);
	g_test_add_func("/platform/grants/over", test_over);
	g_test_add_func("/platform/grants/bounds", test_bounds);
	return g_test_run();
}
