"""The logs of a turn say which update, whose, and in which conversation, without being told so in each line."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import text
from lockbay.actors.update import Command, Typed
from lockbay.logs import located
from lockbay.postgres.database import Database
from tests.actors.house import ADA, BOB, open_house, say, update
from tests.clock import MovedClock


async def test_a_turn_is_found_in_the_logs_by_its_update_its_person_and_its_conversation(
    database: Database, clock: MovedClock
) -> None:
    lines: list[dict[str, object]] = []

    async def logging(chat: Chat) -> None:
        for number in range(3):
            await chat.ask(f"q{number}", say(chat, "well?"), parse=text(chat.words, most=20))
            lines.append(dict(located(None, "", {"event": "heard"})))

    async with open_house(database, clock, {"logging": logging}) as house:
        for sender in (ADA, BOB):
            begun, answer = update(Command("logging"), sender), update(Typed("x"), sender)
            await house.receive(begun)
            await house.receive(answer)
            await house.quiet()
            assert lines.pop() == {
                "event": "heard", "user_id": sender.id, "update_id": answer.update_id,
                "conversation": begun.update_id, "flow": "logging",
            }  # fmt: skip
    assert located(None, "", {"event": "outside"}) == {"event": "outside"}
