"""Each provider's client and receiver together, against the local one that is as strict as the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import trio
from attrs import evolve, field, frozen
from starlette.requests import Request
from starlette.responses import Response

from lockbay.areas.balances import Wallet
from lockbay.areas.deposits.records import Applied, ApplyPayment
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.errors import ProviderUnavailable
from lockbay.payments.payins import open_payin
from lockbay.payments.provider import Call, NotSigned, Provider
from lockbay.payments.providers import open_providers, receivers
from lockbay.postgres.database import Database
from lockbay.sandbox import Options, Sandbox, serve_sandbox
from lockbay.sandbox.person import Town, open_town
from lockbay.settings import BlockBee, DynoPay, Fincra, Settings
from lockbay.wallclock import SystemClock
from tests.areas.people import ANA, onboarded
from tests.payments.outside import outside
from tests.payments.places import NAIRA, TRADE

PLACES = {"blockbee": TRADE, "dynopay": TRADE, "fincra": NAIRA}
AMOUNT = "355.27"


@frozen
class World:
    """All providers, and what their webhooks told. `forgeries` counts those that were not signed."""

    providers: dict[str, Provider]
    town: Town
    told: list[ApplyPayment | None] = field(factory=list)
    forgeries: list[str] = field(factory=list)

    async def opened(self, name: str) -> Payin:
        """A payin that was made, as the database would keep it."""
        place = PLACES[name]
        opened = await self.providers[name].open(place)
        made = evolve(place, address=opened.address, link=opened.link, external_id=opened.external_id)
        return evolve(made, provider=name, minimum=opened.minimum)

    async def paid(self, payin: Payin, how: str) -> list[str]:
        """Somebody has paid there, and all of it was told."""
        payments = await self.town.pay(payin.address or payin.link or "", AMOUNT, how, delay=0)
        for payment in payments:
            await self.town.told(payment)
        return payments

    def confirmed(self) -> list[ApplyPayment]:
        return [payment for payment in self.told if payment is not None and payment.confirmed]


def chosen(world: Sandbox, public_url: str) -> Settings:
    return Settings(
        public_url=public_url,
        blockbee=BlockBee(world.blockbee_url, world.blockbee_api_key, world.blockbee_public_key),
        dynopay=DynoPay(world.dynopay_url, world.dynopay_api_key, world.dynopay_webhook_secret),
        fincra=Fincra(
            world.fincra_url,
            world.fincra_secret_key,
            world.fincra_public_key,
            world.fincra_business_id,
            world.fincra_webhook_secret,
        ),
    )


@pytest.fixture
async def world(nursery: trio.Nursery, tmp_path: Path) -> AsyncIterator[World]:
    told: list[ApplyPayment | None] = []
    forgeries: list[str] = []

    async def webhook(request: Request) -> Response:
        target = request.scope["raw_path"] + b"?" + request.scope["query_string"]
        call = Call(request.method, target.rstrip(b"?"), request.headers.raw, await request.body())
        receiver = listening[request.url.path.rpartition("/")[2]]
        try:
            heard = receiver.receive(call)
        except NotSigned:
            forgeries.append(receiver.name)
            return Response("", 401)
        assert heard is None or isinstance(heard, ApplyPayment)
        told.append(heard)
        return Response(receiver.acknowledgement)

    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(outside(webhook))
        serve = partial(serve_sandbox, options=Options(merchant_url=server.url))
        sandbox = await nursery.start(serve, "127.0.0.1", 0, tmp_path)
        settings = chosen(sandbox, server.url)
        listening = {receiver.name: receiver for receiver in receivers(settings, SystemClock())}
        providers = await stack.enter_async_context(open_providers(settings, "https://t.me/lockbay_bot"))
        town = await stack.enter_async_context(open_town(sandbox.url))
        yield World({provider.name: provider for provider in providers}, town, told, forgeries)


@pytest.mark.parametrize("name", PLACES)
async def test_a_payment_is_told_and_can_be_asked_for_as_one_request(world: World, name: str) -> None:
    payin = await world.opened(name)
    await world.paid(payin, "exact")
    last = world.confirmed()[-1]
    [asked] = [each for each in await world.providers[name].payments(payin) if each.confirmed]
    assert (last.value, last.reference) == (Decimal(AMOUNT), payin.reference)
    assert (last.currency, last.network) == (payin.currency, payin.network)
    assert asked.request_key == last.request_key
    assert {each.request_key for each in world.confirmed()} == {asked.request_key}


@pytest.mark.parametrize(("how", "value"), [("short", "319.74"), ("over", "390.80")])
@pytest.mark.parametrize("name", PLACES)
async def test_what_came_counts_whatever_was_asked_for(world: World, name: str, how: str, value: str) -> None:
    await world.paid(await world.opened(name), how)
    assert {round(each.value, 2) for each in world.confirmed()} == {Decimal(value)}


@pytest.mark.parametrize("name", PLACES)
async def test_two_payments_are_both_told_and_neither_hides_the_other(world: World, name: str) -> None:
    payin = await world.opened(name)
    await world.paid(payin, "twice")
    most: dict[str, Decimal] = {}
    for each in world.confirmed():
        most[each.event_id] = max(each.value, most.get(each.event_id, each.value))
    assert sum(most.values()) == 2 * Decimal(AMOUNT)


@pytest.mark.parametrize("how", ["again", "out_of_order", "pending"])
@pytest.mark.parametrize("name", ["blockbee", "dynopay"])
async def test_however_it_is_told_it_is_one_payment(world: World, name: str, how: str) -> None:
    await world.paid(await world.opened(name), how)
    assert len({each.request_key for each in world.confirmed()}) == 1
    assert [each for each in world.told if each is not None and not each.confirmed]


@pytest.mark.parametrize("name", PLACES)
async def test_what_was_never_told_is_found_by_asking(world: World, name: str) -> None:
    payin = await world.opened(name)
    assert await world.providers[name].payments(payin) == []
    await world.paid(payin, "never_told")
    [found] = [each for each in await world.providers[name].payments(payin) if each.confirmed]
    assert (found.value, found.reference, world.told) == (Decimal(AMOUNT), payin.reference, [])


@pytest.mark.parametrize("name", PLACES)
async def test_another_coin_is_told_as_what_it_is(world: World, name: str) -> None:
    payin = await world.opened(name)
    await world.paid(payin, "wrong_coin")
    assert world.confirmed()
    for each in (*world.confirmed(), *await world.providers[name].payments(payin)):
        assert each.currency != payin.currency


@pytest.mark.parametrize("name", PLACES)
async def test_a_forgery_is_refused(world: World, name: str) -> None:
    await world.paid(await world.opened(name), "bad_signature")
    assert set(world.forgeries) == {name}
    assert world.told == []


@pytest.mark.parametrize("name", ["blockbee", "dynopay"])
async def test_the_same_payin_is_the_same_place(world: World, name: str) -> None:
    assert await world.opened(name) == await world.opened(name)


async def test_a_page_whose_link_was_lost_is_made_anew_and_its_payment_is_ours(world: World) -> None:
    first, second = await world.opened("fincra"), await world.opened("fincra")
    assert first.link != second.link
    await world.paid(second, "exact")
    [asked] = await world.providers["fincra"].payments(second)
    assert [each.reference for each in world.confirmed()] == [second.reference] == [asked.reference]


@pytest.mark.parametrize("kind", ["server_error", "malformed", "reset_before", "reset_after"])
@pytest.mark.parametrize("name", PLACES)
async def test_troubles_mean_that_the_provider_is_away(world: World, name: str, kind: str) -> None:
    await world.town.fault(kind, provider=name)
    with pytest.raises(ProviderUnavailable):
        await world.opened(name)
    await world.town.heal()
    assert await world.opened(name)


@pytest.mark.parametrize(
    ("errand", "away", "maker"),
    [
        (OpenPayin(ANA, "USDT", "TRC20"), "nobody", "blockbee"),
        (OpenPayin(ANA, "USDT", "TRC20"), "blockbee", "dynopay"),
        (OpenPayin(ANA, "NGN", "BANK", amount=Decimal(AMOUNT)), "blockbee", "fincra"),
    ],
)
async def test_from_the_wish_to_pay_in_to_the_money_in_the_wallet(
    world: World, database: Database, errand: OpenPayin, away: str, maker: str
) -> None:
    await onboarded(database, ANA)
    await world.town.fault("server_error", provider=away)
    payin = await open_payin(list(world.providers.values()), database)(errand, "the errand")
    assert isinstance(payin, Payin)
    assert payin.provider == maker
    await world.paid(payin, "exact")
    for payment in (*world.told, *await world.providers[maker].payments(payin)):
        if payment is not None:
            applied = await database.perform(payment, payment.request_key)
            assert isinstance(applied, Applied)
            assert (applied.user_id, applied.reason) == (ANA, None)
    wallet = await database.read(Wallet, ANA)
    assert wallet
    assert [each.available for each in wallet.balances if each.currency == errand.currency] == [Decimal(AMOUNT)]
