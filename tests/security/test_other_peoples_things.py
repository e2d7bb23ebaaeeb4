"""Buttons and /start can be forged: every flow is opened with the ids of other people's things, by somebody with money
enough to pay for them, and every answer that is offered is pressed. Nothing of theirs is seen, and nothing of it moves.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Final

import pytest
from attrs import define, field

from lockbay import plan
from lockbay.actors.errand import UnknownErrand
from lockbay.actors.inbox import Inbox
from lockbay.actors.screen import Answer, CallbackTooLong, Origin, Screen, encode_answer, encode_link
from lockbay.actors.services import Services
from lockbay.actors.session import Session
from lockbay.actors.update import Command, Event, Original, Press, Sender, Sent, Typed, Update
from lockbay.areas.contacts.records import AddContact
from lockbay.areas.support.records import AnswerTicket
from lockbay.areas.trades.chat_records import SayMessage
from lockbay.notices.records import NoticesSent
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.actors.house import Replies
from tests.areas.people import ANA, BEN, fresh_key, fund
from tests.areas.powers import (
    WHO,
    house,  # noqa: F401
)
from tests.clock import MovedClock

STRANGER: Final = WHO["nobody"]
SENDER: Final = Sender(STRANGER, "Nobody", "the_nobody")
UPDATES = count(1_000)
BOT: Final = "lockbay_bot"
# What only Ana and Ben may see, and the staff.
ADDRESS: Final = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL"
CANARIES: Final = ("bicycle", "Where is it?", "T-somewhere", ADDRESS, "canary", "@ana", "@ben", f"USDT-of-{ANA}")
# What stands for arguments that are no ids, by the names of the flows' parameters.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("USDT",), "currency": ("USDT",), "network": ("TRC20",), "kind": ("all",), "how": ("split",),
    "topic": ("opened",), "wanted": ("1",), "decision": ("approve",), "move": ("pause",), "which": ("open",),
    "expected": ("0",), "muted": ("0",), "is_public": ("0",), "may": ("0",), "only": ("",), "name": ("trades",),
}  # fmt: skip
IDS: Final = ("1", "2", "3", "4", str(ANA))
# All rows of theirs. What a stranger makes anew for themselves is theirs.
OTHERS: Final = {
    "accounts": f"user_id <> {STRANGER}", "users": f"id <> {STRANGER}", "payins": f"user_id <> {STRANGER}",
    "outbox": f"user_id <> {STRANGER}", "destinations": f"user_id <> {STRANGER}", "cashouts": f"user_id <> {STRANGER}",
    "extra_contacts": f"user_id <> {STRANGER}", "file_orders": f"user_id <> {STRANGER}",
    "trades": "true", "holds": "true", "disputes": "true", "tickets": "true", "ticket_messages": "true",
    "chat_messages": "true", "chat_seen": "true", "invitations": "true", "unapplied": "true", "corrections": "true",
    "transfers": "true", "postings": "true", "admin_actions": "true", "staff": "true", "broadcasts": "true",
    "term_overrides": "true", "house": "true", "dead_letters": "true", "payout_alarms": "true", "ratings": "true",
    "groups": "true",
}  # fmt: skip


@define
class Stranger:
    """Somebody with a phone, a wallet and no good intentions."""

    services: Services
    seen: list[Screen] = field(factory=list)
    pressed: int = 0
    errands: set[str] = field(factory=set)

    async def tries(self, event: Event, *answers: str, reply_to: Original | None = None) -> tuple[str, ...]:
        """Does it in a new session and gives the answers; the values that could be pressed then."""
        session = Session(STRANGER, self.services)
        last = await self._takes(session, event, reply_to)
        for value in answers:
            if last is None:
                return ()
            last = await self._takes(session, Press("c", encode_answer(last[1], value), 1))
        return () if last is None else tuple(_values(last[0]))

    async def _takes(
        self, session: Session, event: Event, reply_to: Original | None = None
    ) -> tuple[Screen, Origin] | None:
        update = Update(next(UPDATES), SENDER, STRANGER, event, b"{}", reply_to)
        self.pressed += 1
        try:
            turn, _ = await session.take(update)
        except UnknownErrand as error:  # the outside world would be asked
            self.errands.add(str(error))
            return None
        self.seen += [screen for screen, _ in turn.shown]
        asked = [(screen, origin) for screen, origin in turn.shown if origin is not None]
        return asked[-1] if asked else None

    async def goes_through(self, event: Event, *answers: str, depth: int = 3) -> None:
        for value in await self.tries(event, *answers) if depth else ():
            await self.goes_through(event, *answers, value, depth=depth - 1)


def _values(screen: Screen) -> Iterator[str]:
    for row in screen.rows:
        yield from (button.value for button in row if isinstance(button, Answer))


@pytest.fixture
async def stranger(house: Database, clock: MovedClock) -> Stranger:  # noqa: F811
    await done(house, AddContact(ANA, "canary", "USDT", "TRC20", ADDRESS, "", "", ""))
    await done(house, SayMessage(BEN, 2, "photo", "canary", "canary-file"))
    await done(house, AnswerTicket(WHO["support"], 1, "text", "canary", ""))
    await fund(house, STRANGER, "5000")
    services = Services(plan.plan(BOT), house, Inbox(house, 7), Replies(), clock, lambda raw: None)
    return Stranger(services)


async def done(database: Database, operation: Operation[object]) -> None:
    outcome = await database.perform(operation, fresh_key())
    assert not isinstance(outcome, Refused), outcome


async def others(database: Database) -> dict[str, object]:
    """Everything that is not the stranger's, in short."""
    found = {}
    for table, theirs in OTHERS.items():
        sql = f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t WHERE {theirs}"
        found[table] = (await database.pool.fetch("test", sql, (), reads=True))[0][0]
    return found


