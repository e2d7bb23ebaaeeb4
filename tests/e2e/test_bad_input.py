"""Bad input, through Telegram and at the webhook: answered clearly, and nothing is lost."""

from __future__ import annotations

import json

import httpx
import pytest
import trio

from lockbay.postgres import bridge
from lockbay.sandbox.person import Person
from tests.e2e.conftest import Played
from tests.e2e.test_trade import create, deposit, passes_audit, welcome

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f0300060003012e"
    "9c9ecf0000000049454e44ae426082"
)
RIGHT_TO_LEFT = "\u202eمرحبا بالعالم\u202c שלום"


async def inject(played: Played, kind: str, body: object) -> None:
    """An update that no person's client would send."""
    response = await played.town.client.post(f"/api/updates?kind={kind}", content=json.dumps(body))
    response.raise_for_status()


async def inject_raw(played: Played, text: str) -> None:
    (await played.town.client.post("/api/updates", content=text)).raise_for_status()


async def nothing_waits(played: Played) -> None:
    """Telegram is rid of every update, and so are we."""
    token = played.settings.bot_token
    with trio.fail_after(10):
        while True:
            info = (await played.town.client.get(f"/bot{token}/getWebhookInfo")).json()
            if info["result"]["pending_update_count"] == 0 and not await rows(played, "SELECT FROM inbox"):
                return


async def rows(played: Played, query: str) -> list[tuple[object, ...]]:
    async with bridge.open_connection(played.settings.database_url) as connection:
        return [tuple(row.values()) for row in await connection.fetch(query)]


def human(number: int, name: str = "Eve") -> dict[str, object]:
    return {"id": number, "is_bot": False, "first_name": name}


def message(sender: dict[str, object], chat: dict[str, object], **content: object) -> dict[str, object]:
    return {"message_id": 5, "date": 1, "from": sender, "chat": chat, **content}


def pressed(person: Person, screen: object, data: str) -> dict[str, object]:
    return {"id": "4711", "from": human(person.id, "Ada"), "chat_instance": "1", "data": data, "message": screen}


async def asked_how_much(played: Played) -> Person:
    """Ada, in the middle of a new trade."""
    ada = played.ada
    await welcome(ada)
    await ada.say("/trade")
    await ada.press("Invitation link")
    await ada.press("USDT")
    await ada.sees("how much")
    return ada


async def test_forged_presses_do_nothing_and_the_conversation_goes_on(played: Played) -> None:
    ada = await asked_how_much(played)
    screen = (await ada.last()).raw
    for data in (
        "", "x", "a:", "a:1:1:yes", "a:ffffffffffffffffff:1:x", "a:-1:-1:x", "l:", "l:nowhere", "l:menu:1:2",
        "l:pay", "l:new_trade:1:2", "é" * 5000, "\x00", '{"flow": "pay"}', "a:1:" + "9" * 5000 + ":x",
    ):  # fmt: skip
        await inject(played, "callback_query", pressed(ada, screen, data))
    await inject(played, "callback_query", {**pressed(ada, screen, "x"), "data": None})
    await inject(played, "callback_query", {"id": "1", "from": human(ada.id), "chat_instance": "1", "game": "x"})
    await nothing_waits(played)
    assert await rows(played, "SELECT FROM dead_letters") == []
    await ada.say("25")
    await ada.sees("what do you buy")


@pytest.mark.parametrize(
    "trade_id", ["0", "-1", "1e3", "٣", "9223372036854775807", "9223372036854775808", "x" * 50, ""]
)
async def test_a_forged_trade_is_answered_and_shows_nothing(played: Played, trade_id: str) -> None:
    ada = played.ada
    await welcome(ada)
    screen = (await ada.last()).raw
    for flow in ("trade", "pay", "release"):
        await inject(played, "callback_query", pressed(ada, screen, f"l:{flow}:{trade_id}"))
    await nothing_waits(played)
    assert await rows(played, "SELECT FROM dead_letters") == []
    await ada.say("/wallet")
    await ada.sees("It is empty")


async def test_a_stale_button_says_that_it_is(played: Played) -> None:
    ada = played.ada
    await welcome(ada)
    await ada.say("/trade")
    old = await ada.sees("who is the seller")
    await ada.say("/trade")
    await ada.sees("who is the seller")
    await ada.say("@sam")
    await ada.sees("which currency")
    stale = {"label": "Invitation link", "message_id": old.id}
    (await played.town.client.post(f"/api/people/{ada.id}/press", json=stale)).raise_for_status()
    await ada.told("This menu is no longer active")
    await ada.press("USDT")
    await ada.sees("how much")


