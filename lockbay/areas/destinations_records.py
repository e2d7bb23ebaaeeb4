"""Where money goes to, as records, and what is asked outside about banks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from lockbay.actors.errand import Inquiry

MOST_SAVED: Final = 50  # of a person; sql/contacts/keep.sql and add.sql say so, too


@frozen
class Destination:
    """An address on a network, or an account at a bank (`network` BANK, `address` its number, all of `bank_…` and
    `account_name`). With a label it is to be kept under that name.
    """

    network: str
    address: str
    bank_code: str = ""
    bank_name: str = ""
    account_name: str = ""
    label: str = ""


@frozen
class Saved:
    """A destination that the person has kept."""

    id: int
    label: str
    currency: str
    network: str
    address: str
    bank_code: str
    bank_name: str
    account_name: str

    @property
    def destination(self) -> Destination:
        """Where it leads; it is kept already, so without its label."""
        return Destination(self.network, self.address, self.bank_code, self.bank_name, self.account_name)


def can_be_kept(to: Destination, saved: Sequence[Saved]) -> bool:
    """It has no name yet and gets none, and there is room for one more."""
    is_saved = any(
        (each.network, each.bank_code, each.address) == (to.network, to.bank_code, to.address) for each in saved
    )
    return not to.label and not is_saved and len(saved) < MOST_SAVED


@frozen
class Bank:
    """A bank, by the code that the provider knows it by."""

    code: str
    name: str


@frozen
class Banks:
    """All that can be paid to."""

    banks: tuple[Bank, ...]


@frozen
class ListBanks(Inquiry[Banks]):
    """The banks that can be paid to. Refused: `provider_away`."""


@frozen
class Account:
    """An account that exists, and whose it is."""

    number: str
    name: str


@frozen
class ResolveAccount(Inquiry[Account]):
    """Whose account it is. Refused: `unresolved` (there is no such account), `provider_away`."""

    user_id: int
    bank_code: str
    account_number: str