def calls() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every flow that takes something, with ids of other people's things, and with all its other arguments."""
    for name, flow in plan.plan(BOT).flows.items():
        taken = [parameter.name for parameter in list(inspect.signature(flow).parameters.values())[1:]]
        if not taken:
            continue
        for number in IDS:
            rest = [WORDS.get(each, (number,))[0] for each in taken]
            yield name, tuple(rest)
            if taken[0] in WORDS:
                break


def reveals(screens: list[Screen]) -> list[str]:
    return [str(screen.text) for screen in screens if any(canary in str(screen) for canary in CANARIES)]


def test_the_canaries_would_be_found() -> None:
    assert len(list(calls())) > 200
    assert {name for name, _ in calls()} >= {
        "trade",
        "release",
        "pay_wallet",
        "ticket_file",
        "cancel_cashout",
        "receipt",
    }


async def test_forged_buttons_show_and_move_nothing_of_others(stranger: Stranger) -> None:
    database = stranger.services.database
    before = await others(database)
    for name, args in calls():
        try:
            data = encode_link(name, args)
        except CallbackTooLong:
            continue
        stranger.seen.clear()
        await stranger.goes_through(Press("c", data, 1))
        assert reveals(stranger.seen) == [], data
    assert await others(database) == before
    assert stranger.pressed > 200
    assert stranger.errands == {"LookAtGroup", "ChangeGroup"}, "nothing else of theirs would ask the outside world"
    stranger.seen.clear()
    await stranger.tries(Press("c", encode_link("wallet", ()), 1))
    assert "5,000" in str(stranger.seen[0].text), "they were free to do what they may all the time"


async def test_their_owner_sees_what_a_stranger_does_not(stranger: Stranger) -> None:
    """Else the canaries above would prove nothing."""
    seen = ""
    for name, args in (
        ("trade", ("2",)),
        ("trade_chat", ("2", "0", "0")),
        ("contact", ("1",)),
        ("contact", ("2",)),
        ("support", ("0",)),
    ):
        session = Session(ANA, stranger.services)
        press = Press("c", encode_link(name, args), 1)
        turn, _ = await session.take(Update(next(UPDATES), Sender(ANA, "Ana", "ana"), ANA, press, b"{}"))
        seen += "".join(str(screen) for screen, _ in turn.shown)
    assert [each for each in ("bicycle", "Where is it?", ADDRESS, "canary", "@ben") if each not in seen] == []


@pytest.mark.parametrize(
    "payload",
    ["/trade/2", "/release/2", "/cancel_cashout/1", "/dispute/2", "/user/1", "2", "../trade/2", "trade/2", "a:1:1:yes"],
)
async def test_a_start_payload_shows_and_moves_nothing_of_others(stranger: Stranger, payload: str) -> None:
    before = await others(stranger.services.database)
    await stranger.goes_through(Command("start", payload))
    assert reveals(stranger.seen) == []
    assert await others(stranger.services.database) == before


async def test_an_answer_to_somebody_elses_question_is_none(stranger: Stranger) -> None:
    """Ana is asked whether she concedes; the stranger knows her button to the byte."""
    session = Session(ANA, stranger.services)
    press = Press("c", encode_link("cancel_cashout", ("1",)), 1)
    turn, _ = await session.take(Update(next(UPDATES), Sender(ANA, "Ana", "ana"), ANA, press, b"{}"))
    [(screen, origin)] = turn.shown
    assert origin is not None, "this one asks first"
    before = await others(stranger.services.database)
    for value in (*_values(screen), "yes", "1"):
        await stranger.tries(Press("c", encode_answer(origin, value), 1))
    assert stranger.seen == []
    assert await others(stranger.services.database) == before


@pytest.mark.parametrize("said", [Typed("mine now"), Sent("photo", "f")])
async def test_a_reply_to_a_message_of_somebody_elses_chat_reaches_no_ticket(
    stranger: Stranger, said: Typed | Sent
) -> None:
    """Message ids are numbers of a chat: the same number in another chat is another message."""
    database = stranger.services.database
    rows = await database.pool.fetch("test", "SELECT id FROM outbox WHERE kind LIKE 'ticket%'", (), reads=True)
    assert rows
    for number, row in enumerate(rows, 500):
        await database.run(NoticesSent([row["id"]], ["telegram"], [None], [number]))
    before = await others(database)
    for number in range(500, 500 + len(rows)):
        await stranger.tries(said, reply_to=Original(number, 0))
    after = await others(database)
    assert after == before
    assert reveals(stranger.seen) == []
