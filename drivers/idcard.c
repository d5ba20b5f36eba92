/* ID card readers by GA 450 (module SAM-A), serial or behind a USB bridge.
 *
 *   find    > AA AA AA 96 69 00 03 20 01 22
 *           < AA AA AA 96 69 00 04 00 00 80 84              no card
 *           < AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97  a card
 *   select  > AA AA AA 96 69 00 03 20 02 21
 *           < AA AA AA 96 69 00 0C 00 00 90 00*8 9C
 *   read    > AA AA AA 96 69 00 03 30 01 32
 *           < AA AA AA 96 69 05 08 00 00 90 01 00 04 00 text photo CHK
 *
 * LEN counts everything behind it; CHK is the XOR of LEN up to the data. After
 * a read the card must be lifted before the module finds it again. The photo
 * needs a licensed decoder and is dropped. Whether check digits are right is
 * the screen's business. Everything here is personal data: in memory only. */
#include <string.h>

#include "drivers/drivers.h"

enum {
	HEAD_LEN = 7, /* preamble and LEN */
	LEN_MIN = 4,  /* three status bytes and the check */
	LEN_MAX = 256 + 1024 + 1024 + 16,
	TEXT_LEN = 256,
	TEXT_AT = 4, /* in the data: behind the two lengths */
	POLL_MS = 1000,
	ANSWER_MS = 1500,
	ANSWER_READ_MS = 4000, /* 1295 bytes at 9600 take 1.4 s */
	READ_MS = 30000,
	READ_MAX_S = 120,
	TRIES = 3,
};

enum step { STEP_IDLE, STEP_GREET, STEP_FIND, STEP_SELECT, STEP_READ };

struct idcard {
	enum step step;
	bool is_waiting; /* for an answer, otherwise for the next poll */
	bool gives_up;   /* what lies unread is half an answer */
	int silent;      /* answers that did not come, in a row */
	int failed;      /* readings that went wrong, in a row */
};

static const uint8_t preamble[] = {0xaa, 0xaa, 0xaa, 0x96, 0x69};

static const struct {
	uint8_t command, parameter;
} requests[] = {
	[STEP_GREET] = {0x11, 0xff}, /* status */
	[STEP_FIND] = {0x20, 0x01},
	[STEP_SELECT] = {0x20, 0x02},
	[STEP_READ] = {0x30, 0x01},
};

/* The third status byte. */
enum outcome {
	OUTCOME_OK,
	OUTCOME_AGAIN,  /* no card, or it was moved: find again */
	OUTCOME_RETRY,  /* a few times, then it counts as refused */
	OUTCOME_REFUSE, /* this card cannot be read */
	OUTCOME_BROKEN, /* the reader, not the card */
};

static const struct status {
	uint8_t code;
	enum outcome outcome;
	const char *why;
} statuses[] = {
	{0x90, OUTCOME_OK, "done"},
	{0x9f, OUTCOME_OK, "card found"},
	{0x80, OUTCOME_AGAIN, "no card"},
	{0x81, OUTCOME_AGAIN, "card not selected"},
	{0x10, OUTCOME_RETRY, "reader got a bad checksum"},
	{0x11, OUTCOME_RETRY, "reader got a bad length"},
	{0x21, OUTCOME_RETRY, "reader got a bad command"},
	{0x24, OUTCOME_RETRY, "reader: unknown error"},
	{0x31, OUTCOME_REFUSE, "card does not accept the reader"},
	{0x32, OUTCOME_REFUSE, "reader does not accept the card"},
	{0x33, OUTCOME_REFUSE, "card's check failed"},
	{0x40, OUTCOME_REFUSE, "not an identity card"},
	{0x41, OUTCOME_RETRY, "reading failed"},
	{0x47, OUTCOME_RETRY, "random number failed"},
	{0x60, OUTCOME_BROKEN, "reader's self-test failed"},
	{0x66, OUTCOME_BROKEN, "reader is not authorised"},
	{0x91, OUTCOME_REFUSE, "card has no such content"},
};

static const struct status *find_status(uint8_t code)
{
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		if (statuses[i].code == code)
			return &statuses[i];
	}
	return NULL;
}

static uint8_t xor_of(const uint8_t *data, size_t len)
{
	uint8_t all = 0;

	for (size_t i = 0; i < len; i++)
		all ^= data[i];
	return all;
}

/* The text block ---------------------------------------------------------- */

