/* Printing: a finished PDF goes to CUPS, or is kept where people find it. */
#ifndef CLIENT_PAPER_PRINT_H
#define CLIENT_PAPER_PRINT_H

#include <stdbool.h>

#include <glib.h>

enum { PRINT_TIMEOUT_MS = 20000, PRINT_COPIES_MAX = 20 };

struct print_job {
	const char *file;   /* the PDF */
	const char *queue;  /* of CUPS; NULL or "": keep in outbox */
	const char *outbox; /* folder, made when it is not there */
	const char *title; /* "20261123-03-0017-受理通知书": name of the file
			    * in the outbox and of the job, no personal data */
	int copies;
};

/* where: "cups:QUEUE-12", or the path it was kept at. It is called once from
 * the main loop: where on success, else error (both borrowed).
 *
 * LINK_ERROR_ABSENT: no lp, no such queue, or CUPS took no job.
 * LINK_ERROR_TIMEOUT: CUPS did not answer. Whether there is paper is not known
 * here: CUPS takes the job all the same. */
typedef void print_done_fn(
	void *context, const char *where, const GError *error);

void print_document(
	const struct print_job *job, print_done_fn *done, void *context);

/* The file's name in the outbox, cleaned; caller frees. */
char *print_file_name(const char *title);

#endif
