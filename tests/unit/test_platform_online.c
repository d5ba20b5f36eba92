/* What is only there on line: lookups with purpose and trace, certificates,
 * seals, messages, applications that arrive. */
#include "tests/unit/test_platform.h"

#include "client/base/sign.h"
#include "client/platform/feeds.h"
#include "client/platform/online.h"
#include "client/platform/seed.h"

#define SEED  "config/demo/platform-seed.json"
#define BY    "\"staff_no\":\"1003\",\"window\":\"03\""
#define AT    "\"at\":\"2026-11-23T10:00:00+08:00\""
#define CERT  "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2d01"
#define CERTS "/v1/certificates/" CERT

static void seed(struct fixture *f)
{
	g_autoptr(GError) error = NULL;

	feed_load_catalog(f->platform, "config/catalog", &error);
	g_assert_no_error(error);
	seed_apply(f->platform, SEED, &error);
	g_assert_no_error(error);
}

static char *person_query(const char *name, const char *more)
{
	return g_strdup_printf(
		"{\"name\":\"%s\",\"id_type\":\"111\",\"id_number\":"
		"\"410199199003072332\",%s" BY "}",
		name, more);
}

static void test_person(struct fixture *f, gconstpointer data)
{
	static const char why[] = "\"purpose\":\"办理登记\",\"consent\":true,";
	g_autofree char *good = person_query("王演练", why);
	g_autofree char *other = person_query("李演练", why);
	g_autofree char *blunt = person_query("王演练", "\"consent\":true,");
	g_autofree char *unasked = person_query(
		"王演练", "\"purpose\":\"办理登记\",\"consent\":false,");

	(void)data;
	seed(f);
	{
		AUTO(json) found =
			post(f->platform, "/v1/persons:lookup", good);
		AUTO(json) none =
			post(f->platform, "/v1/persons:lookup", other);
		AUTO(json) no_why =
			post(f->platform, "/v1/persons:lookup", blunt);
		AUTO(json) no_consent =
			post(f->platform, "/v1/persons:lookup", unasked);
		AUTO(json) log = get(f->platform, "/v1/audit-log");
		const struct json *entry = json_first(json_get(log, "rows"));

		g_assert_true(json_bool_or(found, "found", false));
		assert_text(json_get(found, "person"), "mobile", "19900000001");
		g_assert_false(json_bool_or(none, "found", true));
		g_assert_null(json_get(none, "person"));
		assert_int(no_why, "http", 422);
		assert_int(no_consent, "http", 422);
		g_assert_cmpint(json_length(json_get(log, "rows")), ==, 2);
		assert_text(entry, "action", "persons:lookup");
		assert_text(entry, "purpose", "办理登记");
		assert_text(entry, "target", "410199********2332");
		assert_text(entry, "audit_id", json_text(found, "audit_id"));
	}
}

static void test_legal_entity(struct fixture *f, gconstpointer data)
{
	(void)data;
	seed(f);
	{
		AUTO(json) found = post(f->platform,
			"/v1/legal-entities:lookup",
			"{\"credit_code\":\"92410185DEMO000001\","
			"\"purpose\":\"变更\",\"consent\":true," BY "}");
		AUTO(json) none = post(f->platform, "/v1/legal-entities:lookup",
			"{\"credit_code\":\"92410185DEMO000009\","
			"\"purpose\":\"变更\",\"consent\":true," BY "}");
		AUTO(json) code = post(f->platform, "/v1/legal-entities:lookup",
			"{\"credit_code\":\"92410185\",\"purpose\":\"变更\","
			"\"consent\":true," BY "}");

		assert_text(json_get(found, "legal_entity"), "name",
			"登封市演练小吃店");
		g_assert_false(json_bool_or(none, "found", true));
		assert_int(code, "http", 422);
	}
}

static struct json *verify(struct fixture *f, const char *number)
{
	g_autofree char *body = g_strdup_printf(
		"{\"certificate_number\":\"%s\",\"use_cause\":\"核验\"," BY "}",
		number);

	return post(f->platform, "/v1/certificates:verify", body);
}

