"""What changes while a question waits: nothing is refused because of what was so before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Parse, Reply, Said
from lockbay.actors.update import Command, Typed
from lockbay.areas.balances import Wallet
from lockbay.errors import Invalid, Outdated
from lockbay.postgres.database import Database
from tests.actors.house import ADA, House, open_house, say
from tests.areas.people import fund, onboarded
from tests.clock import MovedClock


def up_to(most: Decimal) -> Parse[Decimal]:
    def parse(reply: Reply) -> Decimal:
        if isinstance(reply, Said) and reply.text.isdigit() and int(reply.text) <= most:
            return Decimal(reply.text)
        raise Invalid(f"You have {most} only.")

    return parse


async def spend(chat: Chat) -> None:
    wallet = await chat.read(Wallet)
    name = await chat.ask("name", say(chat, "Whose?"), parse=lambda reply: reply.text)  # type: ignore[union-attr]
    most = wallet.balances[0].available
    amount = await chat.ask("amount", say(chat, f"{name}: how much of {most}?"), parse=up_to(most))
    await chat.show(say(chat, f"Took {amount}."))


async def fortune(chat: Chat) -> None:
    """Whoever has something is not asked any more."""
    wallet = await chat.read(Wallet)
    if not wallet.balances[0].available:
        await chat.ask("amount", say(chat, "How much?"), parse=up_to(Decimal(0)))
    await chat.show(say(chat, "You are rich."))


async def chosen(chat: Chat) -> None:
    """What was answered first may not fit any more."""
    wallet = await chat.read(Wallet)
    most = wallet.balances[0].available
    await chat.ask("least", say(chat, "At least?"), parse=at_least(most))
    await chat.ask("amount", say(chat, "How much?"), parse=up_to(most))


def at_least(least: Decimal) -> Parse[Decimal]:
    def parse(reply: Reply) -> Decimal:
        assert isinstance(reply, Said)
        if int(reply.text) < least:
            raise Invalid(f"No less than {least}.")
        return Decimal(reply.text)

    return parse


async def poor(chat: Chat) -> None:
    """Refuses whoever has something before it asks."""
    wallet = await chat.read(Wallet)
    if wallet.balances[0].available:
        raise Outdated
    await chat.ask("amount", say(chat, "How much?"), parse=up_to(Decimal(0)))


FLOWS: dict[str, object] = {"spend": spend, "fortune": fortune, "chosen": chosen, "poor": poor}


async def begun(database: Database, house: House, flow: str, *said: str) -> int:
    """What it cost to come here."""
    await onboarded(database, ADA.id)
    await house.tell(Command(flow))
    for text in said:
        await house.tell(Typed(text))
    return database.statements


async def test_what_has_come_meanwhile_can_be_spent(database: Database, clock: MovedClock) -> None:
    """“Deposit credited: 100. It is in your wallet now”, and the next sentence was: “You have 0 only”."""
    async with open_house(database, clock, FLOWS) as house:
        await begun(database, house, "spend", "Bob")
        await fund(database, ADA.id, "100")
        await house.tell(Typed("70"))
        assert house.replies.texts()[-1] == "Took 70."


async def test_what_is_refused_after_all_is_refused_by_what_is_so_now(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, FLOWS) as house:
        await begun(database, house, "spend", "Bob")
        await fund(database, ADA.id, "100")
        await house.tell(Typed("170"))
        assert house.replies.texts()[-1] == "⚠️ You have 100 only.\n\nBob: how much of 100?"
        await house.tell(Typed("70"))
        assert house.replies.texts()[-1] == "Took 70."


async def test_a_refusal_reads_nothing_again_while_nothing_has_changed(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, FLOWS) as house:
        await begun(database, house, "spend")
        asked = database.statements
        await house.tell(Typed("Bob"))
        settled = database.statements - asked
        await house.tell(Typed("70"))
        assert house.replies.texts()[-1] == "⚠️ You have 0 only.\n\nBob: how much of 0?"
        assert database.statements == asked + 2 * settled


@pytest.mark.parametrize("flow", ["fortune", "poor"])
async def test_where_the_flow_would_end_by_now_the_question_stays(
    database: Database, clock: MovedClock, flow: str
) -> None:
    async with open_house(database, clock, FLOWS) as house:
        await begun(database, house, flow)
        await fund(database, ADA.id, "100")
        for _ in range(2):
            await house.tell(Typed("70"))
            assert house.replies.texts()[-1] == "⚠️ You have 0 only.\n\nHow much?"


async def test_where_an_earlier_answer_does_not_fit_any_more_that_one_is_asked_again(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, FLOWS) as house:
        await begun(database, house, "chosen", "5")
        await fund(database, ADA.id, "100")
        await house.tell(Typed("170"))
        assert house.replies.texts()[-1] == "⚠️ No less than 100.\n\nAt least?"
        await house.tell(Typed("100"))
        assert house.replies.texts()[-1] == "How much?"
