/* Certificates, tokens and enrolment: the real yikou-syncd and the real
 * stand-in over TLS. Whatever is wrong, each has its own word, its own exit
 * status, and nothing is lost. */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "client/base/error.h"
#include "client/base/process.h"
#include "client/store/outbox.h"
#include "tests/sync/secure.h"

#define DEVICE "019ab0c2-5f00-7d11-8a11-0c5d9f6b1e03"
#define FORM   "application/x-www-form-urlencoded"
#define LOCAL  "IP:127.0.0.1"

static const char *why(struct secure *secure)
{
	g_assert_true(json_is_object(secure->rig->report));
	return json_text_or(secure->rig->report, "why", "?");
}

static void install_good(struct secure *secure)
{
	struct secure_pair pair = {0};

	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -1, 300, &pair);
	secure_install(secure, &pair);
	secure_pair_clear(&pair);
}

/* Two steps wait; the run ends like this, and they still wait. */
static void expect_held(
	struct secure *secure, enum exit_code code, const char *fault)
{
	int64_t before = rig_unsent(secure->rig);

	g_assert_cmpint(before, >, 0);
	g_assert_cmpint(rig_run(secure->rig, NULL), ==, code);
	g_assert_cmpstr(why(secure), ==, fault);
	g_assert_cmpint(rig_unsent(secure->rig), ==, before);
	g_assert_cmpint(rig_parked(secure->rig), ==, 0);
}

/* Everything goes, and the platform has it. */
static void expect_sent(struct secure *secure)
{
	g_assert_cmpint(rig_run(secure->rig, NULL), ==, EXIT_CODE_OK);
	g_assert_cmpstr(why(secure), ==, "");
	g_assert_cmpint(rig_unsent(secure->rig), ==, 0);
	g_assert_cmpint(rig_run(secure->rig, "--verify"), ==, EXIT_CODE_OK);
	g_assert_true(json_bool_or(
		json_get(secure->rig->report, "verify"), "complete", false));
}

/* The platform's certificate -------------------------------------------------
 */

static void test_their_certificate(void)
{
	static const struct {
		const char *addresses;
		int until_days;
		bool is_foreign;
		const char *fault;
	} cases[] = {
		{"DNS:elsewhere.example", 30, false, "tls-name"},
		{LOCAL, -2, false, "tls-expired"},
		{LOCAL, 30, true, "tls-unknown"},
	};
	struct secure *secure = secure_new("--require-certificate", NULL);

	install_good(secure);
	rig_open_tickets(secure->rig, 2);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct secure_pair pair = {0};
		g_autofree char *certificate = NULL, *key = NULL;

		if (cases[i].is_foreign)
			secure_issue_foreign(CERT_SERVER, "server",
				cases[i].addresses, &pair, NULL);
		else
			secure_issue(secure, CERT_SERVER, "server",
				cases[i].addresses, -30, cases[i].until_days,
				&pair);
		certificate =
			secure_write(secure, "server.pem", pair.certificate);
		key = secure_write(secure, "server.key", pair.key);
		secure_pair_clear(&pair);
		secure_restart(secure, "--certificate", certificate, "--key",
			key, "--require-certificate", NULL);
		expect_held(secure, EXIT_CODE_LINK, cases[i].fault);
	}
	secure_restart(secure, "--require-certificate", NULL);
	expect_sent(secure);
	secure_free(secure);
}

static void test_their_authority(void)
{
	struct secure *secure = secure_new(NULL, NULL);
	struct secure_pair pair = {0};
	g_autofree char *ca = NULL, *file = NULL, *broken = NULL;

	install_good(secure);
	rig_open_tickets(secure->rig, 2);
	secure_issue_foreign(CERT_SERVER, "x", LOCAL, &pair, &ca);
	file = secure_write(secure, "other-ca.pem", ca);
	secure_configure(secure, file);
	expect_held(secure, EXIT_CODE_LINK, "tls-unknown");
	broken = secure_write(secure, "broken.pem", "no certificate\n");
	secure_configure(secure, broken);
	expect_held(secure, EXIT_CODE_LINK, "ca-file");
	secure_configure(secure, NULL);
	expect_sent(secure);
	secure_pair_clear(&pair);
	secure_free(secure);
}

