"""What is in a statement, and that it adds up to the ledger, whatever happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockbay.areas.history.records import AskStatement, Movement, Ordered, Span
from lockbay.areas.history.statement import DoesNotAddUp, Holder, Statement, as_csv, statement
from lockbay.areas.period import Period
from lockbay.notices.file_records import FileOrder
from tests.areas.histories import ENGLISH, asked, made, order, table
from tests.clock import START, MovedClock
from tests.ledger import sessions
from tests.ledger.outgoing import request
from tests.ledger.sessions import Session
from tests.ledger.world import World

session = sessions.session
SPANS = """INSERT INTO file_orders (user_id, kind, format, about, asked_at, due_at)
    SELECT $1, 'statement', 'csv', spans || '{"period": "/", "currency": "all"}', $5, $5
    FROM history_spans($1, 'all', $2, $3, $4) spans"""


async def test_a_trade_an_exchange_and_a_cash_out_are_told_from_both_sides(world: World) -> None:
    buyer, seller = await world.person(500), await world.person()
    await world.delivered(buyer, seller)
    await world.done(request(buyer, "50", "49"))
    rows = table(as_csv(ENGLISH, await asked(world, buyer)))
    assert [(row["What"].split(" T-")[0].split(" C-")[0], row["Amount"], row["Balance"]) for row in rows] == [
        ("Opening balance", "", "0"),
        ("Deposit", "500", "500"),
        ("Paid for", "-105", "395"),
        ("Cash-out", "-50", "345"),
        ("Closing balance", "", "345"),
    ]
    assert rows[1]["Time"] == "2026-11-22 13:00:00+01:00"
    assert rows[1]["Note"].startswith("tx-")
    assert rows[2]["Trade or cash-out"].startswith("T-")
    assert rows[3]["Trade or cash-out"].startswith("C-")


async def test_what_comes_later_is_not_in_a_statement_that_was_ordered(world: World) -> None:
    user = await world.person(100)
    await world.done(AskStatement(user, "/", None, None, "all", "csv"))
    await world.fund(user, Decimal(7))
    await world.fund(user, Decimal(1), "BTC")
    found = await made(world.database, await order(world.database))
    assert [each.amount for each in found.movements] == [100]
    assert [each.span.closing for each in found.accounts] == [100]


async def test_days_begin_at_midnight_where_the_person_is(world: World, clock: MovedClock) -> None:
    """23:30 in Lagos is 22:30 in UTC; 00:30 of the next day 23:30."""
    user = await world.person()
    clock.time = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    await world.fund(user, Decimal(1))
    clock.advance(timedelta(hours=1))
    await world.fund(user, Decimal(2))
    day = Period(date(2026, 11, 22), date(2026, 11, 22))
    since, until = day.times(ZoneInfo("Africa/Lagos"))
    await world.done(AskStatement(user, day.value, since, until, "all", "csv"))
    found = await made(world.database, await order(world.database))
    assert [each.amount for each in found.movements] == [1]
    assert (found.accounts[0].span.opening, found.accounts[0].span.closing) == (0, 1)


async def test_a_period_without_movements_says_what_was_there(world: World) -> None:
    user = await world.person(100)
    found = await asked(world, user, "2030-01-01/2030-12-31")
    assert (found.movements, found.accounts[0].span.opening, found.accounts[0].span.closing) == ((), 100, 100)
    assert [row["Balance"] for row in table(as_csv(ENGLISH, found))] == ["100", "100"]
    earlier = await asked(world, user, "2020-01-01/2020-12-31")
    assert (earlier.movements, earlier.accounts[0].span.opening, earlier.accounts[0].span.closing) == ((), 0, 0)


SPAN = Span("available", "USDT", 1, 2, Decimal(10), Decimal(15))
MOVED = (
    Movement(1, START, "deposit", "available", "USDT", Decimal(7), Decimal(17), None, None, ""),
    Movement(2, START, "cashout", "available", "USDT", Decimal(-2), Decimal(15), None, None, ""),
)


@pytest.mark.parametrize(
    ("span", "moved"),
    [
        (SPAN, MOVED[:1]),
        (SPAN, MOVED[1:]),
        (evolve(SPAN, opening=Decimal(9)), MOVED),
        (evolve(SPAN, closing=Decimal(16)), MOVED),
        (evolve(SPAN, last=3), MOVED),
        (SPAN, (MOVED[0], evolve(MOVED[1], amount=Decimal(-3)))),
    ],
)
def test_what_does_not_add_up_is_no_statement(span: Span, moved: tuple[Movement, ...]) -> None:
    ordered = Ordered("/", "all", False, (SPAN,))
    assert statement(ENGLISH, Holder("Ann", 1), ordered, START, MOVED).accounts[0].balance == 15
    with pytest.raises(DoesNotAddUp):
        statement(ENGLISH, Holder("Ann", 1), evolve(ordered, spans=(span,)), START, moved)


kinds = st.sampled_from([("available", "USDT"), ("available", "NGN"), ("credit", "USDT")])
story = st.lists(st.tuples(kinds, st.integers(-400, 1000), st.integers(-90, 90)), min_size=1, max_size=25)
cuts = st.lists(st.integers(-100, 100), max_size=4)


def test_periods_that_follow_each_other_have_each_movement_once_and_add_up(session: Session) -> None:
    """Clocks of several machines: what was written later may say that it was earlier."""

    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    @given(story, cuts)
    def play(moves: list[tuple[tuple[str, str], int, int]], bounds: list[int]) -> None:
        session.run(check, session.world, moves, sorted(bounds))

    async def check(world: World, moves: list[tuple[tuple[str, str], int, int]], bounds: list[int]) -> None:
        user = await world.meet()
        for (kind, code), cents, minutes in moves:
            await move(world, user, kind, code, Decimal(cents) / 100, START + timedelta(minutes=minutes))
        times = [None, *(START + timedelta(minutes=each) for each in bounds), None]
        found = [await period(world, user, *pair) for pair in pairwise(times)]
        whole = await period(world, user, None, None)
        if whole is None:
            assert all(each is None for each in found)
            return
        parts = [each for each in found if each is not None]
        assert sorted(each.id for part in parts for each in part.movements) == [each.id for each in whole.movements]
        for before, after in pairwise(parts):
            assert [each.span.closing for each in before.accounts] == [each.span.opening for each in after.accounts]
        assert {(each.span.currency, each.span.account): each.balance for each in whole.accounts} == await ledger(
            world, user
        )

    play()


def test_a_statement_that_is_cut_has_the_newest_and_still_adds_up(session: Session) -> None:
    @settings(max_examples=40, database=None, suppress_health_check=list(HealthCheck))
    @given(story, st.integers(1, 30))
    def play(moves: list[tuple[tuple[str, str], int, int]], most: int) -> None:
        session.run(check, session.world, moves, most)

    async def check(world: World, moves: list[tuple[tuple[str, str], int, int]], most: int) -> None:
        user = await world.meet()
        for (kind, code), cents, _ in moves:
            await move(world, user, kind, code, Decimal(cents) / 100, START)
        whole, found = await period(world, user, None, None), await period(world, user, None, None, most)
        if whole is None or found is None:
            assert whole is found
            return
        assert found.movements == whole.movements[-most:]
        assert found.ordered.cut == (len(whole.movements) > most)

    play()


async def move(world: World, user: int, kind: str, code: str, amount: Decimal, at: datetime) -> None:
    """A correction, if there is enough for it."""
    if amount:
        await world.database.pool.fetch(
            "test", "SELECT ledger_transfer(gen_random_uuid()::text, 'correction', NULL, 'why', ARRAY["
            "($2::text, $1::bigint, $3::text, $4::numeric), ('corrections', NULL, $3, -$4)]::ledger_line[], $5)",
            (user, kind, code, amount, at), reads=False,
        )  # fmt: skip


async def period(
    world: World, user: int, since: datetime | None, until: datetime | None, most: int = 50_000
) -> Statement | None:
    """None: there are no accounts."""
    [row] = await world.database.pool.fetch(
        "test", "SELECT history_spans($1, 'all', $2, $3, $4) IS NULL AS none", (user, since, until, most), reads=True
    )
    if row["none"]:
        return None
    [row] = await world.database.pool.fetch(
        "test", SPANS + " RETURNING id, about::text", (user, since, until, most, START), reads=False
    )
    wanted = FileOrder(row["id"], user, "statement", "csv", row["about"], START, 0, "Ann", None, "en", "UTC")
    return await made(world.database, wanted)


async def ledger(world: World, user: int) -> dict[tuple[str, str], Decimal]:
    rows = await world.database.pool.fetch(
        "test", "SELECT currency, kind, balance FROM accounts WHERE user_id = $1 AND version > 0", (user,), reads=True
    )
    return {(row["currency"], row["kind"]): row["balance"] for row in rows}
