/* The devices of the desk as the clerk meets them: the card, the keypad, what
 * is broken and who is away. */
#include "tests/unit/test_app_fake.h"

/* Card -------------------------------------------------------------------- */

static const char card[] =
	"{\"name\":\"李示例\",\"sex\":\"2\",\"nation\":\"01\","
	"\"birth\":\"19901001\",\"address\":\"登封市示例路 1 号\","
	"\"number\":\"410199199010010021\",\"issuer\":\"示例\","
	"\"valid_from\":\"20160510\",\"valid_to\":\"20360510\"}";

static void test_card(void)
{
	struct fake fake = {0};
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	do_call(desk);
	wait_call(&fake, "read");
	answer(waiting_call(&fake, "read"), card);
	spin_until(*field(desk, "name")->value);
	g_assert_cmpstr(field(desk, "id_number")->value, ==, test_id);
	g_assert_cmpstr(field(desk, "id_number")->source, ==, "card");
	g_assert_cmpstr(field(desk, "birth")->value, ==, "1990-10-01");
	assert_said(desk, "Card read: 李*例");
	/* a telephone makes it no other card: the paper counts as seen */
	type(desk, "phone", "19900000000");
	act0(desk, INTENT_FORM_NEXT);
	do_item(desk, "gtgsh");
	do_form(desk);
	assert_holds(material(desk, 1)->state, "card read");
	/* another name does */
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	type(desk, "name", test_name);
	type(desk, "name", "李另外");
	act0(desk, INTENT_FORM_NEXT);
	act_text(desk, INTENT_ITEM_FILTER, 0, "gtgsh");
	act_at(desk, INTENT_ITEM_CHOOSE, 0);
	act0(desk, INTENT_FORM_NEXT);
	assert_holds(material(desk, 1)->state, "[missing]");
	fake_close(&fake);
}

/* The card is one thing: another number is another person. */
static void test_card_typed_over(void)
{
	struct fake fake = {0};
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	do_call(desk);
	wait_call(&fake, "read");
	answer(waiting_call(&fake, "read"), card);
	spin_until(*field(desk, "name")->value);
	/* somebody else took the ticket */
	assert_said(desk, "The ticket is 张*本's, the document 李*例's");
	assert_holds(field(desk, "name")->hint, "张*本");
	type(desk, "id_number", "41019919870606009X");
	assert_said(desk, "not the card's any more");
	g_assert_cmpstr(field(desk, "name")->value, ==, "");
	g_assert_cmpstr(field(desk, "address")->value, ==, "");
	g_assert_cmpstr(field(desk, "valid_to")->value, ==, "");
	g_assert_cmpstr(field(desk, "birth")->value, ==, "1987-06-06");
	for (guint i = 0; i < seen(desk)->identify.fields->len; i++) {
		const struct field_model *row =
			seen(desk)->identify.fields->pdata[i];

		g_assert_null(row->source);
	}
	g_assert_cmpstr(((struct field_model *)seen(desk)
					->identify.fields
					->pdata[seen(desk)->identify.focus])
				->id,
		==, "name");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	type(desk, "name", "张样本");
	g_assert_null(field(desk, "name")->hint);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_ITEM);
	fake_close(&fake);
}

/* The marks beside the fields outlive the program. */
static void test_card_marks(void)
{
	struct fake fake = {0};
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	do_call(desk);
	wait_call(&fake, "read");
	answer(waiting_call(&fake, "read"), card);
	spin_until(*field(desk, "name")->value);
	act0(desk, INTENT_FORM_NEXT);
	do_item(desk, "gtgsh");
	g_assert_cmpstr(field(desk, "id_number")->source, ==, "card");
	act0(desk, INTENT_HOME);
	act0(desk, INTENT_RESUME_VISIT);
	assert_view(desk, VIEW_FORM);
	g_assert_cmpstr(field(desk, "id_number")->source, ==, "card");
	act0(desk, INTENT_BACK);
	act0(desk, INTENT_BACK);
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(field(desk, "name")->source, ==, "card");
	fake_close(&fake);
}

