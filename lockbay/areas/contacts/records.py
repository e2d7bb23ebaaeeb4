"""Contacts: what is asked of the database, and what it answers."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from lockbay.areas.destinations import Saved
from lockbay.postgres.queries import View


@frozen
class Contacts(View):
    """Where the person has kept to send money to, what was used last first."""

    file: ClassVar[str] = "contacts/view"

    saved: tuple[Saved, ...]
