"""E-mail over SMTP (RFC 5321, submission RFC 6409), through smtplib in a thread.

smtp://user:password@host:587?starttls=1&from=LockBay+<bot@example.com>, or smtps://…:465. SMTP has no idempotency:
when an answer is lost, the same mail goes out again, with the same Message-ID.
"""

from __future__ import annotations

import smtplib
import ssl
from email.utils import parseaddr
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import trio
from attrs import Factory, field, frozen

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
    _threads: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(AT_ONCE), init=False, repr=False)

    async def send(self, message: Letter) -> None:
        """Returns once the server has taken the mail. Raises MailUnavailable (try again) or MailRefused (do not).

        Cancelled or timed out, the mail may yet be sent: the thread is left alone.
        """
        with trio.move_on_after(LIMIT) as scope:
            await trio.to_thread.run_sync(self._send, message, limiter=self._threads, abandon_on_cancel=True)
        if scope.cancelled_caught:
            raise MailUnavailable("the mail server takes too long")

    def _send(self, message: Letter) -> None:
        """In a thread. What happens after the server has taken the mail does not matter."""
        try:
            client = self._connect()
        except SERVER_FAILS as error:
            raise MailUnavailable(_without_secrets(error)) from None
        try:
            client.send_message(message)
        except SERVER_FAILS as error:
            raise _judged(error) from None
        finally:
            _leave(client)

    def _connect(self) -> smtplib.SMTP:
        """A session that may send."""
        smtp, own_name = self.smtp, parseaddr(self.smtp.sender)[1].rpartition("@")[2]
        client: smtplib.SMTP
        if smtp.security == "tls":
            client = smtplib.SMTP_SSL(smtp.host, smtp.port, own_name, timeout=self.timeout, context=self.tls)
        else:
            client = smtplib.SMTP(smtp.host, smtp.port, own_name, timeout=self.timeout)
        try:
            if smtp.security == "starttls":
                client.starttls(context=self.tls)
            if smtp.user:
                client.login(smtp.user, smtp.password)
        except BaseException:
            client.close()
            raise
        return client


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
    if user and security == "none" and not _is_local(url.hostname):
        raise _unusable("would send its password in the clear: use smtps:// or add ?starttls=1")
    port = url.port or {"tls": 465, "starttls": 587, "none": 25}[security]
    return Smtp(url.hostname, port, security, _sender(query, user, url.hostname), user, password)


def _sender(query: dict[str, list[str]], user: str, host: str) -> str:
    ours = "localhost" if _is_local(host) else host
    sender = query.get("from", [user if "@" in user else f"LockBay <lockbay@{ours}>"])[0]
    if "@" not in parseaddr(sender)[1]:
        raise _unusable("has a sender (?from=) that is no e-mail address")
    return sender


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(why: str) -> SettingsError:
    return SettingsError(f"LOCKBAY_SMTP_URL {why}")
