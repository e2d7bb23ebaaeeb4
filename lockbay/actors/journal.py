"""The journal of a conversation: what happened so far, as plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.parse import Late, Pressed, Reply, Said
from lockbay.actors.update import Contact, Sent
from lockbay.errors import Diverged

Value: TypeAlias = tuple[str, ...]  # a reply as plain data: its tag, then its texts
LONGEST: Final = 200  # entries; a conversation is a form, not a diary


@frozen
class Entry:
    """One thing that happened: the n-th answer to a step (`value`), or the n-th doing of a step's operation."""

    step: str
    occurrence: int
    kind: Literal["ask", "do"]
    value: Value = ()

    def plain(self) -> dict[str, object]:
        """As the journal's row keeps it."""
        return {"step": self.step, "occurrence": self.occurrence, "kind": self.kind, "value": self.value}


@frozen
class Journal:
    """All that is needed to bring a conversation back: which flow, its arguments, what happened so far."""

    conversation: int
    flow: str
    args: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    question: int = 0
    deadline: datetime | None = None

    def answered(self, entry: Entry) -> Journal:
        """With an answer to the question, and the next one due. Not by `evolve`, which takes several times as long."""
        return Journal(self.conversation, self.flow, self.args, (*self.entries, entry), self.question + 1)

    def done(self, entry: Entry) -> Journal:
        """With something that was done."""
        entries = (*self.entries, entry)
        return Journal(self.conversation, self.flow, self.args, entries, self.question, self.deadline)


def to_plain(reply: Reply) -> Value:
    """A reply as plain data for the journal."""
    match reply:
        case Pressed(value):
            return ("pressed", value)
        case Said(text):
            return ("said", text)
        case Sent(kind, file_id, caption):
            return ("sent", kind, file_id, caption)
        case Contact(phone, is_own):
            return ("contact", phone, "own" if is_own else "")
        case Late():
            return ("late",)


def to_reply(value: Value) -> Reply:
    """The reply that to_plain() made this of. Raises Diverged for anything else."""
    match value:
        case ["pressed", pressed]:
            return Pressed(pressed)
        case ["said", text]:
            return Said(text)
        case ["sent", ("photo" | "document" | "other") as kind, file_id, caption]:
            return Sent(kind, file_id, caption)
        case ["contact", phone, ("own" | "") as own]:
            return Contact(phone, own == "own")
        case ["late"]:
            return Late()
        case _:
            raise Diverged(f"no reply reads {value!r}")
