"""Statements: what is asked, what is in them, and that they add up to the ledger, whatever happened."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockbay.actors.parse import Pressed
from lockbay.actors.plan import Plan
from lockbay.actors.words import words
from lockbay.areas import history
from lockbay.areas.history.paper import Paper, as_pdf
from lockbay.areas.history.records import AskStatement, Format, Movement, Ordered, Span
from lockbay.areas.history.statement import DoesNotAddUp, Holder, Statement, as_csv, statement
from lockbay.areas.period import Period
from lockbay.notices.file_records import DueFiles, FileOrder, StatementLines
from lockbay.notices.printer import movements
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.postgres.rows import parse_json, structurer
from tests.areas.people import ANA, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import START, MovedClock
from tests.ledger import test_model
from tests.ledger.test_cashouts import request
from tests.ledger.test_model import Session
from tests.ledger.world import World
from tests.talk import Talk

session = test_model.session
PLAN = Plan(history.FLOWS, history.COMMANDS, "history", lambda person, flow: None)
ENGLISH = words("en", "Africa/Lagos")
SPANS = """INSERT INTO file_orders (user_id, kind, format, about, asked_at, due_at)
    SELECT $1, 'statement', 'csv', spans || '{"period": "/", "currency": "all"}', $5, $5
    FROM history_spans($1, 'all', $2, $3, $4) spans"""


async def order(database: Database) -> FileOrder:
    """The newest."""
    return (await database.run(DueFiles()))[-1]


async def lines(database: Database, order_id: int, most: int = 3) -> list[bytes]:
    found, after = [], 0
    while (page := await database.run(StatementLines(order_id, after, most))).lines is not None:
        found.append(page.lines.encode())
        after = page.last
    return [*found, b"END\n"]


async def made(database: Database, wanted: FileOrder, most: int = 3) -> Statement:
    """Read in small pages. Raises DoesNotAddUp."""
    ordered: Ordered = structurer(Ordered)(parse_json(wanted.about))
    pages = await lines(database, wanted.id, most)
    return statement(ENGLISH, Holder("Ann", wanted.user_id), ordered, wanted.asked_at, movements(pages))


async def asked(world: World, user_id: int, days: str = "/", currency: str = "all", form: Format = "csv") -> Statement:
    since, until = Period.of(days).times(UTC)
    await world.done(AskStatement(user_id, days, since, until, currency, form))
    return await made(world.database, await order(world.database))


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# What is asked


async def test_a_period_a_currency_and_a_format_make_a_statement(world: World, clock: MovedClock) -> None:
    user = await world.person(100)
    await world.fund(user, Decimal(1), "BTC")
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("history")
    await talk.press("Statement")
    await talk.press("This month")
    assert labels(talk.screen) == ["All of them", "USDT", "BTC", "⬅️ Back", "✖️ Cancel"]
    assert "1 Nov 2026 – 22 Nov 2026" in sent(await talk.press("BTC"))
    assert "Your PDF is being made" in sent(await talk.press("PDF"))
    assert leads_to(talk.screen) == {"history", "menu"}
    ordered = await order(world.database)
    assert (ordered.user_id, ordered.format, ordered.kind) == (user, "pdf", "statement")
    assert [each.currency for each in (await made(world.database, ordered)).movements] == ["BTC"]


async def test_who_has_one_currency_is_not_asked_which(world: World, clock: MovedClock) -> None:
    user = await world.person(100)
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("statement")
    assert labels(await talk.press("Everything")) == ["PDF", "CSV", "⬅️ Back", "✖️ Cancel"]


async def test_other_dates_are_typed(world: World, clock: MovedClock) -> None:
    user = await world.person(100)
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("statement")
    await talk.press("Other dates")
    assert "Please type a day like 2026-11-22 or 22.11.2026." in sent(await talk.say("yesterday"))
    assert "Please type a day" in sent(await talk.say("2026-02-30"))
    assert "Please type a day" in sent(await talk.send_photo())
    assert "too far away" in sent(await talk.say("0001-01-01"))
    assert "From 3 Nov 2026" in sent(await talk.say("3.11.2026"))
    assert "That is before 3 Nov 2026." in sent(await talk.say("2026-11-02"))
    assert "3 Nov 2026 – 22 Nov 2026" in sent(await talk.say("2026-11-22"))
    await talk.press("CSV")
    assert len((await made(world.database, await order(world.database))).movements) == 1


async def test_today_is_a_button_that_keeps_its_day(world: World, clock: MovedClock) -> None:
    user = await world.person(100)
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("statement")
    assert "Today, 22 Nov 2026" in labels(await talk.press("Other dates"))
    await talk.say("2026-11-01")
    clock.advance(timedelta(days=1))
    assert "1 Nov 2026 – 22 Nov 2026" in sent(await talk.press("Today"))
    await talk.open("statement")
    await talk.press("Other dates")
    assert "From 23 Nov 2026" in sent(await talk.press("Today"))
    assert "Today, 23 Nov 2026" in labels(talk.screen)
    await talk.press("Back")
    assert not any("Today" in label for label in labels(await talk.say("2026-12-24")))


async def test_without_movements_there_is_nothing_to_tell(database: Database, clock: MovedClock) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    text = sent(await talk.open("statement"))
    assert text == "Nothing has moved yet, so there is nothing that a statement could tell."
    assert leads_to(talk.screen) == {"history", "menu"}
    assert "Statement" not in " ".join(labels(await talk.open("history")))


@pytest.mark.parametrize("value", ["", "x", "2026-11-01", "2026-13-01/", "9999-12-31/9999-12-31", "/0001-01-01"])
async def test_a_forged_period_is_asked_again(world: World, clock: MovedClock, value: str) -> None:
    user = await world.person(100)
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("statement")
    assert "Please press one of the buttons below." in sent(await talk.reply(Pressed(value or "?")))
    assert not talk.is_over


async def test_nobody_has_more_than_three_made_at_once(world: World, clock: MovedClock) -> None:
    user, other = await world.person(100), await world.person(100)
    for _ in range(3):
        await world.done(AskStatement(user, "/", None, None, "all", "csv"))
    assert await world.do(AskStatement(user, "/", None, None, "all", "csv")) == Refused("too_many")
    await world.done(AskStatement(other, "/", None, None, "all", "csv"))
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("statement")
    await talk.press("Everything")
    assert "Three files are being made for you already." in sent(await talk.press("CSV"))
    assert leads_to(talk.screen) == {"history", "menu"}


async def test_a_currency_that_somebody_never_had_is_nothing(world: World) -> None:
    user = await world.person(100)
    assert await world.do(AskStatement(user, "/", None, None, "BTC", "csv")) == Refused("nothing")


async def test_a_repeated_request_is_one_order(world: World) -> None:
    user = await world.person(100)
    wanted = AskStatement(user, "/", None, None, "all", "csv")
    assert await world.do(wanted, "a key") == await world.do(wanted, "a key")
    assert len(await world.database.run(DueFiles())) == 1


# What is in it


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


# The paper


def long_one(number: int, amount: str = "1") -> Statement:
    moved = tuple(
        Movement(place, START, "deposit", "available", "NGN", Decimal(amount), Decimal(amount) * place, None, None, "t")
        for place in range(1, number + 1)
    )
    span = Span("available", "NGN", 1, number, Decimal(0), Decimal(amount) * number)
    ordered = Ordered("2026-11-01/2026-11-22", "all", True, (span,))
    return statement(ENGLISH, Holder("Olúfẹ́mi ₦ Żółć Ελένη Анна <b>& (@olu)", 1003), ordered, START, moved)


def test_a_statement_becomes_a_pdf() -> None:
    short, longer = as_pdf(ENGLISH, long_one(3)), as_pdf(ENGLISH, long_one(300))
    assert short.startswith(b"%PDF-1.")
    assert short.rstrip().endswith(b"%%EOF")
    assert short.count(b"/Type /Page\n") == 1
    assert longer.count(b"/Type /Page\n") > 4


def test_the_longest_amounts_fit_the_paper() -> None:
    assert as_pdf(ENGLISH, long_one(2, "999999999999999.99")).startswith(b"%PDF")


def test_the_font_has_naira_and_the_letters_of_names() -> None:
    paper = Paper(ENGLISH)
    glyphs = paper.fonts["dejavu"].cmap  # type: ignore[union-attr]
    assert {letter for letter in "₦−·…–@ŁżọẹṣńŞğçéАнЕλאب" if ord(letter) not in glyphs} == set()


def test_a_period_says_what_it_is() -> None:
    assert Period.of("/").said(ENGLISH) == "Everything"
    assert Period.of("2026-11-01/").said(ENGLISH) == "from 1 Nov 2026"
    assert Period.of("/2026-11-30").said(ENGLISH) == "until 30 Nov 2026"
    with pytest.raises(ValueError, match="1999"):
        Period.of("1999-12-31/")