static void test_certificates(struct fixture *f, gconstpointer data)
{
	static const char issue[] =
		"{\"certificate_type_code\":\"11100000000013338W011\","
		"\"certificate_name\":\"营业执照\","
		"\"certificate_number\":\"%s\",\"holder\":\"李演练\","
		"\"holder_code\":\"410199198001010010\","
		"\"issue_dept\":\"登封市市场监督管理局\","
		"\"issue_date\":\"2026-11-24\",\"valid_to\":\"\","
		"\"staff_no\":\"1005\"}";
	g_autofree char *mine = g_strdup_printf(issue, "N-1");
	g_autofree char *taken = g_strdup_printf(issue, "JK2025000123");

	(void)data;
	seed(f);
	{
		AUTO(json) held = post(f->platform, "/v1/certificates:query",
			"{\"holder_code\":\"92410185DEMO000001\","
			"\"holder_type_code\":\"001\",\"use_cause\":\"变更\","
			"\"consent\":true," BY "}");
		AUTO(json) valid = verify(f, "92410185DEMO000001");
		AUTO(json) expired = verify(f, "JK2025000123");
		AUTO(json) unknown = verify(f, "nothing");
		AUTO(json) dup = put(f->platform, CERTS, NULL, "*", taken);
		AUTO(json) made = put(f->platform, CERTS, NULL, "*", mine);
		AUTO(json) again = put(f->platform, CERTS, NULL, "*", mine);
		AUTO(json) revoked = command(f->platform, CERTS ":revoke", "k1",
			"\"1\"", "{\"reason\":\"登记有误\"," BY "," AT "}");
		AUTO(json) twice = command(f->platform, CERTS ":revoke", "k2",
			"\"2\"", "{\"reason\":\"登记有误\"," BY "," AT "}");
		AUTO(json) verdict = verify(f, "N-1");

		g_assert_cmpint(json_length(json_get(held, "rows")), ==, 1);
		assert_text(valid, "verdict", "valid");
		assert_text(json_get(valid, "certificate"), "holder",
			"登封市演练小吃店");
		assert_text(expired, "verdict", "expired");
		assert_text(unknown, "verdict", "unknown");
		assert_text(dup, "code", "number_taken");
		assert_int(made, "http", 201);
		assert_int(again, "http", 200);
		assert_text(revoked, "state", "revoked");
		assert_int(twice, "http", 409);
		assert_text(verdict, "verdict", "revoked");
	}
}

/* The public key of the list verifies the signature of the service. */
static void check_seal(struct fixture *f, const char *seal_id,
	const char *algorithm, const char *key_name)
{
	char sha[SHA256_TEXT];
	uint8_t digest[SHA256_LEN];
	g_autofree char *order = NULL;
	g_autoptr(GError) error = NULL;

	sha256_text("document", 8, sha);
	sha256("document", 8, digest);
	order = g_strdup_printf("{\"seal_id\":\"%s\",\"sha256\":\"%s\","
				"\"purpose\":\"受理通知书\"," BY "}",
		seal_id, sha);
	{
		AUTO(json) list = get(f->platform, "/v1/seals");
		AUTO(json) made =
			once(f->platform, "/v1/seals:sign", key_name, order);
		AUTO(json) again =
			once(f->platform, "/v1/seals:sign", key_name, order);
		const struct json *seal = json_first(json_get(list, "rows"));
		AUTO(sign_key) key = NULL;

		while (g_strcmp0(json_text(seal, "seal_id"), seal_id) != 0)
			seal = json_next(seal);
		key = sign_key_read(json_text(seal, "public_key"), &error);
		g_assert_no_error(error);
		assert_text(made, "algorithm", algorithm);
		g_assert_true(sign_verify(key, digest, sizeof(digest),
			json_text(made, "signature")));
		assert_text(again, "signature", json_text(made, "signature"));
	}
}

static void test_seals(struct fixture *f, gconstpointer data)
{
	char sha[SHA256_TEXT];
	g_autofree char *order = NULL;

	(void)data;
	seed(f);
	check_seal(f, "seal-approval", "sm2-sm3", "k1");
	check_seal(f, "seal-accept", "rsa-sha256", "k2");
	fixture_restart(f);
	seed(f); /* the keys are the same ones */
	check_seal(f, "seal-approval", "sm2-sm3", "k1");
	sha256_text("x", 1, sha);
	order = g_strdup_printf("{\"seal_id\":\"none\",\"sha256\":\"%s\","
				"\"purpose\":\"p\"," BY "}",
		sha);
	{
		AUTO(json) none =
			once(f->platform, "/v1/seals:sign", "k3", order);

		assert_int(none, "http", 404);
	}
}

