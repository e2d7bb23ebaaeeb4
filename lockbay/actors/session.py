"""What one user is in the middle of: who they are, their conversation, their context; and what an update means there.

First the escapes (commands, links to other flows, buttons of screens that are over) and the asides (replies to what we
told), then the running conversation, else the home screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import structlog
import trio
from markupsafe import Markup
from prometheus_client import Counter

from lockbay.actors import interjections
from lockbay.actors.aside import take_aside, take_in_group
from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.identity import Identity
from lockbay.actors.inbox import UNCHANGED, Unchanged
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Late, Pressed, Reply, heard
from lockbay.actors.person import Person
from lockbay.actors.presses import Presses
from lockbay.actors.renewal import renewed
from lockbay.actors.screen import Origin, PressedAnswer, PressedLink, decode
from lockbay.actors.services import Services
from lockbay.actors.turn import Turn
from lockbay.actors.update import (
    Command,
    Contact,
    DeadlinePassed,
    Edited,
    Event,
    GroupEvent,
    Membership,
    Press,
    Sender,
    Sent,
    Typed,
    Update,
)
from lockbay.errors import Diverged, Invalid, KeyReused
from lockbay.logs import WHERE

STALE = Counter("lockbay_stale_presses", "Presses on buttons of screens that are over")
DIVERGED = Counter("lockbay_diverged_conversations", "Conversations whose journal did not fit any more", ["flow"])
log = structlog.get_logger()


class Session:
    """A cache of rows. `take` raises what goes wrong and may then be called again with the same update: the journal is
    as it was before, or as the row says it is, the conversation is built anew from it, and operations answer the same
    under the same keys.
    """

    def __init__(self, user_id: int, services: Services) -> None:
        self.context = Context()
        self.journal: Journal | None = None
        self._user_id = user_id
        self._services = services
        self._identity = Identity(user_id, self.context)
        self._conversation: Conversation | None = None
        self._is_loaded = False
        self._answered = ""  # the press that was answered last
        self._presses = Presses()

    def changed(self, view: str) -> None:
        """A committed operation touched this user."""
        self.context.drop(view)
        if self._conversation is not None:
            self._conversation.changed(view)
        self._identity.changed(view)

    def drop(self, why: str) -> None:
        """Forgets everything that can be read again; the journal too when `why` is that the conversation is over."""
        self.context.clear(why)
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            conversation.close()

    def end(self, why: str) -> None:
        """The conversation is over, and its context with it, whatever its row may still say."""
        self.journal, self._is_loaded = None, True
        self.drop(why)

    async def take(self, message: Update | DeadlinePassed) -> tuple[Turn, Journal | Unchanged | None]:
        """One turn, and what the journal is after it. What it shows is in the turn."""
        WHERE.set(partial(self._where, message.update_id if isinstance(message, Update) else None))
        turn = Turn(
            self._user_id, self._services.database, self._services.errands, self.context, self._services.clock.now(),
            trio.current_time() + self._services.turn_limit,
        )  # fmt: skip
        person = await self._who(turn, message.sender if isinstance(message, Update) else None)
        before = self.journal  # which has been loaded by now
        try:
            await self._handle(turn, person, message)
        except BaseException:
            self.journal = before
            self.drop("failed")
            raise
        return turn, UNCHANGED if self.journal is before else self.journal

    async def _handle(self, turn: Turn, person: Person, message: Update | DeadlinePassed) -> None:
        if isinstance(message, Update) and isinstance(message.event, GroupEvent):
            return await self._in_group(turn, person, message, message.event)
        closed = None if person.is_admin else self._services.maintenance.message
        if closed is not None:
            await self._turn_away(turn, person, message, closed)
        elif isinstance(message, DeadlinePassed):
            await self._deadline(turn, person, message)
        else:
            await self._update(turn, person, message)
        if self._conversation is not None:
            self.journal = self._conversation.journal

    async def _in_group(self, turn: Turn, person: Person, update: Update, event: GroupEvent) -> None:
        """Whatever state they and LockBay are in. That somebody acts there does not mean that we can write to them."""
        in_group = self._services.plan.in_group
        if in_group is not None:
            await take_in_group(in_group, Chat(person, turn.now), update.update_id, update.chat_id, event, turn)

    def _where(self, update_id: int | None) -> Mapping[str, object]:
        """For the logs, when a line of this turn is written."""
        journal = self.journal if self._conversation is None else self._conversation.journal
        where = {"user_id": self._user_id, "update_id": update_id}
        return where if journal is None else {**where, "conversation": journal.conversation, "flow": journal.flow}

    async def _update(self, turn: Turn, person: Person, update: Update) -> None:
        if isinstance(update.event, Membership) or person.unreachable:
            person = await self._reach(turn, person, update.event)
        match update.event:
            case Command() as command:
                await self._commanded(turn, person, update, command)
            case Press():
                await self._pressed(turn, person, update, update.event)
            case Typed(text):
                await self._said(turn, person, update, heard(text))
            case Sent() | Contact():
                await self._said(turn, person, update, update.event)
            case Edited():
                await self._ask_again(turn, person, why := interjections.changes_are_not_seen(person))
                if not turn.shown:  # what they wrote may be with somebody else by now
                    await turn.show(interjections.with_way_out(person, why), None)
            case Membership():
                pass  # nothing to say: whoever blocked us would not hear it, whoever unblocked us goes on

    async def _turn_away(self, turn: Turn, person: Person, message: Update | DeadlinePassed, why: str) -> None:
        """Maintenance: they are told, and whatever they are in the middle of waits. What they pressed stays: it may
        be the question that waits. The clock will say again that a question's time is over.
        """
        match message:
            case Update(event=Press() as press):
                self._answer(message, press, interjections.closed_in_short(why), alert=True)
            case Update(event=Membership()):
                await self._reach(turn, person, message.event)
            case Update():
                await turn.show(interjections.closed(person, why), None)
            case DeadlinePassed():
                pass

    async def _reach(self, turn: Turn, person: Person, event: Event) -> Person:
        """Writes down whether Telegram lets us write to the person. Whoever does anything here but block us does."""
        return await self._identity.reach(turn, person, blocked=isinstance(event, Membership) and event.blocked)

    async def _pressed(self, turn: Turn, person: Person, update: Update, press: Press) -> None:
        match decode(press.data):
            case PressedLink() | PressedAnswer() as what if self._presses.has_counted(press, what, turn.now):
                self._answer(update, press, interjections.counted(person))
            case PressedLink(flow, args) as link if self._services.plan.opens(flow, args):
                self._answer(update, press)
                await self._open(turn, person, update, flow, args)
                self._presses.followed(press, link, turn, is_over=self._conversation is None)
            case PressedAnswer(origin, value) if (
                conversation := await self._current(turn, person)
            ) and origin == conversation.origin:
                self._answer(update, press)
                await self._reply(turn, person, conversation, Pressed(value))
                self._presses.answered(origin, conversation.origin)
            case _:
                STALE.inc()
                self._answer(update, press, interjections.stale(person))

    def _answer(self, update: Update, press: Press, text: str | None = None, *, alert: bool = False) -> None:
        """Once, however often the turn is tried: while the database is away that is several times a second."""
        if press.callback_id != self._answered:
            self._answered = press.callback_id
            self._services.replies.answer(update.chat_id, press.callback_id, text, alert)

    async def _said(self, turn: Turn, person: Person, update: Update, reply: Reply) -> None:
        if await self._aside(turn, person, update, reply):
            return
        conversation = await self._current(turn, person)
        if conversation is not None:
            await self._reply(turn, person, conversation, reply)
        elif not turn.shown:
            await self._open(turn, person, update, *self._services.plan.unasked)

    async def _aside(self, turn: Turn, person: Person, update: Update, reply: Reply) -> bool:
        """Whether it was a reply to a message of ours, and the plan took it as such. A message that was edited since
        may be the question that waits: a reply to that is its answer.
        """
        aside, original = self._services.plan.aside, update.reply_to
        if aside is None or original is None or (original.edited and self.journal is not None):
            return False
        try:
            return await take_aside(aside, Chat(person, turn.now), update.update_id, original, reply, turn)
        except Invalid as problem:
            await turn.show(interjections.refusal(person, problem), None)
            return True

    async def _commanded(self, turn: Turn, person: Person, update: Update, command: Command) -> None:
        """An unknown command is no way out of what somebody is in the middle of: a text may begin with a slash, too."""
        plan = self._services.plan
        if command.name not in plan.commands and self.journal is not None:
            await self._ask_again(turn, person, interjections.no_such_command(person))
            if turn.shown:
                return
        flow, args = plan.commanded(command.name, command.payload)
        await self._open(turn, person, update, flow, args)

    async def _ask_again(self, turn: Turn, person: Person, why: Markup) -> None:
        """The question that waits, if one does, under why that was no answer to it."""
        conversation = await self._current(turn, person)
        if conversation is not None and conversation.pending is not None:
            await turn.show(conversation.pending.screen.with_problem(why), conversation.origin)

    async def _deadline(self, turn: Turn, person: Person, passed: DeadlinePassed) -> None:
        conversation = await self._current(turn, person)
        if conversation is not None and conversation.origin == Origin(passed.conversation, passed.question):
            await self._reply(turn, person, conversation, Late())

    async def _open(self, turn: Turn, person: Person, update: Update, flow: str, args: tuple[str, ...]) -> None:
        """Begins a flow, named by the update: the same update again begins the same one. Whatever was going on ends."""
        plan = self._services.plan
        if self.journal is not None:
            if self.journal.flow in plan.keyboards:
                await turn.show(interjections.keyboard_back(person), None)
            self.end("escaped")
        flow, args = plan.entrance(person, flow, args)
        journal = Journal(update.update_id, flow, args)
        self._conversation = Conversation(plan.flows[flow], Chat(person, turn.now), journal)
        try:
            await self._conversation.begin(turn)
        except Invalid as problem:
            await self._refuse(turn, person, self._conversation, problem)
        self._end_if_over("shown")

    async def _reply(self, turn: Turn, person: Person, conversation: Conversation, reply: Reply) -> None:
        conversation.chat.turn(person, turn.now)
        self._conversation = conversation = await renewed(turn, conversation, reply)
        if turn.shown:
            return  # the question is another one now: what was said was not meant for it
        try:
            await conversation.answer(turn, reply)
        except Invalid as problem:
            await self._refuse(turn, person, conversation, problem)
        except Diverged as why:  # Back led elsewhere
            return await self._diverged(turn, person, conversation.journal.flow, why)
        self._end_if_over("completed")

    async def _current(self, turn: Turn, person: Person) -> Conversation | None:
        """The running conversation, rebuilt from its journal where that is all there is. None: there is none."""
        if self._conversation is not None or self.journal is None:
            return self._conversation
        try:
            flow = self._services.plan.flows[self.journal.flow]
            self._conversation = Conversation(flow, Chat(person, turn.now), self.journal)
            await self._conversation.resume(turn)
        except (Diverged, Invalid, KeyReused, LookupError) as why:
            await self._diverged(turn, person, self.journal.flow, why)
        return self._conversation

    async def _diverged(self, turn: Turn, person: Person, flow: str, why: Exception) -> None:
        DIVERGED.labels(flow).inc()
        log.warning("conversation_diverged", user_id=self._user_id, flow=flow, why=str(why))
        self.end("diverged")
        await turn.show(interjections.changed_meanwhile(person), None)

    async def _refuse(self, turn: Turn, person: Person, conversation: Conversation, problem: Invalid) -> None:
        """A flow refused outside of a question: it is over."""
        conversation.pending = None
        await turn.show(interjections.refusal(person, problem), None)

    def _end_if_over(self, why: str) -> None:
        """A screen that asked nothing leaves its views for the next press; a form that is done drops them."""
        if self._conversation is None or self._conversation.pending is not None:
            return
        had_questions = bool(self._conversation.journal.entries)
        self._conversation, self.journal = None, None
        if had_questions:
            self.context.clear(why)

    async def _who(self, turn: Turn, sender: Sender | None) -> Person:
        person = await self._identity.of(turn, sender)
        if not self._is_loaded:
            self.journal, self._is_loaded = self._identity.journal, True
        return person
