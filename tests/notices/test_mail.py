"""Mail over real SMTP: what arrives, what is tried again, and that no password is ever told."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from functools import partial

import pytest
import trio
import trio.testing
import trustme
from markupsafe import Markup

from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.errors import SettingsError
from lockbay.notices.letter import Envelope, letter
from lockbay.notices.mail import AT_ONCE, Mailer, MailRefused, MailUnavailable, Smtp
from tests.notices.smtp import MailServer

TO = "ann@example.com"
PASSWORD = "pass:word@1"
LETTER = letter(
    Screen(Markup("<b>Paid</b>\nA line\n.\n..and a dot")), words("en", "UTC"),
    Envelope("LockBay <bot@lockbay.test>", TO, 17, datetime(2026, 11, 22, tzinfo=UTC)), "https://t.me/LockBayBot",
)  # fmt: skip


def mailer(server: MailServer, more: str = "", tls: ssl.SSLContext | None = None, scheme: str = "smtp") -> Mailer:
    smtp = Smtp.parse(f"{scheme}://127.0.0.1:{server.port}/?from=LockBay+<bot@lockbay.test>{more}")
    return Mailer(smtp, tls or ssl.create_default_context(), timeout=5)


async def test_a_mail_arrives_whole(server: MailServer) -> None:
    await mailer(server).send(LETTER)
    [mail] = server.mails
    assert server.envelopes == [("bot@lockbay.test", TO)]
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == ("Paid", TO, LETTER["Message-ID"])
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines()[:4] == ["Paid", "A line", ".", "..and a dot"]


@pytest.mark.parametrize(
    "refusal",
    [
        {"RCPT": "550 5.1.1 no such mailbox"},
        {"CONTENT": "554 5.7.1 looks like spam"},
    ],
)
async def test_what_a_server_will_never_take_is_refused(server: MailServer, refusal: dict[str, str]) -> None:
    server.refuses = refusal
    with pytest.raises(MailRefused, match=r"^55"):
        await mailer(server).send(LETTER)


@pytest.mark.parametrize(
    "refusal",
    [
        {"CONNECT": "554 5.3.2 not today"},
        {"MAIL": "550 5.7.1 we do not like this sender"},
        {"RCPT": "450 4.2.0 greylisted"},
        {"CONTENT": "452 4.3.1 full"},
        {"DATA": "421 4.3.2 shutting down"},
        {"EHLO": "500 what", "HELO": "500 what"},
    ],
)
async def test_what_a_server_may_take_later_is_to_be_tried_again(server: MailServer, refusal: dict[str, str]) -> None:
    server.refuses = refusal
    with pytest.raises(MailUnavailable):
        await mailer(server).send(LETTER)
    assert server.mails == []


async def test_a_server_that_is_not_there_is_to_be_tried_again(server: MailServer) -> None:
    async with trio.open_nursery() as nursery:
        gone = MailServer()
        await nursery.start(gone.serve)
        nursery.cancel_scope.cancel()
    with pytest.raises(MailUnavailable):
        await mailer(gone).send(LETTER)


async def test_a_server_that_says_nothing_is_given_up(server: MailServer) -> None:
    server.silent = {"RCPT"}
    silent = Mailer(mailer(server).smtp, timeout=0.1)
    with pytest.raises(MailUnavailable, match=r"TimeoutError|Disconnected"):
        await silent.send(LETTER)


async def test_a_server_that_drips_keeps_no_place_beyond_the_limit(server: MailServer) -> None:
    """Each of its letters came in time: four mails took all places, and there was no mail any more for days."""
    patient = Mailer(mailer(server).smtp, timeout=5, limit=0.5)
    server.drips = {"RCPT"}

    async def given_up() -> None:
        with pytest.raises(MailUnavailable, match="too long"):
            await patient.send(LETTER)

    async with trio.open_nursery() as nursery:
        for _ in range(AT_ONCE):
            nursery.start_soon(given_up)
    server.drips = set()
    await patient.send(LETTER)
    assert len(server.mails) == 1


async def test_what_goes_wrong_after_the_server_has_taken_the_mail_does_not_matter(server: MailServer) -> None:
    server.refuses = {"QUIT": "500 stay"}
    await mailer(server).send(LETTER)
    assert len(server.mails) == 1


async def test_a_cancelled_mail_does_not_hold_up_the_end(server: MailServer) -> None:
    server.silent = {"DATA"}
    with trio.fail_after(3):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(mailer(server).send, LETTER)
            while "DATA" not in server.verbs:
                await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def offered(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_starttls_and_a_login(server: MailServer, offered: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    server.tls, server.login = offered, ("bot", PASSWORD)
    smtp = Smtp.parse(f"smtp://bot:pass%3Aword%401@127.0.0.1:{server.port}?starttls=1&from=bot@lockbay.test")
    await Mailer(smtp, trusting).send(LETTER)
    assert len(server.mails) == 1
    assert server.verbs.index("STARTTLS") < server.verbs.index("AUTH")


async def test_tls_from_the_first_byte(
    nursery: trio.Nursery, offered: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    server = MailServer(tls=offered)
    await nursery.start(partial(server.serve, implicit_tls=True))
    await mailer(server, tls=trusting, scheme="smtps").send(LETTER)
    assert len(server.mails) == 1


async def test_a_certificate_of_nobody_we_know_is_not_trusted(server: MailServer, offered: ssl.SSLContext) -> None:
    server.tls = offered
    with pytest.raises(MailUnavailable, match="SSL"):
        await mailer(server, "&starttls=1").send(LETTER)
    assert server.mails == []


async def test_no_password_goes_to_a_server_that_cannot_keep_it(server: MailServer) -> None:
    server.login = ("bot", PASSWORD)
    with pytest.raises(MailUnavailable):
        await mailer(server, "&starttls=1").send(LETTER)
    assert "AUTH" not in server.verbs


async def test_a_refused_login_is_to_be_tried_again_and_tells_no_password(server: MailServer) -> None:
    """The server echoes what it refuses."""
    server.login = ("bot", "another")
    smtp = Smtp.parse(f"smtp://bot:pass%3Aword%401@127.0.0.1:{server.port}?from=bot@lockbay.test")
    with pytest.raises(MailUnavailable) as failure:
        await Mailer(smtp).send(LETTER)
    assert PASSWORD not in str(failure.value)
    assert PASSWORD not in repr(Mailer(smtp))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1:1025", Smtp("127.0.0.1", 1025, "none", "LockBay <lockbay@localhost>")),
        ("smtp://mail.example.com", Smtp("mail.example.com", 25, "none", "LockBay <lockbay@mail.example.com>")),
        ("smtps://a%40b.c:x@mail.b.c", Smtp("mail.b.c", 465, "tls", "a@b.c", "a@b.c", "x")),
        ("smtp://u:x@mail.b.c?starttls=1&from=a@b.c", Smtp("mail.b.c", 587, "starttls", "a@b.c", "u", "x")),
        ("smtp://mail.b.c?starttls=0&from=A+<a@b.c>", Smtp("mail.b.c", 25, "none", "A <a@b.c>")),
        ("smtp://u:x@[::1]:25", Smtp("::1", 25, "none", "LockBay <lockbay@localhost>", "u", "x")),
    ],
)
def test_a_url_says_how_to_reach_the_server(url: str, expected: Smtp) -> None:
    assert Smtp.parse(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example.com", "http://u:hunter2@mail.example.com", "smtp://u:hunter2@", "smtp://u:hunter2@host:99999",
        "smtps://u:hunter2@host:port", "smtp://u:hunter2@mail.example.com", "smtps://u:hunter2@host?from=nobody",
        "smtps://u:hunter2@host?form=a@b.c", "smtp://u:hunter2@[::1",
        "smtps://u:hunter2%C3%A9@host?from=a@b.c", "smtps://%C3%A9:hunter2@host?from=a@b.c",
        "smtps://u:hunter2@host?from=a@b%C3%A9.c", "smtps://u:hunter2@host?from=%C3%A9@b.c",
        "smtps://u:hunter2@host?from=a@b.c%0D%0ABcc:d@e.f", "smtps://u:hunter2@host?from=A%0A<a@b.c>",
        "smtps://u:hunter2%0D%0A@host?from=a@b.c", "smtps://u:hunter2@host?from=A+<a@b.c>,B+<b@b.c>",
        "smtps://u:hunter2@host?from=a@",
    ],
)  # fmt: skip
def test_a_url_that_cannot_be_used_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_SMTP_URL") as failure:
        Smtp.parse(url)
    assert "hunter2" not in str(failure.value)
