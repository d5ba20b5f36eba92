/* Back-off and breaker: how a terminal behaves when the platform is away.
 *
 * Full jitter keeps fifty windows from coming back in the same second; the
 * breaker keeps a queue of a thousand cases from being tried one by one
 * against a server that is down. */
#include "client/link/gate.h"

#include <glib.h>

int64_t backoff_delay_ms(unsigned n, int64_t cap_ms, double chance)
{
	int64_t most = BACKOFF_BASE_MS;

	if (cap_ms <= 0)
		cap_ms = BACKOFF_CAP_MS;
	while (n-- > 0 && most < cap_ms)
		most *= 2;
	most = MIN(most, cap_ms);
	return (int64_t)(CLAMP(chance, 0.0, 1.0) * (double)most);
}

void gate_success(struct gate *gate)
{
	gate->failures = 0;
	gate->open = false;
	gate->until_ms = 0;
}

void gate_fault(
	struct gate *gate, int64_t now_ms, double chance, int64_t asked_ms)
{
	int64_t delay;

	gate->failures++;
	delay = backoff_delay_ms(gate->failures, gate->cap_ms, chance);
	if (gate->open || gate->failures >= GATE_FAILURES) {
		gate->openings += !gate->open;
		gate->open = true;
		/* Half of it to one and a half: hours of equal rests would
		 * keep those together that fell together. */
		delay = GATE_OPEN_MS / 2 + (int64_t)(chance * GATE_OPEN_MS);
	}
	if (asked_ms >= 0)
		delay = MAX(delay, MIN(asked_ms, GATE_ASKED_MAX_MS));
	gate->until_ms = now_ms + delay;
}

void gate_pause(struct gate *gate, int64_t now_ms, int64_t delay_ms)
{
	delay_ms = CLAMP(delay_ms, 0, GATE_ASKED_MAX_MS);
	gate->until_ms = MAX(gate->until_ms, now_ms + delay_ms);
}

void gate_reset(struct gate *gate)
{
	gate->failures = 0;
	gate->open = false;
	gate->until_ms = 0;
}

int64_t gate_wait_ms(const struct gate *gate, int64_t now_ms)
{
	return MAX(0, gate->until_ms - now_ms);
}
