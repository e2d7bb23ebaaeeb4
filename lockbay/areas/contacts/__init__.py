"""Contacts: addresses and bank accounts that people keep, to send money to; and what they are found by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.contacts import conversations, extras

FLOWS: Final[Mapping[str, Flow]] = {
    "contacts": conversations.contacts,
    "contact": conversations.contact,
    "add_contact": conversations.add_contact,
    "rename_contact": conversations.rename_contact,
    "remove_contact": conversations.remove_contact,
    "removed_contact": conversations.removed_contact,
    "extras": extras.extras,
    "add_email": extras.add_email,
    "forget_extra": extras.forget_extra,
    "forgot_extra": extras.forgot_extra,
}
COMMANDS: Final[Mapping[str, str]] = {"contacts": "contacts"}
