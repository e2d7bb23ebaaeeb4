"""Contacts: what is asked of the database, and what it answers."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from lockbay.areas.destinations import Saved
from lockbay.postgres.queries import Operation, View


@frozen
class Contacts(View):
    """Where the person has kept to send money to, what was used last first, 50 at most. `ours`: where they pay in."""

    file: ClassVar[str] = "contacts/view"

    saved: tuple[Saved, ...]
    ours: tuple[str, ...] = ()

    def find(self, destination_id: int) -> Saved | None:
        """One of them; None: it is not theirs, or not there any more."""
        return next((each for each in self.saved if each.id == destination_id), None)


@frozen
class AddContact(Operation[Saved]):
    """Keeps a destination. Refused: `kept_already` (details: id, label; under another name, maybe), `own_address` (it
    is one of LockBay's), `too_many` (details: limit), `unknown_currency`.
    """

    file: ClassVar[str] = "contacts/add"
    user_id: int
    label: str
    currency: str
    network: str
    address: str
    bank_code: str
    bank_name: str
    account_name: str


@frozen
class RenameContact(Operation[Saved]):
    """Two may have the same name. Refused: `unknown_contact`."""

    file: ClassVar[str] = "contacts/rename"
    user_id: int
    destination_id: int
    label: str


@frozen
class RemoveContact(Operation[Saved]):
    """Forgets it; what went there stays as it was. Refused: `unknown_contact`."""

    file: ClassVar[str] = "contacts/remove"
    user_id: int
    destination_id: int
