"""People act as in Telegram, tests wait for what comes, and the control interface refuses what is impossible."""

from __future__ import annotations

from functools import partial

import pytest
import trio

from lockbay.sandbox import Sandbox, control
from lockbay.sandbox.person import NotSeen, Person, Town
from tests.sandbox.conftest import Bot, keyboard
from tests.sandbox.pictures import png


async def test_starting_with_a_payload_reaches_the_bot_as_a_command(bot: Bot, town: Town) -> None:
    await town.person(1002).start("t_abc")
    (update,) = await bot.updates()
    message = update["message"]
    assert isinstance(message, dict)
    assert (message["text"], message["from"]["id"]) == ("/start t_abc", 1002)
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_a_person_sees_what_comes_later(bot: Bot, ada: Person, nursery: trio.Nursery) -> None:
    nursery.start_soon(bot.send, 1001, "Here is your WALLET")
    assert (await ada.sees("wallet")).text == "Here is your WALLET"


async def test_a_person_waits_longer_than_the_sandbox_does_in_one_go(
    bot: Bot, ada: Person, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "LONGEST_WAIT", 0.0)
    seen = trio.Event()

    async def wait() -> None:
        await ada.sees("late", within=20)
        seen.set()

    nursery.start_soon(wait)
    await bot.send(1001, "first")  # a whole exchange, so that the first go is over
    assert not seen.is_set()
    await bot.send(1001, "late")
    await seen.wait()


async def test_a_person_does_not_take_their_own_words_for_an_answer(ada: Person) -> None:
    await ada.say("Wallet")
    with pytest.raises(NotSeen, match="Wallet"):
        await ada.sees("Wallet", within=0.1)


async def test_what_was_there_before_the_last_act_is_not_seen_again(bot: Bot, ada: Person) -> None:
    await bot.send(1001, "old")
    await ada.say("go on")
    with pytest.raises(NotSeen):
        await ada.sees("old", within=0.1)


async def test_a_reply_tells_the_bot_what_it_answers_without_what_that_answers(bot: Bot, ada: Person) -> None:
    await bot.send(1001, "Ticket", reply_markup=keyboard([{"text": "Close", "callback_data": "c"}]))
    ticket = await ada.last()
    await ada.say("first", to=ticket)
    await ada.send_photo(png(4, 4), "second", to=await ada.last())
    said, photo = (update["message"] for update in (await bot.updates())[-2:])
    assert isinstance(said, dict)
    assert isinstance(photo, dict)
    assert said["reply_to_message"] == ticket.raw
    assert (photo["reply_to_message"]["text"], photo["caption"]) == ("first", "second")
    assert "reply_to_message" not in photo["reply_to_message"]


async def test_nobody_replies_to_what_is_not_there(bot: Bot, ada: Person, town: Town) -> None:
    await bot.send(1001, "only for Ada")
    with pytest.raises(AssertionError, match="no such message"):
        await town.person(1002).say("hm", to=await ada.last())


async def test_a_button_is_waited_for_and_the_newest_one_pressed(bot: Bot, ada: Person, nursery: trio.Nursery) -> None:
    await bot.send(1001, "old", reply_markup=keyboard([{"text": "Pay 10", "callback_data": "old"}]))
    new = keyboard([{"text": "Back", "callback_data": "b"}], [{"text": "🔒 Pay now", "callback_data": "new"}])
    await bot.send(1001, "new", reply_markup=new)
    await ada.press("pay")
    assert (await bot.updates(offset=-1))[0]["callback_query"]["data"] == "new"  # type: ignore[index]

    async def later() -> None:
        await bot.send(1001, "later", reply_markup=keyboard([{"text": "Release", "callback_data": "r"}]))

    nursery.start_soon(later)
    await ada.press("Release")
    with pytest.raises(NotSeen):
        await ada.press("Dance", within=0.1)


SHARE: dict[str, object] = {
    "keyboard": [[{"text": "Share", "request_contact": True}], [{"text": "Cancel"}]],
    "one_time_keyboard": True,
}


async def shared(bot: Bot) -> dict[str, object]:
    """What the bot gets last."""
    message = (await bot.updates(offset=-1))[0]["message"]
    assert isinstance(message, dict)
    return message


async def test_the_own_number_is_shared_by_the_key_that_asks_for_it_once(
    bot: Bot, ada: Person, nursery: trio.Nursery
) -> None:
    nursery.start_soon(partial(bot.send, 1001, "Your number?", reply_markup=SHARE))
    await ada.tap("Share")
    message = await shared(bot)
    assert message["contact"] == {"phone_number": "2348030001001", "first_name": "Ada", "user_id": 1001}
    assert "text" not in message
    with pytest.raises(NotSeen):
        await ada.tap("Share", within=0.1)


async def test_another_key_types_its_label_and_a_removed_keyboard_has_none(bot: Bot, ada: Person) -> None:
    await bot.send(1001, "Your number?", reply_markup={**SHARE, "one_time_keyboard": False})
    await ada.tap("Cancel")
    assert (await shared(bot))["text"] == "Cancel"
    await ada.tap("Cancel")
    await bot.send(1001, "Thanks", reply_markup={"remove_keyboard": True})
    with pytest.raises(NotSeen):
        await ada.tap("Cancel", within=0.1)


