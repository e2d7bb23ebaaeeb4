"""What a deposit looks like: the coin, the network, the address, and what is told when money comes."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Final

import segno
from attrs import frozen
from markupsafe import Markup

from lockbay.actors.screen import Copy, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.deposits.networks import NETWORKS, Network, depositable
from lockbay.areas.deposits.records import Payin
from lockbay.areas.text import cut, lines, paragraphs
from lockbay.money import Currency
from lockbay.postgres.queries import Refused

PIXELS: Final = 8  # of a QR module: about 330 a side, sharp on a phone, under a kilobyte


@frozen
class DepositNews:
    """A payment to one of the person's addresses, seen or credited."""

    currency: str
    network: str
    amount: Decimal
    txid: str


def choose_coin(words: Words) -> Screen:
    """Which coin."""
    links = [Link(coin.code, "deposit", (coin.code,)) for coin in depositable()]
    text = paragraphs((words("📥 <b>Deposit</b>"), words("Which coin do you want to pay in?")))
    return Screen(text, (*_in_rows(links, 3), buttons.way_out(words, "wallet")))


def choose_network(words: Words, coin: Currency) -> Screen:
    """Over which network, when the coin travels on several."""
    links = [Link(NETWORKS[code].name, "deposit", (coin.code, code)) for code in coin.networks]
    text = paragraphs(
        (
            words("📥 <b>Deposit {coin}</b>", coin=coin),
            words("Which network do you send it on? It must be the one that your wallet or exchange uses."),
        )
    )
    return Screen(text, (*_in_rows(links, 1), buttons.way_out(words, "deposit")))


def address(words: Words, where: Payin, network: Network) -> Screen:
    """Where to pay to, as text, to copy and to scan."""
    text = paragraphs(
        (
            words("📥 <b>Deposit {coin}</b>", coin=where.currency),
            words("<code>{address}</code>", address=where.address),
            lines(
                words("Network: <b>{name}</b>", name=network.name),
                words("At least: <b>{amount}</b>", amount=words.amount(where.minimum, where.currency)),
                words.count(
                    "Arrives after: {n} confirmation", "Arrives after: {n} confirmations", network.confirmations
                ),
            ),
            words(
                "⚠️ Send only {coin}, only over {name}. Anything else, or less than the minimum, "
                "is not credited by itself.",
                coin=where.currency,
                name=network.name,
            ),
        )
    )
    rows: tuple[Row, ...] = (
        (Copy(words.label("Copy address"), where.address),),
        (Link(words.label("Another coin"), "deposit"), buttons.wallet(words)),
        (buttons.menu(words),),
    )
    return Screen(text, rows, qr(where.address))


def refused(words: Words, coin: Currency, network: Network, refusal: Refused) -> Screen:
    """Why there is no address now."""
    text = paragraphs((words("📥 <b>Deposit {coin}</b>", coin=coin), _why_not(words, coin, network, refusal.reason)))
    again = Link(words.label("Try again"), "deposit", (coin.code, network.code), style="primary")
    return Screen(text, ((again, Link(words.label("Another coin"), "deposit")), buttons.way_out(words, "wallet")))


def seen(words: Words, news: DepositNews) -> Screen:
    """A payment was seen, and is not confirmed yet."""
    text = paragraphs(
        (
            words("⏳ <b>Deposit on its way: {amount}</b>", amount=words.amount(news.amount, news.currency)),
            _facts(words, news),
            words("It is in your wallet as soon as the network has confirmed it. There is nothing for you to do."),
        )
    )
    return Screen(text, ((buttons.wallet(words), buttons.menu(words)),))


def credited(words: Words, news: DepositNews) -> Screen:
    """A payment is in the wallet."""
    text = paragraphs(
        (
            words("✅ <b>Deposit credited: {amount}</b>", amount=words.amount(news.amount, news.currency)),
            _facts(words, news),
            words("It is in your wallet now."),
        )
    )
    first = (buttons.wallet(words, "primary"), buttons.new_trade(words))
    return Screen(text, (first, (buttons.my_trades(words), buttons.menu(words))))


def qr(content: str) -> bytes:
    """A QR code as PNG."""
    png = BytesIO()
    segno.make_qr(content, error="m").save(png, kind="png", scale=PIXELS)
    return png.getvalue()


def _facts(words: Words, news: DepositNews) -> Markup:
    network = NETWORKS.get(news.network)
    return lines(
        words("Network: {name}", name=network.name if network else news.network),
        words("Transaction: <code>{txid}</code>", txid=cut(news.txid, 90)) if news.txid else None,
    )


def _why_not(words: Words, coin: Currency, network: Network, reason: str) -> Markup:
    name = f"{coin} ({network.name})"
    reasons = {
        "provider_away": words(
            "The payment provider that makes addresses does not answer just now. No address was made, and no money has "
            "moved. Please try again in a minute."
        ),
        "unknown_currency": words("LockBay cannot take {coin} at the moment. Please choose another coin.", coin=name),
    }
    return reasons.get(
        reason,
        words("There is no address for {coin} just now, and no money has moved. Please try again later.", coin=name),
    )


def _in_rows(links: list[Link], width: int) -> tuple[Row, ...]:
    return tuple(tuple(links[start : start + width]) for start in range(0, len(links), width))
