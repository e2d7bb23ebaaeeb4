"""Who an actor acts for, and what they were in the middle of."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.journal import Entry, Journal
from lockbay.actors.update import Sender
from lockbay.actors.words import Words, words, words_at
from lockbay.postgres.queries import Statement

Role: TypeAlias = Literal["support", "finance", "owner"]


@frozen
class Person:
    """One user, as their actor knows them."""

    user_id: int
    first_name: str
    username: str | None = None
    language: str = "en"
    time_zone: str = "UTC"
    onboarded: bool = False
    blocked: bool = False
    role: Role | None = None  # of those who run LockBay
    unreachable: bool = False  # by Telegram, as far as we know
    closed: bool = False  # their account, by themselves

    @property
    def is_admin(self) -> bool:
        return self.role is not None

    @property
    def words(self) -> Words:
        return words(self.language, self.time_zone)

    def words_at(self, now: datetime) -> Words:
        return words_at(self.language, self.time_zone, now)


@frozen
class Loaded:
    """A person's row, and their running conversation if there is one."""

    user_id: int
    username: str | None
    first_name: str
    language: str
    time_zone: str
    onboarded: bool
    blocked: bool
    unreachable: bool
    closed: bool
    role: Role | None
    conversation: int | None
    flow: str | None
    args: tuple[str, ...] | None
    entries: tuple[Entry, ...] | None
    question: int | None
    deadline: datetime | None

    @property
    def person(self) -> Person:
        return Person(
            self.user_id, self.first_name, self.username, self.language, self.time_zone,
            self.onboarded, self.blocked, self.role, self.unreachable, self.closed,
        )  # fmt: skip

    @property
    def journal(self) -> Journal | None:
        if self.conversation is None or self.flow is None:
            return None
        return Journal.of(
            self.conversation, self.flow, self.args or (), self.entries or (), self.question or 0, self.deadline
        )


@frozen
class LoadPerson(Statement["Loaded | None"]):
    file: ClassVar[str] = "actors/load"
    user_id: int


@frozen
class MeetPerson(Statement[Loaded]):
    """Makes or refreshes somebody's row, and looks them up. Idempotent."""

    file: ClassVar[str] = "actors/meet"
    user_id: int
    username: str | None
    first_name: str
    language: str

    @classmethod
    def of(cls, sender: Sender) -> MeetPerson:
        return cls(sender.id, sender.username, sender.first_name, sender.language)


@frozen
class Reach(Statement[None]):
    """Whether Telegram lets us write to a person. Idempotent."""

    file: ClassVar[str] = "actors/reach"
    user_id: int
    blocked: bool
