/* Folders of several system users: what is made in one is for its group, what
 * is made elsewhere is for its owner alone. And the word to the service
 * manager. */
#include "client/base/file.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/line.h"
#include "client/base/process.h"

static mode_t mode_of(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	struct stat st;

	g_assert_cmpint(lstat(path, &st), ==, 0);
	return st.st_mode & 07777;
}

static char *make_folder(mode_t mode)
{
	char *dir = g_dir_make_tmp("yikou-shared-XXXXXX", NULL);

	g_assert_cmpint(chmod(dir, mode), ==, 0);
	return dir;
}

static void make_files(const char *dir)
{
	g_autofree char *plain = g_build_filename(dir, "plain", NULL);
	g_autofree char *copy = g_build_filename(dir, "copy", NULL);
	g_autofree char *lock = g_build_filename(dir, "lock", NULL);
	g_autofree char *deep = g_build_filename(dir, "a/b", NULL);
	g_autofree char *below = g_build_filename(deep, "below", NULL);
	int fd;

	g_assert_true(file_write(plain, "x", 1, NULL));
	g_assert_true(file_copy(plain, copy, NULL));
	g_assert_true(file_make_dir(deep, NULL));
	g_assert_true(file_write(below, "x", 1, NULL));
	fd = file_lock(lock, NULL);
	g_assert_cmpint(fd, >=, 0);
	close(fd);
}

static void test_private(void)
{
	g_autofree char *dir = make_folder(0755);

	make_files(dir);
	g_assert_false(file_is_shared(dir));
	g_assert_cmpint(mode_of(dir, "plain"), ==, 0600);
	g_assert_cmpint(mode_of(dir, "copy"), ==, 0600);
	g_assert_cmpint(mode_of(dir, "lock"), ==, 0600);
	g_assert_cmpint(mode_of(dir, "a/b"), ==, 0700);
	g_assert_cmpint(mode_of(dir, "a/b/below"), ==, 0600);
	file_remove_tree(dir);
}

static void test_shared(void)
{
	g_autofree char *dir = make_folder(02770);

	make_files(dir);
	g_assert_true(file_is_shared(dir));
	g_assert_cmpint(mode_of(dir, "plain"), ==, 0660);
	g_assert_cmpint(mode_of(dir, "copy"), ==, 0660);
	g_assert_cmpint(mode_of(dir, "lock"), ==, 0660);
	g_assert_cmpint(mode_of(dir, "a"), ==, 02770);
	g_assert_cmpint(mode_of(dir, "a/b"), ==, 02770);
	g_assert_cmpint(mode_of(dir, "a/b/below"), ==, 0660);
	file_remove_tree(dir);
}

/* Neither a group that may write nor set-group-id alone makes it shared. */
static void test_half(void)
{
	static const mode_t modes[] = {0770, 02750, 02700};

	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_autofree char *dir = make_folder(modes[i]);

		g_assert_false(file_is_shared(dir));
		file_remove_tree(dir);
	}
	g_assert_false(file_is_shared("/nowhere"));
	g_assert_false(file_is_shared("/proc/self/exe"));
}

static void test_share_read_only(void)
{
	g_autofree char *dir = make_folder(02770);
	g_autofree char *path = g_build_filename(dir, "key", NULL);
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0400);

	g_assert_true(file_share(fd, path));
	close(fd);
	g_assert_cmpint(mode_of(dir, "key"), ==, 0440);
	file_remove_tree(dir);
}

static void joined(void *context, struct line_peer *peer)
{
	(void)context;
	(void)peer;
}

static void command(void *context, struct line_peer *peer, int64_t id,
	const char *verb, const struct json *message)
{
	(void)context;
	(void)peer;
	(void)id;
	(void)verb;
	(void)message;
}

static const struct line_server_ops ops = {
	.joined = joined, .command = command};

static mode_t socket_mode(mode_t folder)
{
	g_autofree char *dir = make_folder(folder);
	g_autofree char *path = g_build_filename(dir, "s", NULL);
	struct line_server *server =
		line_server_new(path, "test", &ops, NULL, NULL);
	mode_t mode;

	g_assert_nonnull(server);
	mode = mode_of(dir, "s");
	line_server_free(server);
	file_remove_tree(dir);
	return mode;
}

static void test_socket(void)
{
	g_assert_cmpint(socket_mode(0700), ==, 0600);
	g_assert_cmpint(socket_mode(0770), ==, 0600);
	g_assert_cmpint(socket_mode(02770), ==, 0660);
}

static char *read_word(GSocket *socket)
{
	char word[64] = "";

	g_socket_receive(socket, word, sizeof(word) - 1, NULL, NULL);
	return g_strdup(word);
}

static void hear(const char *path, const char *name)
{
	g_autoptr(GSocket) socket = g_socket_new(G_SOCKET_FAMILY_UNIX,
		G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
	g_autoptr(GSocketAddress) address =
		*name == '@' ? g_unix_socket_address_new_with_type(name + 1, -1,
				       G_UNIX_SOCKET_ADDRESS_ABSTRACT)
			     : g_unix_socket_address_new(path);
	g_autofree char *first = NULL, *second = NULL;

	g_socket_set_timeout(socket, 3);
	g_assert_true(g_socket_bind(socket, address, FALSE, NULL));
	g_setenv("NOTIFY_SOCKET", name, TRUE);
	g_setenv("WATCHDOG_USEC", "1000000", TRUE);
	process_ready();
	first = read_word(socket);
	g_assert_cmpstr(first, ==, "READY=1");
	while (!g_main_context_iteration(NULL, TRUE)) {
	} /* a third of a second */
	second = read_word(socket);
	g_assert_cmpstr(second, ==, "WATCHDOG=1");
}

static void test_ready(void)
{
	g_autofree char *dir = make_folder(0700);
	g_autofree char *path = g_build_filename(dir, "notify", NULL);
	g_autofree char *name =
		g_strdup_printf("@yikou-test-%ld", (long)getpid());

	hear(path, path);
	hear(path, name);
	g_unsetenv("NOTIFY_SOCKET");
	process_ready(); /* nobody asked: nothing happens */
	file_remove_tree(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	umask(077);
	g_test_add_func("/base/shared/private", test_private);
	g_test_add_func("/base/shared/shared", test_shared);
	g_test_add_func("/base/shared/half", test_half);
	g_test_add_func("/base/shared/read-only", test_share_read_only);
	g_test_add_func("/base/shared/socket", test_socket);
	g_test_add_func("/base/shared/ready", test_ready);
	return g_test_run();
}
