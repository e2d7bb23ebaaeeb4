"""Whatever the prices do meanwhile, what moves is what stood on the screen with Confirm."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Screen
from lockbay.postgres.database import Database
from tests.areas.exchanging import (
    PRICES,
    is_sound,
    money,
    tell,
)
from tests.areas.exchanging import talk as talk
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talk


def shown_numbers(screen: Screen) -> tuple[Decimal, Decimal]:
    """What is given and got, as the person reads it."""
    found = [re.search(rf"You {verb}: ([0-9,.]+) ", sent(screen)) for verb in ("give", "get")]
    gives, gets = (Decimal(match[1].replace(",", "")) for match in found if match)
    return gives, gets


@pytest.mark.parametrize("seed", range(4))
async def test_nobody_pays_a_number_that_they_were_not_shown(
    talk: Talk, database: Database, clock: MovedClock, seed: int
) -> None:
    """Prices move, end and are asked for anew at every moment; what moves is what stood on the screen with Confirm."""
    dice, exchanged = random.Random(seed), 0
    for _ in range(12):
        clock.advance(timedelta(minutes=1))
        await market_of(database, dice)
        give, get = dice.choice([("USDT", "NGN"), ("USDT", "BTC"), ("NGN", "USDT"), ("NGN", "ETH"), ("BTC", "NGN")])
        before = (await money(database, give))[0], (await money(database, get))[0]
        await talk.open("exchange")
        await talk.reply(Pressed(give))
        await talk.reply(Pressed(get))
        if not any("25%" in label for label in labels(talk.screen)):
            continue
        await talk.press(dice.choice(["25%", "50%"]))
        while not talk.is_over and "Confirm" in "".join(labels(talk.screen)):
            gives, gets = shown_numbers(talk.screen)
            clock.advance(timedelta(minutes=dice.choice([0, 1, 5, 10])))
            await market_of(database, dice)
            await talk.press(dice.choice(["Confirm", "Confirm", "New price"]))
        if talk.is_over and "Exchanged" in sent(talk.screen):
            after = (await money(database, give))[0], (await money(database, get))[0]
            assert (before[0] - after[0], after[1] - before[1]) == (gives, gets)
            exchanged += 1
    assert exchanged > 3
    await is_sound(database)


async def market_of(database: Database, dice: random.Random) -> None:
    """Both sources tell the same new prices."""
    moved = {code: str(Decimal(price) * dice.randint(80, 120) / 100) for code, price in PRICES.items()}
    for source in ("kraken", "fastforex"):
        await tell(database, source, moved)