/* Ours --------------------------------------------------------------------- */

static void test_our_certificate(void)
{
	struct secure *secure = secure_new("--require-certificate", NULL);
	struct secure_pair pair = {0}, other = {0};

	rig_open_tickets(secure->rig, 2);
	expect_held(secure, EXIT_CODE_AUTH, "refused"); /* none */

	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -30, -1, &pair);
	secure_install(secure, &pair);
	expect_held(secure, EXIT_CODE_AUTH, "certificate-expired");
	secure_pair_clear(&pair);

	secure_issue_foreign(CERT_CLIENT, DEVICE, NULL, &pair, NULL);
	secure_install(secure, &pair);
	expect_held(secure, EXIT_CODE_AUTH, "certificate");
	secure_pair_clear(&pair);

	/* A server's certificate is no client's. */
	secure_issue(secure, CERT_SERVER, DEVICE, LOCAL, -1, 30, &pair);
	secure_install(secure, &pair);
	expect_held(secure, EXIT_CODE_AUTH, "certificate");
	secure_pair_clear(&pair);

	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -1, 30, &pair);
	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -1, 30, &other);
	secure_install(secure, &pair);
	g_free(secure_write(secure, "state/terminal.key", other.key));
	expect_held(secure, EXIT_CODE_AUTH, "key");

	secure_install(secure, &pair);
	g_chmod(secure->key_file, 0640);
	expect_held(secure, EXIT_CODE_AUTH, "key-open");
	g_chmod(secure->key_file, 0600);
	expect_sent(secure);
	secure_pair_clear(&pair);
	secure_pair_clear(&other);
	secure_free(secure);
}

/* Tokens ------------------------------------------------------------------- */

/* The token of one certificate, as text; caller frees. */
static char *token_of(struct secure *secure, const struct secure_pair *pair)
{
	AUTO(json) reply = NULL;

	http_set_identity(secure->browser, pair->certificate, pair->key);
	secure_ask_as(secure, secure->browser, NULL, "/v1/oauth/token", FORM,
		"grant_type=client_credentials&client_id=" DEVICE);
	reply = json_parse(secure->body, strlen(secure->body), NULL);
	return g_strdup(json_text(reply, "access_token"));
}

static int status_with(struct secure *secure, const struct secure_pair *pair,
	const char *token)
{
	http_set_identity(secure->browser, pair ? pair->certificate : NULL,
		pair ? pair->key : NULL);
	secure_ask_as(secure, secure->browser, token, "/v1/time", NULL, NULL);
	return secure->status;
}

static void test_token_is_bound(void)
{
	struct secure *secure = secure_new(NULL, NULL);
	struct secure_pair one = {0}, two = {0}, stranger = {0};
	g_autofree char *token = NULL, *none = NULL;

	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -1, 30, &one);
	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -1, 30, &two);
	secure_issue(
		secure, CERT_CLIENT, "somebody else", NULL, -1, 30, &stranger);
	token = token_of(secure, &one);
	g_assert_nonnull(token);
	g_assert_cmpint(status_with(secure, &one, token), ==, 200);
	g_assert_cmpint(status_with(secure, &two, token), ==, 401);
	g_assert_cmpint(status_with(secure, &stranger, token), ==, 401);
	g_assert_cmpint(status_with(secure, NULL, token), ==, 401);
	/* client_id must be whom the certificate names. */
	none = token_of(secure, &stranger);
	g_assert_null(none);
	g_assert_cmpint(secure->status, ==, 401);
	g_assert_nonnull(strstr(secure->body, "\"invalid_client\""));
	secure_pair_clear(&one);
	secure_pair_clear(&two);
	secure_pair_clear(&stranger);
	secure_free(secure);
}

