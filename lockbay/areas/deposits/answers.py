"""How the answers about a deposit are understood. Each raises Invalid with a sentence."""

from __future__ import annotations

from lockbay.actors.parse import Parse, Pressed, Reply, Said, money
from lockbay.actors.words import Words
from lockbay.areas.deposits.records import BankDeposit
from lockbay.errors import Invalid
from lockbay.money import NGN, Money


def amount(words: Words, limits: BankDeposit) -> Parse[Money]:
    """Naira within the limits, pressed or typed."""
    least, most = Money(limits.least, NGN), Money(limits.most, NGN)

    def parse(reply: Reply) -> Money:
        match reply:
            case Pressed() | Said():
                typed = money(words, reply, NGN)
            case _:
                raise Invalid(words("Please type the amount, for example {example}.", example=words.money(least)))
        if typed < least:
            raise Invalid(words("The smallest transfer is {least}.", least=words.money(least)))
        if most < typed:
            raise Invalid(words("The largest transfer is {most}.", most=words.money(most)))
        return typed

    return parse
