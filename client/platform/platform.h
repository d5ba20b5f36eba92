/* The stand-in platform's state: one SQLite file and the attachments beside it.
 *
 *   STATE/platform.db   ops for ever, and what they made: cases, tickets, ...
 *   STATE/blobs/ab/abcdef...   attachments, named by their SHA-256
 *   STATE/spool/        uploads on their way, emptied at the start
 *   STATE/platform.lock
 *
 * One thread, one writer: what a handler changed is committed before it
 * returns, so a reply is never about something a power cut could undo. */
#ifndef CLIENT_PLATFORM_PLATFORM_H
#define CLIENT_PLATFORM_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"
#include "client/base/id.h"
#include "client/db/db.h"

struct chaos;
struct grants;
struct grant_token;
struct tls;
struct request;

/* client_id of a terminal that has no certificate yet. */
#define OAUTH_TERMINAL "yikou-terminal"

enum {
	PLATFORM_MAX_OPS = 200,
	PLATFORM_MAX_BYTES = 4 << 20, /* of one batch, as advertised */
	PLATFORM_PAGE_DEFAULT = 100,
	PLATFORM_PAGE_MAX = 500,
};

struct platform {
	struct db *db;
	char *state_dir;
	int lock_fd;
	uint8_t token_digest[SHA256_LEN];
	char epoch[24];
	/* A read failed: what the handler made of it is not to be believed.
	 * The router answers 500 then, ops.c rolls back. */
	bool is_failing;
	struct chaos *chaos; /* NULL unless asked for */
	GHashTable *busy;    /* uploads that a request is writing to */
	struct grants *grants;
	const struct tls *tls;  /* borrowed; NULL: plain HTTP */
	char *address;          /* "https://127.0.0.1:8443", for people */
	bool needs_certificate; /* the token of the file is not enough */
	int certificate_days;   /* life of what is given out */
};

struct platform_options {
	const char *state_dir;
	const char *token;
	bool is_restored; /* the state comes from a backup: a new epoch */
	bool chaos;
	const struct tls *tls; /* lives as long as the platform; may be NULL */
	bool needs_certificate;
	/* 0: the default. */
	int token_s, certificate_days, pending_s, pace_ms;
};

/* STORE_ERROR_LOCKED when another process has the state. */
struct platform *platform_open(
	const struct platform_options *options, GError **error);
void platform_close(struct platform *platform);
DEFINE_AUTO(platform, platform_close)

/* For tests (chaos.h): copies of the database in STATE/backup-NAME.db, and back
 * to one of them with a new epoch, while it runs. Attachments stay.
 * ITEM_ERROR_NOT_FOUND when there is no such backup. */
bool platform_backup(
	struct platform *platform, const char *name, GError **error);
bool platform_restore(
	struct platform *platform, const char *name, GError **error);

/* Changes after a restore, "e2-5c0f93aa". */
const char *platform_epoch(const struct platform *platform);

/* May this request come in: by the token of the file (takes the same time for
 * every wrong one), or by one that was given out for its certificate. */
bool platform_admits(struct platform *platform, const struct request *request);
/* The token that was given out, NULL when it is none or over. Whether the
 * certificate fits is not looked at. */
const struct grant_token *platform_token_of(
	struct platform *platform, const char *authorization);

/* A fresh path below STATE/spool. Caller frees. */
char *platform_spool_path(const struct platform *platform);
char *platform_blob_path(const struct platform *platform, const char *sha256);

/* Reads that cannot fail in the caller's eyes: on an error they are empty, it
 * is logged and is_failing set. */
bool platform_exists(struct platform *platform, const char *sql,
	const struct db_value *values);
int64_t platform_number(struct platform *platform, const char *sql,
	const struct db_value *values, int64_t otherwise);
/* db_next() of such a read. */
bool platform_next(struct platform *platform, struct db_rows *rows);
/* All rows as an array of objects. The names of the columns, NULL ended; those
 * that begin with # are integers, the others text. */
struct json *platform_list(struct platform *platform, struct db_rows *rows,
	const char *const *columns);

/* Small facts; NULL when not set. Caller frees. */
char *platform_meta(struct platform *platform, const char *name);
bool platform_set_meta(struct platform *platform, const char *name,
	const char *value, GError **error);

/* The token of a file, made with a random one (0600) when there is none. */
char *platform_token(const char *path, GError **error);

#endif
