"""The lines in which cash-outs wait for the payouts' runner: two for each provider that is called, to be paid and to be
asked about, and those of all that nobody is called about. A provider that hangs fills its own line, and the others are
not in it; one that hangs when it is asked pays nevertheless.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar, Final

from attrs import frozen

from lockbay.areas.payout import Cashout, SaveRoutes
from lockbay.money import CURRENCIES
from lockbay.payments.manual import Manual
from lockbay.payments.payout import PayoutProvider
from lockbay.postgres.queries import Statement

MOST: Final = 100  # cash-outs of one line at once, of which most wait for their turn
NOBODYS: Final = ""  # the line of those that nobody is called about


@frozen
class Due:
    """What there is to do by now."""

    to_send: tuple[Cashout, ...]
    to_ask: tuple[Cashout, ...]


@frozen
class DueCashouts(Statement[Due]):
    """Of each of `lines` at most its one of `send_rooms` and of `ask_rooms`, without those that are put `aside`. Whose
    line a cash-out is in: that of `payers` which is in the place of its provider in `routes`, or of its
    currency.network before it was given to one; else nobody's.
    """

    file: ClassVar[str] = "cashout/due"
    aside: list[int]
    lines: list[str]
    send_rooms: list[int]
    ask_rooms: list[int]
    routes: list[str]
    payers: list[str]


class Lines:
    """Who is to pay what, and which cash-outs are at work in whose line."""

    def __init__(self, providers: Sequence[PayoutProvider]) -> None:
        """They are tried in their order."""
        called = {provider.name: provider.name for provider in providers if not isinstance(provider, Manual)}
        over = {f"{code}.{network}": payer for (code, network), payer in payers(providers).items()}
        self._names = (*called, NOBODYS)
        self._payers = {**called, **over}
        self._busy: dict[int, tuple[str, bool]] = {}  # whose line, and whether it is to be sent

    def payer(self, cashout: Cashout) -> str | None:
        """Whoever was to pay it before, else the first that can: two providers are never asked to pay the same."""
        before = cashout.provider if cashout.provider != Manual.name else None
        return self._payers.get(before or f"{cashout.currency}.{cashout.network}")

    def due(self) -> DueCashouts | None:
        """What to ask for; None: there is no room in any line."""
        busy = Counter(self._busy.values())
        to_send, to_ask = ([max(MOST - busy[name, kind], 0) for name in self._names] for kind in (True, False))
        if not any(to_send) and not any(to_ask):
            return None
        routes = list(self._payers), list(self._payers.values())
        return DueCashouts(sorted(self._busy), list(self._names), to_send, to_ask, *routes)

    def enter(self, cashout: Cashout) -> bool:
        """False when it is in its line already."""
        if cashout.id in self._busy:
            return False
        self._busy[cashout.id] = self.payer(cashout) or NOBODYS, is_to_send(cashout)
        return True

    def leave(self, cashout: Cashout) -> None:
        self._busy.pop(cashout.id, None)


def is_to_send(cashout: Cashout) -> bool:
    """Else it is to be asked about."""
    return cashout.state in ("requested", "waiting")


def payers(providers: Sequence[PayoutProvider]) -> dict[tuple[str, str], str]:
    """Who pays which coin over which network: the first that can. What is left to the staff is not there."""
    able = [each for each in providers if not isinstance(each, Manual)]
    every = [(currency.code, network) for currency in CURRENCIES.values() for network in currency.networks]
    found = {pair: next((each.name for each in able if each.pays(*pair)), None) for pair in every}
    return {pair: name for pair, name in found.items() if name is not None}


def routes(providers: Sequence[PayoutProvider]) -> SaveRoutes:
    """What is not left to the staff."""
    paid = payers(providers)
    return SaveRoutes([code for code, _ in paid], [network for _, network in paid])
