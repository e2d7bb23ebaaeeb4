"""Whatever people send, to whatever they are asked: it is answered, and what they were asked is asked still.

Every question of every flow that a press can come to is gone to, as those who may, and gets every kind of message. A
question that nobody came to fails the test: it needs an answer in TYPED, or a reason in NOT_REACHED.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

import orjson
import pytest
from attrs import define, field

from lockbay import plan
from lockbay.actors.errand import Runner, UnknownErrand
from lockbay.actors.inbox import Inbox
from lockbay.actors.screen import Answer, CallbackTooLong, Origin, Screen, encode_answer, encode_link
from lockbay.actors.services import Services
from lockbay.actors.session import Session
from lockbay.actors.undo import KEEP, UNDO
from lockbay.actors.update import Event, Press, Sender, Typed, Update
from lockbay.areas.contacts.records import AddContact
from lockbay.areas.destinations import ListBanks, ResolveAccount
from lockbay.areas.trades.records import AcceptTrade, PayTrade
from lockbay.postgres.database import Database
from lockbay.telegram import json
from tests.actors.house import Replies
from tests.areas.cashing import TRON, list_banks, resolve
from tests.areas.deciding import under_way
from tests.areas.people import ANA, BEN, fund, met, offered
from tests.areas.powers import (
    FLOWS,
    WHO,
    house,  # noqa: F401  a fixture
)
from tests.areas.sendable import sent
from tests.areas.unapplied import done
from tests.clock import MovedClock
from tests.security.test_other_peoples_things import IDS, WORDS

Message: TypeAlias = Mapping[str, object]
AREAS: Final = Path(__file__).parent.parent.parent / "lockbay" / "areas"
BOT: Final = "lockbay_bot"
NEW: Final = 9_000_000_001  # has not accepted the terms
UPDATES: Final = count(1)
FILE: Final = {"file_id": "f", "file_unique_id": "u", "file_size": 9}
USER: Final = {"id": 5, "is_bot": False, "first_name": "Eve"}
PRIVATE: Final = {"id": ANA, "type": "private", "first_name": "Ana"}
PLACE: Final = {"latitude": 6.45, "longitude": 3.39}
# What Telegram tells of a message (Bot API, Message) that nothing here has a use for.
USELESS: Final[Mapping[str, Message]] = {
    "sticker": {
        "sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    },
    "video": {"video": {**FILE, "width": 1, "height": 1, "duration": 1}, "caption": "100"},
    "voice": {"voice": {**FILE, "duration": 1}},
    "video note": {"video_note": {**FILE, "length": 1, "duration": 1}},
    "audio": {"audio": {**FILE, "duration": 1, "title": "@ben"}},
    "animation": {"animation": {**FILE, "width": 1, "height": 1, "duration": 1}, "document": FILE},
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "poll": {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "type": "regular"}},
    "location": {"location": PLACE},
    "live location": {"location": {**PLACE, "live_period": 900}},
    "venue": {"venue": {"location": PLACE, "title": "Lagos", "address": "1 Road"}, "location": PLACE},
    "story": {"story": {"chat": PRIVATE, "id": 1}},
    "paid media": {"paid_media": {"star_count": 1, "paid_media": []}},
    "checklist": {"checklist": {"title": "a", "tasks": []}},
    "somebody's contact": {"contact": {"phone_number": "+2348031234567", "first_name": "Eve", "user_id": 5}},
    "a contact without account": {"contact": {"phone_number": "08031234567", "first_name": "Eve"}},
    "of next year": {"hologram": {"file_id": "f"}},
    "zero width": {"text": "\u200b\u200d\ufeff"},
    "marks of direction": {"text": "\u200f\u202b\u2067"},
    "blank that is no space": {"text": "\u2800\u3164"},
}
# What some questions take, and others answer.
USEFUL: Final[Mapping[str, Message]] = {
    "photo": {"photo": [FILE, {**FILE, "file_id": "large"}]},
    "photo with a caption": {"photo": [FILE], "caption": "100 <b>USDT</b>"},
    "photo of an album": {"photo": [FILE], "media_group_id": "1", "caption": "x" * 1024},
    "document": {"document": {**FILE, "file_name": "a.pdf", "mime_type": "application/pdf"}},
    "too long": {"text": "a" * 4096},
    "long, and of two units each": {"text": "😀" * 2048},
    "custom emoji": {
        "text": "😀", "entities": [{"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "1"}],
    },
    "forwarded": {"text": "hello", "forward_origin": {"type": "user", "date": 1, "sender_user": USER}},
    "by way of a bot": {"text": "hello", "via_bot": {**USER, "is_bot": True}},
    "reply to something old": {
        "text": "hello", "reply_to_message": {"message_id": 1, "date": 1, "from": {**USER, "is_bot": True}},
    },
    "reply to oneself": {"text": "hello", "reply_to_message": {"message_id": 1, "date": 1, "from": USER}},
    "quotation": {"text": "hello", "quote": {"text": "a", "position": 0}},
    "no such command": {"text": "/nonsense 1"},
    "markup": {"text": "<b>&\"'{x} %s"},
    "right to left": {"text": "\u202e001 TDSU"},
}  # fmt: skip
# What goes on from a question, where no button does.
TYPED: Final[Mapping[str, tuple[str, ...]]] = {
    "seller": ("@ben",), "amount": ("20",), "description": ("A bicycle",), "to": (TRON, "Kuda"),
    "account": ("0123456789",), "text": ("It was not in the box.",), "why": ("It was late.",),
    "note": ("It was late.",), "answer": ("ana@example.com",),
    "email": ("other@example.com",), "address": ("other@example.com",), "person": ("@ben",), "query": ("@ben",),
    "from": ("2026-11-01",), "until": ("2026-11-22",), "zone": ("Lagos",), "comment": ("Good",), "value": ("4",),
    "fee": ("1",), "least": ("1",), "what": ("Hello",), "name": ("Cold wallet",), "message": ("Hello",),
    "percent": ("50",), "txid": ("abc",), "trade": ("1",), "code": ("000000",), "delivery": ("24",),
}  # fmt: skip
NOT_REACHED: Final[Mapping[str, str]] = {
    "ended": "when a price has ended: nothing but its button is an answer",
    "enough": "after forty messages: nothing is an answer",
}


def said(message: Message, who: int) -> Update:
    """As it comes from Telegram."""
    number = next(UPDATES)
    sender = {"id": who, "is_bot": False, "first_name": "Ana", "username": NAMES[who], "language_code": "en"}
    chat = {"id": who, "type": "private", "first_name": "Ana"}
    update = {
        "update_id": number,
        "message": {"message_id": number, "date": 1, "from": sender, "chat": chat, **message},
    }
    found = json.update(orjson.dumps(update))
    assert found is not None, "nobody would hear of it"
    return found


NAMES: Final = {ANA: "ana", BEN: "ben", NEW: "new", **{user_id: f"the_{role}" for role, user_id in WHO.items()}}


@define
class Crawler:
    """Somebody who tries everything."""

    services: Services
    who: int
    reached: set[tuple[str, str]]  # flows and their questions, by whomever
    tried: set[tuple[str, str, str]] = field(factory=set)
    silent: list[str] = field(factory=list)

    async def goes(self, flow: str, args: tuple[str, ...], *answers: str) -> None:
        """To a question, and from there on, by each way once."""
        if (found := await self._arrives(flow, args, answers)) is None:
            return
        session, screen = found
        assert session._conversation is not None
        assert session._conversation.pending is not None
        step = session._conversation.pending.step
        if (flow, step) not in self.reached:
            self.reached.add((flow, step))
            for kind, message in {**USELESS, **USEFUL}.items():
                if await self._is_left_at(session, flow, step, kind, message):
                    continue
                if (again := await self._arrives(flow, args, answers)) is None:
                    break  # what was taken has changed where this leads
                session, _ = again
        for value in (*(f"={each}" for each in _values(screen)), *TYPED.get(step, ())):
            if (flow, step, value) not in self.tried and len(answers) < 12:
                self.tried.add((flow, step, value))
                await self.goes(flow, args, *answers, value)

    async def _arrives(
        self, flow: str, args: tuple[str, ...], answers: tuple[str, ...]
    ) -> tuple[Session, Screen] | None:
        session = Session(self.who, self.services)
        try:
            last = await self._does(session, Press("c", encode_link(flow, args), 1))
            for answer in answers:
                if last is None:
                    return None
                pressed = answer.startswith("=")
                event = Press("c", encode_answer(last[1], answer[1:]), 1) if pressed else Typed(answer)
                last = await self._does(session, event)
        except (UnknownErrand, CallbackTooLong):
            return None
        if last is None or session._conversation is None:
            return None
        return session, last[0]

    async def _does(self, session: Session, event: Event) -> tuple[Screen, Origin] | None:
        sender = Sender(self.who, "Ana", NAMES[self.who])
        turn, _ = await session.take(Update(next(UPDATES), sender, self.who, event, b"{}"))
        asked = [(screen, origin) for screen, origin in turn.shown if origin is not None]
        return asked[-1] if asked else None

    async def _is_left_at(self, session: Session, flow: str, step: str, kind: str, message: Message) -> bool:
        """Sends it: whether the question is still asked."""
        before = session.journal
        assert before is not None
        turn, _ = await session.take(said(message, self.who))
        for screen, _ in turn.shown:
            sent(screen)
        is_the_same = session.journal == before
        if not turn.shown or (is_the_same and all(origin and _is_bare(screen) for screen, origin in turn.shown)):
            self.silent.append(f"{flow}.{step} says nothing to {kind}")
        if kind in USELESS and not is_the_same:
            self.silent.append(f"{flow}.{step} takes {kind}")
        return is_the_same


def _is_bare(screen: Screen) -> bool:
    """It does not say why it is asked again."""
    return not screen.text.startswith("⚠️")


def _values(screen: Screen) -> Iterator[str]:
    for row in screen.rows:
        yield from (each.value for each in row if isinstance(each, Answer) and each.value not in (UNDO, KEEP))


def calls(token: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every flow, with ids of whatever there is."""
    yield "close_account", ()  # before they have made a trade
    yield "invitation", (token,)
    yield "decide_payout", ("3", "paid", "unknown")
    yield from ((name, args) for name, (args, _) in FLOWS.items())
    for name, flow in plan.plan(BOT).flows.items():
        taken = list(inspect.signature(flow).parameters.values())[1:]
        needed = [each.name for each in taken if each.default is inspect.Parameter.empty]
        for number in IDS if needed else ("",):
            yield name, tuple(WORDS.get(each, (number,))[0] for each in needed)


