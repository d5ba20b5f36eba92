/* The life of a token, and what the OAuth endpoints may answer. */
#include <string.h>

#include <glib.h>

#include "client/base/json.h"
#include "client/link/answer.h"
#include "client/link/bearer.h"
#include "client/link/oauth.h"

/* Bearer ------------------------------------------------------------------- */

static void test_life(void)
{
	struct bearer bearer = {0};

	g_assert_false(bearer_is_good(&bearer, 0));
	g_assert_true(bearer_take(&bearer, "t1", 600, 1000));
	g_assert_true(bearer_is_good(&bearer, 1000));
	g_assert_true(bearer_is_good(&bearer, 1000 + 570000 - 1));
	g_assert_false(bearer_is_good(&bearer, 1000 + 570000));
	/* Short lives: a fifth before the end. */
	g_assert_true(bearer_take(&bearer, "t2", 10, 0));
	g_assert_true(bearer_is_good(&bearer, 7999));
	g_assert_false(bearer_is_good(&bearer, 8000));
	/* Untold, and absurd. */
	g_assert_true(bearer_take(&bearer, "t3", 0, 0));
	g_assert_true(bearer_is_good(&bearer, 200000));
	g_assert_false(bearer_is_good(&bearer, 300000));
	g_assert_true(bearer_take(&bearer, "t4", INT64_MAX, 0));
	g_assert_false(
		bearer_is_good(&bearer, (int64_t)BEARER_LIFE_MAX_S * 1000));
	bearer_clear(&bearer);
	g_assert_false(bearer_is_good(&bearer, 0));
}

/* The 401 of an old token does not take the new one away. */
static void test_reject(void)
{
	struct bearer bearer = {0};
	unsigned old;

	bearer_take(&bearer, "t1", 600, 0);
	old = bearer.serial;
	bearer_take(&bearer, "t2", 600, 0);
	bearer_reject(&bearer, old);
	g_assert_cmpstr(bearer.token, ==, "t2");
	bearer_reject(&bearer, bearer.serial);
	g_assert_null(bearer.token);
	bearer_reject(&bearer, bearer.serial); /* twice is no harm */
	bearer_clear(&bearer);
}

static void test_no_token(void)
{
	struct bearer bearer = {0};
	g_autofree char *long_one = g_strnfill(BEARER_MAX + 1, 'a');

	bearer_take(&bearer, "kept", 600, 0);
	g_assert_false(bearer_take(&bearer, NULL, 600, 0));
	g_assert_false(bearer_take(&bearer, "", 600, 0));
	g_assert_false(bearer_take(&bearer, "a b", 600, 0));
	g_assert_false(bearer_take(&bearer, "a\r\nX: y", 600, 0));
	g_assert_false(bearer_take(&bearer, "\xe4\xbb\xa4", 600, 0));
	g_assert_false(bearer_take(&bearer, long_one, 600, 0));
	g_assert_cmpstr(bearer.token, ==, "kept");
	bearer_clear(&bearer);
}

/* Replies ------------------------------------------------------------------ */

static struct http_reply reply_of(
	int status, const char *type, const char *data)
{
	return (struct http_reply){.status = status,
		.content_type = type,
		.data = data,
		.len = strlen(data)};
}

static void test_replies(void)
{
	static const char json[] = "application/json";
	static const struct {
		int status;
		const char *type, *body;
		enum oauth_kind kind;
	} cases[] = {
		{200, "application/json; charset=utf-8",
			"{\"access_token\":\"t\",\"token_type\":\"bearer\","
			"\"expires_in\":60}",
			OAUTH_TOKEN},
		{200, json, "{\"access_token\":\"t\",\"token_type\":\"mac\"}",
			OAUTH_STRANGE},
		{200, json, "{\"access_token\":\"t\"}", OAUTH_STRANGE},
		{200, json, "{\"access_token\":7,\"token_type\":\"Bearer\"}",
			OAUTH_STRANGE},
		{200, json, "[]", OAUTH_STRANGE},
		{200, json, "{", OAUTH_STRANGE},
		{200, "text/html", "<p>log in", OAUTH_STRANGE},
		{302, "text/html", "", OAUTH_STRANGE},
		{400, json, "{\"error\":\"authorization_pending\"}",
			OAUTH_PENDING},
		{400, json, "{\"error\":\"slow_down\"}", OAUTH_SLOW_DOWN},
		{400, json, "{\"error\":\"expired_token\"}", OAUTH_EXPIRED},
		{400, json, "{\"error\":\"access_denied\"}", OAUTH_DENIED},
		{401, json, "{\"error\":\"invalid_client\"}", OAUTH_REFUSED},
		{400, json, "{\"error\":\"new_in_2030\"}", OAUTH_REFUSED},
		{400, "text/html", "<p>no", OAUTH_STRANGE},
		{404, "application/problem+json", "{\"code\":\"not_found\"}",
			OAUTH_STRANGE},
		{429, json, "{\"error\":\"invalid_client\"}", OAUTH_BUSY},
		{503, "text/html", "", OAUTH_BUSY},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_reply reply =
			reply_of(cases[i].status, cases[i].type, cases[i].body);
		struct oauth_reply oauth;

		oauth_read_token(&reply, &oauth);
		g_assert_cmpint(oauth.kind, ==, cases[i].kind);
		oauth_clear(&oauth);
	}
}

