/* Keys, requests, certificates: what is made can be read, what is wrong is
 * found, and nothing from outside is taken for what it is not. */
#include "client/base/cert.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"

#define NAME "019ab0c2-5f00-7d11-8a11-0c5d9f6b1e03"

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

struct pair {
	char *certificate, *key;
};

static void pair_make(struct pair *pair, enum cert_purpose purpose,
	const struct pair *authority, int from_days, int until_days)
{
	struct cert_order order = {
		.purpose = purpose,
		.common_name = purpose == CERT_AUTHORITY ? "authority" : NAME,
		.from_ms = clock_wall_ms() + from_days * day_ms,
		.until_ms = clock_wall_ms() + until_days * day_ms,
		.authority_pem = authority ? authority->certificate : NULL,
		.authority_key_pem = authority ? authority->key : NULL,
	};
	g_autoptr(GError) error = NULL;

	pair->key = cert_make_key();
	order.key_pem = pair->key;
	pair->certificate = cert_issue(&order, &error);
	g_assert_no_error(error);
}

static void pair_clear(struct pair *pair)
{
	g_free(pair->certificate);
	g_free(pair->key);
}

/* The DER inside a PEM. */
static guchar *der_of(const char *pem, gsize *len)
{
	const char *start = strchr(pem, '\n');
	const char *end = strstr(start, "-----END");
	g_autofree char *text = g_strndup(start, (gsize)(end - start));

	return g_base64_decode(text, len);
}

static enum cert_verdict judge(const struct pair *pair,
	const struct pair *authority, int64_t now_ms, struct cert_facts *facts)
{
	gsize len;
	g_autofree guchar *der = der_of(pair->certificate, &len);

	return cert_judge_client(
		der, len, authority->certificate, now_ms, facts);
}

static void test_read(void)
{
	struct pair one, two;
	struct cert_facts facts, other;
	g_autoptr(GError) error = NULL;

	pair_make(&one, CERT_CLIENT, NULL, -1, 10);
	pair_make(&two, CERT_CLIENT, NULL, -1, 10);
	g_assert_true(cert_read(one.certificate, &facts, &error));
	g_assert_cmpstr(facts.common_name, ==, NAME);
	g_assert_cmpint(facts.until_ms - facts.from_ms, ==, 11 * day_ms);
	g_assert_cmpuint(strlen(facts.print), ==, CERT_PRINT_TEXT - 1);
	g_assert_null(strpbrk(facts.print, "+/="));
	g_assert_true(cert_read(two.certificate, &other, &error));
	g_assert_cmpstr(facts.print, !=, other.print);
	g_assert_true(cert_fits(one.certificate, one.key, &error));
	g_assert_false(cert_fits(one.certificate, two.key, &error));
	g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
	pair_clear(&one);
	pair_clear(&two);
}

/* RFC 8705 appendix A: the print of its example certificate. */
static void test_print(void)
{
	static const char pem[] =
		"-----BEGIN CERTIFICATE-----\n"
		"MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MT"
		"Ax\n"
		"ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGBy"
		"qG\n"
		"SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZj"
		"jJ\n"
		"/Au08/"
		"coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID\n"
		"SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/"
		"PpQEKTWUVeORWz83AiEA5x2eXZOV\n"
		"bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=\n"
		"-----END CERTIFICATE-----\n";
	struct cert_facts facts;
	g_autoptr(GError) error = NULL;

	g_assert_true(cert_read(pem, &facts, &error));
	g_assert_cmpstr(facts.common_name, ==, "mtls");
	g_assert_cmpstr(
		facts.print, ==, "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0");
}

static void test_garbage(void)
{
	static const char *const texts[] = {"", "x",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END "
		"CERTIFICATE-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE "
		"KEY-----\n"};
	g_autofree char *key = cert_make_key();

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct cert_facts facts;
		g_autoptr(GError) error = NULL;

		g_assert_false(cert_read(texts[i], &facts, &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_INVALID);
		g_assert_null(cert_read_request(texts[i], NULL));
		g_assert_null(cert_make_request(texts[i], NAME, NULL));
		g_assert_false(cert_fits(texts[i], key, NULL));
	}
	g_assert_null(cert_make_request(key, "", NULL));
	g_assert_null(cert_make_request(key,
		"0123456789012345678901234567890123456789012345678901234567890"
		"1234",
		NULL));
}

