/* A SQLite VFS for programs of the tests that keeps a second copy of each file:
 * what would be left of it without power (power_image.h). It is the default VFS
 * when POWER is set in the environment; with POWER_CUT_AT=N the process dies
 * instead of its N-th write, truncation or sync. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>
#include <sqlite3.h>

#include "tests/torture/power_image.h"

struct power {
	sqlite3_vfs vfs; /* first */
	sqlite3_vfs *real;
	int64_t left; /* operations until the cut; 0: none comes */
};

struct power_file {
	sqlite3_file base; /* first */
	struct power *power;
	char *path;           /* own; NULL: not kept */
	int durable, pending; /* -1: not kept */
	sqlite3_file *real;   /* behind this struct */
};

static struct power_file *of(sqlite3_file *file)
{
	return (struct power_file *)file;
}

static void count(struct power *power)
{
	if (power->left > 0 && --power->left == 0)
		kill(getpid(), SIGKILL);
}

static void must(bool good, const char *what)
{
	if (!good)
		g_error("power: %s: %s", what, g_strerror(errno));
}

/* The second copy ------------------------------------------------------- */

static void note(struct power_file *file, uint32_t kind, int64_t offset,
	const void *data, size_t len)
{
	struct power_record record = {kind, (uint32_t)len, offset};
	size_t padded = (len + 7) / 8 * 8;
	g_autofree char *bytes = NULL;

	if (file->pending < 0)
		return;
	bytes = g_malloc0(sizeof(record) + padded);
	memcpy(bytes, &record, sizeof(record));
	if (len > 0)
		memcpy(bytes + sizeof(record), data, len);
	must(write(file->pending, bytes, sizeof(record) + padded) ==
			(ssize_t)(sizeof(record) + padded),
		"note");
}

static void make_durable(struct power_file *file)
{
	g_autofree char *log = NULL;
	struct stat info;
	ssize_t at = 0;

	if (file->pending < 0)
		return;
	must(fstat(file->pending, &info) == 0, "stat");
	log = g_malloc((size_t)info.st_size + 1);
	must(pread(file->pending, log, (size_t)info.st_size, 0) == info.st_size,
		"read");
	while (at + (ssize_t)sizeof(struct power_record) <= info.st_size) {
		struct power_record *record = (struct power_record *)(log + at);

		if (record->kind == POWER_TRUNCATE)
			must(ftruncate(file->durable, record->offset) == 0,
				"cut");
		else
			must(pwrite(file->durable, record + 1, record->len,
				     record->offset) == (ssize_t)record->len,
				"copy");
		at += (ssize_t)(sizeof(*record) + (record->len + 7) / 8 * 8);
	}
	must(ftruncate(file->pending, 0) == 0, "empty");
}

/* What is there before we come is durable. */
static void begin_copy(struct power_file *file)
{
	g_autofree char *durable = g_strconcat(file->path, POWER_DURABLE, NULL);
	g_autofree char *pending = g_strconcat(file->path, POWER_PENDING, NULL);
	g_autofree char *content = NULL;
	size_t len = 0;

	if (access(durable, F_OK) != 0) {
		g_file_get_contents(file->path, &content, &len, NULL);
		must(g_file_set_contents(durable, content ? content : "",
			     (gssize)len, NULL),
			durable);
	}
	file->durable = open(durable, O_RDWR | O_CLOEXEC);
	file->pending =
		open(pending, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	must(file->durable >= 0 && file->pending >= 0, durable);
}

/* Methods --------------------------------------------------------------- */

static int power_close(sqlite3_file *base)
{
	struct power_file *file = of(base);
	int rc = file->real->pMethods->xClose(file->real);

	if (file->durable >= 0)
		close(file->durable);
	if (file->pending >= 0)
		close(file->pending);
	g_free(file->path);
	return rc;
}

static int power_read(
	sqlite3_file *base, void *data, int len, sqlite3_int64 offset)
{
	sqlite3_file *real = of(base)->real;

	return real->pMethods->xRead(real, data, len, offset);
}

static int power_write(
	sqlite3_file *base, const void *data, int len, sqlite3_int64 offset)
{
	struct power_file *file = of(base);

	count(file->power);
	note(file, POWER_WRITE, offset, data, (size_t)len);
	return file->real->pMethods->xWrite(file->real, data, len, offset);
}

static int power_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct power_file *file = of(base);

	count(file->power);
	note(file, POWER_TRUNCATE, size, NULL, 0);
	return file->real->pMethods->xTruncate(file->real, size);
}

