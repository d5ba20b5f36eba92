/* Which addresses a platform may have: https, or http on this machine. */
#include "client/link/address.h"

#include <string.h>

#include <gio/gio.h>

#include "client/base/error.h"

static bool host_is_loopback(const char *host)
{
	g_autoptr(GInetAddress) address = NULL;

	if (g_ascii_strcasecmp(host, "localhost") == 0)
		return true;
	address = g_inet_address_new_from_string(host);
	return address && g_inet_address_get_is_loopback(address);
}

bool address_check(const char *url, bool *plain, GError **error)
{
	g_autoptr(GUri) uri = NULL;
	const char *host;

	uri = g_uri_parse(url ? url : "", G_URI_FLAGS_NONE, NULL);
	host = uri ? g_uri_get_host(uri) : NULL;
	if (!host || !*host || g_uri_get_userinfo(uri) ||
		g_uri_get_query(uri) || g_uri_get_fragment(uri)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"the platform's address is not https://HOST[:PORT]");
		return false;
	}
	*plain = strcmp(g_uri_get_scheme(uri), "http") == 0;
	if (*plain && !host_is_loopback(host)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"plain http is for loopback addresses only");
		return false;
	}
	if (!*plain && strcmp(g_uri_get_scheme(uri), "https") != 0) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"the platform's address must be https");
		return false;
	}
	return true;
}
