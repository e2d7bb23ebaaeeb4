"""The 6-digit codes, for every purpose. Nobody stores one: the database keeps a hash, the outbox a nonce, and who knows
the secret derives the code.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.areas.destinations_records import Destination
from lockbay.postgres.queries import Operation

# email: it becomes the account's; contact: a further address; cashout: it is the person who sends money out
Purpose: TypeAlias = Literal["email", "contact", "cashout"]


def code(secret: bytes, user_id: int, purpose: str, nonce: str) -> str:
    """Six digits. sql/codes/digits.sql derives the same."""
    digest = sha256(secret + f"{user_id}:{purpose}:{nonce}".encode()).hexdigest()
    return f"{int(digest[:8], 16) % 1_000_000:06d}"


@frozen
class Outgoing:
    """What a code lets go out, no more and nowhere else. Its mail names it, as whoever is deceived looks there last.
    `net` is what arrives; of an account at a bank `address` is the number.
    """

    currency: str
    net: Decimal
    network: str
    address: str
    bank_code: str
    bank_name: str
    account_name: str


def outgoing(currency: str, net: Decimal, to: Destination) -> Outgoing:
    """That much, to there."""
    return Outgoing(currency, net, to.network, to.address, to.bank_code, to.bank_name, to.account_name)


@frozen
class CodeSent:
    """A code that can still be typed."""

    email: str
    expires_at: datetime
    tries_left: int


@frozen
class SendCode(Operation[CodeSent]):
    """Mails a code for one purpose; earlier ones for it are void. `email` is the address to prove; for `cashout` it is
    "", the code goes to the verified one, and `outgoing` is what it is for. Refused: `too_soon` (details: retry_at, and
    as `last` what the one before is: `good` for this, `used`, or for `other`), `too_many` (details: retry_at),
    `email_taken`, `bad_email`, `no_email` (none is verified); for `contact` also `kept_already` and `extras_full`.
    """

    file: ClassVar[str] = "codes/send"
    user_id: int
    purpose: Purpose
    email: str = ""
    outgoing: Outgoing | None = None
