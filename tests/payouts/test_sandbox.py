"""Payouts with each provider's own client and the local one that is as strict as the real one: a hold ends once, and
what arrived is what was paid, however the provider takes it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import trio
from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response

from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.destinations import Account, Banks, ListBanks, ResolveAccount
from lockbay.areas.payout import Cashout, HearPayout
from lockbay.areas.terms import Terms
from lockbay.clock.payouts import KeepPayoutId, Payouts
from lockbay.payments.banks import BankDesk, bank_errands, open_banks
from lockbay.payments.blockbee_payouts import open_blockbee_payouts
from lockbay.payments.fincra_events import fincra_events
from lockbay.payments.fincra_payouts import open_fincra_payouts
from lockbay.payments.kraken import open_kraken
from lockbay.payments.payout import PayoutProvider
from lockbay.payments.provider import Call
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.sandbox import Options, serve_sandbox
from lockbay.sandbox.addresses import address
from lockbay.sandbox.person import Town, open_town
from lockbay.web.webhooks import hearing_key
from tests.clock import ShiftedClock
from tests.ledger.world import World, payment
from tests.payments.outside import outside

LIMIT = 1.0  # s: a local provider that takes longer never answers
TRON = address("trc20/usdt", "somebody")
PERSON = ("0123456789", "058")


@pytest.fixture
def clock() -> ShiftedClock:
    """The local providers have the machine's time."""
    return ShiftedClock()


@frozen
class Trade:
    """One provider, the runner, and who wants money of it."""

    name: str
    world: World
    town: Town
    payouts: Payouts
    clock: ShiftedClock
    user: int
    told: list[HearPayout]

    @property
    def code(self) -> str:
        return "NGN" if self.name == "fincra" else "USDT"

    async def wants(self) -> Cashout:
        """All of them want as much, of the same place: nothing tells one from another but who paid it."""
        if self.name == "fincra":
            number, bank = PERSON
            wish = RequestCashout(
                self.user, "NGN", "BANK", Decimal(1000), Decimal(950), number, bank, "GTBank", "OBI NGOZI", "", None
            )
        else:
            wish = RequestCashout(self.user, "USDT", "TRC20", Decimal(10), Decimal(9), TRON, "", "", "", "", None)
        return await self.world.done(wish)

    async def run(self, minutes: int, *, steps: int = 1) -> None:
        """Time passes, and the runner ticks."""
        for _ in range(minutes // steps):
            self.clock.advance(timedelta(minutes=steps))
            await self.payouts.tick()

    async def webhooks(self) -> None:
        """What was told comes in, each twice, and is asked about."""
        for told in (*self.told, *self.told):
            await self.world.do(told, hearing_key(told))
        await self.payouts.tick()

    async def arrived(self) -> int:
        return len([each for each in await self.town.payouts.all() if each["state"] == "done"])


@pytest.fixture(params=["fincra", "blockbee", "kraken"])
async def trade(
    request: pytest.FixtureRequest, nursery: trio.Nursery, tmp_path: Path, world: World, clock: ShiftedClock,
    database: Database,
) -> AsyncIterator[Trade]:  # fmt: skip
    told: list[HearPayout] = []

    async def webhook(call: Request) -> Response:
        events = fincra_events(sandbox.fincra_webhook_secret)
        assert events
        got = events.receive(Call(call.method, call.scope["raw_path"], call.headers.raw, await call.body()))
        assert isinstance(got, HearPayout)
        told.append(got)
        return Response(events.acknowledgement)

    async def keep(cashout_id: int, external_id: str) -> bool:
        return await database.run(KeepPayoutId(cashout_id, external_id)) is not None

    name: str = request.param
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(outside(webhook))
        serve = partial(serve_sandbox, options=Options(merchant_url=server.url))
        sandbox = await nursery.start(serve, "127.0.0.1", 0, tmp_path)
        provider: PayoutProvider
        if name == "fincra":
            provider = await stack.enter_async_context(
                open_fincra_payouts(
                    sandbox.fincra_url, sandbox.fincra_secret_key, sandbox.fincra_business_id, clock, LIMIT
                )
            )
        elif name == "blockbee":
            provider = await stack.enter_async_context(
                open_blockbee_payouts(sandbox.blockbee_url, sandbox.blockbee_api_key, keep, clock, LIMIT)
            )
        else:
            provider = await stack.enter_async_context(
                open_kraken(sandbox.kraken_url, sandbox.kraken_api_key, sandbox.kraken_secret, keep, clock, LIMIT)
            )
        town = await stack.enter_async_context(open_town(sandbox.url))
        await town.payouts.register("Tether USD (TRC20)", TRON, TRON)
        unlimited = Terms(
            cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0), cashout_approval_usd=Decimal(0)
        )
        await database.run(unlimited)
        user = await world.person(1000)
        await world.done(payment(await world.payin(user, "NGN", amount=Decimal(100_000)), 100_000))
        yield Trade(name, world, town, Payouts(database, clock, [provider]), clock, user, told)