/* A request is signed by its own key; one changed letter and it is not. */
static void test_request(void)
{
	g_autofree char *key = cert_make_key();
	g_autofree char *request = cert_make_request(key, NAME, NULL);
	g_autofree char *name = cert_read_request(request, NULL);
	struct pair authority;
	g_autofree char *certificate = NULL;
	struct cert_order order = {.purpose = CERT_CLIENT,
		.common_name = NAME,
		.request_pem = request,
		.from_ms = clock_wall_ms() - day_ms,
		.until_ms = clock_wall_ms() + day_ms};
	char *letter;

	g_assert_cmpstr(name, ==, NAME);
	pair_make(&authority, CERT_AUTHORITY, NULL, -1, 10);
	order.authority_pem = authority.certificate;
	order.authority_key_pem = authority.key;
	certificate = cert_issue(&order, NULL);
	g_assert_true(cert_fits(certificate, key, NULL));
	letter = strchr(request, '\n') + 120;
	*letter = *letter == 'A' ? 'B' : 'A';
	g_assert_null(cert_read_request(request, NULL));
	pair_clear(&authority);
}

static void test_judge(void)
{
	struct pair authority, other, good, late, server, foreign;
	struct cert_facts facts;
	int64_t now_ms = clock_wall_ms();

	pair_make(&authority, CERT_AUTHORITY, NULL, -100, 100);
	pair_make(&other, CERT_AUTHORITY, NULL, -100, 100);
	pair_make(&good, CERT_CLIENT, &authority, -1, 10);
	pair_make(&late, CERT_CLIENT, &authority, -20, -10);
	pair_make(&server, CERT_SERVER, &authority, -1, 10);
	pair_make(&foreign, CERT_CLIENT, &other, -1, 10);
	g_assert_cmpint(
		judge(&good, &authority, now_ms, &facts), ==, CERT_GOOD);
	g_assert_cmpstr(facts.common_name, ==, NAME);
	g_assert_cmpint(judge(&good, &authority, now_ms + 11 * day_ms, &facts),
		==, CERT_EXPIRED);
	g_assert_cmpint(judge(&good, &authority, now_ms - 2 * day_ms, &facts),
		==, CERT_EXPIRED);
	g_assert_cmpint(
		judge(&late, &authority, now_ms, &facts), ==, CERT_EXPIRED);
	g_assert_cmpint(
		judge(&server, &authority, now_ms, &facts), ==, CERT_WRONG);
	g_assert_cmpint(
		judge(&foreign, &authority, now_ms, &facts), ==, CERT_UNKNOWN);
	g_assert_cmpint(cert_judge_client(
				"x", 1, authority.certificate, now_ms, &facts),
		==, CERT_WRONG);
	pair_clear(&authority);
	pair_clear(&other);
	pair_clear(&good);
	pair_clear(&late);
	pair_clear(&server);
	pair_clear(&foreign);
}

static void test_alerts(void)
{
	static const int ours[] = {42, 43, 44, 45, 46, 48, 49, 116};
	static const int theirs[] = {CERT_ALERT_NONE, 0, 40, 47, 50, 70, 80};

	for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
		g_assert_true(cert_alert_is_ours(ours[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(theirs); i++)
		g_assert_false(cert_alert_is_ours(theirs[i]));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/cert/read", test_read);
	g_test_add_func("/base/cert/print", test_print);
	g_test_add_func("/base/cert/garbage", test_garbage);
	g_test_add_func("/base/cert/request", test_request);
	g_test_add_func("/base/cert/judge", test_judge);
	g_test_add_func("/base/cert/alerts", test_alerts);
	return g_test_run();
}
