"""Who of the staff looked at whom in the console stands in the log, without what they searched for."""

from __future__ import annotations

from structlog.testing import capture_logs

from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.ledger.world import World
from tests.web.consoling import FINANCE, SUPPORT, furnish, hire, open_desk


async def test_looking_at_somebody_is_logged_and_a_page_that_renews_itself_is_not(
    database: Database, raw: Connection
) -> None:
    world = World(database)
    await world.prepare()
    await hire(raw, database)
    things = await furnish(raw, world)
    async with open_desk(database) as desk:
        support, finance = await desk.inside(SUPPORT), await desk.inside(FINANCE)
        with capture_logs() as logged:
            assert (await support.get(f"/admin/users/{things.ada}")).status_code == 200
            assert (await support.get("/admin/users?q=canary")).status_code == 200
            assert (await finance.get(f"/admin/payouts/{things.cashout}")).status_code == 200
            assert (await finance.get("/admin/live")).status_code == 200
            assert (await support.get(f"/admin/payouts/{things.cashout}")).status_code == 404
    looks = [entry for entry in logged if entry["event"] == "console_looked"]
    assert [(each["user_id"], each["page"]) for each in looks] == [
        (SUPPORT, "/admin/users/{person_id}"), (SUPPORT, "/admin/users"), (FINANCE, "/admin/payouts/{cashout_id}"),
    ]  # fmt: skip
    assert looks[0]["person_id"] == str(things.ada)
    assert looks[2]["cashout_id"] == str(things.cashout)
    assert "canary" not in str(logged)
