/* Makes what a platform's people would have ordered from their authority. */
#include "client/platform/tls.h"

#include <string.h>

#include "client/base/cert.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/file.h"

#define HOUR_MS (INT64_C(3600) * 1000)

enum {
	AUTHORITY_DAYS = 3653,
	SERVER_DAYS = 397,
	AHEAD_HOURS = 24, /* windows whose clock is a little behind */
};

static char *read_pem(const char *path, GError **error)
{
	return file_read(path, CERT_PEM_MAX, NULL, error);
}

static bool write_pem(const char *path, const char *pem, GError **error)
{
	return file_write(path, pem, strlen(pem), error);
}

/* The certificate last: without it both are made again. */
static bool make_authority(
	struct tls *tls, const char *key_file, GError **error)
{
	g_autofree char *name = NULL;
	uint32_t noise;
	struct cert_order order = {
		.purpose = CERT_AUTHORITY,
		.from_ms = clock_wall_ms() - AHEAD_HOURS * HOUR_MS,
		.until_ms = clock_wall_ms() + AUTHORITY_DAYS * 24 * HOUR_MS,
	};

	random_bytes(&noise, sizeof(noise));
	name = g_strdup_printf("yikou-platform stand-in %08x", noise);
	tls->authority_key = cert_make_key();
	order.common_name = name;
	order.key_pem = tls->authority_key;
	tls->authority = cert_issue(&order, error);
	return tls->authority &&
	       write_pem(key_file, tls->authority_key, error) &&
	       write_pem(tls->authority_file, tls->authority, error);
}

static bool open_authority(
	struct tls *tls, const char *state_dir, GError **error)
{
	g_autofree char *folder = g_build_filename(state_dir, "tls", NULL);
	g_autofree char *key_file = g_build_filename(folder, "ca.key", NULL);
	g_autoptr(GError) why = NULL;

	if (!file_make_dir(folder, error))
		return false;
	tls->authority_file = g_build_filename(folder, "ca.pem", NULL);
	tls->authority = read_pem(tls->authority_file, &why);
	if (g_error_matches(why, ITEM_ERROR, ITEM_ERROR_NOT_FOUND))
		return make_authority(tls, key_file, error);
	if (!tls->authority) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	tls->authority_key = read_pem(key_file, error);
	return tls->authority_key &&
	       cert_fits(tls->authority, tls->authority_key, error);
}

static bool make_server(struct tls *tls, const char *listen, GError **error)
{
	g_autofree char *addresses =
		g_strdup_printf("DNS:localhost,IP:127.0.0.1,IP:::1%s%s",
			listen ? ",IP:" : "", listen ? listen : "");
	struct cert_order order = {
		.purpose = CERT_SERVER,
		.common_name = "yikou-platform",
		.addresses = addresses,
		.from_ms = clock_wall_ms() - AHEAD_HOURS * HOUR_MS,
		.until_ms = clock_wall_ms() + SERVER_DAYS * 24 * HOUR_MS,
		.authority_pem = tls->authority,
		.authority_key_pem = tls->authority_key,
	};

	tls->key = cert_make_key();
	order.key_pem = tls->key;
	tls->certificate = cert_issue(&order, error);
	return tls->certificate != NULL;
}

static bool read_server(
	struct tls *tls, const struct tls_options *options, GError **error)
{
	tls->certificate = read_pem(options->certificate_file, error);
	tls->key = tls->certificate ? read_pem(options->key_file, error) : NULL;
	return tls->key && cert_fits(tls->certificate, tls->key, error);
}

struct tls *tls_open(const struct tls_options *options, GError **error)
{
	AUTO(tls) tls = g_new0(struct tls, 1);

	if (!file_make_dir(options->state_dir, error) ||
		!open_authority(tls, options->state_dir, error))
		return NULL;
	if (options->certificate_file
			? !read_server(tls, options, error)
			: !make_server(tls, options->listen, error))
		return NULL;
	return g_steal_pointer(&tls);
}

static void free_secret(char *text)
{
	if (text)
		secret_wipe(text, strlen(text));
	g_free(text);
}

void tls_close(struct tls *tls)
{
	if (!tls)
		return;
	g_free(tls->authority_file);
	g_free(tls->authority);
	g_free(tls->certificate);
	free_secret(tls->authority_key);
	free_secret(tls->key);
	g_free(tls);
}
