"""The journal of a conversation: what happened so far, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, TypeAlias

from attrs import evolve, frozen

from lockbay.actors.parse import Late, Pressed, Reply, Said
from lockbay.actors.update import Contact, Sent
from lockbay.errors import Diverged

Value: TypeAlias = tuple[str, ...]  # a reply as plain data: its tag, then its texts
LONGEST: Final = 200  # entries; a conversation is a form, not a diary


@frozen
class Entry:
    """One thing that happened: the n-th answer to a step (`value`), or the n-th doing of a step's operation. What is
    `kept` was an answer, and was taken back.
    """

    step: str
    occurrence: int
    kind: Literal["ask", "do", "kept"]
    value: Value = ()

    def plain(self) -> dict[str, object]:
        """As the journal's row keeps it."""
        return {"step": self.step, "occurrence": self.occurrence, "kind": self.kind, "value": self.value}


@frozen
class Journal:
    """All that is needed to bring a conversation back: which flow, its arguments, what happened so far.

    `kept` are the answers that were taken back and are not given anew yet, the earliest question's last.
    """

    conversation: int
    flow: str
    args: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    question: int = 0
    deadline: datetime | None = None
    kept: tuple[Entry, ...] = ()

    @classmethod
    def of(
        cls,
        conversation: int,
        flow: str,
        args: tuple[str, ...],
        rows: Iterable[Entry],
        question: int,
        deadline: datetime | None,
    ) -> Journal:
        """Out of its row."""
        rows = tuple(rows)
        entries = tuple(entry for entry in rows if entry.kind != "kept")
        return cls(conversation, flow, args, entries, question, deadline, rows[len(entries) :])

    def plain(self) -> list[dict[str, object]]:
        """Its entries, and then what is kept, as its row has them."""
        return [entry.plain() for entry in (*self.entries, *self.kept)]

    def answered(self, entry: Entry) -> Journal:
        """With an answer to the question, and the next one due. Not by `evolve`, which takes several times as long."""
        kept = self.kept[:-1] if self.kept_for(entry.step, entry.occurrence) else ()
        return Journal(self.conversation, self.flow, self.args, (*self.entries, entry), self.question + 1, None, kept)

    @property
    def can_take_back(self) -> bool:
        """Whether the last that happened was an answer. What was done stays done."""
        return bool(self.entries) and self.entries[-1].kind == "ask"

    def taken_back(self) -> Journal:
        """Without the last answer, which is kept. Its question is asked anew: no button of an older one fits it."""
        *entries, last = self.entries
        kept = (*self.kept, evolve(last, kind="kept"))
        return Journal(self.conversation, self.flow, self.args, tuple(entries), self.question + 1, None, kept)

    def kept_for(self, step: str, occurrence: int) -> Entry | None:
        """What the same question was answered with before it was taken back."""
        last = self.kept[-1] if self.kept else None
        return last if last and (last.step, last.occurrence) == (step, occurrence) else None

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