PAID = ("succeed", "timeout", "late", "error", "silent", "again")
NOT_PAID = ("lost", "broken")


@pytest.mark.parametrize("how", PAID)
async def test_however_it_is_paid_it_is_paid_once_and_the_hold_ends(trade: Trade, how: str) -> None:
    await trade.town.payouts.next(how, delay=1.5 if how == "late" else 0)
    first, second = await trade.wants(), await trade.wants()
    await trade.payouts.tick()
    await trio.sleep(2.2)  # the local provider's own time
    await trade.run(8)
    await trade.webhooks()
    available, held = await trade.world.money(trade.user, trade.code)
    assert held == 0
    assert available == (98_000 if trade.name == "fincra" else 980)
    assert await trade.arrived() == 2
    assert len(await trade.town.payouts.all()) == 2
    assert first.reference != second.reference
    await trade.world.audited()


@pytest.mark.parametrize("how", NOT_PAID)
async def test_an_answer_that_got_lost_is_never_followed_by_another_payment(trade: Trade, how: str) -> None:
    await trade.town.payouts.next(how)
    await trade.wants()
    await trade.payouts.tick()
    await trade.run(120, steps=10)
    assert await trade.town.payouts.all() == []
    _, held = await trade.world.money(trade.user, trade.code)
    assert held == (1000 if trade.name == "fincra" else 10)


@pytest.mark.parametrize("how", ["fail", "refuse"])
async def test_what_is_not_paid_for_certain_is_back_and_all_else_waits_for_the_staff(trade: Trade, how: str) -> None:
    await trade.town.payouts.next(how, delay=0)
    await trade.wants()
    await trade.payouts.tick()
    await trade.run(8)
    await trade.webhooks()
    _, held = await trade.world.money(trade.user, trade.code)
    # BlockBee's "error" may have paid in part; what Kraken does not permit, the operator permits.
    assert held == (10 if (trade.name, how) in {("blockbee", "fail"), ("kraken", "refuse")} else 0)
    assert await trade.arrived() == 0
    await trade.world.audited()


async def test_without_funds_it_waits_and_is_paid_once_there_are(trade: Trade) -> None:
    await trade.town.payouts.next("no_funds", times=2)
    await trade.town.payouts.always("succeed", delay=0)
    await trade.wants()
    await trade.payouts.tick()
    assert await trade.town.payouts.all() == []
    await trade.run(40)
    await trade.webhooks()
    assert await trade.arrived() == len(await trade.town.payouts.all()) == 1
    assert (await trade.world.money(trade.user, trade.code))[1] == 0
    await trade.world.audited()


async def test_banks_and_accounts_are_those_of_fincra(nursery: trio.Nursery, tmp_path: Path) -> None:
    sandbox = await nursery.start(serve_sandbox, "127.0.0.1", 0, tmp_path)
    async with open_banks(sandbox.fincra_url, sandbox.fincra_secret_key) as desk:
        assert isinstance(desk, BankDesk)
        banks = await desk.list_banks(ListBanks(), "key")
        assert isinstance(banks, Banks)
        assert [bank.name for bank in banks.banks] == sorted((bank.name for bank in banks.banks), key=str.casefold)
        found = await desk.resolve(ResolveAccount(1, banks.banks[0].code, "0123456789"), "key")
        assert isinstance(found, Account)
        assert found.number == "0123456789"
        assert found.name
        nobody = ResolveAccount(1, banks.banks[0].code, "0123456000")
        assert await desk.resolve(nobody, "key") == Refused("unresolved")
    async with open_banks("http://127.0.0.1:9", "key") as away:
        assert away
        assert (
            await away.list_banks(ListBanks(), "key") == await away.resolve(nobody, "key") == Refused("provider_away")
        )
    assert await bank_errands(None)[ListBanks](ListBanks(), "key") == Refused("provider_away")
