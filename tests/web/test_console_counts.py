"""What is counted in the console is said as people say it: 1 time, 2 times."""

from __future__ import annotations

import pytest

from lockbay.postgres.bridge import Connection
from tests.web.consoling import FINANCE, SUPPORT, Desk, Things
from tests.web.test_console import desk, things

__all__ = ["desk", "things"]


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
