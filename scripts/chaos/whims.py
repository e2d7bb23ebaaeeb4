"""What somebody does who presses at random: mostly what is on the screen, sometimes what no app would send."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from attrs import define, field, frozen

from lockbay import plan
from scripts.chaos.crowd import BOT, Crowd, Member, Shown
from scripts.chaos.law import MOVES
from scripts.chaos.people import ACCOUNT, ADDRESS, STORY

FLOWS: Final = plan.plan(str(BOT["username"]))
# What an owner would lock the others out with, or write to all of them: nobody of the staff presses that here.
DENIED: Final = frozenset(
    {"maintenance", "new_broadcast", "broadcast", "steer_broadcast", "term", "role", "give_role", "block", "team"}
)
AWAY: Final = frozenset({"menu", "trades", "help", "wallet"})  # leads out of whatever was begun
BEGUN: Final = frozenset({"new_trade", "cash_out", "invitation", "pay_wallet"})
ONWARD: Final = frozenset(
    {"pay", "accept", "deliver", "release", "open_dispute", "take_dispute", "resolve_dispute", "decide_payout"}
)
TYPED: Final = 0.9
DILIGENCE: Final = 0.95
TYPE: Final = re.compile(r"\btype|\bpaste|describe|how much\?|what happened|what shows it", re.IGNORECASE)
LEAST: Final = re.compile(r"(?:Smallest|At least|least): ?([0-9][0-9,.]*[0-9]|[0-9])")
ACTS: Final[Mapping[str, float]] = {
    "press": 66, "answer": 8, "nonsense": 3, "command": 4, "old": 4, "forged": 4, "stolen": 1, "file": 0.8,
    "contact": 0.4, "edit": 0.5, "block": 0.2, "link": 0.6,
}  # fmt: skip
UNHEARD: Final = ("edit", "block")  # nobody answers these, or not always
EDGES: Final = (
    "", " ", "0", "-1", "1e9", "NaN", "9" * 40, "0.000000001", "1,5", "١٢", "½", "\u202eabc", "\u200b", "🧨" * 50,
    "<b>bold</b>", "&lt;", "{name}", "%s", "' OR 1=1 --", "a\0b", "x" * 4096, "@", "@a", "/", "//", "/menu@",
    "/start /trade/1", "\n\n\n", "T-AAAAA", "null", "Ω≈ç√", "مرحبا", "👨‍👩‍👧‍👦",
)  # fmt: skip
NUMBERS: Final = ("1", "2", "3", "5", "7", "17", "50", "0", "-1", "99999999999999999999", "x", "")


@define
class Street:
    """What people could pick up: links to trades, addresses to pay to. `fresh`: to whom something was told lately."""

    links: deque[str] = field(factory=lambda: deque(maxlen=200))
    opened: set[str] = field(factory=set)  # all links there ever were
    fresh: deque[int] = field(factory=lambda: deque(maxlen=2000))
    busy: set[int] = field(factory=set)  # who is doing something: what they are shown is an answer
    payable: deque[tuple[str, str]] = field(factory=lambda: deque(maxlen=50))

    def passes(self, member: Member, shown: Shown) -> None:
        if member.id not in self.busy:
            self.fresh.append(member.id)
        copies = {label.casefold(): text for label, text in shown.copies.items()}
        links = [text.rpartition("=")[2] for text in copies.values() if "?start=" in text]
        self.links += links
        self.opened.update(links)
        address = next((text for label, text in copies.items() if "address" in label), None)
        if address is not None:
            amount = next((text for label, text in copies.items() if "amount" in label), "10")
            self.payable.append((address, amount))


@frozen
class Whims:
    """Draws from `chance` alone what is done, and does it; says by which name."""

    crowd: Crowd
    street: Street
    staff: frozenset[int]
    chance: random.Random

    def act(self, member: Member, *, diligent: bool = False) -> str:
        """`diligent`: nearly always what the screen asks for, so that something comes of it."""
        if member.blocked:
            self.crowd.block(member, False)
            return "block"
        if diligent and self.chance.random() < DILIGENCE:
            return self.press(member)
        name = self.chance.choices(list(ACTS), weights=list(ACTS.values()))[0]
        acts: Mapping[str, Callable[[Member], str]] = {
            "press": self.press, "answer": self.answer, "old": self.old, "forged": self.forged, "stolen": self.stolen,
            "file": self.file, "contact": self.contact,
        }  # fmt: skip
        if name in acts:
            return acts[name](member)
        match name:
            case "nonsense":
                self.crowd.say(member, text=self.nonsense())
            case "command":
                self.command(member)
            case "link":
                self.crowd.say(member, text=f"/start {self.link()}")
            case "edit":
                self.crowd.edit(member, self.plausible(""))
            case "block":
                self.crowd.block(member, True)
        return name

    def press(self, member: Member) -> str:
        """A button of what was shown last; where that asks for a text, more often a text."""
        latest = member.latest
        if latest is not None and self.chance.random() < TYPED and self.asked(latest.text):
            return self.answer(member)
        if latest is None or not latest.presses:
            return self.command(member)
        return self._on(member, latest)

    def old(self, member: Member) -> str:
        shown = [message for message in member.messages.values() if message.presses]
        return self._on(member, self.chance.choice(shown)) if shown else self.command(member)

    def _on(self, member: Member, message: Shown) -> str:
        allowed = [data for _, data in message.presses if self._may(member, data)]
        if not allowed:
            return self.command(member)
        answers = [data for data in allowed if data.startswith("a:")]
        if answers and self.chance.random() < DILIGENCE:
            allowed = answers
        data = self.chance.choices(allowed, weights=[drawn_to(data) for data in allowed])[0]
        self.crowd.press(member, data, message.id, has_file=message.has_file)
        return "press"

    def answer(self, member: Member) -> str:
        latest = member.latest
        text = self.plausible(latest.text if latest else "")
        if text == "photo":
            return self.file(member)
        self.crowd.say(member, text=text)
        return "answer"

    def forged(self, member: Member) -> str:
        """What no screen has shown this person."""
        flow = self.chance.choice(list(FLOWS.flows))
        args = [self.chance.choice(NUMBERS) for _ in range(self.chance.choice((0, 1, 1, 1, 2, 3)))]
        data = self.chance.choice(
            (
                ":".join((self.chance.choice("ln"), flow, *args)),
                f"a:{self.crowd.last:x}:{self.chance.randrange(4)}:{self.chance.choice(('confirm', 'yes', '1', ''))}",
                f"a:{self.chance.choice(NUMBERS)}:{self.chance.choice(NUMBERS)}:x",
                self.chance.choice(EDGES)[:64],
            )
        )
        return self._forge(member, data)

    def stolen(self, member: Member) -> str:
        """A button of somebody else's."""
        other = self.crowd.members[self.chance.choice(list(self.street.fresh) or [member.id])]
        presses = [data for message in other.messages.values() for _, data in message.presses]
        return self._forge(member, self.chance.choice(presses)) if presses else self.command(member)

    def _forge(self, member: Member, data: str) -> str:
        if not self._may(member, data):
            return self.command(member)
        latest = member.latest
        self.crowd.press(member, data, latest.id if latest else 7, has_file=bool(latest and latest.has_file))
        return "forged"

    def file(self, member: Member) -> str:
        file = {"file_id": f"f{self.chance.randrange(10**9)}", "file_unique_id": "u", "file_size": 1000}
        kind = self.chance.choice(("photo", "document", "sticker", "voice"))
        content: object = [{**file, "width": 9, "height": 9}] if kind == "photo" else file
        self.crowd.say(member, **{kind: content, "caption": self.chance.choice(("", "see", "x" * 1024))})
        return "file"

    def contact(self, member: Member) -> str:
        whose = self.chance.choice((member.id, member.id + 1))
        self.crowd.say(member, contact={"phone_number": f"234803{whose:07}", "first_name": "A", "user_id": whose})
        return "contact"

    def command(self, member: Member) -> str:
        name = self.chance.choice(("menu", "trade", "trade", *FLOWS.commands))
        self.crowd.say(member, text=f"/{name}")
        return "command"

    def nonsense(self) -> str:
        if self.chance.random() < 0.6:
            return self.chance.choice(EDGES) or "?"
        return "".join(chr(self.chance.choice((self.chance.randrange(32, 0xD7FF), 97))) for _ in range(20))

    def link(self) -> str:
        if self.street.links and self.chance.random() < 0.9:
            return self.chance.choice(self.street.links)
        return self.chance.choice(("x", "i_x", "ref_1", "trade_1", "a" * 64, "/wallet", "/trade/1", "-"))

    def asked(self, prompt: str) -> tuple[str, ...]:
        """What one might type where that is shown; nothing, where no text is asked for."""
        if not TYPE.search(prompt):
            return ()
        return next((texts for pattern, texts in ANSWERS if pattern.search(prompt)), ())

    def plausible(self, prompt: str) -> str:
        someone = f"@user{self.chance.choice(self.crowd.ids)}"
        text = self.chance.choice(self.asked(prompt) or (STORY, "10", someone, ADDRESS))
        return {"@": someone, "#": self.amount(prompt)}.get(text, text)

    def amount(self, prompt: str) -> str:
        """Some of what is taken, where the screen says from how much on it is."""
        found = LEAST.search(prompt)
        least = Decimal(found[1].replace(",", "")) if found else Decimal(5)
        places = max(0, -int(least.as_tuple().exponent))
        return str(round(least * Decimal(self.chance.uniform(1, 6)), min(places, 8)))

    def _may(self, member: Member, data: str) -> bool:
        return member.id not in self.staff or not DENIED & set(data.split(":")[1:2])


