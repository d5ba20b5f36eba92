/* Bytes to keys. A sequence is collected in one small buffer until it is
 * known, wrong or late:
 *
 *   1b                       lone: Esc, after escape_ms
 *   1b 5b 31 35 7e           CSI 15~: F5
 *   1b 4f 50                 SS3 P: F1
 *   1b 38                    Alt+8: F8
 *   1b 5b 32 30 30 7e ...    a paste until CSI 201~
 */
#include "ui/input.h"

#include <string.h>

enum string_state { STRING_NONE, STRING_IN, STRING_ESC };

struct sequence {
	char *bytes;
	enum key_code code;
};

struct input {
	int escape_ms;
	char buffer[INPUT_SEQUENCE_MAX + 1];
	size_t len;
	int64_t since_ms; /* the first byte in buffer */
	bool is_late;     /* the buffer is the tail of an Esc already sent */
	int64_t esc_ms;   /* when a lone Esc was sent */
	bool esc_sent;
	bool pasting;
	size_t end_match; /* bytes of the paste's end seen */
	GString *paste;
	enum string_state string; /* inside an OSC, DCS ... */
	GArray *sequences;        /* struct sequence */
	GQueue *keys;             /* struct key_event * */
};

struct number_key {
	int number;
	enum key_code code;
};

/* CSI n ~ */
static const struct number_key tilde_keys[] = {
	{1, KEYCODE_HOME},
	{2, KEYCODE_INS},
	{3, KEYCODE_DEL},
	{4, KEYCODE_END},
	{5, KEYCODE_PGUP},
	{6, KEYCODE_PGDN},
	{7, KEYCODE_HOME},
	{8, KEYCODE_END},
	{11, KEYCODE_F1},
	{12, KEYCODE_F1 + 1},
	{13, KEYCODE_F1 + 2},
	{14, KEYCODE_F1 + 3},
	{15, KEYCODE_F1 + 4},
	{17, KEYCODE_F1 + 5},
	{18, KEYCODE_F1 + 6},
	{19, KEYCODE_F1 + 7},
	{20, KEYCODE_F1 + 8},
	{21, KEYCODE_F1 + 9},
	{23, KEYCODE_F1 + 10},
	{24, KEYCODE_F1 + 11},
};

struct letter_key {
	char letter;
	enum key_code code;
};

/* CSI letter and SS3 letter */
static const struct letter_key letter_keys[] = {
	{'A', KEYCODE_UP},
	{'B', KEYCODE_DOWN},
	{'C', KEYCODE_RIGHT},
	{'D', KEYCODE_LEFT},
	{'H', KEYCODE_HOME},
	{'F', KEYCODE_END},
	{'P', KEYCODE_F1},
	{'Q', KEYCODE_F1 + 1},
	{'R', KEYCODE_F1 + 2},
	{'S', KEYCODE_F1 + 3},
};

/* SS3 letter of a keypad in application mode, from 'j' to 'y'. */
static const char keypad_chars[] = "*+,-./0123456789";
static const char paste_end[] = "\033[201~";

static void sequence_clear(gpointer data)
{
	g_free(((struct sequence *)data)->bytes);
}

struct input *input_new(int escape_ms)
{
	struct input *input = g_new0(struct input, 1);

	input->escape_ms = escape_ms;
	input->paste = g_string_new(NULL);
	input->sequences = g_array_new(FALSE, TRUE, sizeof(struct sequence));
	g_array_set_clear_func(input->sequences, sequence_clear);
	input->keys = g_queue_new();
	return input;
}

static void key_free(gpointer data)
{
	struct key_event *key = data;

	key_event_clear(key);
	g_free(key);
}

void input_free(struct input *input)
{
	if (!input)
		return;
	g_string_free(input->paste, TRUE);
	g_array_unref(input->sequences);
	g_queue_free_full(input->keys, key_free);
	g_free(input);
}

