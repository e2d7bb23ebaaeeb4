"""Statements: what can be asked for, by whom and how often."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed
from lockbay.areas.history.records import AskStatement
from lockbay.notices.file_records import DueFiles
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.histories import PLAN, made, order
from tests.areas.people import ANA, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.talk import Talk


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