/* The real disk need not be troubled. */
static int power_sync(sqlite3_file *base, int flags)
{
	struct power_file *file = of(base);

	(void)flags;
	count(file->power);
	make_durable(file);
	return SQLITE_OK;
}

static int power_size(sqlite3_file *base, sqlite3_int64 *size)
{
	sqlite3_file *real = of(base)->real;

	return real->pMethods->xFileSize(real, size);
}

static int power_lock(sqlite3_file *base, int level)
{
	sqlite3_file *real = of(base)->real;

	return real->pMethods->xLock(real, level);
}

static int power_unlock(sqlite3_file *base, int level)
{
	sqlite3_file *real = of(base)->real;

	return real->pMethods->xUnlock(real, level);
}

static int power_check_lock(sqlite3_file *base, int *result)
{
	sqlite3_file *real = of(base)->real;

	return real->pMethods->xCheckReservedLock(real, result);
}

static int power_control(sqlite3_file *base, int op, void *argument)
{
	sqlite3_file *real = of(base)->real;

	return real->pMethods->xFileControl(real, op, argument);
}

static int power_sector(sqlite3_file *base)
{
	(void)base;
	return POWER_SECTOR;
}

/* No promise about what a cut leaves. */
static int power_promises(sqlite3_file *base)
{
	(void)base;
	return 0;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = power_close,
	.xRead = power_read,
	.xWrite = power_write,
	.xTruncate = power_truncate,
	.xSync = power_sync,
	.xFileSize = power_size,
	.xLock = power_lock,
	.xUnlock = power_unlock,
	.xCheckReservedLock = power_check_lock,
	.xFileControl = power_control,
	.xSectorSize = power_sector,
	.xDeviceCharacteristics = power_promises,
};

static int power_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base,
	int flags, int *out)
{
	struct power *power = (struct power *)vfs;
	struct power_file *file = of(base);
	int rc;

	*file = (struct power_file){.power = power,
		.durable = -1,
		.pending = -1,
		.real = (sqlite3_file *)(file + 1)};
	rc = power->real->xOpen(power->real, path, file->real, flags, out);
	if (rc != SQLITE_OK)
		return rc;
	file->base.pMethods = &methods;
	if (path &&
		(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL))) {
		file->path = g_strdup(path);
		begin_copy(file);
	}
	return SQLITE_OK;
}

static int power_delete(sqlite3_vfs *vfs, const char *path, int sync_dir)
{
	struct power *power = (struct power *)vfs;
	g_autofree char *durable = g_strconcat(path, POWER_DURABLE, NULL);
	g_autofree char *pending = g_strconcat(path, POWER_PENDING, NULL);

	count(power);
	unlink(durable);
	unlink(pending);
	return power->real->xDelete(power->real, path, sync_dir);
}

static void __attribute__((constructor)) power_begin(void)
{
	const char *cut_at = getenv("POWER_CUT_AT");
	static struct power power;

	if (!getenv("POWER"))
		return;
	power.real = sqlite3_vfs_find(NULL);
	power.vfs = *power.real;
	power.vfs.iVersion = 1;
	power.vfs.zName = "power";
	power.vfs.pNext = NULL;
	power.vfs.szOsFile =
		(int)sizeof(struct power_file) + power.real->szOsFile;
	power.vfs.xOpen = power_open;
	power.vfs.xDelete = power_delete;
	power.left = cut_at ? g_ascii_strtoll(cut_at, NULL, 10) : 0;
	sqlite3_vfs_register(&power.vfs, 1);
}
