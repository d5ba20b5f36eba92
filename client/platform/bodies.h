/* What the body of each kind of op must hold. */
#ifndef CLIENT_PLATFORM_BODIES_H
#define CLIENT_PLATFORM_BODIES_H

#include "client/platform/validate.h"

extern const struct field body_case_accept[], body_case_refuse[],
	body_case_document[], body_ticket[], body_rating[], body_window[],
	body_number[], body_op_void[], body_op_supersede[];
/* What stands around a body in a batch, and a batch around its ops. */
extern const struct field envelope_op[], envelope_batch[];

#endif