def steps() -> set[str]:
    """All that is asked anywhere."""
    found = set()
    for path in AREAS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="ask"), args=[ast.Constant(value=str(step)), *_]):
                    found.add(step)
    return found


@pytest.fixture
async def crawlers(house: Database, clock: MovedClock) -> list[Crawler]:  # noqa: F811
    await fund(house, BEN, "500")
    trade = await offered(house, ANA, "username", "@ben")
    await done(house, PayTrade(ANA, trade.id, trade.buyer_pays))
    await done(house, AcceptTrade(BEN, trade.id))
    await under_way(house, "unknown")
    await done(house, AddContact(ANA, "Cold", "USDT", "TRC20", TRON, "", "", ""))
    await met(house, NEW, "New", "new")
    errands: dict[type, Runner] = {ListBanks: list_banks, ResolveAccount: resolve}
    services = Services(plan.plan(BOT), house, Inbox(house, 7), Replies(), clock, json.update, errands, turn_limit=60)
    reached: set[tuple[str, str]] = set()
    return [Crawler(services, who, reached) for who in (NEW, WHO["nobody"], ANA, BEN, WHO["owner"])]


@pytest.mark.timeout(600)
async def test_every_question_has_an_answer_to_everything(house: Database, crawlers: list[Crawler]) -> None:  # noqa: F811
    trade = await offered(house, BEN)
    for crawler in crawlers:
        for flow, args in calls(str(trade.token)):
            await crawler.goes(flow, args)
    assert [each for crawler in crawlers for each in crawler.silent] == []
    assert steps() - {step for _, step in crawlers[0].reached} == NOT_REACHED.keys()
