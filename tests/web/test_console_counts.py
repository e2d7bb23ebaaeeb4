"""What is counted in the console is right whenever it is counted, and said as people say it: 1 time, 2 times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.areas.admin.records import AdminBooks, AdminDashboard
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.web.console.house_records import RollActivity
from tests.clock import MovedClock
from tests.ledger.world import World, payment
from tests.web.consoling import FINANCE, OWNER, SUPPORT, Desk, Things
from tests.web.consoling import desk as desk
from tests.web.consoling import things as things


@pytest.mark.parametrize(("tries", "said"), [(1, "tried 1 time<"), (2, "tried 2 times<")])
async def test_a_payout_says_how_often_it_was_tried(
    desk: Desk, things: Things, raw: Connection, tries: int, said: str
) -> None:
    await raw.fetch("UPDATE cashouts SET provider = 'blockbee', tries = $1", tries)
    assert said in (await (await desk.inside(FINANCE)).get(f"/admin/payouts/{things.cashout}")).text


@pytest.mark.parametrize(("tries", "said"), [(1, "after 1 try<"), (3, "after 3 tries<")])
async def test_a_notice_that_waits_says_after_how_many_tries(
    desk: Desk, raw: Connection, tries: int, said: str
) -> None:
    await raw.fetch("UPDATE outbox SET sent_at = NULL, sent_by = NULL, attempts = $1", tries)
    assert said in (await (await desk.inside(SUPPORT)).get("/admin/letters")).text


async def test_a_notice_that_waits_for_a_paused_announcement_says_so(desk: Desk, raw: Connection) -> None:
    await raw.fetch("UPDATE outbox SET sent_at = NULL, sent_by = NULL, due_at = NULL, attempts = 0")
    assert "<td>paused</td>" in (await (await desk.inside(SUPPORT)).get("/admin/letters")).text


PLAINLY = """
SELECT (SELECT count(*) FROM users) AS users, (SELECT count(onboarded_at) FROM users) AS onboarded,
    (SELECT sum(moved) FROM provider_events) AS told
"""


async def counted(database: Database) -> tuple[object, ...]:
    house, books = await database.read(AdminDashboard, OWNER), await database.read(AdminBooks, FINANCE, 0)
    assert house is not None
    assert books is not None
    assert all(each.told == each.came_in + each.waits + each.returned for each in books.clearings)
    return house.users, house.onboarded, sum(each.came_in for each in books.clearings)


@pytest.mark.parametrize("back", [timedelta(), timedelta(hours=-2)])
async def test_people_and_payments_are_counted_on_from_where_they_were_counted(
    database: Database, things: Things, world: World, raw: Connection, clock: MovedClock, back: timedelta
) -> None:
    """Also those that came in the minutes before, when somebody may have been about to commit. A clock that is put back
    makes it wrong until it is counted again.
    """
    for minutes in (0, 5, 9, 30, 600):
        clock.advance(timedelta(minutes=minutes))
        await database.run(RollActivity())
        person = await world.person()
        await world.meet()
        await world.done(payment(await world.payin(person), 10))
        assert await counted(database) == tuple((await raw.fetch(PLAINLY))[0])
    clock.advance(back)
    await world.done(payment(await world.payin(await world.person()), 10))
    await database.run(RollActivity())
    assert await counted(database) == tuple((await raw.fetch(PLAINLY))[0])


@pytest.mark.parametrize(("letters", "said"), [(0, "0</b><span>dead letters<"), (1, "1</b><span>dead letter<")])
async def test_a_tile_of_one_says_one(desk: Desk, things: Things, raw: Connection, letters: int, said: str) -> None:
    await raw.fetch("DELETE FROM dead_letters WHERE $1 = 0", letters)
    assert said in (await (await desk.inside(SUPPORT)).get("/admin")).text
