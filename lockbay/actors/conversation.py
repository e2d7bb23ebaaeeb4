"""Conversations: an `async def` that reads from top to bottom, and survives a kill -9 at any of its questions.

A flow does not run on trio. What it awaits (`ask`, `read`, `do`, `show`) are requests that the coroutine yields; the
actor that owns it carries them out and sends the result back in. So a flow costs no task, cannot touch a nursery, a
clock or a socket, and replay is nothing but sending the journaled answers.

The journal holds answers, by step and occurrence, and the names of the operations done between them. What an operation
answered is not in it: the database keeps that under the operation's request key, and answers the same again. Back takes
the last answer out of the journal, and the flow runs again as after a restart (undo.py).
"""

from __future__ import annotations

import types
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias, TypeVar, cast

from attrs import evolve
from markupsafe import Markup

from lockbay.actors import undo
from lockbay.actors.errand import Errand, Inquiry
from lockbay.actors.journal import LONGEST, Entry, Journal, to_plain, to_reply
from lockbay.actors.parse import Parse, Reply
from lockbay.actors.person import Person
from lockbay.actors.requests import Ask, Do, Fits, Read, Request, Show
from lockbay.actors.screen import Origin, Screen
from lockbay.errors import Diverged, Invalid, TimedOut, Unseen
from lockbay.postgres.queries import Operation, Refused, View

T = TypeVar("T")
V = TypeVar("V", bound=View)
Flow: TypeAlias = Callable[..., Coroutine["Request", object, None]]  # type: ignore[explicit-any]  # see Plan.opens


@types.coroutine
def _request(request: Request) -> Generator[Request, object, object]:
    return (yield request)


class Chat:
    """What a flow may do, and all it may await. `now` and `words` are the turn's: a flow has no clock of its own."""

    def __init__(self, person: Person, now: datetime) -> None:
        self.turn(person, now)

    def turn(self, person: Person, now: datetime) -> None:
        """Another turn begins."""
        self.person, self.now, self.words = person, now, person.words_at(now)

    @property
    def user_id(self) -> int:
        return self.person.user_id

    async def ask(
        self,
        step: str,
        screen: Screen,
        *,
        parse: Parse[T],
        within: timedelta | None = None,
        fits: Fits[T] | None = None,
    ) -> T:
        """Shows a question and waits for an answer that `parse` accepts. Raises TimedOut when `within` has passed.

        A refused answer (Invalid) asks again, with the reason on top. Durable: after a restart it waits on. `fits`
        refuses what cannot be used now: it is asked of an answer that comes, never of one in the journal, so it may go
        by prices and limits, which another time would decide otherwise.
        """
        return cast(T, await _request(Ask(step, screen, parse, within, cast("Fits[object] | None", fits))))

    async def read(self, view: type[V], *keys: object) -> V:
        """A prefetched view of this person. Raises Unseen when there is no such thing, or it is not for them."""
        found = await self.find(view, *keys)
        if found is None:
            raise Unseen
        return found

    async def find(self, view: type[V], *keys: object) -> V | None:
        """The same, or None."""
        return cast("V | None", await _request(Read(view, keys)))

    async def do(self, step: str, operation: Operation[T] | Errand[T]) -> T | Refused:
        """One committing operation, exactly once per conversation, step and occurrence. A refusal is a value."""
        return cast("T | Refused", await _request(Do(step, operation)))

    async def show(self, screen: Screen) -> None:
        """Shows a screen that asks nothing. In place of the last one when this turn began with a press on it."""
        await _request(Show(screen))


class World(Protocol):
    """What an actor does for a conversation."""

    async def read(self, view: type[View], keys: tuple[object, ...]) -> View | None: ...
    async def perform(self, operation: Operation[object] | Errand[object], key: str) -> object: ...
    async def show(self, screen: Screen, origin: Origin | None) -> None: ...