static void test_device(void)
{
	struct http_reply good = reply_of(200, "application/json",
		"{\"device_code\":\"d\",\"user_code\":\"AB-CD\","
		"\"verification_uri\":\"https://x/y\",\"expires_in\":600}");
	struct http_reply endless = reply_of(200, "application/json",
		"{\"device_code\":\"d\",\"user_code\":\"AB-CD\","
		"\"verification_uri\":\"https://x/y\"}");
	struct http_reply absurd = reply_of(200, "application/json",
		"{\"device_code\":\"d\",\"user_code\":\"AB-CD\","
		"\"verification_uri\":\"https://x/y\",\"expires_in\":600,"
		"\"interval\":-3}");
	struct oauth_device device;

	g_assert_true(oauth_read_device(&good, &device));
	g_assert_cmpint(device.interval_s, ==, 5);
	g_assert_null(device.full_address);
	json_free(device.body);
	g_assert_false(oauth_read_device(&endless, &device));
	json_free(device.body);
	g_assert_true(oauth_read_device(&absurd, &device));
	g_assert_cmpint(device.interval_s, ==, 1);
	json_free(device.body);
}

static void test_form(void)
{
	g_autoptr(GBytes) form = oauth_form((const char *const[]){
		"a", "1&2=3", "b", "urn:x y", "c", "3号", NULL});
	g_autofree char *text =
		g_strndup(g_bytes_get_data(form, NULL), g_bytes_get_size(form));

	g_assert_cmpstr(text, ==, "a=1%262%3D3&b=urn%3Ax%20y&c=3%E5%8F%B7");
}

/* What a fault of this terminal means for the request that waited. */
static void test_answers(void)
{
	static const struct {
		enum http_fault fault;
		enum answer_kind kind;
	} cases[] = {
		{HTTP_FAULT_TOKEN, ANSWER_AUTH},
		{HTTP_FAULT_KEY, ANSWER_AUTH},
		{HTTP_FAULT_KEY_OPEN, ANSWER_AUTH},
		{HTTP_FAULT_OURS, ANSWER_AUTH},
		{HTTP_FAULT_OURS_EXPIRED, ANSWER_AUTH},
		{HTTP_FAULT_TOKEN_DENIED, ANSWER_AUTH},
		{HTTP_FAULT_TOKEN_BUSY, ANSWER_BUSY},
		{HTTP_FAULT_TOKEN_REPLY, ANSWER_FAULT},
		{HTTP_FAULT_TLS, ANSWER_FAULT},
		{HTTP_FAULT_TLS_EXPIRED, ANSWER_FAULT},
		{HTTP_FAULT_TLS_NAME, ANSWER_FAULT},
		{HTTP_FAULT_TLS_UNKNOWN, ANSWER_FAULT},
		{HTTP_FAULT_CA_FILE, ANSWER_FAULT},
		{HTTP_FAULT_ABSENT, ANSWER_FAULT},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_reply reply = {.fault = cases[i].fault,
			.content_type = "",
			.data = "",
			.retry_after_ms = 7000};
		struct answer answer;

		answer_read(&reply, 200, 0, &answer);
		g_assert_cmpint(answer.kind, ==, cases[i].kind);
		g_assert_cmpint(answer.asked_ms, ==,
			cases[i].kind == ANSWER_BUSY ? 7000 : -1);
		answer_clear(&answer);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/token/life", test_life);
	g_test_add_func("/link/token/reject", test_reject);
	g_test_add_func("/link/token/none", test_no_token);
	g_test_add_func("/link/token/replies", test_replies);
	g_test_add_func("/link/token/device", test_device);
	g_test_add_func("/link/token/form", test_form);
	g_test_add_func("/link/token/answers", test_answers);
	return g_test_run();
}
