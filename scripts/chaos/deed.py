"""What somebody sets out to do under faults, and what of it must be found afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field

from scripts.chaos.people import Tally


@define
class Deed:
    """What somebody set out to do, from its beginning on, so that nothing of it is forgotten. `ended`: it came to its
    end; of any other nobody knows whether what was confirmed last has happened.
    """

    tally: Tally = field(factory=Tally)
    ended: bool = False


def total(deeds: Iterable[Deed]) -> Tally:
    found = Tally()
    for deed in deeds:
        tally = deed.tally
        found.trades |= tally.trades
        found.payments += tally.payments
        found.bought.update(tally.bought)
        found.cashed.update(tally.cashed)
        found.exchanged.update(tally.exchanged)
    return found
