/* Transcripts (.replay): what yikou-devd records and what tests replay.
 *
 *   # driver: idcard           a head line: key and value
 *   # captured at window 3     any other comment
 *   < AA AA AA 96 69           the device sent
 *   > AA AA AA 96 69           the driver sent
 *   ! read {"timeout_s":30}    a client asked
 *   = done {}                  the driver reported
 *   + 1200                     milliseconds went by
 *
 * '<', '!' and '+' drive; '>' and '=' are compared. Bytes behind '<' and '>'
 * are hex; text after ';' on such a line is a comment. */
#ifndef DRIVERS_TRANSCRIPT_H
#define DRIVERS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"

struct transcript_step {
	char kind; /* one of < > ! = + */
	int line;
	uint8_t *bytes; /* own: of < and > */
	size_t len;
	char *text; /* own: of ! and =, trimmed */
	int ms;     /* of + */
};

struct transcript {
	char *path;         /* own, for messages */
	GHashTable *heads;  /* own: key to value */
	GPtrArray *steps;   /* own: struct transcript_step */
	GPtrArray *options; /* own: key, value ... of "# option KEY: VALUE" */
};

/* ITEM_ERROR_SYNTAX with file and line. */
struct transcript *transcript_load(const char *path, GError **error);
struct transcript *transcript_parse(
	const char *text, const char *path, GError **error);
void transcript_free(struct transcript *transcript);
DEFINE_AUTO(transcript, transcript_free)

/* NULL when the head is not there. */
const char *transcript_head(
	const struct transcript *transcript, const char *key);

#endif
