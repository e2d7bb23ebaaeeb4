"""A cash-out is made once: whatever code is typed, and whichever turn is lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Pressed, Reply, Said
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.turn import Turn
from lockbay.areas.cashout.records import CashoutStart
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.areas.cashing import PLAN, TRON, lost_turn, made, mailed_code, money, reviewed, talk, verify
from tests.areas.people import ANA, another
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.talk import Talk

__all__ = ["talk"]


async def test_a_code_is_mailed_and_asked_for_before_the_money_goes(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    assert "a code is mailed to you" in sent(await reviewed(talk))
    asked = sent(await talk.press("Confirm"))
    assert "ana@example.com" in asked
    assert TRON in asked
    assert await made(database) == []
    assert "requested" in sent(await talk.say(await mailed_code(database)))
    assert len(await made(database)) == 1


async def test_a_wrong_code_says_how_many_tries_are_left_and_makes_nothing(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    digits = await mailed_code(database)
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left"):
        assert left in sent(await talk.say(another(digits)))
    assert "the last try. No money moved; you can go on in 60 minutes" in sent(await talk.say(another(digits)))
    assert talk.is_over
    assert await made(database) == []
    assert await money(database) == (100, 0)


async def test_a_right_code_after_a_wrong_one_makes_one_cashout(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    digits = await mailed_code(database)
    await talk.say(another(digits))
    assert "requested" in sent(await talk.say(f"{digits[:3]} {digits[3:]}"))
    assert len(await made(database)) == 1


async def test_a_code_is_sent_again_after_a_minute(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    first = await mailed_code(database)
    assert "you can ask for another" in sent(await talk.press("Send again"))
    assert await mailed_code(database) == first
    clock.advance(timedelta(seconds=61))
    assert "Check your mail" in sent(await talk.press("Send again"))
    second = await mailed_code(database)
    assert second != first
    await talk.say(second)
    assert len(await made(database)) == 1


async def test_an_expired_code_makes_nothing_and_another_one_does(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    old = await mailed_code(database)
    clock.advance(timedelta(minutes=11))
    await talk.say(old)
    assert await made(database) == []
    if await mailed_code(database) == old:
        await talk.press("Send again")
    await talk.say(await mailed_code(database))
    assert len(await made(database)) == 1


async def test_a_code_that_is_used_up_is_not_said_to_be_good_for_the_next_cashout(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    await talk.say(await mailed_code(database))
    await reviewed(talk)
    for button in ("Confirm", "Send again"):
        told = sent(await talk.press(button))
        assert "The last code is used up" in told
        assert "Check your mail" not in told
        assert "good for this" not in told
    clock.advance(timedelta(minutes=1))
    assert "I sent a code" in sent(await talk.press("Send again"))
    assert "requested" in sent(await talk.say(await mailed_code(database)))
    assert len(await made(database)) == 2


async def test_who_begins_again_within_a_minute_types_the_code_that_has_come(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    await reviewed(talk)
    assert "a moment ago" in sent(await talk.press("Confirm"))
    await talk.say(await mailed_code(database))
    assert [cashout.amount for cashout in await made(database)] == [10]


async def test_a_code_lets_nothing_out_but_what_its_mail_named(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    """Whoever is in somebody's chat could have a small one mailed, ask for the code, and type it for a large one."""
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    named = await mailed_code(database)
    await reviewed(talk, "20")
    for button in ("Confirm", "Send again"):
        told = sent(await talk.press(button))
        assert "The last code is for something else" in told
        assert "Check your mail" not in told
        assert "good for this" not in told
    assert "The last code is for something else" in sent(await talk.say(named))
    assert await made(database) == []
    clock.advance(timedelta(minutes=1))
    assert "I sent a code" in sent(await talk.press("Send again"))
    assert "requested" in sent(await talk.say(await mailed_code(database)))
    assert [cashout.amount for cashout in await made(database)] == [20]


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "١٢٣٤٥٦"])
async def test_what_is_no_code_costs_no_try(talk: Talk, raw: Connection, typed: str) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    assert "6 digits of the code" in sent(await talk.say(typed))


@pytest.mark.parametrize("amount", ["100", "all"])
async def test_a_confirmation_whose_turn_was_lost_after_its_commit_makes_one_cashout(
    talk: Talk, database: Database, clock: MovedClock, amount: str
) -> None:
    """All of the money is gone then, and the destination is kept: neither must change the conversation."""
    said: list[Reply] = [
        Said("USDT"),
        Said(amount),
        Said("TRC20"),
        Said(TRON),
        Pressed("keep"),
        Said("Binance"),
        Pressed("99"),
    ]
    first, again = await lost_turn(database, clock, "cash_out").answered(*said)
    assert first == again
    assert "requested" in sent(again)
    assert len(await made(database)) == 1


async def test_a_code_whose_turn_was_lost_after_its_commit_makes_one_cashout(
    talk: Talk, database: Database, clock: MovedClock, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk, "100")
    await talk.press("Confirm")
    digits = await mailed_code(database)
    said: list[Reply] = [
        Said("USDT"),
        Said("100"),
        Said("TRC20"),
        Said(TRON),
        Pressed("99"),
        Said(another(digits)),
        Said(digits),
    ]
    first, again = await lost_turn(database, clock, "cash_out").answered(*said)
    assert first == again
    assert len(await made(database)) == 1


async def test_a_two_tap_cashout_whose_turn_was_lost_is_made_once(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await reviewed(talk)
    await talk.press("Keep it")
    await talk.say("Binance")
    await talk.press("Confirm")
    view = await database.read(CashoutStart, ANA)
    assert view is not None
    lost = lost_turn(database, clock, "cash_out_to", str(view.saved[0].id))
    first, again = await lost.answered(Said("90"), Pressed("89"))
    assert first == again
    assert len(await made(database)) == 2


async def test_between_the_first_question_and_the_request_nothing_is_asked_of_the_database(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    loaded = await database.run(LoadPerson(ANA))
    assert loaded is not None
    chat = Chat(Person(ANA, loaded.first_name, loaded.username, onboarded=True), clock.now())
    conversation = Conversation(PLAN.flows["cash_out"], chat, Journal(1, "cash_out", ()))
    turn = Turn(ANA, database, {}, Context(), clock.now())
    counts = [database.statements]
    await conversation.begin(turn)
    counts.append(database.statements)
    for reply in (Said("USDT"), Said("10"), Said("TRC20"), Said(TRON), Pressed("keep"), Said("Mine"), Pressed("9")):
        await conversation.answer(turn, reply)
        counts.append(database.statements)
    spent = [after - before for before, after in pairwise(counts)]
    assert spent == [1, 0, 0, 0, 0, 0, 0, 1]
