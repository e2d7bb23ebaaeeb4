"""Talks with a flow on the real database, killing and replaying it at every answer: the normal way to test one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TypeAlias

import orjson
import pytest

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.errand import Runner
from lockbay.actors.journal import Entry, Journal
from lockbay.actors.parse import Late, Pressed, Reply, Said
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.plan import Plan
from lockbay.actors.screen import Answer, Link, Screen
from lockbay.actors.turn import Turn
from lockbay.actors.update import Sent
from lockbay.postgres.database import Database
from lockbay.wallclock import WallClock

_updates = itertools.count(1)


class Talk:
    """One person talking with LockBay, without Telegram: what they press must be on the screen that they see."""

    def __init__(
        self,
        plan: Plan,
        database: Database,
        clock: WallClock,
        user_id: int,
        errands: Mapping[type, Runner] | None = None,
    ) -> None:
        self.screens: list[Screen] = []
        self._plan, self._database, self._clock, self._user_id = plan, database, clock, user_id
        self._errands = errands or {}
        self._conversation: Conversation | None = None

    @property
    def screen(self) -> Screen:
        """What was shown last."""
        return self.screens[-1]

    @property
    def is_over(self) -> bool:
        """No question is pending."""
        return self._conversation is None

    async def open(self, flow: str, *args: str) -> Screen:
        """Begins a flow, as a command or a link does."""
        if self._conversation is not None:
            self._conversation.close()
        self._conversation = await self._made(Journal(next(_updates), flow, args))
        turn = self._turn()
        await self._conversation.begin(turn)
        return self._see(turn)

    async def press(self, label: str) -> Screen:
        """Presses the button whose label contains the words: an answer to the question, or a link to another flow."""
        button = next(b for row in self.screen.rows for b in row if label.casefold() in b.label.casefold())
        match button:
            case Answer(value=value):
                return await self.reply(Pressed(value))
            case Link(flow=flow, args=args):
                return await self.open(flow, *args)
            case _:
                raise AssertionError(f"{label} leads out of LockBay")

    async def say(self, text: str) -> Screen:
        """Types an answer."""
        return await self.reply(Said(text))

    async def send_photo(self) -> Screen:
        """Sends a photo as an answer."""
        return await self.reply(Sent("photo", "file"))

    async def wait(self) -> Screen:
        """Lets the question's time pass."""
        return await self.reply(Late())

    async def reply(self, reply: Reply) -> Screen:
        """Kills the conversation, brings it back from its journal, checks that it asks the same, and answers."""
        assert self._conversation is not None, "nothing is asked"
        resumed = await self._kill_and_resume(self._conversation)
        turn = self._turn()
        await resumed.answer(turn, reply)
        return self._see(turn)

    async def come_back(self) -> Screen:
        """Kills the conversation and brings it back in a world that has changed: what it says of that."""
        assert self._conversation is not None, "nothing is asked"
        return self._see((await self._killed_and_resumed(self._conversation))[1])

    async def _kill_and_resume(self, asking: Conversation) -> Conversation:
        """In a world that is as it was: it asks the same."""
        assert asking.pending is not None
        step = asking.pending.step
        resumed, turn = await self._killed_and_resumed(asking)
        assert not turn.shown, "a replay shows nothing"
        assert resumed.pending is not None, "a replay ends at the question"
        assert resumed.pending.step == step
        assert resumed.journal == asking.journal
        return resumed

    async def _killed_and_resumed(self, killed: Conversation) -> tuple[Conversation, Turn]:
        killed.close()
        self._conversation = resumed = await self._made(_through_json(killed.journal))
        turn = self._turn()
        await resumed.resume(turn)
        return resumed, turn

    def _turn(self) -> Turn:
        return Turn(self._user_id, self._database, self._errands, Context(), self._clock.now())

    def _see(self, turn: Turn) -> Screen:
        self.screens += [screen for screen, _ in turn.shown]
        assert self._conversation is not None
        if self._conversation.pending is None:
            self._conversation = None
        return self.screen

    async def person(self) -> Person:
        """Who talks, as the actors know them."""
        loaded = await self._database.run(LoadPerson(self._user_id))
        assert loaded is not None
        return loaded.person

    async def _made(self, journal: Journal) -> Conversation:
        chat = Chat(await self.person(), self._clock.now())
        return Conversation(self._plan.flows[journal.flow], chat, journal)


class Warm(Talk):
    """Talks with an actor that stays in memory: nothing is killed between the answers, until it has to `come_back`."""

    async def _kill_and_resume(self, asking: Conversation) -> Conversation:
        return asking


class LostTurn(Talk):
    """A turn whose operations committed and whose journal was never stored: the update comes again."""

    def __init__(self, plan: Plan, database: Database, clock: WallClock, user_id: int, flow: str, *args: str) -> None:
        super().__init__(plan, database, clock, user_id)
        self._journal = Journal(9_000_000, flow, args)

    async def answered(self, *replies: Reply) -> tuple[Screen, Screen]:
        """What the last of the replies shows the first time, and when it comes again."""
        conversation = await self._made(self._journal)
        await conversation.begin(self._turn())
        for reply in replies[:-1]:
            await conversation.answer(self._turn(), reply)
        before = conversation.journal
        first = await self._ended(conversation, replies[-1])
        revived, replayed = await self._made(before), self._turn()
        await revived.resume(replayed)
        assert not replayed.shown, "the question is the same, so nobody is asked again"
        assert revived.journal == before
        return first, await self._ended(revived, replies[-1])

    async def _ended(self, conversation: Conversation, reply: Reply) -> Screen:
        turn = self._turn()
        await conversation.answer(turn, reply)
        assert conversation.pending is None
        return turn.shown[-1][0]


def _through_json(journal: Journal) -> Journal:
    rows = orjson.loads(orjson.dumps(journal.plain()))
    entries = [Entry(row["step"], row["occurrence"], row["kind"], tuple(row["value"])) for row in rows]
    return Journal.of(journal.conversation, journal.flow, journal.args, entries, journal.question, journal.deadline)


Talking: TypeAlias = Callable[[int], Talk]  # who they are -> their talk


def talks(plan: Plan) -> object:
    """A fixture: people talk with the flows of this plan."""

    @pytest.fixture
    def talking(database: Database, clock: WallClock) -> Talking:
        return lambda user_id: Talk(plan, database, clock, user_id)

    return talking