/* Expired: another document serves, and nothing of the card remains. */
static void test_card_expired(void)
{
	struct fake fake = {0};
	g_autoptr(GString) old = g_string_new(card);
	struct desk *desk;

	g_string_replace(old, "20360510", "20260301", 1);
	fake_open(&fake);
	desk = fake.desk;
	do_call(desk);
	wait_call(&fake, "read");
	answer(waiting_call(&fake, "read"), old->str);
	spin_until(*field(desk, "name")->value);
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_IDENTIFY);
	assert_said(desk, "no longer valid");
	type(desk, "id_type", "414");
	type(desk, "document_number", "E12345678");
	act0(desk, INTENT_FORM_NEXT);
	assert_view(desk, VIEW_ITEM);
	fake_close(&fake);
}

static void test_card_faults(void)
{
	struct fake fake = {0};
	g_autoptr(GString) wrong = g_string_new(card);
	struct desk *desk;

	g_string_replace(wrong, "010010021", "010010022", 1);
	fake_open(&fake);
	desk = fake.desk;
	do_call(desk);
	type(desk, "name", "先打的");
	wait_call(&fake, "read");
	refuse(waiting_call(&fake, "read"), LINK_ERROR, LINK_ERROR_TIMEOUT);
	spin_until(has_said(desk, "No card was read"));
	act0(desk, INTENT_READ_CARD);
	wait_call(&fake, "read");
	answer(waiting_call(&fake, "read"), wrong->str);
	spin_until(has_said(desk, "does not check"));
	act0(desk, INTENT_READ_CARD);
	wait_call(&fake, "read");
	answer(waiting_call(&fake, "read"), "{}");
	spin_until(waiting_call(&fake, "read") == NULL);
	spin_ms(20);
	g_assert_cmpstr(field(desk, "name")->value, ==, "先打的");
	g_assert_cmpstr(field(desk, "id_number")->value, ==, "");
	fake_close(&fake);
}

/* Nobody is looked for once the clerk went on: the reader is told. */
static void test_card_not_wanted(void)
{
	struct fake fake = {0};
	struct desk *desk;
	struct call *late;

	fake_open(&fake);
	desk = fake.desk;
	do_call(desk);
	wait_call(&fake, "read");
	late = waiting_call(&fake, "read");
	do_identify(desk);
	spin_until(calls_of(&fake, "cancel") == 1);
	answer(late, card); /* it was on its way already */
	spin_ms(30);
	assert_view(desk, VIEW_ITEM);
	act0(desk, INTENT_BACK);
	g_assert_cmpstr(field(desk, "id_number")->source, ==, NULL);
	g_assert_cmpuint(calls_of(&fake, "read"), ==, 1);
	fake_close(&fake);
}

/* Keypad ------------------------------------------------------------------ */

static void press(const struct fake *fake, const char *key)
{
	g_autofree char *text =
		g_strdup_printf("{\"event\":\"key\",\"device\":\"keypad\","
				"\"data\":{\"key\":\"%s\"}}",
			key);
	int before = fake->desk->changes;

	event(fake, text);
	spin_until(fake->desk->changes > before);
	spin_ms(10);
}

static void test_keypad(void)
{
	struct fake fake = {0};
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	press(&fake, "next");
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(seen(desk)->visit.ticket, ==, "A018");
	spin_until(calls_of(&fake, "ticket") == 1);
	/* nothing was filled in: skipped at once */
	press(&fake, "skip");
	assert_view(desk, VIEW_HOME);
	g_assert_cmpint(ops_of(desk, "ticket.skip"), ==, 1);
	spin_ms(1010);
	press(&fake, "next");
	/* what stands in a field and is not handed in yet goes along */
	desk->flushed = (struct intent){.kind = INTENT_FIELD_SET,
		.index = 4,
		.text = g_strdup(test_name)};
	press(&fake, "park");
	assert_view(desk, VIEW_HOME);
	press(&fake, "back");
	assert_view(desk, VIEW_IDENTIFY);
	g_assert_cmpstr(field(desk, "name")->value, ==, test_name);
	/* by mistake: the question comes first */
	press(&fake, "skip");
	g_assert_true(seen(desk)->dialog.open);
	act0(desk, INTENT_DIALOG_CLOSE);
	assert_view(desk, VIEW_IDENTIFY);
	press(&fake, "nonsense");
	fake_close(&fake);
}

