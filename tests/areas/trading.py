"""People in the middle of a trade, through the flows that they use."""

from __future__ import annotations

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Reply
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.turn import Turn
from lockbay.areas import menu, trades
from lockbay.areas.onboarding.gate import gate
from lockbay.postgres.database import Database
from lockbay.wallclock import WallClock
from tests.areas.people import ANA, BEN, fund, offered, onboarded, set_rates
from tests.talk import Talk

BOT = "lockbay_bot"
PLAN = Plan(together(trades.flows(BOT), menu.FLOWS), trades.COMMANDS, "menu", gate)
NEW = ("@ben", "USDT", "100", "A bicycle", "48", "buyer")


async def market(database: Database, funds: str = "500") -> None:
    """Ana, who has money, and Ben, who sells."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    await fund(database, ANA, funds)


async def drafted(talk: Talk, *answers: str) -> Screen:
    """Answers the questions about a new trade, up to the review."""
    await talk.open("new_trade")
    for answer in answers or NEW:
        await talk.say(answer)
    return talk.screen


async def invited(database: Database) -> str:
    """The id of a trade over 100 USDT with Ben, that Ana has not paid."""
    return str((await offered(database, ANA, "username", "@ben")).id)


async def confirm(talk: Talk, flow: str, trade_id: str) -> Screen:
    """Makes a move: its question, and yes."""
    await talk.open(flow, trade_id)
    return await talk.press("Confirm")


class Warm(Talk):
    """Talks with an actor that stays in memory: nothing is killed between the answers."""

    async def _kill_and_resume(self) -> None:
        pass

    async def restart(self) -> Screen:
        """Kills it after all. Shows what is asked then, where that is another question than before."""
        assert self._conversation is not None
        journal = self._conversation.journal
        self._conversation = Conversation(PLAN.flows[journal.flow], await self._chat(), journal)
        turn = self._turn()
        await self._conversation.resume(turn)
        return self._see(turn)


class LostTurn:
    """A turn whose operations committed and whose journal was never stored: the update comes again."""

    def __init__(self, database: Database, clock: WallClock, user_id: int, flow: str, *args: str) -> None:
        self._database, self._clock, self._user_id = database, clock, user_id
        self._journal = Journal(9_000_000, flow, args)

    async def answered(self, *replies: Reply) -> tuple[Screen, Screen]:
        """What the last of the replies shows the first time, and when it comes again."""
        conversation = await self._began()
        for reply in replies[:-1]:
            await conversation.answer(self._turn(), reply)
        before = conversation.journal
        first = await self._shown(conversation, replies[-1])
        revived = Conversation(PLAN.flows[before.flow], await self._chat(), before)
        replayed = self._turn()
        await revived.resume(replayed)
        assert not replayed.shown, "the question is the same, so nobody is asked again"
        assert revived.journal == before
        return first, await self._shown(revived, replies[-1])

    async def _began(self) -> Conversation:
        conversation = Conversation(PLAN.flows[self._journal.flow], await self._chat(), self._journal)
        await conversation.begin(self._turn())
        return conversation

    async def _shown(self, conversation: Conversation, reply: Reply) -> Screen:
        turn = self._turn()
        await conversation.answer(turn, reply)
        assert conversation.pending is None
        return turn.shown[-1][0]

    async def _chat(self) -> Chat:
        loaded = await self._database.run(LoadPerson(self._user_id))
        assert loaded is not None
        return Chat(Person(self._user_id, loaded.first_name, loaded.username, onboarded=True), self._clock.now())

    def _turn(self) -> Turn:
        return Turn(self._user_id, self._database, {}, Context(), self._clock.now())
