"""A mail catcher: a real SMTP server (RFC 5321, with SIZE, 8BITMIME, SMTPUTF8) that keeps what it is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Final

import trio
from attrs import field, frozen, mutable

from lockbay.sandbox.feed import Feed
from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.wire import Object

LARGEST: Final = 10 << 20
LONGEST_LINE: Final = 4096
PATIENCE: Final = 300.0  # seconds that a client may be silent
PATH: Final = re.compile(r"(?:FROM|TO):\s*<([^<>\s]*)>(.*)", re.IGNORECASE)


@frozen
class Mail:
    """One mail as it was given: envelope and the parts that people read."""

    id: int
    date: float
    sender: str
    to: list[str]
    subject: str
    text: str = ""
    html: str = ""

    def as_json(self) -> Object:
        envelope: Object = {"id": self.id, "date": self.date, "from": self.sender, "to": self.to}
        return {**envelope, "subject": self.subject, "text": self.text, "html": self.html}


class Mailbox:
    """Everybody's mail. Survives restarts; the sources are kept beside, as <id>.eml."""

    def __init__(
        self, journal: Journal, counters: Counters, feed: Feed, directory: Path, clock: Callable[[], float]
    ) -> None:
        self._table = journal.table("mail", Mail)
        self._counters, self._feed, self._clock = counters, feed, clock
        self._directory = directory

    def keep(self, sender: str, to: list[str], source: bytes) -> Mail:
        number = self._counters.next("mail")
        self._directory.mkdir(parents=True, exist_ok=True)
        (self._directory / f"{number}.eml").write_bytes(source)
        parsed = BytesParser(EmailMessage, policy=policy.default).parsebytes(source)
        bodies = (parsed.get_body((kind,)) for kind in ("plain", "html"))
        text, html = (str(body.get_content()).replace("\r\n", "\n").rstrip() if body else "" for body in bodies)
        mail = Mail(number, self._clock(), sender, to, str(parsed.get("subject", "")), text, html)
        self._table.put(number, mail)
        self._feed.tell("mail", None, mail.as_json())
        return mail

    def to(self, address: str = "") -> list[Mail]:
        """Newest first; all for an empty address."""
        wanted = address.casefold()
        return [mail for mail in self._table if not wanted or wanted in map(str.casefold, mail.to)][::-1]


@mutable
class _Session:
    """One client. SMTP is strict in its order: EHLO, MAIL, RCPT, DATA."""

    stream: trio.SocketStream
    mailbox: Mailbox
    greeted: bool = False
    sender: str | None = None
    to: list[str] = field(factory=list)
    buffer: bytearray = field(factory=bytearray)

    async def serve(self) -> None:
        await self.reply(220, "localhost LockBay mail catcher")
        while (line := await self.line()) is not None:
            verb, _, rest = line.decode("utf-8", "replace").partition(" ")
            if verb.upper() == "QUIT":
                return await self.reply(221, "Bye")
            await self.obey(verb.upper(), rest.strip())

    async def obey(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                await self.greet(verb)
            case "MAIL":
                await self.mail(rest)
            case "RCPT":
                await self.rcpt(rest)
            case "DATA":
                await self.data()
            case "RSET":
                self.sender, self.to = None, []
                await self.reply(250, "Forgotten")
            case "NOOP" | "VRFY":
                await self.reply(250 if verb == "NOOP" else 252, "Fine")
            case _:
                await self.reply(500, "Command not recognised")

    async def greet(self, verb: str) -> None:
        self.greeted, self.sender, self.to = True, None, []
        lines = ["localhost", f"SIZE {LARGEST}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        shown = lines if verb == "EHLO" else lines[:1]
        marks = ["-"] * (len(shown) - 1) + [" "]
        await self.stream.send_all("".join(f"250{m}{text}\r\n" for m, text in zip(marks, shown, strict=True)).encode())

    async def mail(self, rest: str) -> None:
        path = PATH.fullmatch(rest)
        if not self.greeted or self.sender is not None:
            return await self.reply(503, "Bad sequence of commands")
        if not path:
            return await self.reply(501, "Syntax: MAIL FROM:<address>")
        size = re.search(r"SIZE=(\d+)", path[2], re.IGNORECASE)
        if size and int(size[1]) > LARGEST:
            return await self.reply(552, "Message size exceeds fixed limit")
        self.sender = path[1]
        await self.reply(250, "OK")

    async def rcpt(self, rest: str) -> None:
        path = PATH.fullmatch(rest)
        if self.sender is None:
            return await self.reply(503, "Bad sequence of commands")
        if not path or "@" not in path[1]:
            return await self.reply(501, "Syntax: RCPT TO:<address>")
        self.to.append(path[1])
        await self.reply(250, "OK")

    async def data(self) -> None:
        if not self.to or self.sender is None:
            return await self.reply(503, "Bad sequence of commands")
        await self.reply(354, "End data with <CR><LF>.<CR><LF>")
        source = await self.source()
        if source is None:
            return await self.reply(552, "Message size exceeds fixed limit")
        kept = self.mailbox.keep(self.sender, self.to, source)
        self.sender, self.to = None, []
        await self.reply(250, f"Kept as {kept.id}")

    async def source(self) -> bytes | None:
        """The message without its dots; None when it is too large (it is read to its end all the same)."""
        lines: list[bytes] = []
        size = 0
        while (line := await self.line(LARGEST)) != b".":
            if line is None:
                raise trio.BrokenResourceError("hung up in DATA")
            size += len(line) + 2
            if size <= LARGEST:
                lines.append(line.removeprefix(b"."))
        return None if size > LARGEST else b"".join(line + b"\r\n" for line in lines)

    async def line(self, longest: int = LONGEST_LINE) -> bytes | None:
        """Without its end; None when the client has hung up."""
        while (end := self.buffer.find(b"\r\n")) < 0:
            if len(self.buffer) > longest:
                raise trio.BrokenResourceError("line too long")
            received = await self.stream.receive_some(65536)
            if not received:
                return None
            self.buffer += received
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        return line

    async def reply(self, code: int, text: str) -> None:
        await self.stream.send_all(f"{code} {text}\r\n".encode())


async def serve_smtp(
    mailbox: Mailbox, host: str, port: int = 0, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
) -> None:
    """Serve until cancelled. Reports smtp://host:port as bound."""

    async def handle(stream: trio.SocketStream) -> None:
        try:
            async with stream:
                with trio.move_on_after(PATIENCE):
                    await _Session(stream, mailbox).serve()
        except trio.BrokenResourceError:
            return

    listeners = await trio.open_tcp_listeners(port, host=host)
    bound_host, bound_port = listeners[0].socket.getsockname()[:2]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, handle, listeners)
        task_status.started(f"smtp://{bound_host}:{bound_port}")
