"""E-mail over SMTP (RFC 5321, submission RFC 6409), through smtplib in a thread.

smtp://user:password@host:587?starttls=1&from=LockBay+<bot@example.com>, or smtps://…:465. SMTP has no idempotency:
when an answer is lost, the same mail goes out again, with the same Message-ID.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from email.utils import getaddresses, parseaddr
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import trio
from attrs import Factory, define, field, frozen

from lockbay.errors import LockBayError, SettingsError, Unavailable

if TYPE_CHECKING:
    from lockbay.notices.letter import Letter

TIMEOUT: Final = 20.0  # s for each answer of the server
LIMIT: Final = 60.0  # s for the whole mail: a server that drips must not keep a thread for ever
AT_ONCE: Final = 4  # connections; a small server refuses more
LONGEST: Final = 200  # characters kept of what a server says

Security: TypeAlias = Literal["none", "starttls", "tls"]
SERVER_FAILS: Final = (OSError, smtplib.SMTPException, ssl.SSLError)


class MailUnavailable(Unavailable):
    """The mail server is away, or does not take mail from us for now."""


class MailRefused(LockBayError):
    """The mail server will never take this mail: no such mailbox, or it refuses the content."""


@frozen
class Smtp:
    """How to reach the mail server, and in whose name."""

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Smtp:
        """Of LOCKBAY_SMTP_URL. Raises SettingsError, which never shows the URL."""
        try:
            return _parsed(urlsplit(url))
        except ValueError:
            raise _unusable("is not a URL") from None


@frozen
class Mailer:
    """Sends one mail at a time on a connection of its own, a few at once. `tls` is for tests with a CA of their own."""

    smtp: Smtp
    tls: ssl.SSLContext = Factory(ssl.create_default_context)
    timeout: float = TIMEOUT
    limit: float = LIMIT
    _threads: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(AT_ONCE), init=False, repr=False)

    async def send(self, message: Letter) -> None:
        """Returns once the server has taken the mail. Raises MailUnavailable (try again) or MailRefused (do not).

        Cancelled or timed out, the connection is cut; the mail may have been sent.
        """
        line = Line()
        try:
            with trio.move_on_after(self.limit) as scope:
                await trio.to_thread.run_sync(self._send, message, line, limiter=self._threads, abandon_on_cancel=True)
        finally:
            line.cut()
        if scope.cancelled_caught:
            raise MailUnavailable("the mail server takes too long")

    def _send(self, message: Letter, line: Line) -> None:
        """In a thread. What happens after the server has taken the mail does not matter."""
        try:
            client = self._connect(line)
        except (*SERVER_FAILS, ValueError) as error:  # ValueError: a setting of ours that cannot be sent
            raise MailUnavailable(_without_secrets(error)) from None
        try:
            client.send_message(message)
        except SERVER_FAILS as error:
            raise _judged(error) from None
        finally:
            _leave(client)

    def _connect(self, line: Line) -> smtplib.SMTP:
        """A session that may send."""
        client = Session(self.smtp, self.tls if self.smtp.security == "tls" else None, self.timeout, line)
        try:
            if self.smtp.security == "starttls":
                client.starttls(context=self.tls)
            if self.smtp.user:
                client.login(self.smtp.user, self.smtp.password)
        except BaseException:
            client.close()
            raise
        return client


@define(eq=False)
class Line:
    """The connection that a thread uses, to be cut from outside: a server that drips would keep its thread for days."""

    _held: socket.socket | None = field(default=None, init=False)
    _is_cut: bool = field(default=False, init=False)

    def hold(self, connected: socket.socket) -> None:
        """Of its own: TLS takes the socket over."""
        self._held = connected.dup()
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """For good, also what is connected later. May be repeated."""
        self._is_cut = True
        if self._held is not None:
            with suppress(OSError):  # it is closed by the other side
                self._held.shutdown(socket.SHUT_RDWR)
            self._held.close()


class Session(smtplib.SMTP):
    """Connected; with `tls` from the first byte on."""

    def __init__(self, smtp: Smtp, tls: ssl.SSLContext | None, timeout: float, line: Line) -> None:
        self._tls = tls
        self._line = line
        super().__init__(smtp.host, smtp.port, parseaddr(smtp.sender)[1].rpartition("@")[2], timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """What smtplib calls, as its own SMTP_SSL has it."""
        connected = socket.create_connection((host, port), timeout)
        self._line.hold(connected)
        return connected if self._tls is None else self._tls.wrap_socket(connected, server_hostname=host)


def _leave(client: smtplib.SMTP) -> None:
    try:
        client.quit()
    except SERVER_FAILS:
        client.close()


def _judged(error: Exception) -> MailUnavailable | MailRefused:
    """Only what is wrong with this one mail is final; what is wrong with the server or with us can be put right."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            code, text = next(iter(recipients.values()))
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=text):
            pass
        case smtplib.SMTPNotSupportedError():  # an address or a text that this server cannot carry
            return MailRefused(_without_secrets(error))
        case _:
            return MailUnavailable(_without_secrets(error))
    says = f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"[:LONGEST]
    return MailRefused(says) if code >= 500 else MailUnavailable(says)


def _without_secrets(error: Exception) -> str:
    """Servers echo what they refuse, so their words are kept only where no credentials were spoken of."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"


def _parsed(url: SplitResult) -> Smtp:
    """Raises ValueError for a port that is none."""
    query = parse_qs(url.query)
    unknown = query.keys() - {"starttls", "from"}
    if url.scheme not in ("smtp", "smtps") or not url.hostname or unknown:
        raise _unusable("must be smtp://host:port or smtps://host:port, with ?starttls=1 and ?from= where needed")
    security: Security = "tls" if url.scheme == "smtps" else "none"
    if security == "none" and query.get("starttls", ["0"])[0] not in ("0", ""):
        security = "starttls"
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise _unusable("has a user or a password that is not plain ASCII, which smtplib cannot send")
    if user and security == "none" and not _is_local(url.hostname):
        raise _unusable("would send its password in the clear: use smtps:// or add ?starttls=1")
    port = url.port or {"tls": 465, "starttls": 587, "none": 25}[security]
    return Smtp(url.hostname, port, security, _sender(query, user, url.hostname), user, password)


def _sender(query: dict[str, list[str]], user: str, host: str) -> str:
    ours = "localhost" if _is_local(host) else host
    sender = query.get("from", [user if "@" in user else f"LockBay <lockbay@{ours}>"])[0]
    if not _is_sender(sender):
        raise _unusable("has a sender (?from=) that is no e-mail address in plain ASCII")
    return sender


def _is_sender(written: str) -> bool:
    """Whether it is one address that every server can carry, with or without a name, and can stand in a header."""
    found = [address for _, address in getaddresses([written])]
    mailbox, _, domain = found[0].rpartition("@")
    return len(found) == 1 and bool(mailbox and domain) and found[0].isascii() and written.isprintable()


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(why: str) -> SettingsError:
    return SettingsError(f"LOCKBAY_SMTP_URL {why}")