void input_learn(struct input *input, const char *bytes, enum key_code code)
{
	struct sequence sequence = {g_strdup(bytes), code};
	size_t len = strlen(bytes);

	/* One byte is a control character, which needs no learning. */
	if (len < 2 || len >= INPUT_SEQUENCE_MAX || bytes[0] != 033)
		g_free(sequence.bytes);
	else
		g_array_append_val(input->sequences, sequence);
}

/* Out ---------------------------------------------------------------------- */

static void push(
	struct input *input, enum key_code code, gunichar ch, char *take_pasted)
{
	struct key_event *key = g_new0(struct key_event, 1);

	*key = keymap_event(code, ch, take_pasted, 0);
	if (key->action == ACTION_NONE)
		key_free(key);
	else
		g_queue_push_tail(input->keys, key);
}

bool input_next(struct input *input, struct key_event *key)
{
	struct key_event *first = g_queue_pop_head(input->keys);

	if (!first)
		return false;
	*key = *first;
	g_free(first);
	return true;
}

/* Sequences ------------------------------------------------------------------
 */

enum verdict {
	VERDICT_MORE, /* wait */
	VERDICT_KEY,  /* known */
	VERDICT_DROP, /* complete, not known */
	VERDICT_ESC,  /* the Esc stands alone, the rest is something else */
	VERDICT_PASTE,
	VERDICT_STRING, /* OSC, DCS and the like begin */
};

static enum verdict match_learned(
	const struct input *input, enum key_code *code)
{
	bool is_prefix = false;

	for (guint i = 0; i < input->sequences->len; i++) {
		const struct sequence *sequence =
			&g_array_index(input->sequences, struct sequence, i);

		if (strncmp(sequence->bytes, input->buffer, input->len) != 0)
			continue;
		if (strlen(sequence->bytes) == input->len) {
			*code = sequence->code;
			return VERDICT_KEY;
		}
		is_prefix = true;
	}
	return is_prefix ? VERDICT_MORE : VERDICT_DROP;
}

static enum key_code letter_code(char letter, int modifier)
{
	if (modifier == 5 && letter == 'C')
		return KEYCODE_CTRL_RIGHT;
	if (modifier == 5 && letter == 'D')
		return KEYCODE_CTRL_LEFT;
	if (modifier > 2 || (modifier == 2 && letter >= 'P'))
		return KEYCODE_NONE;
	if (letter == 'Z')
		return KEYCODE_BACKTAB;
	for (size_t i = 0; i < G_N_ELEMENTS(letter_keys); i++) {
		if (letter_keys[i].letter == letter)
			return letter_keys[i].code;
	}
	return KEYCODE_NONE;
}

static enum key_code tilde_code(int number, int modifier)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tilde_keys); i++) {
		if (tilde_keys[i].number == number && modifier <= 1)
			return tilde_keys[i].code;
	}
	return KEYCODE_NONE;
}

/* 1b 5b ...: parameters 30-3f, intermediates 20-2f, a final byte 40-7e. */
static enum verdict match_csi(const struct input *input, enum key_code *code)
{
	const char *parameters = input->buffer + 2;
	char last = input->buffer[input->len - 1];
	guint64 number, modifier = 0;
	char *end;

	if (input->len == 3 && last == '[')
		return VERDICT_MORE; /* Linux console: 1b 5b 5b 41 is F1 */
	if (input->len == 4 && input->buffer[2] == '[') {
		*code = last >= 'A' && last <= 'E'
				? KEYCODE_F1 + (enum key_code)(last - 'A')
				: KEYCODE_NONE;
		return VERDICT_KEY;
	}
	if ((guchar)last < 0x20 || (guchar)last > 0x7e)
		return VERDICT_ESC;
	if (last < 0x40)
		return VERDICT_MORE;
	number = g_ascii_strtoull(parameters, &end, 10);
	if (*end == ';')
		modifier = g_ascii_strtoull(end + 1, &end, 10);
	if (end != input->buffer + input->len - 1 || modifier > 16)
		return VERDICT_DROP;
	if (last == '~' && number == 200)
		return VERDICT_PASTE;
	*code = last == '~' ? tilde_code((int)MIN(number, 999), (int)modifier)
			    : letter_code(last, (int)modifier);
	return VERDICT_KEY;
}