async def test_long_and_odd_descriptions(played: Played) -> None:
    ada = await asked_how_much(played)
    await ada.say("25")
    for text in ("x" * 4096, "🚲" * 2048, RIGHT_TO_LEFT * 100):
        await ada.say(text)
        await ada.sees("It may have 1 to")
    odd = f"<b>&lt;i&gt; {RIGHT_TO_LEFT} 🚲‍♀️ <script>alert(1)</script> {{braces}} %s \\n &amp;"
    await ada.say(odd)
    await ada.press("24")
    await ada.press("I pay it")
    review = await ada.sees("Your new trade")
    assert odd in review.text, "as it was typed"
    await ada.press("Confirm")
    await ada.sees("Invitation")
    assert await rows(played, "SELECT description FROM trades") == [(odd,)]


async def test_names_of_every_kind_are_shown_as_they_are(played: Played) -> None:
    ada = played.ada
    await welcome(ada)
    await deposit(played, ada, "200")
    name = f"<b>Eve</b> & {RIGHT_TO_LEFT} 🚲"
    eve = await played.town.join(name, "eve_of_every_kind")
    await welcome(eve)
    assert "<b>Eve</b> &" in (await eve.sees("Hello")).text
    await create(ada, "@eve_of_every_kind", "100")
    await ada.press("Confirm")
    await eve.sees("invites you")
    await ada.press("Pay")
    await ada.press("From your wallet")
    await ada.press("Confirm")
    await ada.sees("Paid")
    assert "bicycle" in (await eve.sees("is paid")).text
    await passes_audit(played)


async def test_what_is_no_text_where_text_is_asked(played: Played) -> None:
    ada = await asked_how_much(played)
    await ada.send_photo(PNG)
    await ada.sees("Please type the amount")
    await ada.send_document(b"100", "100.txt", caption="100")
    await ada.sees("Please type the amount")
    private = {"id": ada.id, "type": "private", "first_name": "Ada"}
    odd: tuple[dict[str, object], ...] = (
        {"sticker": {"file_id": "x"}}, {"voice": {"file_id": "x"}}, {"location": {}}, {"new_kind_of_2027": 1}, {},
    )  # fmt: skip
    for content in odd:
        await inject(played, "message", message(human(ada.id, "Ada"), private, **content))
    await nothing_waits(played)
    await ada.say("25")
    await ada.sees("what do you buy")


async def test_an_edited_message_is_no_answer_and_says_so(played: Played) -> None:
    ada = await asked_how_much(played)
    await ada.say("25")
    await ada.sees("what do you buy")
    said = [seen for seen in await ada.messages() if seen.text == "25"]
    await ada.edit(said[-1].id, "2500")
    await ada.sees("I do not see changes")
    await ada.say("A drawing")
    await ada.press("24")
    await ada.press("I pay it")
    assert "Amount: 25 USDT" in (await ada.sees("Your new trade")).text


async def test_groups_channels_and_bots_are_ignored_and_acknowledged(played: Played) -> None:
    ada = await asked_how_much(played)
    eve, bot = human(2001), {"id": 2002, "is_bot": True, "first_name": "Robot", "username": "robot"}
    group = {"id": -100, "type": "group", "title": "Crowd"}
    channel = {"id": -1001234567890, "type": "channel", "title": "News"}
    private = {"id": 2002, "type": "private", "first_name": "Robot"}
    for chat in (group, {**group, "type": "supergroup", "id": -1009876543210}):
        for text in ("/start", "hello", "/trade@lockbay_bot"):
            await inject(played, "message", message(eve, chat, text=text))
            await inject(played, "edited_message", message(eve, chat, text=text))
    await inject(played, "message", message(human(ada.id), group, text="26"))
    await inject(played, "channel_post", {"message_id": 1, "date": 1, "chat": channel, "text": "/start"})
    await inject(played, "message", message(bot, private, text="/start"))
    pressed_by_bot = {**pressed(ada, message(bot, private, text="x"), "l:menu"), "from": bot}
    await inject(played, "callback_query", pressed_by_bot)
    await inject(played, "inline_query", {"id": "1", "from": eve, "query": "", "offset": ""})
    member = {"user": bot, "status": "member"}
    joined = {"chat": group, "from": eve, "date": 1, "old_chat_member": member, "new_chat_member": member}
    await inject(played, "my_chat_member", joined)
    await nothing_waits(played)
    assert await rows(played, "SELECT id FROM users WHERE id IN (2001, 2002)") == []
    assert await rows(played, "SELECT FROM dead_letters") == []
    await ada.say("25")
    await ada.sees("what do you buy")


