"""What the menu counts: everything that waits for a person, and nothing that does not."""

from __future__ import annotations

import pytest
from attrs import asdict

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.menu.records import Menu
from lockbay.areas.trades.agreement import ProposeCancel
from lockbay.areas.trades.chat_records import SayMessage, SeeMessages
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.postgres.bridge import Connection
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World

COUNTS = ("turns", "proposals", "disputes", "chats", "waiting", "unrated", "answers", "invitations", "duties")


async def counted(world: World, user: int) -> dict[str, int]:
    """What is not nothing."""
    view = await world.database.read(Menu, user)
    assert view is not None
    return {name: value for name, value in asdict(view).items() if name in COUNTS and value}


async def test_nothing_waits_for_who_is_new(world: World) -> None:
    assert await counted(world, await world.person()) == {}


async def test_a_turn_and_a_proposal_in_one_trade_are_one_trade(world: World) -> None:
    ann, ben = await world.person(500), await world.person()
    trade = await world.delivered(ann, ben)
    assert await counted(world, ann) == {"turns": 1, "waiting": 1}
    assert await counted(world, ben) == {}
    await world.done(ProposeCancel(ben, trade.id))
    assert await counted(world, ann) == {"turns": 1, "proposals": 1, "waiting": 1}
    assert await counted(world, ben) == {}


async def test_chats_count_until_they_are_read(world: World) -> None:
    ann, ben = await world.person(500), await world.person()
    trade = await world.accepted(ann, ben)
    for text in ("Hello", "Are you there?"):
        await world.done(SayMessage(ben, trade.id, "text", text, ""))
    assert await counted(world, ann) == {"chats": 1, "waiting": 1}
    assert await counted(world, ben) == {"turns": 1, "waiting": 1}
    await world.done(SeeMessages(ann, trade.id, 2))
    assert await counted(world, ann) == {}


async def test_deals_that_ended_can_be_rated_and_talked_about_so_long(world: World, clock: MovedClock) -> None:
    ann, ben = await world.person(500), await world.person()
    trade = await world.delivered(ann, ben)
    await world.done(ReleaseTrade(ann, trade.id))
    await world.done(SayMessage(ben, trade.id, "text", "Thank you", ""))
    assert await counted(world, ann) == {"unrated": 1, "chats": 1, "waiting": 1}
    view = await world.database.read(Menu, ben)
    assert view is not None
    assert (view.unrated, view.rate_next) == (1, trade.id)
    clock.advance(24 * 31 * HOUR)
    assert await counted(world, ann) == {"unrated": 1}
    clock.advance(24 * 60 * HOUR)
    assert await counted(world, ann) == {}


async def test_what_was_never_a_deal_is_not_rated(world: World, clock: MovedClock) -> None:
    ann, ben = await world.person(500), await world.person()
    await world.paid(ann, ben)
    clock.advance(25 * HOUR)
    for timer in await world.timers():
        await world.done(timer.operation)
    assert await counted(world, ann) == {}


@pytest.mark.parametrize(("role", "waiting"), [("support", 1), ("finance", 1), ("owner", 2)])
async def test_the_staff_see_what_waits_for_their_role(world: World, raw: Connection, role: str, waiting: int) -> None:
    ann, olu = await world.person(), await world.person()
    await world.database.run(SaveStaff([olu]))
    await raw.execute(
        f"UPDATE staff SET role = '{role}', by_settings = {role == 'owner'};"
        "INSERT INTO tickets (slug, user_id, opened_at, last_at, waits_since) "
        f"VALUES ('S-1', {ann}, now(), now(), now());"
        "SET session_replication_role = replica;"
        "INSERT INTO reconciliations (payin_id, provider, currency, told, ours, at) VALUES (1, 'x', 'BTC', 1, 0, now())"
    )
    view = await world.database.read(Menu, olu)
    assert view is not None
    assert view.duties == waiting
    nobody = await world.database.read(Menu, ann)
    assert nobody is not None
    assert nobody.duties is None
