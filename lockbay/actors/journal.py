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
REFUSED: Final[Value] = ("refused",)  # of an operation that changed nothing


@frozen
class Entry:
    """One thing that happened: the n-th answer to a step (`value`), or the n-th doing of a step's operation. What is
    `kept` was an answer, and was taken back; what is `void` was refused before that: its key is used up.
    """

    step: str
    occurrence: int
    kind: Literal["ask", "do", "void", "kept"]
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

    def can_take_back(self, asked: str) -> bool:
        """Whether there is an answer before the question of that step that can be given anew."""
        return self._last_answer(asked) is not None

    def taken_back(self, asked: str) -> Journal:
        """Without the last answer before that question, which is kept. Its own is asked anew: no button of an older one
        fits it. Raises Diverged when there is none.
        """
        number = self._last_answer(asked)
        if number is None:
            raise Diverged(f"{self.flow} has nothing to take back before {asked}")
        refused = (evolve(each, kind="void") for each in self.entries[number + 1 :] if each.kind != "ask")
        kept = (*self.kept, evolve(self.entries[number], kind="kept"))
        entries = (*self.entries[:number], *refused)
        return Journal(self.conversation, self.flow, self.args, entries, self.question + 1, None, kept)

    def _last_answer(self, asked: str) -> int | None:
        """What was done stays done; what an operation refused was not. An answer to the very question that is asked
        again as it was refused is none.
        """
        was_refused = False
        for number, entry in reversed(list(enumerate(self.entries))):
            if entry.kind == "do" and entry.value != REFUSED:
                return None
            if entry.kind == "ask" and not (was_refused and entry.step == asked):
                return number
            was_refused = entry.kind == "do" or (was_refused and entry.kind == "void")
        return None

    def kept_for(self, step: str, occurrence: int) -> Entry | None:
        """What the same question was answered with before it was taken back."""
        last = self.kept[-1] if self.kept else None
        return last if last and (last.step, last.occurrence) == (step, occurrence) else None

    def refused(self) -> Journal:
        """What was done last changed nothing."""
        return evolve(self, entries=(*self.entries[:-1], evolve(self.entries[-1], value=REFUSED)))

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
