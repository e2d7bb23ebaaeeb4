"""Each alarm comes when there is what the handbook says of it, and ends when that is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import pytest
from prometheus_client import REGISTRY

from lockbay.clock.reconciler import Reconciler
from lockbay.postgres.database import Database
from tests.alarms import Series, born, counter, level, moments, slow, wrong
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.security.service_role import by_hand
from tests.test_metrics import rules
from tests.timers.outside import Outside

QUIET, TROUBLE, AFTER = 30, 60, 90  # minutes
LATER: Final = QUIET + TROUBLE + AFTER - 1


def there(value: float, well: float = 0) -> list[float | None]:
    return level((QUIET, well), (TROUBLE, value), (AFTER, well))


def waits(what: str, seconds: float) -> Series:
    return {f'lockbay_waiting_oldest_seconds{{what="{what}"}}': there(seconds)}


def counts(name: str, a_minute: float) -> Series:
    return {name: counter((QUIET, 0), (TROUBLE, a_minute), (AFTER, 0))}


def once(name: str, number: float) -> Series:
    """All at once, of a kind that had never been."""
    return {name: born(QUIET, number, TROUBLE + AFTER)}


def late(name: str, le: str, labels: str = "") -> Series:
    return slow(name, le, (QUIET, 60, 0), (TROUBLE, 50, 10), (AFTER, 60, 0), labels=labels)


def stopped(name: str) -> Series:
    return {name: moments((QUIET, True), (TROUBLE, False), (AFTER, True))}


POT: Final = '{provider="kraken",currency="USDT",network=""}'
STORIES: Final[Mapping[str, Series]] = {
    "ServiceDown": {'up{job="lockbay"}': there(0, 1)},
    "NobodyServes": {'lockbay_ready{instance="a"}': there(0, 1), 'lockbay_ready{instance="standby"}': there(0)},
    "UpdatesWait": {"lockbay_inbox_oldest_seconds": there(61)},
    "NoticesWait": {"lockbay_outbox_oldest_seconds": there(901)},
    "MailAway": {
        'lockbay_notice_failures_total{error="MailUnavailable"}': counter((QUIET, 0), (TROUBLE, 0.1), (AFTER, 0)),
        'lockbay_notices_total{by="email"}': counter((QUIET, 1), (TROUBLE, 0), (AFTER, 1)),
    },
    "NothingTold": {
        'lockbay_notice_failures_total{error="TelegramUnavailable"}': counter((QUIET, 0), (TROUBLE, 0.1), (AFTER, 0)),
        'lockbay_notices_total{by="telegram"}': counter((QUIET, 1), (TROUBLE, 0), (AFTER, 1)),
    },
    "PollerSilent": stopped("lockbay_poller_last_success_timestamp_seconds"),
    "PollerConflict": counts("lockbay_poller_conflicts_total", 1),
    "TurnsFail": once('lockbay_turn_failures_total{error="KeyError"}', 4),
    "TurnsSlow": late("lockbay_turn_seconds", "0.1"),
    "DeadLetters": {'lockbay_waiting{what="dead_letters"}': there(1)},
    "UpdatesUnreadable": {"lockbay_poller_skipped_total": counter((QUIET, 0), (1, 1), (TROUBLE + AFTER, 0))},
    "TelegramFloods": counts('lockbay_courier_429_total{scope="chat"}', 15),
    "ScreensUndelivered": once('lockbay_courier_undelivered_total{error="BadRequest"}', 21),
    "NoticesPutOff": once('lockbay_notice_failures_total{error="MailError"}', 21),
    "LoopHeld": late("lockbay_loop_lag_seconds", "0.05"),
    "StatementsFail": once('lockbay_statement_errors_total{file="trades/pay",error="StatementFailed"}', 6),
    "WritesRefused": counts('lockbay_statement_errors_total{file="inbox/put",error="WritesRefused"}', 1),
    "StatementsUnanswered": once('lockbay_statement_errors_total{file="inbox/put",error="DatabaseUnavailable"}', 21),
    "StatementsSlow": late("lockbay_statement_seconds", "0.1", ',file="trades/pay"'),
    "PoolExhausted": counts("lockbay_pool_wait_seconds_sum", 61),
    "MemoryHigh": {'process_resident_memory_bytes{job="lockbay"}': there(0.9e9, 0.2e9)},
    "TimersLate": waits("timers", 121),
    "BooksDiffer": {"lockbay_audit_differences": there(1)},
    "PaymentsUnapplied": waits("unapplied", 3601),
    "ProvidersDiffer": waits("differences", 3601),
    "PayoutsUnknown": waits("unknown", 1801),
    "PayoutsByHand": waits("by_hand", 3601),
    "PayoutsToApprove": waits("to_approve", 3601),
    "PayoutsStrange": {'lockbay_waiting{what="payout_alarms"}': there(1)},
    "BalanceLow": {
        f"lockbay_provider_balance{POT}": there(400, 600),
        f"lockbay_provider_balance_wanted{POT}": there(500, 500),
    },
    "WebhooksFail": once('lockbay_web_requests_total{route="/webhooks/fincra",status="401"}', 11),
    "PricesOld": stopped('lockbay_rates_fetched_timestamp_seconds{source="coingecko"}'),
    "DisputesWait": waits("disputes", 86401),
}  # fmt: skip


def expected(series: Series) -> Mapping[int, bool]:
    """Not before, for as long as it lasts or within minutes where all of it is one moment, and not for ever."""
    at_once = any(None in values for values in series.values())
    return {QUIET - 1: False, QUIET + (5 if at_once else TROUBLE - 1): True, LATER: False}


def test_each_has_its_story() -> None:
    assert {rule["alert"] for rule in rules()} == STORIES.keys() | {"AuditOld", "AuditFails", "ProviderAway"}


def test_each_comes_and_ends() -> None:
    everything = {name: values for series in STORIES.values() for name, values in series.items()}
    assert wrong(everything, {alarm: expected(series) for alarm, series in STORIES.items()}) == []


def test_telegram_holds_everybody_for_hours() -> None:
    """Each chat is refused once then."""
    held = {"lockbay_courier_held_chats": there(6), 'lockbay_courier_429_total{scope="chat"}': born(QUIET, 6, 150)}
    assert (
        wrong(held, {"TelegramFloods": {QUIET + 9: False, QUIET + 12: True, QUIET + TROUBLE - 1: True, LATER: False}})
        == []
    )
    some = {"lockbay_courier_held_chats": there(5)}
    assert wrong(some, {"TelegramFloods": dict.fromkeys(range(0, LATER, 10), False)}) == []


def test_one_chat_that_telegram_holds_does_not_mean_that_nobody_is_told() -> None:
    held = {'lockbay_notice_failures_total{error="ChatHeld"}': counter((240, 0.5))}
    assert wrong(held, {"NothingTold": dict.fromkeys(range(0, 240, 10), False)}) == []


def audits(period: float, *phases: tuple[int, bool]) -> Series:
    """One each period; those that fail are counted."""
    minutes = sum(minutes for minutes, _ in phases)
    well = [done for minutes, done in phases for _ in range(minutes)]
    every = int(period / 60)
    at = [minute - minute % every for minute in range(minutes)]
    return {
        "lockbay_audit_period_seconds": level((minutes, period)),
        "lockbay_audit_timestamp_seconds": [60.0 * max(m for m in range(0, a + 1, every) if well[m]) for a in at],
        "lockbay_audit_failures_total": [float(sum(not well[m] for m in range(0, a + 1, every))) for a in at],
    }


def test_audits_that_fail_or_are_not_made() -> None:
    failing = audits(3600, (180, True), (300, False), (240, True))
    minutes = {235: False, 260: True, 400: True, 719: False}
    assert wrong(failing, {"AuditFails": minutes, "AuditOld": {290: False, 320: True, 400: True, 719: False}}) == []
    once = audits(3600, (180, True), (60, False), (300, True))
    assert wrong(once, {"AuditFails": dict.fromkeys(range(180, 540, 10), False)}) == []
    nightly = audits(86400, (1440, True), (1440, False), (10, True))
    assert wrong(nightly, {"AuditFails": {1439: False, 1450: True, 1700: False}}, every=10) == []


def said(provider: str, since: float) -> dict[str, float]:
    """What the reconciler's metrics say of one provider now, in Prometheus' time."""
    samples = [
        sample
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.labels.get("provider") == provider
    ]
    return {
        sample.name + "{" + ",".join(f'{name}="{value}"' for name, value in sample.labels.items()) + "}":
            max(sample.value - since, 0) if sample.name.endswith("_timestamp_seconds") else sample.value
        for sample in samples if sample.name.startswith(("lockbay_reconciliation_asked_total", "lockbay_provider_away"))
    }  # fmt: skip


@pytest.mark.parametrize("how", ["silent", "no answers"])
@pytest.mark.parametrize("payins", [1, 6])
async def test_a_provider_that_is_away(
    world: World, database: Database, clock: MovedClock, payins: int, how: str
) -> None:
    """However few payins there are to ask it about, and however long it is left alone."""
    outside, person = Outside(f"{how} {payins}"), await world.person()
    made = [await world.payin(person) for _ in range(payins)]
    await by_hand(database, f"UPDATE payins SET provider = '{outside.name}'")
    reconciler, began = Reconciler(database, clock, outside), clock.now().timestamp()
    told: list[dict[str, float]] = []
    for minute in range(240):
        is_away = 30 <= minute < 180
        outside.is_away = is_away and how == "silent"
        outside.fails = {payin.id: KeyError("amount") for payin in made if is_away and how == "no answers"}
        await reconciler.tick()
        told.append(said(outside.name, began))
        clock.advance(timedelta(minutes=1))
    series = {name: [at.get(name) for at in told] for name in told[-1]}
    lasts = dict.fromkeys(range(100, 180, 5), True)
    assert wrong(series, {"ProviderAway": {29: False, 50: False, **lasts, 239: False}}) == []
