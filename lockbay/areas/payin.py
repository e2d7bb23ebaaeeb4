"""A place to pay in, and the wish for one: what deposits and trades both know."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from lockbay.actors.errand import Errand


@frozen
class Payin:
    """A place where somebody pays in: an address for a coin, or a page for a bank transfer; to the wallet, or for a
    trade. Without `provider` nobody has made it yet.

    `reference` is ours, and what events name; `nonce` proves it where a signature does not cover the reference.
    `amount` is what is expected, in `currency`; `usd` its worth. Less than `minimum` never arrives. `payer` is the
    first name, `email` a verified one. Where a price is promised, it is until `price_until`.
    """

    id: int
    user_id: int
    trade_id: int | None
    currency: str
    network: str
    reference: str
    nonce: str = field(repr=False)
    amount: Decimal | None
    usd: Decimal | None
    provider: str | None
    address: str | None
    link: str | None
    external_id: str | None
    minimum: Decimal
    created_at: datetime
    valid_until: datetime | None
    payer: str
    email: str | None
    price_until: datetime | None = None


@frozen
class OpenPayin(Errand[Payin]):
    """A place to pay in, with an address or a link; the one that there is for this purpose, if it was made already.

    Refused: `provider_away` (none configured, or none answers: try later), `unknown_currency` (nobody offers it), and
    those of RequestPayin and FillPayin.
    """

    user_id: int
    currency: str
    network: str
    trade_id: int | None = None
    amount: Decimal | None = None
