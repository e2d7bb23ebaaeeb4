"""Providers whose answers are no answers: what they say is kept as far as it can be, and nothing is taken for a no."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from starlette.requests import Request
from starlette.responses import Response

from lockbay.areas.payout import Cashout, SettleCashout
from lockbay.clock.payouts import Payouts
from lockbay.payments.blockbee_payouts import open_blockbee_payouts
from lockbay.payments.payout import told
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.payments.outside import outside
from tests.payouts.outcome import state
from tests.payouts.payer import Payer
from tests.payouts.test_blockbee import AGAIN


class Odd(Payer):
    """Says why with what no text can hold."""

    async def pay(self, cashout: Cashout) -> SettleCashout:
        return told(cashout, self.name, "failed", problem="no\0such \ud800account")


async def test_what_no_text_can_hold_does_not_keep_a_payout_from_its_end(
    world: World, raw: Connection, user: int, cashout: Cashout, database: Database, clock: MovedClock
) -> None:
    await Payouts(database, clock, [Odd(clock)]).tick()
    assert (await state(raw, cashout), await world.money(user)) == ("refunded", (100, 0))
    [row] = await raw.fetch("SELECT problem FROM cashouts")
    assert row["problem"] == "nosuch ?account"


class Chatty(Payer):
    """Answers with a page of four million letters."""

    async def pay(self, cashout: Cashout) -> SettleCashout:
        return told(cashout, self.name, "waiting", problem="busy", body=b"<html>" * 660_000)


async def test_of_a_long_answer_the_beginning_is_kept(
    raw: Connection, cashout: Cashout, database: Database, clock: MovedClock
) -> None:
    """What waits is told anew four times an hour, and stays for ever."""
    payouts = Payouts(database, clock, [Chatty(clock)])
    for _ in range(2):
        await payouts.tick()
        clock.advance(timedelta(minutes=16))
    rows = await raw.fetch("SELECT octet_length(body) AS kept FROM payout_events WHERE outcome = 'waiting'")
    assert [row["kept"] for row in rows] == [16 * 1024] * 2


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, "<html>Checking your browser</html>"),
        (302, ""),
        (200, "[]"),
        (404, "{}"),
        (400, "<html>Bad request</html>"),
    ],
)
async def test_what_is_no_word_of_blockbees_is_no_refusal(status: int, content: str) -> None:
    """Something stands between us: nothing was paid, and it does not go back because of that."""

    async def script(request: Request) -> Response:
        return Response(content, status)

    async def keep(cashout_id: int, external_id: str) -> bool:
        return True

    first = evolve(AGAIN, tries=1, external_id=None)
    async with outside(script) as server, open_blockbee_payouts(server.url, "key", keep, MovedClock()) as bee:
        assert (await bee.pay(first)).outcome == "waiting"


async def test_what_blockbee_says_no_to_goes_back() -> None:
    async def script(request: Request) -> Response:
        return Response('{"status": "error", "error": "Invalid address"}', 400)

    async def keep(cashout_id: int, external_id: str) -> bool:
        return True

    first = evolve(AGAIN, tries=1, external_id=None)
    async with outside(script) as server, open_blockbee_payouts(server.url, "key", keep, MovedClock()) as bee:
        assert (await bee.pay(first)).outcome == "failed"
