"""How the answers about a cash-out are understood. Each raises Invalid with a sentence.

None depends on what the cash-out itself changes: a replay after it must understand the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from lockbay.actors.parse import Parse, Pressed, Reply, Said, button, choice, money
from lockbay.actors.words import Words
from lockbay.areas.cashout.records import CashoutStart, Coin, Cost
from lockbay.areas.networks import NETWORKS
from lockbay.errors import Invalid
from lockbay.money import from_plain

ALL: Final = "all"
CONFIRM: Final = "confirm"
Field: TypeAlias = Literal["amount", "network", "to", "keep"]
FIELDS: Final[tuple[Field, ...]] = ("amount", "network", "to", "keep")


def coin(words: Words, start: CashoutStart) -> Parse[Coin]:
    """One that can be cashed out at all."""
    return choice(words, {each.currency: each for each in start.coins})


def amount(words: Words, of: Coin, costs: Sequence[Cost]) -> Parse[Decimal | None]:
    """An amount that one of the networks sends and that can be there; None: all there is."""
    least = of.least(costs)

    def parse(reply: Reply) -> Decimal | None:
        match reply:
            case Pressed(text) | Said(text) if text.casefold() == ALL:
                return None
            case Pressed() | Said():
                typed = money(words, reply, of.unit).amount
            case _:
                raise Invalid(
                    words("Please type the amount, for example {example}.", example=words.amount(least, of.unit))
                )
        if typed < least:
            raise Invalid(words("The least that can be cashed out is {least}.", least=words.amount(least, of.unit)))
        if typed > of.ceiling:
            raise Invalid(words("You have {available} only.", available=words.amount(of.available, of.unit)))
        return typed

    return parse


def network(words: Words, of: Coin, amount: Decimal | None) -> Parse[Cost]:
    """One that sends that much."""
    named = {cost.network: cost for cost in of.networks}
    find = choice(words, named | {NETWORKS[code].name: cost for code, cost in named.items()})

    def parse(reply: Reply) -> Cost:
        cost = find(reply)
        if amount is not None and amount < cost.least:
            raise Invalid(
                words("Over that network at least {least} can be sent.", least=words.amount(cost.least, of.unit))
            )
        return cost

    return parse


def review(words: Words) -> Parse[Field | Decimal]:
    """What to change, or what arrives: the number in the button that was pressed."""
    fields: dict[str, Field] = {field: field for field in FIELDS}

    def read(held: str) -> Field | Decimal | None:
        net = from_plain(held)
        return fields.get(held) if net is None else net

    return button(words, read)