/* 256 bytes UTF-16LE, padded with blanks. */
static const struct field {
	const char *name;
	int offset, len;
} fields[] = {
	{"name", 0, 30}, {"sex", 30, 2}, /* 1 male, 2 female */
	{"nation", 32, 4},               /* GB/T 3304: 01 to 56, 97, 98 */
	{"birth", 36, 16},               /* YYYYMMDD */
	{"address", 52, 70}, {"number", 122, 36}, {"issuer", 158, 30},
	{"valid_from", 188, 16}, {"valid_to", 204, 16}, /* YYYYMMDD or 长期 */
};

/* NULL when it is not UTF-16. */
static char *field_text(const uint8_t *block, const struct field *field)
{
	gunichar2 unit[64];
	int count = field->len / 2;
	char *text;

	for (int i = 0; i < count; i++) {
		const uint8_t *at = block + field->offset + 2 * i;

		unit[i] = (gunichar2)(at[0] | at[1] << 8);
	}
	text = g_utf16_to_utf8(unit, count, NULL, NULL, NULL);
	secret_wipe(unit, sizeof(unit));
	return text ? g_strchomp(text) : NULL;
}

static struct json *read_text(const uint8_t *block)
{
	AUTO(json) card = json_new_object();

	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		char *text = field_text(block, &fields[i]);

		if (!text)
			return NULL;
		json_put_text(card, fields[i].name, text);
		secret_wipe(text, strlen(text));
		g_free(text);
	}
	/* Permits of foreigners and of residents of Hong Kong, Macao and
	 * Taiwan have another layout; theirs begins with no sex there. */
	if (strcmp(json_text_or(card, "sex", ""), "1") &&
		strcmp(json_text_or(card, "sex", ""), "2"))
		return NULL;
	return g_steal_pointer(&card);
}

/* Asking ------------------------------------------------------------------ */

static void ask(struct device *dev, enum step step)
{
	struct idcard *reader = device_state(dev);
	uint8_t frame[10] = {0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03};

	frame[7] = requests[step].command;
	frame[8] = requests[step].parameter;
	frame[9] = xor_of(frame + 5, 4);
	reader->step = step;
	reader->is_waiting = true;
	device_send(dev, frame, sizeof(frame));
	device_alarm(dev, step == STEP_READ ? ANSWER_READ_MS : ANSWER_MS);
}

static void rest(struct device *dev)
{
	struct idcard *reader = device_state(dev);

	reader->step = STEP_IDLE;
	reader->is_waiting = false;
	device_alarm(dev, 0);
}

static void poll_later(struct device *dev)
{
	struct idcard *reader = device_state(dev);

	reader->step = STEP_FIND;
	reader->is_waiting = false;
	device_alarm(dev, POLL_MS);
}

static void fail(struct device *dev, GQuark domain, int code, const char *why)
{
	rest(dev);
	device_fail(dev, g_error_new_literal(domain, code, why));
}

/* Answers ----------------------------------------------------------------- */

static void take_text(struct device *dev, const uint8_t *data, size_t len)
{
	size_t text_len = len >= TEXT_AT ? (size_t)data[0] << 8 | data[1] : 0;
	struct json *card = NULL;

	if (text_len == TEXT_LEN && len >= TEXT_AT + TEXT_LEN)
		card = read_text(data + TEXT_AT);
	rest(dev);
	if (card)
		device_done(dev, card);
	else
		device_fail(
			dev, g_error_new_literal(ITEM_ERROR, ITEM_ERROR_INVALID,
				     "the card's text has another layout"));
}

static void go_on(struct device *dev, const uint8_t *data, size_t len)
{
	struct idcard *reader = device_state(dev);

	switch (reader->step) {
	case STEP_GREET:
		rest(dev);
		device_ready(dev, "GA 450");
		break;
	case STEP_FIND:
		ask(dev, STEP_SELECT);
		break;
	case STEP_SELECT:
		ask(dev, STEP_READ);
		break;
	case STEP_READ:
		take_text(dev, data, len);
		break;
	case STEP_IDLE:
		break;
	}
}

static void go_back(struct device *dev, const struct status *status)
{
	struct idcard *reader = device_state(dev);

	if (reader->step == STEP_GREET) {
		rest(dev); /* it answered; a check will tell more */
		device_ready(dev, "GA 450");
	} else if (status->outcome == OUTCOME_BROKEN) {
		fail(dev, LINK_ERROR, LINK_ERROR_PROTOCOL, status->why);
	} else if (status->outcome == OUTCOME_REFUSE ||
		   (status->outcome == OUTCOME_RETRY &&
			   ++reader->failed >= TRIES)) {
		fail(dev, ITEM_ERROR, ITEM_ERROR_REFUSED, status->why);
	} else {
		poll_later(dev);
	}
}