static void expect_one_attempt_each(struct secure *secure)
{
	g_autoptr(GPtrArray) ops =
		outbox_list(secure->rig->store, OP_ACKED, 100, NULL);

	g_assert_cmpuint(ops->len, >, 0);
	for (guint i = 0; i < ops->len; i++) {
		const struct op *op = ops->pdata[i];

		g_assert_cmpint(op->attempts, ==, 1);
	}
}

/* A token that ends in the middle of a run, the endpoint out of order when the
 * next one is due (F20). */
static void test_token_ends(void)
{
	struct secure *secure = secure_new("--token-life", "1", NULL);

	install_good(secure);
	rig_open_tickets(secure->rig, 3);
	secure_order_chaos(secure,
		"{\"next\":[{\"delay_ms\":900,\"path\":\"/v1/capabilities\"},"
		"{\"status\":503,\"path\":\"/v1/oauth/token\"},"
		"{\"html\":200,\"path\":\"/v1/oauth/token\"},"
		"{\"cut\":true,\"path\":\"/v1/oauth/token\"}]}");
	expect_sent(secure);
	expect_one_attempt_each(secure);
	secure_free(secure);
}

/* A 401 in the middle: a new token, the same request again, no attempt spent. A
 * second one is believed. */
static void test_token_is_refused(void)
{
	struct secure *secure = secure_new(NULL, NULL);

	install_good(secure);
	rig_open_tickets(secure->rig, 3);
	secure_order_chaos(secure, "{\"next\":[{\"status\":401,"
				   "\"path\":\"/v1/ops:batch\"},"
				   "{\"status\":401,"
				   "\"path\":\"/v1/ops:batch\"}]}");
	expect_held(secure, EXIT_CODE_AUTH, "refused");
	secure_order_chaos(secure, "{\"next\":[{\"status\":401,"
				   "\"path\":\"/v1/ops:batch\"}]}");
	expect_sent(secure);
	expect_one_attempt_each(secure);
	secure_free(secure);
}

static bool is_all_sent(void *context)
{
	return rig_unsent(context) == 0;
}

/* The platform forgot every token: 401, a new one, the same request again. */
static void test_token_is_forgotten(void)
{
	struct secure *secure = secure_new("--port", "0", NULL);
	g_autofree char *port = g_strdup_printf("%u", secure->port);
	g_autoptr(GSubprocess) daemon = NULL;

	install_good(secure);
	rig_open_tickets(secure->rig, 2);
	daemon = rig_start(secure->rig, 100);
	g_assert_true(rig_wait(is_all_sent, secure->rig, 10000));
	secure_restart(secure, "--port", port, NULL);
	rig_open_tickets(secure->rig, 2);
	g_assert_true(rig_wait(is_all_sent, secure->rig, 40000));
	g_subprocess_send_signal(daemon, SIGTERM);
	g_subprocess_wait(daemon, NULL, NULL);
	secure_free(secure);
}

/* Renewal ------------------------------------------------------------------ */

static void test_renewal(void)
{
	struct secure *secure = secure_new("--require-certificate", NULL);
	struct secure_pair pair = {0};
	g_autofree char *after = NULL;
	struct cert_facts facts, old;

	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -30, 3, &pair);
	secure_install(secure, &pair);
	cert_read(pair.certificate, &old, NULL);
	rig_open_tickets(secure->rig, 2);
	expect_sent(secure);
	g_file_get_contents(secure->certificate_file, &after, NULL, NULL);
	g_assert_true(cert_read(after, &facts, NULL));
	g_assert_cmpint(facts.until_ms, >, old.until_ms);
	g_assert_cmpstr(facts.common_name, ==, DEVICE);
	g_assert_true(cert_fits(after, pair.key, NULL));
	rig_open_tickets(secure->rig, 2);
	expect_sent(secure); /* with the new one */
	secure_pair_clear(&pair);
	secure_free(secure);
}

/* Enrolment ---------------------------------------------------------------- */

struct enrolment {
	struct secure *secure;
	GSubprocess *process;
	GDataInputStream *lines;
	bool has_ended;
	char *user_code; /* own */
};

static void on_ended(GObject *source, GAsyncResult *result, gpointer data)
{
	g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
	((struct enrolment *)data)->has_ended = true;
}