class Conversation:
    """One running flow: its coroutine, its journal, and the question it waits at.

    Not for concurrent use: its actor advances it one reply at a time. One whose method raised is dead; the journal as
    it was before makes another.
    """

    def __init__(self, flow: Flow, chat: Chat, journal: Journal) -> None:
        self.chat = chat
        self.journal = journal
        self.pending: Ask | None = None
        self.flow = flow
        self._restart()

    def _restart(self) -> None:
        """At line 1."""
        self._coroutine = self.flow(self.chat, *self.journal.args)
        self._occurrences: defaultdict[str, int] = defaultdict(int)
        self._replayed = 0
        self._asked_anew: str | Markup | None = None  # why; "" for no reason that would have to be told
        self._read: set[str] = set()
        self.is_old = False

    @property
    def origin(self) -> Origin:
        """What the buttons of the pending question carry."""
        return Origin(self.journal.conversation, self.journal.question)

    def changed(self, view: str) -> None:
        """What it may have read is not so any more."""
        self.is_old = self.is_old or view in self._read

    def refuses(self, reply: Reply) -> bool:
        """Whether the pending question would be asked again."""
        ask = self.pending
        if ask is None or undo.is_asked_for(undo.UNDO, ask.screen, reply):
            return False
        try:
            ask.given(reply)
        except Invalid:
            return not undo.is_asked_for(undo.KEEP, ask.screen, reply)
        return False

    def close(self) -> None:
        """Ends the flow where it stands. Its `finally` blocks run, but nothing that they request is carried out."""
        self.pending = None
        try:
            self._coroutine.close()
        except RuntimeError as error:
            raise Diverged(f"{self.journal.flow} awaits in a finally block") from error

    async def begin(self, world: World) -> None:
        """Runs a new flow to its first question, or to its end."""
        await self._run(world, self._resumed(None), silent=False)

    async def resume(self, world: World) -> None:
        """Runs the flow again to the question behind its last journaled answer, and shows nothing.

        Answers are parsed again on fresh data. Where the journal does not fit, the rest of it is forgotten and that
        question is asked anew, with a sentence that says so; raises Diverged when even that would be a guess.
        """
        await self._run(world, self._resumed(None), silent=True)

    async def answer(self, world: World, reply: Reply) -> None:
        """Gives the pending question a reply. One that its parser refuses asks again and leaves no entry."""
        ask = self.pending
        assert ask is not None, "a reply without a question"
        if undo.is_asked_for(undo.UNDO, ask.screen, reply):
            return await self._take_back(world, ask)
        if undo.is_asked_for(undo.KEEP, ask.screen, reply):
            reply = to_reply(self.journal.kept[-1].value)
        try:
            taken = ask.given(reply)
        except Invalid as problem:
            await world.show(ask.screen.with_problem(self.chat.words.problem(problem)), self.origin)
            return
        self.pending = None
        self._refuse_endless()
        self.journal = self.journal.answered(Entry(ask.step, self._occurrences[ask.step], "ask", to_plain(reply)))
        self._replayed += 1
        await self._run(world, self._resumed(taken), silent=False)

    async def _take_back(self, world: World, asked: Ask) -> None:
        """Runs it again from line 1, as after a restart, to the question of the last answer. Raises Diverged."""
        self.close()
        self.journal = self.journal.taken_back(asked.step)
        self._restart()
        self._asked_anew = ""
        await self._run(world, self._resumed(None), silent=True)

    async def _run(self, world: World, request: Request | None, *, silent: bool) -> None:
        while request is not None:
            answer: object = None
            if isinstance(request, Ask):
                replayed = self._replay(request)
                if replayed is None:
                    return await self._wait(world, request, silent=silent)
                [answer] = replayed
            elif isinstance(request, Read):
                self._read.add(request.view.__name__)
                answer = await world.read(request.view, request.keys)
            elif isinstance(request, Do):
                answer = await self._do(world, request.step, request.operation)
            elif not isinstance(request, Show):
                raise TypeError(f"{self.journal.flow} awaits {request!r}: only ask, read, do and show can be awaited")
            elif not silent:
                await world.show(request.screen, None)
            request = self._resumed(answer)
        if silent or self._replayed < len(self.journal.entries):
            raise Diverged(f"{self.journal.flow} ended before its journal")

    async def _wait(self, world: World, ask: Ask, *, silent: bool) -> None:
        self.pending = ask = undo.offered(self.chat.words, ask, self.journal, self._occurrences[ask.step])
        if ask.within is not None and self.journal.deadline is None:
            self.journal = evolve(self.journal, deadline=self.chat.now + ask.within)
        if self._asked_anew:
            await world.show(ask.screen.with_problem(self._asked_anew), self.origin)
        elif not silent or self._asked_anew is not None:
            await world.show(ask.screen, self.origin)
        self._asked_anew = None

    async def _do(self, world: World, step: str, operation: Operation[object] | Errand[object]) -> object:
        is_new = False
        if isinstance(operation, Inquiry):
            self._occurrences[step] += 1
        elif self._next_entry("do", step) is None:
            if self._replayed < len(self.journal.entries):
                raise Diverged(f"{self.journal.flow} would do {step}, its journal says otherwise")
            self._refuse_endless()
            self.journal = self.journal.done(Entry(step, self._occurrences[step], "do"))
            self._replayed += 1
            is_new = True
        key = f"{self.chat.user_id}.{self.journal.conversation}.{step}.{self._occurrences[step]}"
        outcome = await world.perform(operation, key)
        if is_new and isinstance(outcome, Refused):
            self.journal = self.journal.refused()
        return outcome

    def _replay(self, ask: Ask) -> tuple[object] | None:
        """The journaled answer to a question, parsed again; None when it has to be asked."""
        entry = self._next_entry("ask", ask.step)
        if entry is None:
            if self._replayed < len(self.journal.entries):
                self._forget_rest(self.chat.words("This changed while you were away, so I ask again."))
            return None
        try:
            return (ask.taken(to_reply(entry.value)),)
        except Invalid as problem:
            self._replayed -= 1
            self._forget_rest(self.chat.words.problem(problem))
            return None

    def _next_entry(self, kind: Literal["ask", "do"], step: str) -> Entry | None:
        """The entry of this very request; None when the journal is at its end or says something else."""
        while self._replayed < len(self.journal.entries) and self.journal.entries[self._replayed].kind == "void":
            self._occurrences[self.journal.entries[self._replayed].step] += 1
            self._replayed += 1
        self._occurrences[step] += 1
        if self._replayed == len(self.journal.entries):
            return None
        entry = self.journal.entries[self._replayed]
        if (entry.kind, entry.step, entry.occurrence) != (kind, step, self._occurrences[step]):
            return None
        self._replayed += 1
        return entry

    def _forget_rest(self, why: str | Markup) -> None:
        """Buttons of a forgotten question must not fit the new one: the number of the question goes on.

        What was done cannot be forgotten: after other answers it would be asked for again, under a key that is taken.
        """
        done = [entry.step for entry in self.journal.entries[self._replayed :] if entry.kind != "ask"]
        if done:
            raise Diverged(f"{self.journal.flow} asks anew what led to {done[0]}, which is done")
        self._asked_anew = why
        self.journal = evolve(
            self.journal,
            entries=self.journal.entries[: self._replayed],
            question=self.journal.question + 1,
            deadline=None,
        )

    def _refuse_endless(self) -> None:
        if len(self.journal.entries) >= LONGEST:
            raise Invalid(
                self.chat.words(
                    "This has become too long, so it was closed. What you had confirmed is done; nothing else was. "
                    "Please begin anew."
                )
            )

    def _resumed(self, answer: object) -> Request | None:
        """What the flow requests next, None at its end. It raises what is a TimedOut."""
        try:
            return self._coroutine.throw(answer) if isinstance(answer, TimedOut) else self._coroutine.send(answer)
        except StopIteration:
            return None
