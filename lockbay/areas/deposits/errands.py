"""What somebody who pays in has done outside of the database."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from lockbay.actors.errand import Errand
from lockbay.areas.deposits.records import Payin


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
