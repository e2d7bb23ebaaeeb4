"""How the answers about an exchange are understood. Each raises Invalid with a sentence.

None depends on what the exchange itself changes: a replay after it must understand the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.parse import Parse, Pressed, Reply, Said, button, choice, money
from lockbay.actors.words import Words
from lockbay.areas.exchange.records import Coin, Cost, ExchangeStart
from lockbay.areas.networks import NETWORKS
from lockbay.errors import Invalid
from lockbay.money import Currency, from_plain

Change: TypeAlias = Literal["price", "amount", "send", "wallet", "keep"]
CHANGES: Final[dict[str, Change]] = {
    "price": "price", "amount": "amount", "send": "send", "wallet": "wallet", "keep": "keep",
}  # fmt: skip


@frozen
class Agreed:
    """Confirm was pressed under what arrives then."""

    net: Decimal


def give(words: Words, start: ExchangeStart) -> Parse[Coin]:
    """Any currency: one that is empty is refused by the quote."""
    return choice(words, {coin.currency: coin for coin in start.coins})


def get(words: Words, start: ExchangeStart, given: Coin) -> Parse[Coin]:
    """Any other."""
    return choice(words, {coin.currency: coin for coin in start.coins if coin.currency != given.currency})


def amount(words: Words, of: Currency) -> Parse[Decimal]:
    """An amount, typed or that of a button."""

    def parse(reply: Reply) -> Decimal:
        match reply:
            case Pressed() | Said():
                return money(words, reply, of).amount
            case _:
                raise Invalid(words("Please type the amount, for example {example}.", example=f"100 {of}"))

    return parse


def network(words: Words, of: Coin) -> Parse[Cost]:
    """One that the currency can be sent on over."""
    named = {cost.network: cost for cost in of.networks}
    return choice(words, named | {NETWORKS[code].name: cost for code, cost in named.items()})


def agreed(quote_id: int, net: Decimal) -> str:
    """What the button says that agrees to this quote and to what arrives."""
    return f"{quote_id}:{net:f}"


def review(words: Words, quote_id: int) -> Parse[Change | Agreed]:
    """What to change, or Confirm: of this very quote. Of an older one none is taken."""

    def read(held: str) -> Change | Agreed | None:
        number, _, arrives = held.partition(":")
        net = from_plain(arrives) if number == str(quote_id) else None
        return CHANGES.get(held) if net is None else Agreed(net)

    return button(words, read)
