"""What each provider has left, asked by its own client of the local one that is as strict as the real one."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path

import httpx
import pytest
import trio
from starlette.responses import Response

from lockbay.errors import ProviderUnavailable
from lockbay.payments.balances import Pot, Purse
from lockbay.payments.blockbee_payouts import open_blockbee_payouts
from lockbay.payments.fincra_payouts import open_fincra_payouts
from lockbay.payments.kraken import open_kraken
from lockbay.payments.manual import Manual
from lockbay.payments.providers import open_payouts
from lockbay.sandbox import Options, Sandbox, serve_sandbox
from lockbay.settings import BlockBee, Fincra, Kraken, Settings
from tests.clock import MovedClock
from tests.payments.outside import outside, says

KEY = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="


async def keep(cashout_id: int, external_id: str) -> bool:
    raise AssertionError("asking for a balance pays nothing")


@pytest.fixture
async def world(nursery: trio.Nursery, tmp_path: Path) -> Sandbox:
    serve = partial(serve_sandbox, options=Options(merchant_url="http://127.0.0.1:9"))
    started = await nursery.start(serve, "127.0.0.1", 0, tmp_path)
    assert isinstance(started, Sandbox)
    return started


def settings(world: Sandbox) -> Settings:
    return Settings(
        blockbee=BlockBee(world.blockbee_url, world.blockbee_api_key),
        fincra=Fincra(world.fincra_url, world.fincra_secret_key, business_id=world.fincra_business_id),
        kraken=Kraken(world.kraken_url, world.kraken_api_key, world.kraken_secret),
    )


async def fill(world: Sandbox, provider: str, pot: str, amount: str) -> None:
    async with httpx.AsyncClient(base_url=world.url, trust_env=False) as client:
        sent = {"provider": provider, "pot": pot, "amount": amount}
        assert (await client.post("/api/payouts/pot", json=sent)).status_code == 200


async def test_every_provider_that_pays_by_itself_says_what_it_has_left(world: Sandbox) -> None:
    await fill(world, "fincra", "NGN", "1234.56")
    await fill(world, "blockbee", "trc20/usdt", "7.5")
    await fill(world, "kraken", "XXBT", "0.25")
    found: dict[str, set[Pot]] = {}
    async with open_payouts(settings(world), keep, MovedClock()) as payers:
        for payer in payers:
            if isinstance(payer, Purse):
                found[payer.name] = set(await payer.left(lambda currency, _: currency in ("NGN", "USDT", "BTC")))
    assert found["fincra"] == {Pot("NGN", "BANK", Decimal("1234.56"))}
    assert {pot for pot in found["blockbee"] if pot.network == "TRC20"} == {Pot("USDT", "TRC20", Decimal("7.5"))}
    assert {pot.network for pot in found["blockbee"]} == {"TRC20", "ERC20", "BTC"}
    assert found["kraken"] == {Pot("BTC", "", Decimal("0.25")), Pot("USDT", "", Decimal(10_000_000))}
    assert not isinstance(Manual(), Purse)


async def test_what_nobody_wants_to_know_is_not_asked(world: Sandbox) -> None:
    async with open_payouts(settings(world), keep, MovedClock()) as payers:
        assert [await each.left(lambda *_: False) for each in payers if isinstance(each, Purse)] == [[], [], []]


async def test_what_kraken_does_not_name_it_has_nothing_of() -> None:
    script = says('{"error": [], "result": {"ZUSD": "3", "XETH": "1.5", "ETH.F": "9", "XBT": "1", "XXBT": "0.5"}}')
    async with outside(script) as server, open_kraken(server.url, "key", KEY, keep, MovedClock()) as kraken:
        found = await kraken.left(lambda currency, _: currency in ("BTC", "ETH", "TRX"))
    assert {pot.currency: pot.amount for pot in found} == {"BTC": Decimal("1.5"), "ETH": Decimal("1.5"), "TRX": 0}


@pytest.mark.parametrize(
    "said", ['{"status": "success"}', '{"data": [{"currency": "USD", "availableBalance": 5}]}', "<html>", '{"data": 5}']
)
async def test_an_answer_without_a_balance_is_none(said: str) -> None:
    async with outside(says(said)) as server:
        async with open_fincra_payouts(server.url, "key", "b", MovedClock()) as fincra:
            with pytest.raises(ProviderUnavailable):
                await fincra.left(lambda *_: True)
        async with open_blockbee_payouts(server.url, "key", keep, MovedClock()) as blockbee:
            with pytest.raises(ProviderUnavailable):
                await blockbee.left(lambda *_: True)


async def test_a_key_that_may_not_ask_is_no_balance_of_nothing() -> None:
    async def script(_: object) -> Response:
        return Response('{"error": ["EGeneral:Permission denied"]}', media_type="application/json")

    async with outside(script) as server, open_kraken(server.url, "key", KEY, keep, MovedClock()) as kraken:
        with pytest.raises(ProviderUnavailable):
            await kraken.left(lambda *_: True)