/* 1b 4f x */
static enum verdict match_ss3(
	const struct input *input, enum key_code *code, gunichar *ch)
{
	char last = input->buffer[2];

	if (last == 'M') {
		*code = KEYCODE_ENTER;
	} else if (last >= 'j' && last <= 'y') {
		*code = KEYCODE_CHAR;
		*ch = (guchar)keypad_chars[last - 'j'];
	} else if (last == 'X') {
		*code = KEYCODE_CHAR;
		*ch = '=';
	} else if (last == 'c' || last == 'd') { /* rxvt */
		*code = last == 'c' ? KEYCODE_CTRL_RIGHT : KEYCODE_CTRL_LEFT;
	} else if ((guchar)last < 0x20 || (guchar)last > 0x7e) {
		return VERDICT_ESC;
	} else {
		*code = letter_code(last, 0);
	}
	return VERDICT_KEY;
}

static enum verdict match_sequence(
	const struct input *input, enum key_code *code, gunichar *ch)
{
	enum verdict learned = match_learned(input, code);
	guchar second = (guchar)input->buffer[1];

	if (learned == VERDICT_KEY || input->len == 1)
		return input->len == 1 ? VERDICT_MORE : learned;
	if (second == '[' && input->len > 2) {
		enum verdict csi = match_csi(input, code);

		return csi == VERDICT_DROP && learned == VERDICT_MORE
			       ? VERDICT_MORE
			       : csi;
	}
	if (second == 'O' && input->len > 2)
		return match_ss3(input, code, ch);
	if (second == '[' || second == 'O' || learned == VERDICT_MORE)
		return VERDICT_MORE;
	if (second >= '1' && second <= '9') {
		*code = KEYCODE_F1 + (enum key_code)(second - '1');
		return VERDICT_KEY;
	}
	if (strchr("]PX^_", second))
		return VERDICT_STRING;
	/* Alt and a letter is nothing of ours; a control character or a
	 * character of several bytes is a key of its own. */
	return second >= 0x20 && second < 0x7f ? VERDICT_DROP : VERDICT_ESC;
}

/* Characters --------------------------------------------------------------- */

static void control_key(struct input *input, guchar byte)
{
	if (byte == '\r' || byte == '\n')
		push(input, KEYCODE_ENTER, 0, NULL);
	else if (byte == '\t')
		push(input, KEYCODE_TAB, 0, NULL);
	else if (byte == 0x7f || byte == 0x08)
		push(input, KEYCODE_BACKSPACE, 0, NULL);
	else if (byte >= 1 && byte <= 26)
		push(input, KEYCODE_CTRL_A + (enum key_code)(byte - 1), 0,
			NULL);
}

static bool is_typeable(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return false;
	default:
		return true;
	}
}

/* The buffer holds the beginning of a character. */
static void take_char(struct input *input)
{
	gunichar c =
		g_utf8_get_char_validated(input->buffer, (gssize)input->len);

	if (c == (gunichar)-2 && input->len < 6)
		return; /* not complete */
	input->len = 0;
	if (c != (gunichar)-1 && c != (gunichar)-2 && is_typeable(c))
		push(input, KEYCODE_CHAR, c, NULL);
}

/* Pastes ------------------------------------------------------------------- */

static void end_paste(struct input *input)
{
	g_autofree char *valid =
		g_utf8_make_valid(input->paste->str, (gssize)input->paste->len);

	input->pasting = false;
	input->end_match = 0;
	push(input, KEYCODE_PASTE, 0, g_steal_pointer(&valid));
	memset(input->paste->str, 0, input->paste->len);
	g_string_truncate(input->paste, 0);
}

static void paste_bytes(struct input *input, const char *data, size_t len)
{
	size_t room = INPUT_PASTE_MAX - input->paste->len;

	g_string_append_len(input->paste, data, (gssize)MIN(len, room));
}

