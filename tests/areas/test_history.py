"""History: every movement, newest first, page by page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import pytest
from attrs import evolve

from lockbay.actors.words import words
from lockbay.areas.history import labels as history_labels
from lockbay.areas.history import screens
from lockbay.areas.history.records import History, Movement
from lockbay.areas.history.screens import Filter
from lockbay.areas.trades.records import PayTrade
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES
from lockbay.postgres import files
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.sandbox.html import parse_html
from tests.areas.histories import PLAN
from tests.areas.people import ANA, fresh_key, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import START, MovedClock
from tests.ledger.world import World, payment
from tests.talk import Talk

BATCH = 100  # movements in one statement, which has its time limit
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Kind = Literal["deposit", "pay", "release", "refund", "opening"]


def moved(kind: Kind, amount: str, *, credit: bool = False, trade: bool = False) -> Movement:
    return Movement(
        1, NOW, kind, "credit" if credit else "available", "USDT", Decimal(amount), Decimal(0),
        17 if trade else None, "T-7K3Q9" if trade else None, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("movement", "shown"),
    [
        (moved("deposit", "1250.5"), "+1,250.5 USDT\nDeposit · 22 Nov, 13:00"),
        (moved("pay", "-105", trade=True), "−105 USDT\nPaid for T-7K3Q9 · 22 Nov, 13:00"),
        (moved("pay", "45", trade=True), "+45 USDT\nMore than needed for T-7K3Q9 · 22 Nov, 13:00"),
        (moved("deposit", "20", trade=True), "+20 USDT\nCame for T-7K3Q9 after it was paid · 22 Nov, 13:00"),
        (moved("release", "95", trade=True), "+95 USDT\nReleased to you from T-7K3Q9 · 22 Nov, 13:00"),
        (moved("refund", "105", trade=True), "+105 USDT\nRefund of T-7K3Q9 · 22 Nov, 13:00"),
        (moved("opening", "1", credit=True), "+1 USDT\nOpening balance (fee credit) · 22 Nov, 13:00"),
    ],
)
def test_a_movement_is_signed_named_and_in_the_persons_own_time(movement: Movement, shown: str) -> None:
    assert parse_html(str(screens.movement(words("en", "Africa/Lagos"), movement))).text == shown


def test_the_longest_page_fits_a_message() -> None:
    amount = Decimal("-999999999999999." + "9" * 18)
    longest = Movement(1, NOW, "pay", "credit", "ETH", amount, Decimal(0), 1, "T-7K3Q9", "x")
    page = History((evolve(longest, id=2**40),) * 10, 2**63 - 1, tuple(CURRENCIES))
    sent(screens.history(words("en", "UTC"), page, Filter("exchange", "USDT"), str(2**40)))


async def test_without_movements_the_history_says_what_will_be_there(database: Database, clock: MovedClock) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    assert "Nothing has moved yet" in sent(await talk.open("history"))
    assert leads_to(talk.screen) == {"history", "wallet", "menu"}


async def test_pages_lead_to_older_ones_and_back_to_the_newest(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA)
    for amount in range(1, 13):
        await fund(database, ANA, str(amount))
        clock.advance(timedelta(minutes=1))
    talk = Talk(PLAN, database, clock, ANA)
    first = sent(await talk.open("history"))
    assert first.index("+12 USDT") < first.index("+3 USDT")
    assert "+2 USDT" not in first
    older = sent(await talk.press("Older"))
    assert "+2 USDT" in older
    assert "+1 USDT" in older
    assert "+3 USDT" not in older
    assert "Older ▶️" not in labels(talk.screen)
    assert sent(await talk.press("Newest")) == first


async def test_what_was_paid_for_a_trade_is_named(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "200")
    trade = await offered(database, ANA)
    assert not isinstance(await database.perform(PayTrade(ANA, trade.id, Decimal(105)), fresh_key()), Refused)
    shown = sent(await Talk(PLAN, database, clock, ANA).open("history"))
    assert f"−105 USDT\nPaid for {trade.slug}" in shown


@pytest.mark.parametrize("before", ["-1", "x", "9" * 40, "1e9", "٣", ""])
async def test_a_forged_page_is_refused(database: Database, clock: MovedClock, before: str) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    with pytest.raises(Invalid):
        await talk.open("history", before)
    with pytest.raises(Invalid):
        await talk.open("receipt", before)
    with pytest.raises(Invalid):
        await talk.open("receipt", "1", before)


@pytest.mark.parametrize("args", [("0", "x"), ("0", "all", "XMR"), ("0", "' OR true --", "all"), ("0", "", "")])
async def test_a_forged_filter_is_refused(database: Database, clock: MovedClock, args: tuple[str, ...]) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    with pytest.raises(Invalid):
        await talk.open("history", *args)
    with pytest.raises(Invalid):
        await talk.open("receipt", "1", *args)


async def test_movements_are_found_by_kind_and_currency(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "200")
    await fund(database, ANA, "0.5", "BTC")
    trade = await offered(database, ANA)
    assert not isinstance(await database.perform(PayTrade(ANA, trade.id, Decimal(105)), fresh_key()), Refused)
    talk = Talk(PLAN, database, clock, ANA)
    await talk.open("history")
    into = sent(await talk.press("Deposits"))
    assert "Only: Deposits" in into
    assert "+200 USDT" in into
    assert "+0.5 BTC" in into
    assert "−105" not in into
    of_coin = sent(await talk.press("BTC"))
    assert "Only: Deposits, BTC" in of_coin
    assert "+200" not in of_coin
    assert "There is no such movement." in sent(await talk.press("Trades"))
    assert "−105 USDT" in sent(await talk.press("All coins"))
    assert "There is no such movement." in sent(await talk.press("Exchange"))
    assert "+0.5 BTC" in sent(await talk.press("All"))


async def test_what_is_rare_is_found_behind_many_others_page_by_page(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(10_000), await world.person()
    await world.paid(buyer, seller)
    await many(world.database, buyer, 1_200)
    talk = Talk(PLAN, world.database, clock, buyer)
    shown = sent(await talk.open("history", "0", "trades"))
    for _ in range(2):
        assert "None among these. There are older movements." in shown
        shown = sent(await talk.press("Older"))
    assert "Paid for" in shown
    assert "Older ▶️" not in labels(talk.screen)


async def test_each_page_of_a_filter_has_what_the_last_left(world: World, database: Database) -> None:
    """Several accounts, each with more than a statement looks at: nothing is missing, nothing is there twice."""
    user = await world.person(5)
    await world.fund(user, Decimal(3), "BTC")
    await many(database, user, 700)
    await many(database, user, 600, "BTC")
    await many(database, user, 30)
    seen: list[int] = []
    before: int | None = 0
    while before is not None:
        page = await database.read(History, user, before, "in", "all")
        assert page is not None
        assert [each.id for each in page.movements] == sorted((each.id for each in page.movements), reverse=True)
        seen += [each.id for each in page.movements]
        before = page.next
    everything = await database.pool.fetch(
        "test", "SELECT p.id FROM postings p JOIN accounts a ON a.id = account_id WHERE owner = $1 ORDER BY p.id DESC",
        (user,), reads=True,
    )  # fmt: skip
    assert seen == [row["id"] for row in everything]


async def test_who_looks_for_what_they_paid_from_outside_is_told_where_it_is(world: World, clock: MovedClock) -> None:
    """It never was in their wallet, whose movements these are."""
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), 105))
    talk = Talk(PLAN, world.database, clock, buyer)
    where = "goes past your wallet: it is on the page of the trade"
    assert where in sent(await talk.open("history"))
    assert where in sent(await talk.press("Trades"))
    assert where not in sent(await talk.press("Deposits"))


async def many(database: Database, user_id: int, number: int, code: str = "USDT") -> None:
    """So many small movements at once, by the ledger's own function."""
    for _ in range(0, number, BATCH):
        await database.pool.fetch(
            "test",
            "SELECT ledger_transfer('many.' || $1::bigint || $3::text || gen_random_uuid(), 'opening', NULL, '', ARRAY["
            "('equity', NULL, $3, -0.01), ('available', $1, $3, 0.01)]::ledger_line[], timestamptz '2026-11-22 12:00Z')"
            " FROM generate_series(1, $2::int)",
            (user_id, min(BATCH, number), code), reads=False,
        )  # fmt: skip