async def test_anybodys_contact_can_be_sent_out_of_the_address_book(bot: Bot, ada: Person, town: Town) -> None:
    await ada.send_contact(town.person(1002))
    contact = (await shared(bot))["contact"]
    assert contact == {"phone_number": "2348030001002", "first_name": "Sam", "user_id": 1002}


async def test_the_keys_are_no_part_of_a_message_and_no_edit_brings_any(bot: Bot, ada: Person) -> None:
    message = await bot.send(1001, "Your number?", reply_markup=SHARE)
    assert "reply_markup" not in message
    edit = {"chat_id": 1001, "message_id": message["message_id"], "text": "x", "reply_markup": SHARE}
    assert await bot.refused("editMessageText", **edit) == (400, "Bad Request: inline keyboard expected")


async def test_labels_and_copied_texts_can_be_read(bot: Bot, ada: Person) -> None:
    rows = keyboard([{"text": "Copy address", "copy_text": {"text": "T123"}}])
    await bot.send(1001, "Pay here", reply_markup=rows)
    seen = await ada.sees("copy address")
    assert (seen.copied("address"), seen.buttons) == ("T123", ["Copy address"])
    with pytest.raises(AssertionError, match="copy_text"):
        await ada.press("Copy address")


async def test_people_send_files_and_edit_their_messages(bot: Bot, ada: Person) -> None:
    await ada.send_photo(png(8, 8), "look")
    await ada.send_document(b"1,2", "a.csv")
    await ada.say("one")
    own = (await ada.last()).id
    await ada.edit(own, "two")
    photo, document, said, edited = (await bot.updates())[1:]
    assert photo["message"]["caption"] == "look"  # type: ignore[index]
    assert document["message"]["document"]["file_name"] == "a.csv"  # type: ignore[index]
    assert (said["message"]["text"], edited["edited_message"]["text"]) == ("one", "two")  # type: ignore[index]
    assert edited["edited_message"]["message_id"] == own  # type: ignore[index]


async def test_new_people_join_under_names_that_are_free(town: Town, bot: Bot) -> None:
    kim = await town.join("Kim", "kim", 2**40)
    await kim.start()
    (update,) = await bot.updates()
    assert update["message"]["from"]["id"] == 2**40  # type: ignore[index]
    for wrong in ({"first_name": "Ada", "username": "ADA"}, {"first_name": " "}, {"first_name": "K", "id": 2**40}):
        assert (await town.client.post("/api/people", json=wrong)).status_code == 400


async def test_a_person_who_blocked_the_bot_starts_again(bot: Bot, ada: Person) -> None:
    await ada.block()
    with pytest.raises(AssertionError, match="blocked"):
        await ada.say("x")
    await ada.start()
    assert (await bot.send(1001, "welcome back"))["text"] == "welcome back"


@pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
async def test_texts_that_no_app_would_send_are_refused(ada: Person, text: str) -> None:
    with pytest.raises(AssertionError):
        await ada.say(text)


async def test_updates_from_elsewhere_and_garbage_are_injected(bot: Bot, town: Town) -> None:
    await bot.updates(allowed_updates=["message"])
    group = {"message": {"message_id": 1, "chat": {"id": -100123, "type": "group"}}}
    client = town.client
    await client.post("/api/updates", params={"kind": "message"}, json=group["message"])
    assert (await client.post("/api/updates", params={"kind": "poll"}, json={})).json()["update_id"] is None
    (update,) = await bot.updates(limit=100)
    assert update["message"] == group["message"]
    number = update["update_id"]
    await client.post("/api/updates", content=b'{"update_id":{update_id},"surprise":7}')
    assert (await bot.updates(offset=number + 1))[0] == {"update_id": number + 1, "surprise": 7}  # type: ignore[operator]


async def test_events_stream_as_they_happen_and_from_where_one_was(bot: Bot, ada: Person, sandbox: Sandbox) -> None:
    before = (await bot.client.get(f"{sandbox.url}/api/people")).json()["event"]
    await bot.send(1001, "first")
    host, port = sandbox.url.removeprefix("http://").split(":")
    received = b""
    with trio.fail_after(5):
        async with await trio.open_tcp_stream(host, int(port)) as stream:
            await stream.send_all(f"GET /api/events?after={before} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while b'"first"' not in received:
                received += await stream.receive_some()
            assert b"text/event-stream" in received
            await bot.call("sendChatAction", chat_id=1001, action="typing")
            while b'"typing"' not in received:
                received += await stream.receive_some()
    numbers = [int(line.split()[1]) for line in received.splitlines() if line.startswith(b"id: ")]
    assert numbers == [before + 1, before + 2]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/people/1001/say", {"text": 7}),
        ("/api/people/77/say", {"text": "x"}),
        ("/api/people/1001/press", {"message_id": 1, "row": 0, "col": 0}),
        ("/api/people/1001/edit", {"message_id": 1, "text": "x"}),
        ("/api/people/1001/photo", {"content": "no base64!"}),
        ("/api/faults", {"kind": "earthquake"}),
        ("/api/faults", {"kind": "flood", "retry": 1}),
    ],
)
async def test_mistakes_are_answered_with_a_sentence(town: Town, path: str, body: dict[str, object]) -> None:
    response = await town.client.post(path, json=body)
    assert (response.status_code, len(response.json()["error"]) > 5) == (400, True)
