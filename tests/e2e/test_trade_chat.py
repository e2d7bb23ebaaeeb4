"""The chat of a trade as two people have it in Telegram."""

from __future__ import annotations

from tests.e2e.conftest import Played
from tests.e2e.test_trade import create, welcome
from tests.sandbox.pictures import png


async def test_two_people_write_and_send_files_to_each_other(played: Played) -> None:
    ada, sam = played.ada, played.sam
    await welcome(ada)
    await welcome(sam)
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    await ada.press("Chat")
    await ada.sees("chat with @sam")
    await ada.say("Is it <b>red</b>?")
    await ada.sees("Sent to @sam")
    assert "Is it <b>red</b>?" in (await sam.sees("Message in trade")).text

    await sam.press("Reply")
    await sam.sees("🆕 @ada")
    await sam.send_photo(png(40, 30), "It is <red>")
    await sam.sees("Sent to @ada")
    photo = await ada.sees("It is <red>")
    assert "photo" in photo.raw
    await ada.press("Reply")
    await ada.sees("Photo 2: It is <red>")
    assert photo.id in [message.id for message in await ada.messages()], "a press does not take the photo away"

    await ada.send_document(b"%PDF-1.7", "receipt.pdf")
    await ada.sees("Sent to @sam")
    assert "document" in (await sam.sees("sent a file")).raw
    await sam.say("/trades")
    await sam.sees("My trades")
    await sam.press("T-")
    await sam.press("Chat (1 new)")
    await sam.press("File 3")
    assert "document" in (await sam.sees("Back to the chat")).raw
    await sam.press("Back to the chat")
    await sam.sees("chat with @ada")
    assert not any("/trades" in message.text for message in await ada.messages())
