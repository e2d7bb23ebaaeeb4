"""The mail catcher speaks SMTP, keeps what it gets, and shows it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
import trio

from lockbay.sandbox import Sandbox
from lockbay.sandbox.mail import LARGEST
from lockbay.sandbox.person import NotSeen, Town

T = TypeVar("T")


async def with_smtp(sandbox: Sandbox, work: Callable[[smtplib.SMTP], T]) -> T:
    """Python's own client, in a thread."""
    where = urlsplit(sandbox.smtp_url)

    def run() -> T:
        with smtplib.SMTP(where.hostname or "", where.port or 0, timeout=5) as client:
            return work(client)

    return await trio.to_thread.run_sync(run)


def letter(text: str = "Your code is 123456.") -> str:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "LockBay <no-reply@lockbay.test>", "ada@example.com", "Code ☂"
    mail.set_content(text)
    mail.add_alternative("<p>Your code is <b>123456</b>.</p>", subtype="html")
    return mail.as_string(policy=SMTP)


async def test_a_mail_arrives_with_its_parts(sandbox: Sandbox, town: Town) -> None:
    await with_smtp(sandbox, lambda client: client.sendmail("", ["ada@example.com"], letter(".dots\n.. stay\n")))
    mail = await town.mail("ADA@example.com", "123456")
    assert (mail.subject, mail.text, "<b>123456</b>" in mail.html) == ("Code ☂", ".dots\n.. stay", True)


async def test_a_mail_can_be_waited_for(sandbox: Sandbox, town: Town, nursery: trio.Nursery) -> None:
    await with_smtp(sandbox, lambda client: client.sendmail("", ["ada@example.com"], letter()))
    first = await town.mail("ada@example.com")
    nursery.start_soon(with_smtp, sandbox, lambda client: client.sendmail("", ["ada@example.com"], letter("Again.")))
    second = await town.mail("ada@example.com", "again", after=first.id)
    assert second.id > first.id
    with pytest.raises(NotSeen):
        await town.mail("sam@example.com", within=0.1)


async def test_mails_are_listed_newest_first(sandbox: Sandbox, town: Town) -> None:
    def both(client: smtplib.SMTP) -> None:
        client.sendmail("", ["ada@example.com"], letter("one"))
        client.sendmail("", ["ada@example.com"], letter("two"))

    await with_smtp(sandbox, both)
    listed = (await town.client.get("/api/mail", params={"to": "ada@example.com"})).json()
    assert [mail["text"] for mail in listed] == ["two", "one"]
    assert (await town.client.get("/api/mail", params={"to": "sam@example.com"})).json() == []


async def test_commands_out_of_order_are_refused(sandbox: Sandbox) -> None:
    def talk(client: smtplib.SMTP) -> list[int]:
        codes = [client.docmd("MAIL", "FROM:<a@b.c>")[0], client.ehlo()[0], client.docmd("RCPT", "TO:<a@b.c>")[0]]
        codes += [client.docmd("MAIL", "FROM:nobody")[0], client.docmd("MAIL", "FROM:<a@b.c> BODY=8BITMIME")[0]]
        codes += [client.docmd("DATA")[0], client.docmd("RCPT", "TO:<nobody>")[0], client.docmd("NOOP")[0]]
        codes += [client.docmd("RSET")[0], client.docmd("MAIL", "FROM:<> SMTPUTF8")[0], client.docmd("DANCE")[0]]
        return codes

    assert await with_smtp(sandbox, talk) == [503, 250, 503, 501, 250, 503, 501, 250, 250, 250, 500]


async def test_what_is_too_large_is_refused_before_and_after(sandbox: Sandbox, town: Town) -> None:
    def talk(client: smtplib.SMTP) -> list[int]:
        client.ehlo()
        announced = client.docmd("MAIL", f"FROM:<a@b.c> SIZE={LARGEST + 1}")[0]
        client.docmd("MAIL", "FROM:<a@b.c>")
        client.docmd("RCPT", "TO:<a@b.c>")
        return [announced, client.data(b"x" * 70 + b"\r\n" + (b"y" * 998 + b"\r\n") * (LARGEST // 1000 + 1))[0]]

    assert await with_smtp(sandbox, talk) == [552, 552]
    assert (await town.client.get("/api/mail")).json() == []
