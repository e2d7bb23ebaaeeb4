"""What LockBay wants of whoever pays out: to pay a cash-out once, and to say what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias

from lockbay.areas.payout import Cashout, SettleCashout, Told
from lockbay.payments.provider import ASKED
from lockbay.payments.reading import KEPT
from lockbay.postgres.text import storable

# What a provider does not know this long after it was to be paid, it was never asked to pay: all calls are long over.
SETTLED: Final = timedelta(minutes=10)
LONGEST_PROBLEM: Final = 200

# Why a cash-out waits; all other problems are a provider's own words.
NO_FUNDS: Final = "no_funds"
UNREGISTERED: Final = "unregistered"  # somebody has to make the address known to the provider
NOT_TAKEN: Final = "not_taken"  # the provider was not reached, or never heard of it

# Notes what a provider calls a cash-out (its id, the name), before the provider can have paid; False: another cash-out
# is called so. Raises what the database raises.
Keep: TypeAlias = Callable[[int, str], Awaitable[bool]]


class PayoutProvider(Protocol):
    """Pays to others. Any number of tasks may call."""

    name: str

    def pays(self, currency: str, network: str) -> bool: ...

    async def pay(self, cashout: Cashout) -> SettleCashout:
        """Called after `sending` was committed, once. Every outcome is an answer: `failed` and `waiting` when no money
        leaves for certain, `unknown` when nobody can say.
        """

    async def ask(self, cashout: Cashout) -> SettleCashout | None:
        """What became of it; None: nothing that is not known, or no answer. `waiting` when it was not paid for certain
        and may be paid by another call of `pay`.
        """


def told(
    cashout: Cashout,
    provider: str,
    outcome: Told,
    *,
    external_id: str | None = None,
    txid: str | None = None,
    problem: str | None = None,
    body: bytes = b"",
) -> SettleCashout:
    """What a provider answered about a cash-out: the beginning of it, as what waits is told anew four times an hour."""
    why = storable(problem)[:LONGEST_PROBLEM] if problem else None
    return SettleCashout(cashout.reference, provider, outcome, external_id, txid, why, body[:KEPT], ASKED)


def is_settled(cashout: Cashout, now: datetime) -> bool:
    """Whether nobody has said anything of a call that, if it was made at all, is long over."""
    return cashout.state == "sending" and cashout.sending_at is not None and now - cashout.sending_at >= SETTLED
