"""What the screens of deposits and of payments have in common: networks, pictures, payments as providers tell them."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Url
from lockbay.actors.words import Words
from lockbay.areas.networks import Network, network_name
from lockbay.areas.text import cut, lines
from lockbay.money import CURRENCIES, LARGEST

PIXELS: Final = 8  # of a QR module: about 330 a side, sharp on a phone, under a kilobyte
LONGEST_COIN: Final = 20


def which_network(words: Words) -> Markup:
    """The question that a coin of several networks needs."""
    return words("Which network do you send it on? It must be the one that your wallet or exchange uses.")


def confirmations(words: Words, network: Network) -> Markup:
    """How many blocks it takes."""
    return words.count("Arrives after: {n} confirmation", "Arrives after: {n} confirmations", network.confirmations)


def pay_page(words: Words, link: str) -> Url:
    """Opens the page of a bank transfer."""
    return Url(words.label("🏦 Open the payment page"), link)


def qr(content: str) -> bytes:
    """A QR code as PNG."""
    png = BytesIO()
    import segno  # when the service serves: see service.LATER

    segno.make_qr(content, error="m").save(png, kind="png", scale=PIXELS)
    return png.getvalue()


def told(words: Words, amount: Decimal, currency: str) -> str:
    """An amount of whatever size and coin a provider names: a notice that cannot be drawn holds up those behind it."""
    if amount >= LARGEST:
        return f"{amount:.3E} {cut(currency, LONGEST_COIN)}"
    if currency in CURRENCIES:
        return words.amount(amount, currency)
    return f"{words.number(amount)} {cut(currency, LONGEST_COIN)}"


def facts(words: Words, network: str, txid: str) -> Markup:
    """How it travelled, and where it can be looked up."""
    return lines(
        words("Network: {name}", name=network_name(network)),
        words("Transaction: <code>{txid}</code>", txid=cut(txid, 90)) if txid else None,
    )
