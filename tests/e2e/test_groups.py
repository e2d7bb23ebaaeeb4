"""Groups as people have them in Telegram: who brings LockBay, who chooses, and what everybody there sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.sandbox.crowd import crowd
from lockbay.sandbox.person import NotSeen, Person
from tests.e2e.conftest import Played
from tests.e2e.test_trade import create, deposit, passes_audit, welcome


async def completes(buyer: Person, seller: Person) -> None:
    """A trade over 20 USDT, from the buyer's wallet."""
    await create(buyer, "@sam", "20")
    await buyer.press("Confirm")
    await buyer.press("Pay")
    await buyer.press("From your wallet")
    await buyer.press("Confirm")
    await seller.sees("paid")
    await seller.press("Accept")
    await seller.press("Confirm")
    await seller.press("Mark delivered")
    await seller.press("Confirm")
    await buyer.sees("delivered")
    await buyer.press("Release")
    await buyer.press("Confirm")
    await seller.sees("20 USDT")


async def may_be_named(person: Person) -> None:
    await person.say("/settings")
    await person.press("Who sees me")
    await person.press("Groups may name me")
    await person.sees("Groups may be told that you traded")


async def test_a_group_from_its_first_message_to_the_last(played: Played) -> None:
    ada, sam = played.ada, played.sam
    await welcome(ada)
    await welcome(sam)
    await deposit(played, ada, "500")
    eve = await played.town.join("Eve", "eve")
    group = await crowd(played.town.client, "Traders <of> Lagos", eve)
    await group.bot(eve)
    link = str((await group.sees("I announce nothing here")).button("Choose")["url"])

    await ada.start(link.partition("?start=")[2])
    await ada.sees("Telegram says you do not")
    await welcome(eve, link.partition("?start=")[2])
    await eve.press("Trades that are completed")
    await eve.sees("I announce what is ticked")

    await completes(ada, sam)
    assert (await group.sees("trade")).text == "🤝 A trade was completed."
    await may_be_named(ada)
    await may_be_named(sam)
    await completes(ada, sam)
    moved = await group.upgraded(eve)
    played.clock.advance(timedelta(seconds=15))
    assert (await moved.sees("trade")).text == "🤝 @ada and @sam completed a trade of 20 USDT."

    await moved.bot(eve, "kicked")
    await completes(ada, sam)
    played.clock.advance(timedelta(seconds=15))
    with pytest.raises(NotSeen):
        await moved.sees(within=3)
    await eve.say("/groups")
    await eve.sees("none yet that you brought me into")
    await passes_audit(played)


async def test_announce_is_answered_to_who_runs_the_group(played: Played) -> None:
    ada, sam = played.ada, played.sam
    await welcome(sam)
    group = await crowd(played.town.client, "Traders", sam)
    await group.bot(sam)
    await sam.sees("You brought me into Traders")
    await group.says(ada, "/announce@lockbay_bot")
    with pytest.raises(NotSeen):
        await group.sees(within=1)
    await group.becomes(ada, "administrator")
    played.clock.advance(timedelta(seconds=10))
    await group.says(ada, "/announce@lockbay_bot")
    await group.sees("can choose what I announce")
    await sam.say("/groups")
    await sam.press("Traders")
    await sam.sees("I announce nothing there yet")
    await group.becomes(sam, "left")
    await sam.press("Trades that begin")
    await sam.sees("Telegram says you do not")
