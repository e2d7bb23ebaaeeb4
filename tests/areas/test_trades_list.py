"""The list of somebody's trades; on the real database, killed and replayed at every answer."""

from __future__ import annotations

from lockbay.areas.terms import Terms
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, offered
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import PLAN, confirm, invited, market
from tests.talk import Talking, talks

talking = talks(PLAN)


async def test_the_list_marks_whose_turn_it_is_and_goes_page_by_page(database: Database, talking: Talking) -> None:
    await market(database, "2000")
    await database.run(Terms(trades_an_hour=20, unpaid_trades=20))
    await offered(database, ANA)
    ids = [await invited(database) for _ in range(9)]
    await confirm(talking(ANA), "pay_wallet", ids[-1])
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("trades")
    assert "9 wait for you" in sent(ana.screen)
    assert sent(ana.screen).count("T-") == 8
    assert "Newest" not in "".join(labels(ana.screen))
    await ana.press("Older")
    assert sent(ana.screen).count("T-") == 2
    assert "by link" in sent(ana.screen)
    await ana.press("Newest")
    assert sent(ana.screen).count("T-") == 8
    await ben.open("trades")
    assert "1 waits for you" in sent(ben.screen)
    await ben.press("👉")
    assert "✅ Accept" in labels(ben.screen)


async def test_each_line_of_the_list_says_whether_one_buys_or_sells(database: Database, talking: Talking) -> None:
    await market(database)
    await invited(database)
    assert "Buying: A bicycle · @ben" in sent(await talking(ANA).open("trades"))
    assert "Selling: A bicycle · @ana" in sent(await talking(BEN).open("trades"))


async def test_somebody_without_trades_can_begin_one(database: Database, talking: Talking) -> None:
    await market(database)
    screen = await talking(BEN).open("trades")
    assert "Nothing here yet" in sent(screen)
    assert {"new_trade", "find_person", "menu"} == leads_to(screen)
