"""Photos and documents over the Bot API: measured, kept, sent again, refused."""

from __future__ import annotations

import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Person
from tests.sandbox.conftest import Bot
from tests.sandbox.pictures import png


async def test_photos_are_measured_kept_and_sent_again_by_id(bot: Bot, ada: Person, sandbox: Sandbox) -> None:
    picture = png(40, 30)
    fields = {"chat_id": "1001", "caption": "<b>QR</b>", "parse_mode": "HTML"}
    sent = await bot.client.post(f"{bot.root}/sendPhoto", data=fields, files={"photo": ("q.png", picture, "image/png")})
    message = sent.json()["result"]
    (photo,) = message["photo"]
    assert (photo["width"], photo["height"], photo["file_size"]) == (40, 30, len(picture))
    assert message["caption_entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    again = await bot.call("sendPhoto", chat_id=1001, photo=photo["file_id"])
    assert isinstance(again, dict)
    assert again["photo"] == message["photo"]
    file = await bot.call("getFile", file_id=photo["file_id"])
    assert isinstance(file, dict)
    downloaded = await bot.client.get(f"{sandbox.url}/file/bot{sandbox.token}/{file['file_path']}")
    assert downloaded.content == picture


async def test_a_document_may_be_attached_by_name_and_gets_a_new_caption(bot: Bot, ada: Person) -> None:
    fields = {"chat_id": "1001", "document": "attach://statement"}
    files = {"statement": ("a.csv", b"1,2\n", "text/csv")}
    sent = (await bot.client.post(f"{bot.root}/sendDocument", data=fields, files=files)).json()["result"]
    assert sent["document"]["file_name"] == "a.csv"
    assert sent["document"]["mime_type"] == "text/csv"
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    await bot.call("editMessageCaption", **place, caption="Yours")
    assert (await ada.sees("yours")).id == sent["message_id"]
    text = await bot.refused("editMessageText", **place, text="x")
    assert text == (400, "Bad Request: there is no text in the message to edit")


@pytest.mark.parametrize(
    ("photo", "description"),
    [
        (None, "Bad Request: there is no photo in the request"),
        (b"", "Bad Request: file must be non-empty"),
        (b"GIF no", "Bad Request: IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (png(210, 10), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (
            bytes((10 << 20) + 1),
            "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
    ids=["none", "empty", "broken", "large", "thin", "heavy"],
)
async def test_photos_that_telegram_would_not_take(
    bot: Bot, ada: Person, photo: bytes | None, description: str
) -> None:
    files = {} if photo is None else {"photo": ("p.png", photo)}
    response = await bot.client.post(f"{bot.root}/sendPhoto", data={"chat_id": "1001"}, files=files)
    assert response.json() == {"ok": False, "error_code": 400, "description": description}


async def test_captions_are_shorter_than_texts(bot: Bot, ada: Person) -> None:
    files = {"photo": ("p.png", png(4, 4))}
    fields = {"chat_id": "1001", "caption": "x" * 1025}
    response = await bot.client.post(f"{bot.root}/sendPhoto", data=fields, files=files)
    assert response.json()["description"] == "Bad Request: message caption is too long"


async def test_file_ids_are_checked(bot: Bot, ada: Person) -> None:
    web = await bot.refused("sendPhoto", chat_id=1001, photo="https://x.org/a.png")
    assert web == (400, "Bad Request: failed to get HTTP URL content")
    wrong = await bot.refused("sendPhoto", chat_id=1001, photo="nonsense")
    assert wrong == (400, "Bad Request: wrong remote file identifier specified: Wrong string length")
    assert await bot.refused("getFile", file_id="nonsense") == (400, "Bad Request: invalid file_id")
