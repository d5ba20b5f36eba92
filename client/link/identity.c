/* Key and certificate on disk. The key must be the owner's alone, in a folder
 * of several system users, too; a key that others can read is not used. */
#include "client/link/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/file.h"

static void wipe(char *secret)
{
	if (secret)
		secret_wipe(secret, strlen(secret));
	g_free(secret);
}

static bool key_is_private(int fd, const char *path, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_DENIED,
		"%s: the private key must be its owner's alone (mode 0600)",
		path);
	return false;
}

static char *read_key(const char *path, GError **error)
{
	char *text = NULL;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		g_set_error(error, ITEM_ERROR,
			errno == ENOENT ? ITEM_ERROR_NOT_FOUND
					: ITEM_ERROR_DENIED,
			"%s: the private key cannot be read", path);
		return NULL;
	}
	if (key_is_private(fd, path, error)) {
		text = g_malloc0(CERT_PEM_MAX + 1);
		len = read(fd, text, CERT_PEM_MAX);
		text[MAX(len, 0)] = '\0';
	}
	close(fd);
	return text;
}

struct identity *identity_load(
	const char *certificate_file, const char *key_file, GError **error)
{
	AUTO(identity) identity = g_new0(struct identity, 1);
	g_autoptr(GError) why = NULL;

	identity->certificate =
		file_read(certificate_file, CERT_PEM_MAX, NULL, error);
	if (!identity->certificate)
		return NULL;
	identity->key = read_key(key_file, &why);
	if (g_error_matches(why, ITEM_ERROR, ITEM_ERROR_NOT_FOUND))
		why->code = ITEM_ERROR_INVALID; /* half of it is there */
	if (!identity->key) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	if (!cert_read(identity->certificate, &identity->facts, error) ||
		!cert_fits(identity->certificate, identity->key, error))
		return NULL;
	return g_steal_pointer(&identity);
}

void identity_free(struct identity *identity)
{
	if (!identity)
		return;
	g_free(identity->certificate);
	wipe(identity->key);
	g_free(identity);
}

/* Whole and on the disk before it has its name: no file_write(), which would
 * let the group of a shared folder read it. */
static bool write_key(const char *path, const char *key, GError **error)
{
	g_autofree char *beside = g_strconcat(path, ".new", NULL);
	size_t len = strlen(key);
	int fd;
	bool written;

	unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	written = fd >= 0 && fchmod(fd, 0600) == 0 &&
		  write(fd, key, len) == (ssize_t)len && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (written && rename(beside, path) == 0)
		return true;
	g_set_error(error, STORE_ERROR,
		errno == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_IO,
		"%s: the private key cannot be written", path);
	unlink(beside);
	return false;
}

char *identity_make_key(const char *key_file, GError **error)
{
	g_autoptr(GError) why = NULL;
	char *key = read_key(key_file, &why);

	if (key)
		return key;
	if (!g_error_matches(why, ITEM_ERROR, ITEM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	key = cert_make_key();
	if (write_key(key_file, key, error))
		return key;
	wipe(key);
	return NULL;
}

bool identity_store(const char *certificate_file, const char *certificate,
	const char *key, const char *common_name, GError **error)
{
	struct cert_facts facts;

	if (!cert_read(certificate, &facts, error) ||
		!cert_fits(certificate, key, error))
		return false;
	if (strcmp(facts.common_name, common_name) != 0) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"the certificate is made for another terminal");
		return false;
	}
	return file_write(
		certificate_file, certificate, strlen(certificate), error);
}
