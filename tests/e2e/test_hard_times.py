"""Hard times: Telegram, the network, people and the database at their worst. Nothing is lost, and little is late."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import trio

from lockbay.postgres import bridge
from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Person, Town
from tests.clock import ShiftedClock
from tests.conftest import Postgres
from tests.e2e.conftest import Played, running_service, settings_for
from tests.e2e.test_trade import create, deposit, welcome


async def rows(played: Played, query: str) -> list[tuple[object, ...]]:
    async with bridge.open_connection(played.settings.database_url) as connection:
        return [tuple(row.values()) for row in await connection.fetch(query)]


async def settled(played: Played) -> None:
    with trio.fail_after(10):
        while await rows(played, "SELECT FROM inbox"):
            await trio.lowlevel.checkpoint()


async def times(person: Person, text: str) -> int:
    """How many messages of the chat show that."""
    return sum(text in message.text for message in await person.messages())


async def struck(played: Played) -> None:
    """Waits until every fault has met its call."""
    with trio.fail_after(10):
        while (await played.town.client.get("/api/faults")).json():
            await trio.lowlevel.checkpoint()


@pytest.fixture
async def ada(played: Played) -> Person:
    await welcome(played.ada)
    await played.ada.sees("Hello")  # the menu may come late, and it has a button “Wallet”
    return played.ada


async def test_a_429_is_waited_out_exactly_and_nobody_else_waits(played: Played, ada: Person) -> None:
    sam = played.sam
    await welcome(sam)
    await played.town.fault("flood", method="sendMessage", chat_id=ada.id, times=1, retry_after=2)
    began = trio.current_time()
    await ada.say("/wallet")
    await sam.say("/wallet")
    await sam.sees("Wallet")
    assert trio.current_time() - began < 2
    await ada.sees("Wallet")
    assert 2 <= trio.current_time() - began < 3.5
    assert await times(ada, "It is empty") == 1


@pytest.mark.parametrize("crowd", [3, 14])
async def test_some_who_are_too_fast_hold_nobody_but_themselves(played: Played, ada: Person, crowd: int) -> None:
    """A 429 of one's own chat takes no more than pressing quickly: a few who agree on that would stop LockBay."""
    hasty = [await played.town.join(f"Hasty{number}") for number in range(crowd)]
    async with trio.open_nursery() as nursery:
        for person in hasty:
            nursery.start_soon(welcome, person)
    for person in hasty:
        await played.town.fault("flood", chat_id=person.id, times=1, retry_after=60)
    async with trio.open_nursery() as nursery:
        for person in hasty:
            nursery.start_soon(person.say, "/wallet")
    await struck(played)
    began = trio.current_time()
    await ada.say("/wallet")
    await ada.sees("It is empty")
    assert trio.current_time() - began < 5


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("server_error", {"status": 502, "times": 2}),
        ("server_error", {"status": 500, "times": 2}),
        ("reset_before", {"times": 2}),
        ("flood", {"times": 1, "retry_after": 1}),
        ("latency", {"seconds": 1.0, "times": 1}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.get("status", "")),
)
async def test_a_screen_that_did_not_get_through_is_sent_again(
    played: Played, ada: Person, kind: str, fields: dict[str, str | float]
) -> None:
    await played.town.fault(kind, method="sendMessage", **fields)
    await ada.say("/wallet")
    await ada.sees("It is empty")
    await settled(played)
    assert await times(ada, "It is empty") == 1


@pytest.mark.parametrize("kind", ["reset_after", "malformed"])
async def test_a_screen_whose_answer_was_lost_is_sent_again_as_nobody_knows(
    played: Played, ada: Person, kind: str
) -> None:
    await played.town.fault(kind, method="sendMessage", times=1)
    await ada.say("/wallet")
    await ada.sees("It is empty")
    await ada.press("History")
    await ada.sees("Nothing")
    await settled(played)
    assert await times(ada, "It is empty") <= 2


@pytest.mark.parametrize("kind", ["server_error", "reset_before", "reset_after", "malformed"])
async def test_an_edit_in_bad_times_arrives(played: Played, ada: Person, kind: str) -> None:
    await played.town.fault(kind, method="editMessageText", times=2)
    await ada.press("Wallet")
    assert (await ada.sees("It is empty")).edited
    await ada.press("Back")
    await ada.sees("Your wallet is empty")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("server_error", {"status": 502}),
        ("reset_before", {}),
        ("reset_after", {}),
        ("malformed", {}),
        ("flood", {"retry_after": 1}),
        ("refuse", {"status": 409, "description": "Conflict: terminated by other getUpdates request"}),
        ("latency", {"seconds": 1.0}),
    ],
)
async def test_polling_survives(played: Played, ada: Person, kind: str, fields: dict[str, str | float]) -> None:
    await played.town.fault(kind, method="getUpdates", times=2, **fields)
    for _ in range(3):  # the first ends the poll under way
        await ada.say("/wallet")
        await ada.sees("It is empty")
    await settled(played)
    assert await times(ada, "It is empty") == 3