@pytest.mark.parametrize("number", [2**31, 2**40, 2**52 - 1])
async def test_large_ids(played: Played, number: int) -> None:
    eve = await played.town.join("Eve", "eve", number)
    await welcome(eve)
    await deposit(played, eve, "200")
    await create(eve, "@sam", "100")
    await eve.press("Confirm")
    await eve.press("Pay")
    await eve.press("From your wallet")
    await eve.press("Confirm")
    await eve.sees("Paid")
    assert await rows(played, "SELECT buyer_id FROM trades") == [(number,)]
    await passes_audit(played)


async def test_an_address_that_is_none_and_a_code_that_is_wrong_five_times(played: Played) -> None:
    ada = played.ada
    await ada.start()
    for typed in ("ada", "ada@", "@ada.example", "ada@example", "a b@example.com", "x" * 300 + "@example.com", "🚲@🚲"):
        await ada.say(typed)
        await ada.sees("⚠️")
    assert await rows(played, "SELECT FROM outbox") == []
    await ada.say("ada@example.com")
    await ada.sees("code")
    letter = await played.town.mail("ada@example.com")
    code = next(word for word in letter.text.split() if len(word) == 6 and word.isdigit())
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        await ada.say(wrong)
        await ada.sees(f"You have {left}")
    await ada.say(wrong)
    await ada.sees("the last try")
    await ada.say(code)
    await ada.sees("⚠️")
    await ada.press("Skip")
    await ada.press("Accept")
    await ada.sees("Your wallet is empty")
    assert await rows(played, "SELECT email_verified_at FROM users") == [(None,)]


async def test_malformed_and_oversized_updates_are_passed_over(played: Played) -> None:
    ada = await asked_how_much(played)
    for text in (
        '{"update_id": {update_id}}',
        '{"update_id": {update_id}, "message": null}',
        '{"update_id": {update_id}, "message": 5}',
        '{"update_id": {update_id}, "message": {"chat": {"type": "private"}}}',
        '{"update_id": {update_id}, "message": {"from": {"id": "1"}, "chat": {"id": 1, "type": "private"}}}',
        '{"update_id": {update_id}, "message": {"from": {"id": 1e400}, "chat": {"id": 1, "type": "private"}}}',
        '{"update_id": {update_id}, "message": {"from": {"id": 99999999999999999999}, "chat": {"type": "private"}}}',
        '{"update_id": {update_id}, "callback_query": {"id": 5, "from": [], "message": {}}}',
        '{"update_id": {update_id}, "something_new": {"\\ud800": "\\ud83d"}}',
        '["no", "update"]',
        '"text"',
    ):  # fmt: skip
        await inject_raw(played, text)
    private = {"id": ada.id, "type": "private", "first_name": "Ada"}
    await inject(played, "message", message(human(ada.id, "Ada"), private, text="9" * 2_000_000))
    await inject(played, "message", message(human(ada.id, "Ada"), private, text="lone \ud83d half"))
    await inject(played, "message", message(human(ada.id, "Ada"), private, text="\0"))
    await inject(played, "message", message(human(ada.id, "A" * 100_000), private, text="long name"))
    await ada.say("25")
    await ada.sees("what do you buy")
    await nothing_waits(played)
    assert await rows(played, "SELECT FROM dead_letters") == []


async def test_what_no_provider_would_send_is_no_deposit(played: Played) -> None:
    async with httpx.AsyncClient(base_url=f"http://{played.settings.web_bind}", trust_env=False) as client:
        hook = "/webhooks/blockbee"
        assert (await client.post(hook, content=b"{")).status_code in (400, 401)
        assert (await client.get(hook, params={"uuid": "1", "value_coin": "1e9"})).status_code in (400, 401)
        forged = {"x-ca-signature": "AAAA"}
        assert (await client.post(hook, data={"value_coin": "NaN"}, headers=forged)).status_code in (400, 401)
        assert (await client.post(hook, content=b"x" * 70_000)).status_code == 413
        assert (await client.put(hook)).status_code == 405
        assert (await client.get("/webhooks/nobody")).status_code == 404
        assert (await client.get("/health")).status_code == 200
    assert await rows(played, "SELECT FROM transfers") == []
