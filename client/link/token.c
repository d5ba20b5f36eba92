/* The platform's token, read from its file for each request, so that a renewed
 * one is used at once. Never logged, wiped after use. */
#include "client/link/token.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "client/base/id.h"
#include "client/base/log.h"

static bool token_is_clean(const char *token, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (token[i] <= 0x20 || token[i] >= 0x7f)
			return false;
	return len > 0;
}

static char *line_of(char *token, size_t len, enum http_scheme scheme)
{
	char *encoded, *line;

	token[len] = '\0';
	if (scheme == HTTP_BEARER)
		return g_strconcat("Authorization: Bearer ", token, NULL);
	if (!strchr(token, ':'))
		return g_strconcat("Authorization: token ", token, NULL);
	encoded = g_base64_encode((const guchar *)token, len);
	line = g_strconcat("Authorization: Basic ", encoded, NULL);
	secret_wipe(encoded, strlen(encoded));
	g_free(encoded);
	return line;
}

char *token_header(const char *path, enum http_scheme scheme)
{
	char text[HTTP_TOKEN_MAX + 2];
	char *header = NULL;
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return NULL;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	if (len > 0 && len <= HTTP_TOKEN_MAX && token_is_clean(text, len))
		header = line_of(text, (size_t)len, scheme);
	secret_wipe(text, sizeof(text));
	return header;
}

void token_warn_if_open(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO))
		log_warn("the token file can be read by others");
}