static void paste_byte(struct input *input, char byte)
{
	if (byte == paste_end[input->end_match]) {
		if (++input->end_match == strlen(paste_end))
			end_paste(input);
		return;
	}
	paste_bytes(input, paste_end, input->end_match);
	input->end_match = 0;
	if (byte == paste_end[0])
		input->end_match = 1;
	else
		paste_bytes(input, &byte, 1);
}

/* In ----------------------------------------------------------------------- */

static void feed_byte(struct input *input, guchar byte, int64_t now_ms);

static void take_sequence(struct input *input, int64_t now_ms)
{
	enum key_code code = KEYCODE_NONE;
	gunichar ch = 0;
	enum verdict verdict = match_sequence(input, &code, &ch);
	char last = input->buffer[input->len - 1];
	bool was_late = input->is_late;

	if (verdict == VERDICT_MORE && input->len < INPUT_SEQUENCE_MAX)
		return;
	input->len = 0;
	input->is_late = false;
	if (verdict == VERDICT_KEY && !was_late) {
		push(input, code, ch, NULL);
	} else if (verdict == VERDICT_PASTE) {
		input->pasting = true;
	} else if (verdict == VERDICT_STRING) {
		input->string = STRING_IN;
	} else if (verdict == VERDICT_ESC) {
		if (!was_late)
			push(input, KEYCODE_ESC, 0, NULL);
		feed_byte(input, (guchar)last, now_ms);
	}
}

/* Answers of a terminal that nobody asked for: swallowed up to BEL or ST. */
static void string_byte(struct input *input, guchar byte)
{
	if (byte == 0x07 || (input->string == STRING_ESC && byte == '\\'))
		input->string = STRING_NONE;
	else
		input->string = byte == 033 ? STRING_ESC : STRING_IN;
}

static bool begins_late_tail(
	const struct input *input, guchar byte, int64_t now_ms)
{
	return input->esc_sent && (byte == 'O' || byte == '[') &&
	       now_ms - input->esc_ms < INPUT_LATE_TAIL_MS;
}

static void feed_byte(struct input *input, guchar byte, int64_t now_ms)
{
	bool late;

	if (input->pasting) {
		paste_byte(input, (char)byte);
		return;
	}
	if (input->string != STRING_NONE) {
		string_byte(input, byte);
		return;
	}
	if (input->len == 0) {
		input->since_ms = now_ms;
		late = begins_late_tail(input, byte, now_ms);
		input->esc_sent = false;
		if (late) {
			input->is_late = true;
			input->buffer[input->len++] = 033;
		} else if (byte != 033 && (byte < 0x20 || byte == 0x7f)) {
			control_key(input, byte);
			return;
		}
	}
	input->buffer[input->len++] = (char)byte;
	input->buffer[input->len] = '\0';
	if (input->buffer[0] == 033)
		take_sequence(input, now_ms);
	else
		take_char(input);
}

void input_feed(
	struct input *input, const void *data, size_t len, int64_t now_ms)
{
	const guchar *bytes = data;

	input_tick(input, now_ms);
	for (size_t i = 0; i < len; i++)
		feed_byte(input, bytes[i], now_ms);
}

int input_timeout_ms(const struct input *input, int64_t now_ms)
{
	int64_t left = input->since_ms + input->escape_ms - now_ms;

	if (input->string != STRING_NONE || input->pasting || input->len == 0)
		return -1;
	return (int)CLAMP(left, 0, 60000);
}

void input_tick(struct input *input, int64_t now_ms)
{
	char first = input->buffer[1];
	size_t len = input->len;

	if (len == 0 || now_ms - input->since_ms < input->escape_ms)
		return;
	input->len = 0;
	if (input->buffer[0] != 033)
		return; /* half a character */
	if (len == 1) {
		push(input, KEYCODE_ESC, 0, NULL);
		input->esc_sent = true;
		input->esc_ms = now_ms;
	} else if (len == 2 && input->is_late) {
		/* It was typed after all. */
		push(input, KEYCODE_CHAR, (guchar)first, NULL);
	}
	input->is_late = false;
}