def drawn_to(data: str) -> float:
    """How much a button is liked: what moves something, and what answers, more than what leads away."""
    kind, _, rest = data.partition(":")
    flow = rest.partition(":")[0]
    if kind == "a":
        return 4.0
    if flow in AWAY:
        return 0.2
    return 6.0 if flow in ONWARD else 1.0 if flow in MOVES else 3.0 if flow in BEGUN else 0.4


def _asked(words: str, *texts: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    return re.compile(words, re.IGNORECASE), texts


ANSWERS: Final = (
    _asked("who is the seller", "@", "@", "@", "@", "@", "@", "sam@example.org", "+2348030000001"),
    _asked("how much|amount, or press", "#", "#", "#", "600", "5000", "0.01", "100000000"),
    _asked("what do you buy|what happened", "A bicycle", STORY),
    _asked("how long may the delivery", "1", "24", "0"),
    _asked("where to|address for the", ADDRESS, ADDRESS, "0x52908400098527886E0F7030069857D2E4169EE7", "nowhere"),
    _asked("which bank", "kuda", "access", "zzz"),
    _asked("account number", ACCOUNT, ACCOUNT, "12"),
    _asked("what shows it", "photo", "photo", "nothing"),
    _asked("your address|e-mail", "somebody@example.org", "nobody@", "a@b.co"),
    _asked("code", "000000", "123456", "x"),
    _asked("city or a country", "Lagos", "Paris", "zz"),
    _asked("two times", "22:00-7:00", "25:00"),
    _asked("type \\S+ to close", "CLOSE", "no", "no", "no"),
)
