"""A small strict mail server on trio: what a client does out of order is refused, what is delivered is kept."""

from __future__ import annotations

import base64
import ssl
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import TYPE_CHECKING

import trio
from attrs import define, field

if TYPE_CHECKING:
    from lockbay.notices.letter import Letter


@define
class MailServer:
    """`refuses` answers a verb with something else; `silent` verbs are never answered; the answer to those that drip
    comes letter by letter and has no end. `tls` offers STARTTLS.
    """

    refuses: dict[str, str] = field(factory=dict)
    silent: set[str] = field(factory=set)
    drips: set[str] = field(factory=set)
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    mails: list[Letter] = field(factory=list)
    envelopes: list[tuple[str, str]] = field(factory=list)
    verbs: list[str] = field(factory=list)
    port: int = 0

    async def serve(
        self, *, implicit_tls: bool = False, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        self.port = listeners[0].socket.getsockname()[1]
        handler = partial(self._session, implicit_tls=implicit_tls)
        await trio.serve_listeners(handler, listeners, task_status=_Done(task_status))

    async def _session(self, stream: trio.abc.Stream, *, implicit_tls: bool) -> None:
        async with stream:
            with suppress(trio.BrokenResourceError, ssl.SSLError):  # the client has gone, or does not trust us
                await Session(self, stream).talk(implicit_tls=implicit_tls)


@define
class _Done:
    """Hides the listeners from who only wants to know that they listen."""

    status: trio.TaskStatus[None]

    def started(self, _: object = None) -> None:
        self.status.started()


@define(eq=False)
class Session:
    server: MailServer
    stream: trio.abc.Stream
    buffer: bytes = b""
    greeted: bool = False
    secure: bool = False
    known: bool = False
    sender: str | None = None
    recipients: list[str] = field(factory=list)

    async def talk(self, *, implicit_tls: bool) -> None:
        if implicit_tls:
            await self.upgrade()
        await self.say(self.server.refuses.get("CONNECT", "220 mail.test ESMTP"))
        while (line := await self.line()) is not None:
            verb = line.split(" ")[0].split(":")[0].upper()
            self.server.verbs.append(verb)
            if verb in self.server.silent:
                await trio.sleep_forever()
            if verb in self.server.drips:
                await self.drip()
            if verb in self.server.refuses:
                await self.say(self.server.refuses[verb])
                continue
            await getattr(self, f"on_{verb.lower()}", self.unknown)(line)
            if verb == "QUIT":
                return

    async def unknown(self, _: str) -> None:
        await self.say("502 5.5.2 command not recognized")

    async def on_ehlo(self, line: str) -> None:
        self.greeted = len(line.split()) == 2
        offers = ["mail.test", "8BITMIME"]
        if self.server.tls is not None and not self.secure:
            offers.append("STARTTLS")
        if self.server.login is not None:
            offers.append("AUTH PLAIN")
        lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
        await self.say("\r\n".join(lines))

    async def on_starttls(self, _: str) -> None:
        await self.say("220 go ahead")
        await self.upgrade()

    async def on_auth(self, line: str) -> None:
        _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        self.known = (user, password) == self.server.login
        await self.say("235 welcome" if self.known else f"535 5.7.8 {user} with {password} is not known")

    async def on_mail(self, line: str) -> None:
        if not self.greeted or self.sender is not None or (self.server.login is not None and not self.known):
            return await self.say("503 5.5.1 bad sequence")
        self.sender = line.partition("<")[2].partition(">")[0]
        await self.say("250 ok")

    async def on_rcpt(self, line: str) -> None:
        if self.sender is None:
            return await self.say("503 5.5.1 bad sequence")
        self.recipients.append(line.partition("<")[2].partition(">")[0])
        await self.say("250 ok")

    async def on_data(self, _: str) -> None:
        if not self.recipients:
            return await self.say("503 5.5.1 bad sequence")
        await self.say("354 end with a dot")
        lines = []
        while (line := await self.line()) != ".":
            assert line is not None
            lines.append(line.removeprefix(".") if line.startswith("..") else line)
        if "CONTENT" in self.server.refuses:
            return await self.say(self.server.refuses["CONTENT"])
        assert self.sender is not None
        mail = message_from_bytes("\r\n".join(lines).encode(), policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        self.server.mails.append(mail)
        self.server.envelopes += [(self.sender, recipient) for recipient in self.recipients]
        self.sender, self.recipients = None, []
        await self.say("250 taken")

    async def on_rset(self, _: str) -> None:
        self.sender, self.recipients = None, []
        await self.say("250 ok")

    async def on_quit(self, _: str) -> None:
        await self.say("221 bye")

    async def upgrade(self) -> None:
        assert self.server.tls is not None
        secured = trio.SSLStream(self.stream, self.server.tls, server_side=True, https_compatible=True)
        await secured.do_handshake()
        self.stream, self.secure, self.greeted, self.buffer = secured, True, False, b""

    async def say(self, text: str) -> None:
        await self.stream.send_all(text.encode() + b"\r\n")

    async def drip(self) -> None:
        """Until the client has gone."""
        while True:
            await self.stream.send_all(b"2")
            await trio.sleep(0.05)

    async def line(self) -> str | None:
        while b"\r\n" not in self.buffer:
            data = await self.stream.receive_some(65536)
            if not data:
                return None
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode()
