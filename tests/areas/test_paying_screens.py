"""The screens and notices of a payment for a trade, pure: the longest, the shortest of time, and every refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Protocol

import pytest
from attrs import evolve

from lockbay.actors.screen import Screen
from lockbay.actors.words import Words, words
from lockbay.areas.networks import NETWORKS
from lockbay.areas.payin import Payin
from lockbay.areas.trades import payment_refusals, payment_screens
from lockbay.areas.trades.payment import Purse, TradePayment
from lockbay.areas.trades.payment_news import PaymentNews
from lockbay.areas.trades.views import Part
from lockbay.money import CURRENCIES
from lockbay.postgres.queries import Refused
from tests.areas.paying import NOTICES
from tests.areas.people import ANA
from tests.areas.sendable import leads_to, sent
from tests.clock import START

EN = words("en", "UTC")
LATER = START + timedelta(hours=1)
MOST = Decimal("9999.123456789012345678")
LONG = "x" * 120

PAYMENT = TradePayment(
    id=2**62, slug="T-7K3Q9X", currency="ETH", total=MOST, missing=MOST, deadline=LATER,
    seller_gets=MOST, reduced=MOST, parts=tuple(Part(code, MOST, MOST, LATER) for code in CURRENCIES),
    purses=tuple(Purse(code, MOST, MOST) for code in ("ETH", *(set(CURRENCIES) - {"ETH"}))), places=(),
    may=("pay", "reduce", "cancel"),
)  # fmt: skip
PLACE = Payin(
    id=1, user_id=ANA, trade_id=2**62, currency="ETH", network="ETH", reference="r", nonce="n", amount=MOST, usd=None,
    provider="p", address=LONG, link=None, external_id="", minimum=MOST + 1, created_at=START, valid_until=LATER,
    payer="Ana", email=None, price_until=LATER,
)  # fmt: skip


class Draw(Protocol):
    def __call__(self, words: Words, payment: TradePayment, where: Payin, *, now: datetime) -> Screen: ...


@pytest.mark.parametrize("draw", [payment_screens.bank_page, partial(payment_screens.address, network=NETWORKS["ETH"])])
def test_a_place_whose_price_is_over_says_so(draw: Draw) -> None:
    place = evolve(PLACE, link="https://pay.example/1")
    over = "The price is not locked any more: what comes counts at the price of then, if that is lower."
    for price_until, is_over in ((LATER, False), (START, True), (None, False)):
        shown = sent(draw(EN, PAYMENT, evolve(place, price_until=price_until), now=START))
        assert (over in shown) is is_over
        assert ("This price stands until" in shown) is (price_until == LATER)


def test_until_when_what_has_arrived_keeps_its_price_is_said_wherever_the_rest_is_asked_for() -> None:
    """Of several parts, what ends first; what came in the trade's own currency has no price."""
    place = evolve(PLACE, link="https://pay.example/1")
    parts = (
        Part("ETH", MOST, MOST),
        Part("BTC", MOST, MOST, LATER),
        Part("LTC", MOST, MOST, START + timedelta(hours=2)),
    )
    for now, said in (
        (START, "What has arrived in another coin keeps its price until 22 Nov, 13:00 UTC; after that it counts"),
        (LATER, "The price of what has arrived in another coin is not locked any more"),
    ):
        payment = evolve(PAYMENT, parts=parts)
        for screen in (
            payment_screens.ways(EN, payment, now),
            payment_screens.address(EN, payment, PLACE, NETWORKS["ETH"], now),
            payment_screens.bank_page(EN, payment, place, now),
        ):
            assert said in sent(screen)
    assert "in another coin" not in sent(payment_screens.ways(EN, evolve(PAYMENT, parts=parts[:1]), START))


def test_the_longest_screens_can_be_sent() -> None:
    network = NETWORKS["ETH"]
    for screen in (
        payment_screens.ways(EN, PAYMENT, START),
        payment_screens.from_wallet(EN, PAYMENT),
        payment_screens.choose_coin(EN, PAYMENT),
        payment_screens.choose_network(EN, PAYMENT, CURRENCIES["USDT"]),
        payment_screens.address(EN, PAYMENT, PLACE, network, START),
        payment_screens.address(EN, PAYMENT, evolve(PLACE, minimum=Decimal(1)), network, START),
        payment_screens.bank_page(EN, PAYMENT, evolve(PLACE, link="https://pay.example/1"), START),
        payment_screens.going_on(EN, PAYMENT),
    ):
        assert "T-7K3Q9X" in sent(screen)
        assert "menu" in leads_to(screen)


@pytest.mark.parametrize("kind", ["payment_seen", "payment_part", "payment_done", "payment_extra"])
@pytest.mark.parametrize("credited", [Decimal(0), MOST])
def test_every_notice_can_be_sent(kind: str, credited: Decimal) -> None:
    news = PaymentNews(
        2**62, "T-7K3Q9X", "underpaid", "ETH", MOST, MOST, LATER, "ETH", "ETH", MOST + 1, credited, LONG * 9
    )
    screen = NOTICES[kind].draw(EN, news)
    assert "T-7K3Q9X" in sent(screen).splitlines()[0]
    assert ("wallet" in leads_to(screen)) == bool(credited)
    assert {"trade", "menu"} <= leads_to(screen)


def test_a_part_that_arrives_says_until_when_it_keeps_its_price() -> None:
    news = PaymentNews(
        17,
        "T-7K3Q9X",
        "underpaid",
        "USDT",
        Decimal(105),
        Decimal(5),
        LATER,
        "BTC",
        "BTC",
        MOST,
        Decimal(0),
        "tx",
        LATER,
    )
    assert "keeps its price until 22 Nov, 13:00 UTC" in sent(NOTICES["payment_part"].draw(EN, news))
    assert "keeps its price" not in sent(NOTICES["payment_part"].draw(EN, evolve(news, price_until=None)))


@pytest.mark.parametrize(
    ("credited", "says"),
    [
        ("20", "all of it is in your wallet now."),
        ("15", "15 USDT of it was more than needed"),
        ("0", "made up for now."),
    ],
)
def test_what_comes_for_a_paid_trade_is_told_to_the_last_unit(credited: str, says: str) -> None:
    news = PaymentNews(
        17, "T-7K3Q9X", "paid", "USDT", Decimal(105), Decimal(0), LATER, "USDT", "TRC20",
        Decimal(20), Decimal(credited), "tx",
    )  # fmt: skip
    shown = NOTICES["payment_extra"].draw(EN, news)
    assert "20 USDT more came for trade T-7K3Q9X" in sent(shown)
    assert says in sent(shown)
    assert ("wallet" in leads_to(shown)) == (credited != "0")


REASONS: Mapping[str, Mapping[str, str]] = {
    "no_rate": {"currency": "BTC"},
    "insufficient": {"currency": "BTC", "missing": "0.1"},
    "terms_changed": {"total": "5"},
    "parts_position": {"currency": "USDT", "left": "1"},
    **{reason: {} for reason in (
        "quote_expired", "too_little", "bad_amount", "provider_away", "unknown_currency", "taken", "unknown_payin",
        "wrong_state", "too_late", "not_yours", "unknown_trade", "eclipse",
    )},
}  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("has_details", [True, False])
def test_every_refusal_says_that_no_money_moved(reason: str, has_details: bool) -> None:
    said = payment_refusals.sentence(EN, Refused(reason, REASONS[reason] if has_details else {}))
    assert any(
        assurance in said
        for assurance in ("money moved", "money has moved", "othing was paid", "othing was charged", "othing was done")
    )
