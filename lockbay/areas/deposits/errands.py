"""What a deposit conversation has done outside of the database."""

from __future__ import annotations

from attrs import frozen

from lockbay.actors.errand import Errand
from lockbay.areas.deposits.records import DepositAddress


@frozen
class MakeAddress(Errand[DepositAddress]):
    """An address that the person can pay to; the one that they have, if they have one. Refused: `provider_away` (none
    configured, or it does not answer: try later), `unknown_currency` (nobody offers it), `taken` (see SaveAddress).
    """

    user_id: int
    currency: str
    network: str