static void test_keypad_decided(void)
{
	struct fake fake = {0};
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	do_to_finish(desk);
	press(&fake, "park");
	press(&fake, "skip");
	g_assert_cmpint(ops_of(desk, "ticket.park"), ==, 0);
	g_assert_cmpint(ops_of(desk, "ticket.skip"), ==, 0);
	act0(desk, INTENT_LOCK);
	press(&fake, "next");
	press(&fake, "skip");
	press(&fake, "park");
	assert_view(desk, VIEW_LOCK);
	fake_close(&fake);
}

/* Health ------------------------------------------------------------------ */

static void test_devices_view(void)
{
	struct fake fake = {0};
	struct desk *desk;
	const struct device_model *row;

	fake_open(&fake);
	desk = fake.desk;
	act_at(desk, INTENT_GOTO, VIEW_DEVICES);
	g_assert_cmpuint(seen(desk)->devices.devices->len, ==, 6);
	event(&fake,
		"{\"device\":\"pad\",\"class\":\"pad\",\"driver\":\"fake\","
		"\"title\":\"评价器\",\"state\":\"absent\","
		"\"error\":\"link.absent\",\"counters\":{\"frames\":7}}");
	spin_until(seen(desk)->header.device_fault != NULL);
	g_assert_cmpstr(seen(desk)->header.device_fault, ==, "评价器 down");
	row = seen(desk)->devices.devices->pdata[1];
	g_assert_false(row->ok);
	g_assert_cmpstr(row->state, ==, "[down]");
	act_at(desk, INTENT_DEVICE_TEST, 4);
	wait_call(&fake, "check");
	answer(waiting_call(&fake, "check"), "{}");
	spin_until(has_said(desk, "Self test passed"));
	act_at(desk, INTENT_DEVICE_TEST, 99);
	act_at(desk, INTENT_DEVICE_FOCUS, 99);
	act_at(desk, INTENT_DEVICE_FOCUS, -3);
	/* the controller goes: said, named, and nothing stops */
	g_clear_pointer(&fake.devd, line_server_free);
	spin_until(has_said(desk, "device controller stopped"));
	g_assert_cmpstr(
		seen(desk)->header.device_fault, ==, "device controller down");
	act0(desk, INTENT_BACK);
	do_call(desk);
	fake_close(&fake);
}

static void test_link(void)
{
	static const char down[] =
		"{\"link\":\"down\",\"since_ms\":1795398080000,"
		"\"clock_offset_ms\":400000}";
	struct fake fake = {0};
	AUTO(json) line = json_parse(down, strlen(down), NULL);
	struct desk *desk;

	fake_open(&fake);
	desk = fake.desk;
	g_assert_cmpint(seen(desk)->header.link, ==, LINK_SHOW_UP);
	line_broadcast(fake.syncd, line);
	spin_until(seen(desk)->header.link == LINK_SHOW_DOWN);
	assert_said(desk, "The platform does not answer");
	g_assert_true(seen(desk)->header.clock_unsure);
	/* off line the work goes on, and says where its number comes from */
	do_to_finish(desk);
	g_assert_cmpint(
		desk_count(desk, "SELECT count(*) FROM outbox WHERE kind ="
				 " 'case.accept' AND CAST(body AS TEXT) LIKE"
				 " '%\"offline\":true%'"),
		==, 1);
	act_at(desk, INTENT_GOTO, VIEW_SYNC);
	g_assert_cmpuint(seen(desk)->sync.ops->len, >, 0);
	act0(desk, INTENT_SYNC_NOW);
	fake_close(&fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/app/devices/card", test_card);
	g_test_add_func("/app/devices/card-typed-over", test_card_typed_over);
	g_test_add_func("/app/devices/card-marks", test_card_marks);
	g_test_add_func("/app/devices/card-expired", test_card_expired);
	g_test_add_func("/app/devices/card-faults", test_card_faults);
	g_test_add_func("/app/devices/card-not-wanted", test_card_not_wanted);
	g_test_add_func("/app/devices/keypad", test_keypad);
	g_test_add_func("/app/devices/keypad-decided", test_keypad_decided);
	g_test_add_func("/app/devices/view", test_devices_view);
	g_test_add_func("/app/devices/link", test_link);
	return g_test_run();
}