async def test_a_press_is_answered_even_if_its_spinner_cannot_be(played: Played, ada: Person) -> None:
    refusal = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    await played.town.fault("refuse", method="answerCallbackQuery", status=400, description=refusal)
    await ada.press("Wallet")
    await ada.sees("It is empty")


async def test_who_blocks_the_bot_hears_by_mail_when_the_address_is_proven(played: Played) -> None:
    ada, sam = played.ada, played.sam
    await welcome(ada)
    await sam.start()
    await sam.say("sam@example.com")
    await sam.sees("code")
    letter = await played.town.mail("sam@example.com")
    code = next(word for word in letter.text.split() if len(word) == 6 and word.isdigit())
    await sam.say(code)
    await sam.press("Accept")
    await deposit(played, ada, "200")
    await sam.block()
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    invited = await played.town.mail("sam@example.com", "invites", after=letter.id)
    assert "100 USDT" in invited.text
    await ada.press("Pay")
    await ada.press("From your wallet")
    await ada.press("Confirm")
    await played.town.mail("sam@example.com", "paid", after=invited.id)
    await sam.start()
    await sam.say("/trades")
    await sam.sees("bicycle")


async def test_who_blocks_the_bot_without_an_address_misses_the_news_but_no_trade(played: Played) -> None:
    ada, sam = played.ada, played.sam
    await welcome(ada)
    await welcome(sam)
    await deposit(played, ada, "200")
    await sam.block()
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    await ada.press("Pay")
    await ada.press("From your wallet")
    await ada.press("Confirm")
    await ada.sees("Paid")
    with trio.fail_after(10):
        while await rows(played, "SELECT FROM outbox WHERE sent_at IS NULL"):
            await trio.lowlevel.checkpoint()
    told = await rows(played, f"SELECT sent_by, error FROM outbox WHERE user_id = {sam.id}")
    assert [by for by, _ in told] == ["nobody", "nobody"]
    await sam.start()
    await sam.say("/trades")
    await sam.sees("bicycle")
    await sam.press("T-")
    await sam.press("Accept")
    await sam.press("Confirm")
    assert "accepted" in (await ada.sees("accepted")).text


async def test_the_database_stops_and_returns_under_a_conversation(
    played: Played, ada: Person, postgres: Postgres
) -> None:
    await ada.say("/trade")
    await ada.press("Invitation link")
    await ada.press("USDT")
    await ada.sees("how much")
    await trio.to_thread.run_sync(postgres.server.kill)
    await ada.say("25")
    await played.sam.say("/start")
    await trio.to_thread.run_sync(postgres.server.start)
    await ada.sees("what do you buy", within=5)
    await played.sam.sees("LockBay", within=5)
    await ada.say("A drawing")
    await ada.press("24")
    await ada.sees("who pays")
    await settled(played)
    assert await times(ada, "what do you buy") == 1


async def test_many_people_at_once_while_the_database_restarts(played: Played, postgres: Postgres) -> None:
    """Each gets one answer to each command, and nobody two."""
    people = [await played.town.join(f"P{n}", f"person{n}") for n in range(40)]

    async def asks(person: Person) -> None:
        for _ in range(3):
            await person.say("/help")
            await person.sees("The buyer makes a trade", within=20)

    async with trio.open_nursery() as nursery:
        for person in people:
            nursery.start_soon(asks, person)
        await people[0].sees("The buyer makes a trade")
        await trio.to_thread.run_sync(partial(postgres.server.restart, "immediate"))
    await settled(played)
    assert [await times(person, "The buyer makes a trade") for person in people] == [3] * len(people)


async def test_a_deadline_that_passes_while_the_database_is_away_is_kept_when_it_returns(
    played: Played, ada: Person, postgres: Postgres
) -> None:
    await welcome(played.sam)
    await deposit(played, ada, "200")
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    await ada.press("Pay")
    await ada.press("From your wallet")
    await ada.press("Confirm")
    await ada.sees("Paid")
    await trio.to_thread.run_sync(postgres.server.kill)
    played.clock.advance(timedelta(hours=25))
    await trio.to_thread.run_sync(postgres.server.start)
    await ada.sees("105 USDT")
    with trio.fail_after(10):
        while await rows(played, "SELECT FROM trades WHERE state <> 'refunded'"):
            await trio.lowlevel.checkpoint()


async def test_a_stored_update_that_nobody_can_read_stops_nobody(
    world: Sandbox, town: Town, database_url: str, clock: ShiftedClock
) -> None:
    async with bridge.open_connection(database_url) as connection:
        await connection.execute("INSERT INTO inbox VALUES (1, 1001, 'no JSON', now())")
    async with running_service(settings_for(world, database_url), clock):
        ada = town.person(1001)
        await ada.start()
        await ada.sees("Welcome")