static void test_notifications(struct fixture *f, gconstpointer data)
{
	static const char message[] =
		"{\"notification_id\":\"" CERT
		"\",\"template\":\"accepted\",\"phone\":\"%s\","
		"\"params\":{\"item\":\"设立登记\"%s}," BY "}";
	g_autofree char *good = g_strdup_printf(
		message, "19900000001", ",\"case_no\":\"20261123-03-0001\"");
	g_autofree char *half = g_strdup_printf(message, "19900000001", "");
	g_autofree char *odd = g_strdup_printf(
		message, "0371-123456", ",\"case_no\":\"20261123-03-0001\"");
	g_autoptr(GError) error = NULL;

	(void)data;
	{
		AUTO(json) a =
			once(f->platform, "/v1/notifications", "a", half);
		AUTO(json) b = once(f->platform, "/v1/notifications", "b", odd);
		AUTO(json) c =
			once(f->platform, "/v1/notifications", "c", good);
		AUTO(json) d =
			once(f->platform, "/v1/notifications", "c", good);

		assert_int(a, "http", 422);
		assert_text(json_first(json_get(a, "errors")), "field",
			"params/case_no");
		assert_int(b, "http", 422);
		assert_int(c, "http", 201);
		assert_text(c, "state", "sent");
		assert_text(c, "text",
			"【登封政务】您申办的“设立登记”已受理，办件编号"
			"20261123-03-0001。");
		assert_int(d, "http", 201);
	}
	notification_deliver(f->platform, clock_wall_ms() + 5000, &error);
	g_assert_no_error(error);
	{
		AUTO(json) now = get(f->platform, "/v1/notifications/" CERT);

		assert_text(now, "state", "delivered");
	}
}

/* Ids, names and items of what arrived. */
static char *arrived(struct fixture *f, int64_t later_ms)
{
	GString *out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	AUTO(json) page = NULL;

	application_arrive(f->platform, clock_wall_ms() + later_ms, &error);
	g_assert_no_error(error);
	page = get(f->platform, "/v1/online-applications");
	json_each (row, json_get(page, "rows"))
		g_string_append_printf(out, "%s %s %s\n",
			json_text(row, "application_id"),
			json_text(row, "applyer_name"),
			json_text(row, "item_code"));
	return g_string_free(out, FALSE);
}

static unsigned count_lines(const char *text)
{
	unsigned count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void test_applications(struct fixture *f, gconstpointer data)
{
	g_autofree char *first = NULL, *more = NULL, *same = NULL;

	(void)data;
	seed(f);
	first = arrived(f, 0);
	g_assert_cmpuint(count_lines(first), ==, 3);
	more = arrived(f, 250000);
	g_assert_cmpuint(count_lines(more), ==, 5);
	g_assert_true(g_str_has_prefix(more, first));
	/* another platform, the same seed: the same people */
	platform_close(f->platform);
	file_remove_tree(f->dir);
	fixture_open(f, false);
	seed(f);
	same = arrived(f, 250000);
	g_assert_cmpstr(same, ==, more);
}

static void test_pre_review(struct fixture *f, gconstpointer data)
{
	g_autofree char *list = NULL, *path = NULL;

	(void)data;
	seed(f);
	list = arrived(f, 0);
	path = g_strdup_printf(
		"/v1/online-applications/%.36s:pre-review", list);
	{
		AUTO(json) code = command(f->platform, path, "k0", "\"1\"",
			"{\"outcome\":\"perhaps\",\"opinion\":\"o\"," BY "," AT
			"}");
		AUTO(json) more = command(f->platform, path, "k1", "\"1\"",
			"{\"outcome\":\"supplement\",\"opinion\":\"缺照片\"," BY
			"," AT "}");
		AUTO(json) done = command(f->platform, path, "k2", "\"2\"",
			"{\"outcome\":\"pass\",\"opinion\":\"齐全\"," BY "," AT
			"}");
		AUTO(json) late = command(f->platform, path, "k3", "\"3\"",
			"{\"outcome\":\"reject\",\"opinion\":\"o\"," BY "," AT
			"}");
		AUTO(json) feed =
			get(f->platform, "/v1/changes?feed=applications");

		assert_int(code, "http", 422);
		assert_text(more, "state", "supplement");
		assert_text(done, "state", "passed");
		assert_int(late, "http", 409);
		g_assert_cmpint(json_length(json_get(feed, "rows")), ==, 3);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("/platform/online/person", test_person);
	TEST("/platform/online/legal-entity", test_legal_entity);
	TEST("/platform/online/certificates", test_certificates);
	TEST("/platform/online/seals", test_seals);
	TEST("/platform/online/notifications", test_notifications);
	TEST("/platform/online/applications", test_applications);
	TEST("/platform/online/pre-review", test_pre_review);
	return g_test_run();
}
