"""Groups of the local Telegram, as strict as the real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from lockbay.sandbox.crowd import Crowd, crowd
from lockbay.sandbox.groups import MOST
from lockbay.sandbox.person import Person, Town
from tests.sandbox.conftest import Bot, Hand


@pytest.fixture
async def group(town: Town) -> Crowd:
    return await crowd(town.client, "Traders", town.person(1001))


def change(update: Mapping[str, object]) -> tuple[str, str, object, object]:
    """Of what kind, from what to what, by whom and in which chat."""
    member = cast("Mapping[str, Mapping[str, object]]", update["my_chat_member"])
    old, new = str(member["old_chat_member"]["status"]), str(member["new_chat_member"]["status"])
    return old, new, member["from"]["id"], member["chat"]["id"]


async def test_who_brings_the_bot_and_who_throws_it_out_is_told(bot: Bot, town: Town, group: Crowd) -> None:
    sam = town.person(1002)
    await group.bot(sam)
    with pytest.raises(AssertionError, match="does not run"):
        await group.bot(sam, "kicked")
    await group.bot(town.person(1001), "kicked")
    came, service, gone = await bot.updates()
    assert change(came) == ("left", "member", 1002, group.id)
    assert "new_chat_members" in cast("Mapping[str, object]", service["message"])
    assert change(gone) == ("member", "kicked", 1001, group.id)


async def test_the_bot_writes_where_it_is(bot: Bot, town: Town, group: Crowd) -> None:
    assert await bot.refused("sendMessage", chat_id=group.id, text="x") == (
        403,
        "Forbidden: bot is not a member of the group chat",
    )
    await group.bot(town.person(1001))
    sent = await bot.send(group.id, "Hello all")
    assert cast("Mapping[str, object]", sent["chat"])["type"] == "group"
    assert (await group.sees("hello")).text == "Hello all"
    await group.bot(town.person(1001), "kicked")
    assert await bot.refused("sendMessage", chat_id=group.id, text="x") == (
        403,
        "Forbidden: bot was kicked from the group chat",
    )
    assert await bot.refused("sendMessage", chat_id=-5, text="x") == (400, "Bad Request: chat not found")


async def test_twenty_messages_a_minute(bot: Bot, town: Town, group: Crowd, hand: Hand) -> None:
    await group.bot(town.person(1001))
    for n in range(MOST):
        await bot.send(group.id, str(n))
        hand.now += 1
    response = await bot.raw("sendMessage", chat_id=group.id, text="x")
    assert (response.status_code, response.json()["parameters"]) == (429, {"retry_after": 40})
    hand.now += 40
    await bot.send(group.id, "again")


async def test_the_bot_hears_commands_only_unless_it_is_an_administrator(
    bot: Bot, town: Town, group: Crowd, ada: Person
) -> None:
    await group.bot(ada)
    await bot.updates(offset=-1)
    for text in ("hello", "/announce", "/announce@lockbay_bot", "/announce@other_bot"):
        await group.says(town.person(1002), text)
    heard = [cast("Mapping[str, object]", update["message"]) for update in await bot.updates() if "message" in update]
    texts = [message["text"] for message in heard if "text" in message]
    assert texts == ["/announce", "/announce@lockbay_bot"]
    assert cast("Mapping[str, object]", heard[-1]["from"])["id"] == 1002
    await group.bot(ada, "administrator")
    await group.says(ada, "hello")
    [last] = await bot.updates(offset=-1)
    assert cast("Mapping[str, object]", last["message"])["text"] == "hello"


async def test_who_is_what_in_a_group(bot: Bot, town: Town, group: Crowd, ada: Person) -> None:
    await group.bot(ada)
    await group.becomes(town.person(1002), "administrator")
    await group.becomes(town.person(1003), "left")

    async def status(number: int) -> object:
        return cast("Mapping[str, object]", await bot.call("getChatMember", chat_id=group.id, user_id=number))["status"]

    assert [await status(number) for number in (1001, 1002, 1003)] == ["creator", "administrator", "left"]
    assert await bot.refused("getChatMember", chat_id=group.id, user_id=77) == (400, "Bad Request: user not found")
    assert await bot.refused("getChatMember", chat_id=-5, user_id=1001) == (400, "Bad Request: chat not found")
    await group.bot(ada, "kicked")
    assert (await bot.refused("getChatMember", chat_id=group.id, user_id=1001))[0] == 403


async def test_a_group_becomes_a_supergroup(bot: Bot, town: Town, group: Crowd, ada: Person) -> None:
    await group.bot(ada)
    moved = await group.upgraded(ada)
    response = await bot.raw("sendMessage", chat_id=group.id, text="x")
    assert response.status_code == 400
    assert response.json()["parameters"] == {"migrate_to_chat_id": moved.id}
    sent = await bot.send(moved.id, "here")
    assert cast("Mapping[str, object]", sent["chat"])["type"] == "supergroup"
    messages = [cast("Mapping[str, object]", update.get("message") or {}) for update in await bot.updates()]
    assert [message.get("migrate_to_chat_id") for message in messages if "migrate_to_chat_id" in message] == [moved.id]


async def test_who_is_not_in_the_group_does_nothing_there(town: Town, group: Crowd) -> None:
    olu = town.person(1003)
    await group.becomes(olu, "left")
    with pytest.raises(AssertionError, match="not in the group"):
        await group.says(olu, "hello")
    with pytest.raises(AssertionError, match="not in the group"):
        await group.bot(olu)


async def test_who_runs_a_supergroup_writes_in_its_name_and_nobody_is_told_who_it_was(
    bot: Bot, town: Town, group: Crowd
) -> None:
    ada, sam = town.person(1001), town.person(1002)
    await group.bot(ada)
    with pytest.raises(AssertionError, match="in the group's name"):
        await group.says(ada, "/announce", anonymous=True)
    moved = await group.upgraded(ada)
    with pytest.raises(AssertionError, match="in the group's name"):
        await moved.says(sam, "/announce", anonymous=True)
    await moved.says(ada, "/announce", anonymous=True)
    message = cast("Mapping[str, Mapping[str, object]]", (await bot.updates())[-1]["message"])
    assert message["from"]["username"] == "GroupAnonymousBot"
    assert message["sender_chat"]["id"] == message["chat"]["id"] == moved.id
    assert "1001" not in str(message)


async def test_a_group_shows_the_commands_for_those_who_run_it(bot: Bot, town: Town, group: Crowd) -> None:
    for scope, name in (("all_private_chats", "menu"), ("all_group_chats", "all"), ("all_chat_administrators", "some")):
        await bot.call("setMyCommands", commands=[{"command": name, "description": "x"}], scope={"type": scope})
    [described] = (await town.client.get("/api/groups")).json()["groups"]
    assert described["commands"] == [{"command": "some", "description": "x"}]
