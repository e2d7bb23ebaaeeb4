"""Deposits: the way to an address, on the real database and with the provider's errand."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from lockbay.actors.plan import Plan
from lockbay.actors.screen import Copy, Screen
from lockbay.actors.words import words
from lockbay.areas import deposits
from lockbay.areas.deposits import screens
from lockbay.areas.deposits.errands import MakeAddress
from lockbay.areas.deposits.networks import NETWORKS
from lockbay.areas.deposits.records import DepositAddress, SaveAddress
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES
from lockbay.payments.blockbee import CONFIRMATIONS, TICKERS
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fund, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

PLAN = Plan(deposits.FLOWS, deposits.COMMANDS, "deposit", lambda person, flow: None)
ENGLISH = words("en", "UTC")
TRON = "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE"


@pytest.fixture
def provider(database: Database) -> dict[str, int]:
    """How often each coin's address was asked for."""
    return {}


@pytest.fixture
async def talk(database: Database, clock: MovedClock, provider: dict[str, int]) -> Talk:
    async def make(errand: MakeAddress, key: str) -> DepositAddress | Refused:
        provider[errand.network] = provider.get(errand.network, 0) + 1
        if errand.currency == "DOGE":
            return Refused("provider_away")
        if errand.currency == "LTC":
            return Refused("something_new")
        wanted = SaveAddress(errand.user_id, errand.currency, errand.network, "blockbee", TRON, "n", Decimal("1.50"))
        return await database.perform(wanted, key)

    return Talk(PLAN, database, clock, await onboarded(database, ANA), {MakeAddress: make})


async def test_coin_network_address_with_picture_copy_button_and_facts(talk: Talk) -> None:
    assert labels(await talk.open("deposit"))[:6] == ["USDT", "BTC", "ETH", "LTC", "DOGE", "TRX"]
    assert labels(await talk.press("USDT"))[:2] == ["Tron (TRC20)", "Ethereum (ERC20)"]
    screen = await talk.press("Tron")
    shown = sent(screen)
    assert TRON in shown
    assert "Network: Tron (TRC20)" in shown
    assert "At least: 1.5 USDT" in shown
    assert "Arrives after: 1 confirmation\n" in shown
    assert "Send only USDT, only over Tron (TRC20)" in shown
    assert Copy("Copy address", TRON) in screen.rows[0]
    assert leads_to(screen) == {"deposit", "wallet", "menu"}


async def test_a_coin_of_one_network_needs_no_second_question(talk: Talk) -> None:
    await talk.open("deposit")
    assert "Arrives after: 2 confirmations" in sent(await talk.press("BTC"))


async def test_the_address_is_made_once(talk: Talk, provider: dict[str, int]) -> None:
    first = await talk.open("deposit", "BTC")
    assert await talk.open("deposit", "BTC", "BTC") == first
    assert provider == {"BTC": 1}


async def test_the_picture_is_a_small_png_of_that_address(talk: Talk) -> None:
    photo = (await talk.open("deposit", "TRX")).photo
    assert photo is not None
    assert photo.startswith(b"\x89PNG")
    assert len(photo) < 4000
    assert photo == screens.qr(TRON) != screens.qr(TRON.lower())


@pytest.mark.parametrize(("coin", "says"), [("DOGE", "does not answer"), ("LTC", "no address for LTC")])
async def test_a_refusal_says_that_no_money_moved_and_what_to_do(talk: Talk, coin: str, says: str) -> None:
    shown = sent(await talk.open("deposit", coin))
    assert says in shown
    assert "no money has moved" in shown
    assert talk.screen.photo is None
    assert sent(await talk.press("Try again")) == shown
    assert "menu" in leads_to(talk.screen)


@pytest.mark.parametrize(
    "args",
    [("NGN",), ("XXX",), ("<b>" * 20,), ("BTC", "TRC20"), ("USDT", "BTC"), ("USDT", "trc20"), ("٣",)],
)
async def test_forged_coins_and_networks_are_refused(
    talk: Talk, provider: dict[str, int], args: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid):
        await talk.open("deposit", *args)
    assert provider == {}


def test_every_coin_has_named_networks_with_the_confirmations_that_the_provider_waits_for() -> None:
    routes = {(coin.code, network) for coin in CURRENCIES.values() for network in coin.networks}
    assert {network for _, network in routes} == set(NETWORKS)
    for coin, network in routes & TICKERS.keys():
        assert NETWORKS[network].confirmations == CONFIRMATIONS.get(coin, 1)


async def told(database: Database) -> list[Screen]:
    """The notices in the outbox, drawn as the outbox draws them."""
    found = await database.pool.fetch(
        "told", "SELECT kind, data::text FROM outbox WHERE kind LIKE 'deposit%' ORDER BY id", (), reads=True
    )
    notices = [(deposits.NOTICES[row["kind"]], orjson.loads(row["data"])) for row in found]
    return [notice.draw(ENGLISH, rows.structurer(notice.record)(data)) for notice, data in notices]


async def test_a_credited_deposit_is_told_with_its_amount(database: Database) -> None:
    await fund(database, await onboarded(database, ANA), "12.50")
    [notice] = await told(database)
    assert sent(notice).startswith("✅ Deposit credited: 12.5 USDT\n\nNetwork: Tron (TRC20)\nTransaction: tx")
    assert leads_to(notice) == {"wallet", "new_trade", "trades", "menu"}


def test_news_of_an_unknown_network_and_an_endless_transaction_can_be_sent() -> None:
    news = screens.DepositNews("USDT", "<NEW>", Decimal("1.000000"), "<x>" * 4000)
    assert "Deposit on its way: 1 USDT" in sent(screens.seen(ENGLISH, news))
    assert "<NEW>" in sent(screens.credited(ENGLISH, news))