static bool has_ended(void *context)
{
	return ((struct enrolment *)context)->has_ended;
}

/* Starts it and reads the code a person would read. */
static void begin(struct enrolment *enrolment, struct secure *secure)
{
	g_autofree char *program = process_sibling("../../yikou-syncd");
	const char *argv[] = {program, "--config", secure->rig->config,
		"--enrol", "--json", "--backoff-ms=40", NULL};
	g_autofree char *text = NULL;
	AUTO(json) line = NULL;

	*enrolment = (struct enrolment){.secure = secure};
	enrolment->process = rig_spawn(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
	enrolment->lines = g_data_input_stream_new(
		g_subprocess_get_stdout_pipe(enrolment->process));
	text = g_data_input_stream_read_line(
		enrolment->lines, NULL, NULL, NULL);
	g_assert_nonnull(text);
	line = json_parse(text, strlen(text), NULL);
	enrolment->user_code = g_strdup(json_text(line, "user_code"));
	g_assert_nonnull(enrolment->user_code);
	g_assert_nonnull(strstr(json_text(line, "address"), "/_enrol"));
	g_subprocess_wait_async(enrolment->process, NULL, on_ended, enrolment);
}

static int end(struct enrolment *enrolment)
{
	int status;

	g_assert_true(rig_wait(has_ended, enrolment, 15000));
	status = g_subprocess_get_if_exited(enrolment->process)
			 ? g_subprocess_get_exit_status(enrolment->process)
			 : -1;
	g_object_unref(enrolment->lines);
	g_object_unref(enrolment->process);
	g_free(enrolment->user_code);
	return status;
}

/* What a supervisor does in a browser. */
static void decide(struct secure *secure, const char *code, const char *word)
{
	const char *mark = "name=\"secret\" value=\"", *at;
	g_autofree char *body = NULL;

	secure_ask(secure, "GET", "/_enrol", NULL, NULL);
	at = strstr(secure->body, mark);
	g_assert_nonnull(at);
	body = g_strdup_printf("secret=%.64s&user_code=%s&decision=%s",
		at + strlen(mark), code, word);
	secure_ask(secure, "POST", "/_enrol", FORM, body);
	g_assert_cmpint(secure->status, ==, 200);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	g_assert_cmpint(stat(path, &st), ==, 0);
	return st.st_mode & 0777;
}

/* The pace of the stand-in is slower than the terminal's at first: slow_down
 * comes, then authorization_pending, then the token. */
static void test_enrolment(void)
{
	struct secure *secure = secure_new(
		"--require-certificate", "--enrol-pace-ms", "250", NULL);
	struct enrolment enrolment;
	g_autofree char *lower = NULL;

	rig_open_tickets(secure->rig, 2);
	expect_held(secure, EXIT_CODE_AUTH, "refused");
	begin(&enrolment, secure);
	lower = g_ascii_strdown(enrolment.user_code, -1); /* as typed */
	decide(secure, "BBBB-BBBB", "approve");
	g_assert_nonnull(strstr(secure->body, "没有等待批准"));
	decide(secure, lower, "approve");
	g_assert_nonnull(strstr(secure->body, "已批准"));
	g_assert_cmpint(end(&enrolment), ==, EXIT_CODE_OK);
	g_assert_cmpint(mode_of(secure->key_file), ==, 0600);
	expect_sent(secure);
	secure_free(secure);
}

static void test_enrolment_again(void)
{
	struct secure *secure = secure_new(
		"--enrol-pace-ms", "50", "--require-certificate", NULL);
	struct secure_pair pair = {0};
	struct enrolment enrolment;
	g_autofree char *after = NULL;
	struct cert_facts facts;

	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -30, -1, &pair);
	secure_install(secure, &pair);
	rig_open_tickets(secure->rig, 2);
	expect_held(secure, EXIT_CODE_AUTH, "certificate-expired");
	begin(&enrolment, secure);
	decide(secure, enrolment.user_code, "approve");
	g_assert_cmpint(end(&enrolment), ==, EXIT_CODE_OK);
	g_file_get_contents(secure->certificate_file, &after, NULL, NULL);
	g_assert_true(cert_read(after, &facts, NULL));
	g_assert_cmpstr(facts.common_name, ==, DEVICE);
	expect_sent(secure);
	secure_pair_clear(&pair);
	secure_free(secure);
}

