"""Groups: what is asked of the database and of Telegram, and what they answer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.errand import Errand
from lockbay.postgres.queries import Operation, Statement, View

# opened: its money is held; completed: it was released; praised: somebody in it got five stars. Disputes are private.
Topic: TypeAlias = Literal["opened", "completed", "praised"]


@frozen
class Group:
    """A group with the bot in it, and what is announced there."""

    slug: str
    title: str
    topics: tuple[Topic, ...]


@frozen
class GroupList(View):
    """One page of the groups that a person brought the bot into, the newest first: chat.read(GroupList, 0) begins,
    chat.read(GroupList, page.next) goes on.
    """

    file: ClassVar[str] = "groups/list"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    groups: tuple[Group, ...]
    next: int | None


@frozen
class Came:
    """What became of it: whether the bot is new in the group, and whether who brought it is asked in their chat."""

    slug: str
    came: bool
    asked: bool


@frozen
class TellMembership(Operation[Came]):
    """The bot came into a group, or is out of it, as Telegram said at `said_at`. Refused: `no_news` (older than what
    was heard, or out of a group that nobody knows).
    """

    file: ClassVar[str] = "groups/member"
    user_id: int
    chat_id: int
    title: str
    is_in: bool
    said_at: datetime


@frozen
class SeeGroup(Operation[Group]):
    """Somebody wrote to the bot in a group. Refused: `too_soon` (somebody has a moment ago)."""

    file: ClassVar[str] = "groups/see"
    user_id: int
    chat_id: int
    title: str
    said_at: datetime


@frozen
class MoveGroup(Operation[Group]):
    """A group's chat has another id now. Refused: `unknown_group`."""

    file: ClassVar[str] = "groups/move"
    chat_id: int
    new_id: int


@frozen
class ChooseTopic(Operation[Group]):
    """Whether a topic, or `all`, is announced. Does not ask whether the person runs the group: ChangeGroup does.
    Refused: `unknown_group`, `unknown_topic`.
    """

    file: ClassVar[str] = "groups/choose"
    user_id: int
    slug: str
    topic: str
    is_wanted: bool


@frozen
class LookAtGroup(Errand[Group]):
    """A group, for somebody who runs it, as Telegram says now. Refused: `unknown_group`, `not_admin`, `not_there` (the
    bot is not in it), `cannot_tell` (Telegram does not say who runs it), `telegram_away`.
    """

    user_id: int
    slug: str


@frozen
class ChangeGroup(Errand[Group]):
    """ChooseTopic, for somebody who runs the group as Telegram says now. Refused like both."""

    user_id: int
    slug: str
    topic: str
    is_wanted: bool


@frozen
class FoundGroup:
    """A group and its chat."""

    chat_id: int
    slug: str
    title: str
    topics: tuple[Topic, ...]

    @property
    def group(self) -> Group:
        return Group(self.slug, self.title, self.topics)


@frozen
class FindGroup(Statement["FoundGroup | None"]):
    """None: there is none, or the bot is not in it."""

    file: ClassVar[str] = "groups/find"
    slug: str


@frozen
class Deal:
    """Two people who let groups be told of them: who traded with whom for how much, or who gave whom five stars."""

    topic: Topic
    one: str
    other: str
    amount: Decimal
    currency: str


@frozen
class GroupNews:
    """What one group is told now: some deals, and how many other things of each topic."""

    group_id: int
    chat_id: int
    language: str
    time_zone: str
    last: int
    deals: tuple[Deal, ...]
    opened: int
    completed: int
    praised: int

    @property
    def is_empty(self) -> bool:
        return not (self.deals or self.opened or self.completed or self.praised)


@frozen
class SpreadNews(Statement[int]):
    """Hands what happened, `most` at once, to the groups that want it; answers how much it was."""

    file: ClassVar[str] = "groups/spread"
    most: int


@frozen
class DueNews(Statement[list[GroupNews]]):
    """What groups that are not `busy` can be told now."""

    file: ClassVar[str] = "groups/news"
    busy: list[int]
    most: int


@frozen
class NewsTold(Statement[None]):
    """A group was told all up to `last`, and nothing more before `next_at`. Idempotent."""

    file: ClassVar[str] = "groups/told"
    group_id: int
    last: int
    next_at: datetime


@frozen
class LeaveGroup(Statement[None]):
    """Telegram does not let us write into it. Idempotent."""

    file: ClassVar[str] = "groups/leave"
    group_id: int
