/* Tokens and waiting terminals in two small tables. A token is kept as its
 * digest, so that the memory holds nothing that opens a door. */
#include "client/platform/grants.h"

#include <string.h>

#include <glib.h>

#include "client/base/clock.h"

enum {
	SECRET_BYTES = 32,
	TOMBSTONE_MS = 600000, /* a code that is over is still told so */
};

/* RFC 8628 6.1: no vowels, nothing that looks like something else. */
static const char user_letters[] = "BCDFGHJKLMNPQRSTVWXZ";

struct grants {
	struct grants_options options;
	GHashTable *tokens; /* SHA-256 as text -> struct grant_token */
	GPtrArray *requests;
	char form_secret[GRANT_CODE_TEXT];
};

static void make_secret(char out[GRANT_CODE_TEXT])
{
	uint8_t bytes[SECRET_BYTES];
	g_autofree char *text = NULL;

	random_bytes(bytes, sizeof(bytes));
	text = hex_encode(bytes, sizeof(bytes));
	g_strlcpy(out, text, GRANT_CODE_TEXT);
}

static void request_free(void *data)
{
	struct grant_request *request = data;

	g_free(request->window);
	g_free(request->name);
	g_free(request);
}

struct grants *grants_new(const struct grants_options *options)
{
	struct grants *grants = g_new0(struct grants, 1);

	grants->options = *options;
	grants->tokens =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	grants->requests = g_ptr_array_new_with_free_func(request_free);
	make_secret(grants->form_secret);
	return grants;
}

void grants_free(struct grants *grants)
{
	if (!grants)
		return;
	g_hash_table_destroy(grants->tokens);
	g_ptr_array_unref(grants->requests);
	g_free(grants);
}

int grants_token_s(const struct grants *grants)
{
	return grants->options.token_s;
}

int grants_pending_s(const struct grants *grants)
{
	return grants->options.pending_s;
}

const char *grants_form_secret(const struct grants *grants)
{
	return grants->form_secret;
}

/* Tokens ------------------------------------------------------------------- */

static gboolean is_over(gpointer key, gpointer value, gpointer now_ms)
{
	(void)key;
	return ((struct grant_token *)value)->until_ms <= *(int64_t *)now_ms;
}

char *grants_issue(struct grants *grants, const char *device, const char *print,
	int64_t now_ms)
{
	struct grant_token *token;
	char text[GRANT_CODE_TEXT], digest[SHA256_TEXT];

	g_hash_table_foreach_remove(grants->tokens, is_over, &now_ms);
	if (g_hash_table_size(grants->tokens) >= GRANT_TOKENS_MAX)
		return NULL;
	make_secret(text);
	sha256_text(text, strlen(text), digest);
	token = g_new0(struct grant_token, 1);
	g_strlcpy(token->device, device, sizeof(token->device));
	g_strlcpy(token->print, print, sizeof(token->print));
	token->until_ms = now_ms + (int64_t)grants->options.token_s * 1000;
	g_hash_table_insert(grants->tokens, g_strdup(digest), token);
	return g_strdup(text);
}

const struct grant_token *grants_find(
	struct grants *grants, const char *token, int64_t now_ms)
{
	char digest[SHA256_TEXT];
	struct grant_token *found;

	sha256_text(token, strlen(token), digest);
	found = g_hash_table_lookup(grants->tokens, digest);
	return found && found->until_ms > now_ms ? found : NULL;
}

/* Terminals ---------------------------------------------------------------- */

static void make_user_code(char out[GRANT_USER_CODE_TEXT])
{
	for (int i = 0; i < GRANT_USER_CODE_TEXT - 1; i++) {
		uint8_t byte;

		do { /* every letter as likely as the others */
			random_bytes(&byte, 1);
		} while (byte >= 240);
		out[i] = i == 4 ? '-' : user_letters[byte % 20];
	}
	out[GRANT_USER_CODE_TEXT - 1] = '\0';
}

static void forget_old(struct grants *grants, int64_t now_ms)
{
	for (guint i = grants->requests->len; i-- > 0;) {
		struct grant_request *request = grants->requests->pdata[i];

		if (request->until_ms + TOMBSTONE_MS <= now_ms)
			g_ptr_array_remove_index(grants->requests, i);
		else if (request->until_ms <= now_ms)
			request->state = GRANT_OVER;
	}
}

const struct grant_request *grants_begin(struct grants *grants,
	const char *device, const char *window, const char *name,
	int64_t now_ms)
{
	struct grant_request *request;

	forget_old(grants, now_ms);
	if (grants->requests->len >= GRANT_PENDING_MAX)
		return NULL;
	request = g_new0(struct grant_request, 1);
	make_secret(request->code);
	make_user_code(request->user_code);
	g_strlcpy(request->device, device, sizeof(request->device));
	request->window = g_strdup(window);
	request->name = g_strdup(name);
	request->until_ms = now_ms + (int64_t)grants->options.pending_s * 1000;
	request->asked_ms = now_ms;
	request->pace_ms = grants->options.pace_ms;
	request->wall_ms = clock_wall_ms();
	g_ptr_array_add(grants->requests, request);
	return request;
}

static struct grant_request *find_code(struct grants *grants, const char *code)
{
	for (guint i = 0; i < grants->requests->len; i++) {
		struct grant_request *request = grants->requests->pdata[i];

		if (strcmp(request->code, code) == 0)
			return request;
	}
	return NULL;
}

enum grant_state grants_poll(struct grants *grants, const char *code,
	char device[CERT_NAME_MAX + 1], int64_t now_ms)
{
	struct grant_request *request;
	bool is_hasty;

	forget_old(grants, now_ms);
	request = find_code(grants, code);
	if (!request)
		return GRANT_UNKNOWN;
	is_hasty = now_ms - request->asked_ms < request->pace_ms;
	request->asked_ms = now_ms;
	if (is_hasty && request->state != GRANT_OVER) {
		request->pace_ms += grants->options.later_ms;
		return GRANT_HASTE;
	}
	if (request->state != GRANT_APPROVED)
		return request->state;
	g_strlcpy(device, request->device, CERT_NAME_MAX + 1);
	g_ptr_array_remove(grants->requests, request);
	return GRANT_APPROVED;
}

static bool is_same_code(const char *typed, const char *code)
{
	for (; *typed || *code; typed++) {
		while (*code == '-')
			code++;
		if (*typed == '-' || *typed == ' ')
			continue;
		if (!*typed || g_ascii_toupper(*typed) != *code)
			return !*typed && !*code;
		code++;
	}
	return true;
}

const struct grant_request *grants_decide(struct grants *grants,
	const char *user_code, bool approve, int64_t now_ms)
{
	forget_old(grants, now_ms);
	for (guint i = 0; i < grants->requests->len; i++) {
		struct grant_request *request = grants->requests->pdata[i];

		if (request->state != GRANT_WAITS ||
			!is_same_code(user_code, request->user_code))
			continue;
		request->state = approve ? GRANT_APPROVED : GRANT_DENIED;
		return request;
	}
	return NULL;
}

const struct grant_request *grants_waiting(
	struct grants *grants, unsigned index, int64_t now_ms)
{
	forget_old(grants, now_ms);
	for (guint i = 0; i < grants->requests->len; i++) {
		struct grant_request *request = grants->requests->pdata[i];

		if (request->state == GRANT_WAITS && index-- == 0)
			return request;
	}
	return NULL;
}