static void test_enrolment_fails(void)
{
	struct secure *secure = secure_new("--enrol-pace-ms", "50", NULL);
	g_autofree char *port = g_strdup_printf("%u", secure->port);
	struct enrolment enrolment;

	begin(&enrolment, secure);
	decide(secure, enrolment.user_code, "deny");
	g_assert_cmpint(end(&enrolment), ==, EXIT_CODE_ITEM);

	/* Nobody decides: six of its seconds, which are short here. */
	secure_restart(secure, "--port", port, "--enrol-life", "6", NULL);
	begin(&enrolment, secure);
	g_assert_cmpint(end(&enrolment), ==, EXIT_CODE_LINK);

	/* The platform forgot the code. */
	secure_restart(secure, "--port", port, NULL);
	begin(&enrolment, secure);
	secure_restart(secure, "--port", port, NULL);
	g_assert_cmpint(end(&enrolment), ==, EXIT_CODE_AUTH);

	g_assert_false(
		g_file_test(secure->certificate_file, G_FILE_TEST_EXISTS));
	secure_free(secure);
}

/* The form is the page's own, the certificate the device's own. */
static void test_enrolment_doors(void)
{
	struct secure *secure = secure_new("--enrol-pace-ms", "1", NULL);
	g_autofree char *key = cert_make_key();
	g_autofree char *csr = cert_make_request(key, DEVICE, NULL);
	AUTO(json) order = json_new_object();
	g_autofree char *body = NULL, *token = NULL;
	struct secure_pair pair = {0};

	secure_ask(secure, "POST", "/_enrol", FORM,
		"secret=0&user_code=BCDF-GHJK&decision=approve");
	g_assert_cmpint(secure->status, ==, 403);
	json_put_text(order, "csr", csr);
	body = json_print(order);
	secure_ask_as(secure, secure->browser, NULL,
		"/v1/devices/" DEVICE "/certificate", NULL, body);
	g_assert_cmpint(secure->status, ==, 401);
	secure_issue(secure, CERT_CLIENT, DEVICE, NULL, -1, 30, &pair);
	token = token_of(secure, &pair);
	secure_ask_as(secure, secure->browser, token,
		"/v1/devices/019ab0c2-5f00-7d11-8a11-0c5d9f6b1e04/certificate",
		NULL, body);
	g_assert_cmpint(secure->status, ==, 403);
	secure_ask_as(secure, secure->browser, token,
		"/v1/devices/" DEVICE "/certificate", NULL,
		"{\"csr\":\"nonsense\"}");
	g_assert_cmpint(secure->status, ==, 422);
	secure_ask_as(secure, secure->browser, token,
		"/v1/devices/" DEVICE "/certificate", NULL, body);
	g_assert_cmpint(secure->status, ==, 201);
	secure_pair_clear(&pair);
	secure_free(secure);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/secure/theirs", test_their_certificate);
	g_test_add_func("/sync/secure/authority", test_their_authority);
	g_test_add_func("/sync/secure/ours", test_our_certificate);
	g_test_add_func("/sync/secure/bound", test_token_is_bound);
	g_test_add_func("/sync/secure/token-ends", test_token_ends);
	g_test_add_func(
		"/sync/secure/token-forgotten", test_token_is_forgotten);
	g_test_add_func("/sync/secure/token-refused", test_token_is_refused);
	g_test_add_func("/sync/secure/renewal", test_renewal);
	g_test_add_func("/sync/secure/enrolment", test_enrolment);
	g_test_add_func("/sync/secure/enrolment-again", test_enrolment_again);
	g_test_add_func("/sync/secure/enrolment-fails", test_enrolment_fails);
	g_test_add_func("/sync/secure/enrolment-doors", test_enrolment_doors);
	return g_test_run();
}
