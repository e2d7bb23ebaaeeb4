"""What waits is counted, also when nobody hears of it."""

from __future__ import annotations

from attrs import fields
from prometheus_client import REGISTRY

from lockbay.actors.inbox import BuryUpdate
from lockbay.areas.trades.records import CancelTrade
from lockbay.clock.figures import Figures, count
from lockbay.postgres.database import Database
from tests.ledger.world import World, payment


def waiting(what: str) -> float | None:
    return REGISTRY.get_sample_value("lockbay_waiting", {"what": what})


async def test_nothing_waits_in_an_empty_house(database: Database) -> None:
    await count(database)
    assert {each.name: waiting(each.name) for each in fields(Figures)} == {each.name: 0 for each in fields(Figures)}


async def test_what_waits_is_counted_under_its_name(database: Database) -> None:
    world = World(database)
    await world.prepare()
    ada, sam = await world.person(1000), await world.person(0)
    trade = await world.trade(ada, sam, "20")
    payin = await world.payin(ada, trade=trade.id)
    await world.done(CancelTrade(ada, trade.id))
    await world.done(payment(payin, 7))
    await database.run(BuryUpdate(77, ada, b"{}", "broken"))
    await count(database)
    assert (waiting("unapplied"), waiting("dead_letters"), waiting("disputes")) == (1, 1, 0)
    assert (waiting("notices") or 0) > 0