static void take_frame(struct device *dev, const uint8_t *body, size_t len)
{
	static const struct status unknown = {
		0, OUTCOME_RETRY, "unknown status of the reader"};
	struct idcard *reader = device_state(dev);
	const struct status *status = find_status(body[2]);

	device_frame(dev);
	reader->silent = 0;
	if (!reader->is_waiting)
		return; /* late: nobody waits for it any more */
	reader->is_waiting = false;
	if (!status)
		status = &unknown;
	if (status->outcome == OUTCOME_OK)
		go_on(dev, body + 3, len - 4);
	else
		go_back(dev, status);
}

/* Where a preamble may begin next. */
static size_t noise_len(const uint8_t *data, size_t len)
{
	const uint8_t *next = len > 1 ? memchr(data + 1, 0xaa, len - 1) : NULL;

	return next ? (size_t)(next - data) : len;
}

static size_t skip(struct device *dev, const uint8_t *data, size_t len,
	enum device_skip why)
{
	device_skip(dev, noise_len(data, len), why);
	return 0;
}

static size_t feed(struct device *dev, const uint8_t *data, size_t len)
{
	struct idcard *reader = device_state(dev);
	size_t body_len;

	if (reader->gives_up) {
		reader->gives_up = false;
		device_skip(dev, len, DEVICE_SKIP_NOISE);
		return 0;
	}
	if (memcmp(data, preamble, MIN(len, sizeof(preamble))))
		return skip(dev, data, len, DEVICE_SKIP_NOISE);
	if (len < HEAD_LEN)
		return 0;
	body_len = (size_t)data[5] << 8 | data[6];
	if (body_len < LEN_MIN || body_len > LEN_MAX)
		return skip(dev, data, len, DEVICE_SKIP_NOISE);
	if (len < HEAD_LEN + body_len)
		return 0;
	if (xor_of(data + 5, body_len + 1) != data[HEAD_LEN + body_len - 1])
		return skip(dev, data, len, DEVICE_SKIP_CHECKSUM);
	take_frame(dev, data + HEAD_LEN, body_len);
	return HEAD_LEN + body_len;
}

/* Life -------------------------------------------------------------------- */

static void start(struct device *dev)
{
	ask(dev, STEP_GREET);
}

static bool command(struct device *dev, const struct verb *verb,
	const struct json *args, GError **error)
{
	struct idcard *reader = device_state(dev);

	(void)verb;
	(void)args;
	(void)error;
	reader->silent = reader->failed = 0;
	ask(dev, STEP_FIND);
	return true;
}

static void cancel(struct device *dev)
{
	rest(dev);
}

/* No answer in time: the step before the card is asked again, a reader that
 * stays silent is a fault. */
static void give_up_step(struct device *dev)
{
	struct idcard *reader = device_state(dev);
	bool is_greeting = reader->step == STEP_GREET;

	reader->is_waiting = false;
	reader->gives_up = device_unread(dev) > 0;
	if (++reader->silent < TRIES) {
		ask(dev, is_greeting ? STEP_GREET : STEP_FIND);
		return;
	}
	device_fault(dev, DEVICE_FAULT_SILENT, "reader does not answer");
	if (is_greeting)
		rest(dev);
	else
		fail(dev, LINK_ERROR, LINK_ERROR_TIMEOUT,
			"reader does not answer");
}

static void ring(struct device *dev)
{
	struct idcard *reader = device_state(dev);

	if (reader->step == STEP_IDLE)
		return;
	if (reader->is_waiting)
		give_up_step(dev);
	else
		ask(dev, STEP_FIND);
}

static const struct verb verbs[] = {
	{"read", READ_MS, READ_MAX_S},
	{NULL},
};

static const char *const no_options[] = {NULL};

const struct driver driver_idcard = {
	.name = "idcard",
	.title = "ID card reader (GA 450)",
	.class = DEVICE_IDCARD,
	.port = "serial:115200/8n1",
	.verbs = verbs,
	.options = no_options,
	.state_size = sizeof(struct idcard),
	.buffer_max = 8192,
	.is_private = true,
	.start = start,
	.feed = feed,
	.command = command,
	.cancel = cancel,
	.alarm = ring,
};
