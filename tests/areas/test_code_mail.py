"""What the mail of a code says of the money that it lets out: what is read there is what is agreed to."""

from __future__ import annotations

import orjson
import pytest

from lockbay.actors.words import words
from lockbay.areas import code_mail
from lockbay.notices.letter import Envelope, letter
from lockbay.postgres import rows
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.areas.cashing import TRON, fund_naira, mailed_code, reviewed, talk, to_kuda, verify
from tests.areas.sendable import sent
from tests.clock import START
from tests.talk import Talk

__all__ = ["talk"]


async def bodies(database: Database, language: str = "en") -> tuple[str, str]:
    """The mail of the newest code, as plain text and as a page."""
    [row] = await database.pool.fetch(
        "mail", "SELECT data::text FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1", (), reads=True
    )
    notice, say = code_mail.notices(database.secret)["email_code"], words(language, "UTC")
    screen = notice.draw(say, rows.structurer(notice.record)(orjson.loads(row["data"])))
    sent(screen)
    mail = letter(screen, say, Envelope("LockBay <bot@lockbay.test>", "ana@example.com", 1, START), "https://t.me/bot")
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    return plain.get_content(), page.get_content()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ("Arrives: 9 USDT", "Network: Tron (TRC20)", "To: " + TRON, "for this alone")),
        ("fr", ("Arrive : 9 USDT", "Réseau : Tron (TRC20)", "Vers : " + TRON, "pour cela seulement")),
    ],
)
async def test_the_mail_names_what_arrives_and_the_whole_address(
    talk: Talk, database: Database, raw: Connection, language: str, says: tuple[str, ...]
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    plain, page = await bodies(database, language)
    for each in says:
        assert each in " ".join(plain.split("\n")).replace("\xa0", " ").replace("\u202f", " ")
    assert TRON in page
    assert "9" in page


async def test_the_mail_names_whose_account_at_which_bank_and_how_its_number_ends(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    await fund_naira(database)
    await talk.open("cash_out")
    await talk.press("NGN")
    await talk.say("5000")
    await to_kuda(talk)
    await talk.press("Confirm")
    for body in await bodies(database):
        assert "4,950.00 NGN" in body
        assert "ANA OBI" in body
        assert "Kuda Bank" in body
        assert "•••• 6789" in body
        assert "0123456789" not in body


async def test_a_code_that_is_sent_again_names_it_too(talk: Talk, database: Database, raw: Connection) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    await raw.execute("UPDATE verifications SET sent_at = sent_at - interval '2 minutes'")
    await talk.press("Send again")
    plain, _ = await bodies(database)
    assert TRON in plain
    assert await mailed_code(database) in plain