def test_every_kind_of_transfer_that_sql_writes_has_a_label() -> None:
    found = set()
    for file in files.read_files(files.sql_folder()).values():
        code = re.sub(r"--[^\n]*", "", file.text)
        for call in re.finditer(
            r"ledger_(?:transfer|hold)\([^,]*request_key[^,]*,\s*(CASE.*?END|'\w+'|\w+)\s*,", code, re.DOTALL
        ):
            said = call[1] if "'" in call[1] else re.search(rf"{call[1]}\s+text\s*:=(.*?);", code, re.DOTALL)[1]  # type: ignore[index]
            found |= set(re.findall(r"(?:THEN|ELSE)\s+'(\w+)'", said) or re.findall(r"'(\w+)'", said))
        writes = len(re.findall(r"ledger_(?:transfer|hold)\(", code))
        assert writes in (0, file.name in ("ledger/transfer", "ledger/hold")) or found, file.name
    assert {"deposit", "pay", "part", "release", "refund", "cashout", "payout", "cashout_refund", "exchange"} <= found
    of_the_house = {"payout", "return"}  # no person's account is in them
    english = words("en", "UTC")
    for kind in found - of_the_house:
        moved = Movement(1, START, kind, "available", "USDT", Decimal(-1), Decimal(1), None, None, "")
        called = history_labels.group(english, kind), history_labels.what(english, moved)
        assert "Other movement" not in called, kind
