"""A bench for conversations: a flow that spends coins, and an actor without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from attrs import frozen

from lockbay.actors.conversation import Chat, Conversation, Flow
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Parse, Reply, Said, pressed
from lockbay.actors.person import Person
from lockbay.actors.screen import Origin, Screen
from lockbay.actors.words import words
from lockbay.errors import Invalid
from lockbay.postgres.queries import Operation, View

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EN = words("en", "UTC")


@frozen
class Purse(View):
    file: ClassVar[str] = "purse"
    coins: int


@frozen
class Spend(Operation[str]):
    file: ClassVar[str] = "spend"
    coins: int


class Bench:
    """Carries requests out and writes down what came: an actor without a database."""

    def __init__(self) -> None:
        self.shown: list[tuple[Screen, Origin | None]] = []
        self.done: list[tuple[object, str]] = []
        self.reads = 0

    @property
    def texts(self) -> list[str]:
        return [str(screen.text) for screen, _ in self.shown]

    async def read(self, view: type[View], keys: tuple[object, ...]) -> View | None:
        self.reads += 1
        return Purse(10)

    async def perform(self, operation: object, key: str) -> object:
        self.done.append((operation, key))
        return f"spent by {key}"

    async def show(self, screen: Screen, origin: Origin | None) -> None:
        self.shown.append((screen, origin))


def say(sentence: str) -> Screen:
    return Screen(EN("{s}", s=sentence))


def begin(flow: Flow, journal: Journal | None = None) -> Conversation:
    return Conversation(flow, Chat(Person(7, "Ada"), NOON), journal or Journal(100, "spend"))


async def spend(chat: Chat) -> None:
    purse = await chat.read(Purse)
    coins = await chat.ask("coins", say("How many?"), parse=coins_up_to(purse.coins))
    sure = await chat.ask("sure", say(f"Spend {coins}?"), parse=pressed(chat.words))
    if sure == "yes":
        receipt = await chat.do("spend", Spend(coins))
        await chat.show(say(f"Done: {receipt}"))
        await chat.ask("again", say("Again?"), parse=pressed(chat.words))


def coins_up_to(most: int) -> Parse[int]:
    def parse(reply: Reply) -> int:
        if isinstance(reply, Said) and reply.text.isdigit() and int(reply.text) <= most:
            return int(reply.text)
        raise Invalid(f"At most {most}.")

    return parse
