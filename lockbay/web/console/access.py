"""Who may come in, and who is in. Everything fails closed: what is not proven is refused.

A link from the chat opens once, by a press (a preview's GET does not use it up), and becomes a session: a random cookie
of which the database has a hash. Every page asks the database whose it is and whether they are still of the staff. What
changes anything needs our own Origin and the session's token besides. No secret is in a log, a metric or an error.
Whoever holds the bot's token can read a chat, so a link alone is not proof enough where there is a password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from attrs import Factory, define, field, frozen
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from lockbay.errors import SettingsError
from lockbay.postgres.database import Database
from lockbay.web.console.access_records import EnterConsole, FindSession, LeaveConsole, Session
from lockbay.web.console.buckets import Allowance, Buckets
from lockbay.web.console.callers import Callers

PATH: Final = "/admin"
LONGEST: Final = 8 * 3600  # s that a session lasts; sql/console/enter.sql
SECRET_BYTES: Final = 32
SHORTEST_PASSWORD: Final = 12

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # 32 bytes
_ONCE: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


class TooMany(Exception):
    """Asked too often; `seconds` until it is granted again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class NoSession(Exception):
    """Nobody that we know: no cookie, or one whose session is over."""


class Forged(Exception):
    """A form that is not one of ours, or of another session."""


@frozen
class Allowances:
    """How often: at once, and a minute. A page that renews itself asks twelve times a minute, who reads some twenty.

    None is shared by all: secrets are too long to be guessed, and who used a shared one up would keep the staff out.
    """

    entering: Allowance = Factory(partial(Allowance, 10, 6))  # of one caller
    unknown: Allowance = Factory(partial(Allowance, 20, 20))  # cookies that are none, of one caller
    session: Allowance = Factory(partial(Allowance, 120, 180))


@define(eq=False)
class Gate:
    """`public_url` is where browsers find us: forms must come from there, and over https the cookie stays there.
    `password` is what everybody of the staff types besides; "": nothing. Raises SettingsError for one that is short.
    """

    database: Database
    public_url: str
    callers: Callers
    password: str = field(default="", repr=False)
    allowances: Allowances = field(factory=Allowances)
    _entering: Buckets = field(init=False)
    _unknown: Buckets = field(init=False)
    _sessions: Buckets = field(init=False)
    _known: dict[bytes, None] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._entering, self._unknown = Buckets(self.allowances.entering), Buckets(self.allowances.unknown)
        self._sessions = Buckets(self.allowances.session)
        if 0 < len(self.password) < SHORTEST_PASSWORD:
            raise SettingsError(f"LOCKBAY_CONSOLE_PASSWORD must have {SHORTEST_PASSWORD} characters or more")

    @property
    def asks_password(self) -> bool:
        return self.password != ""

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        return "__Secure-lockbay_console" if self.is_secure else "lockbay_console"

    @property
    def origin(self) -> str:
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    async def session(self, request: Request, *, touches: bool = True) -> Session:
        """Who looks. Raises NoSession and TooMany."""
        presented = secret_hash(request.cookies.get(self.cookie, ""))
        if presented is None:
            raise NoSession
        if presented in self._known:
            _take(self._sessions, presented)
        else:  # who is in is not kept out by those who guess
            _refuse_late(self._unknown, self.callers.of(request))
        found = await self.database.run(FindSession(presented, touches))
        if found is None:
            self._forget(request, presented)
            raise NoSession
        self._remember(presented)
        return found

    def may_enter(self, request: Request) -> None:
        """Counts a try. Raises TooMany."""
        _take(self._entering, self.callers.of(request))

    async def knows_password(self, request: Request) -> bool:
        """Whether what was typed with the link is the password. Raises Forged as `enter`."""
        if not self.asks_password:
            return True
        self.refuse_foreign(request)
        typed = (await _urlencoded(request)).get("password")
        return isinstance(typed, str) and hmac.compare_digest(typed.encode(), self.password.encode())

    async def enter(self, request: Request, token: str, response: Response) -> int | None:
        """Uses a link up, and gives the browser a session of its own in `response`; whose it is. None: no such link.
        Raises Forged when it is not pressed on our own page.
        """
        self.refuse_foreign(request)
        link = secret_hash(token)
        if link is None:
            return None
        cookie, csrf = secrets.token_bytes(SECRET_BYTES), secrets.token_urlsafe(SECRET_BYTES)
        before = secret_hash(request.cookies.get(self.cookie, "")) or b""
        entered = await self.database.run(EnterConsole(link, hashlib.sha256(cookie).digest(), csrf, before))
        if entered is not None:
            self._set_cookie(response, written(cookie), LONGEST)
        return entered

    async def leave(self, session: Session, response: Response) -> None:
        """Ends all sessions of theirs."""
        await self.database.run(LeaveConsole(session.user_id))
        self.forget_cookie(response)

    def forget_cookie(self, response: Response) -> None:
        self._set_cookie(response, "", 0)

    def refuse_foreign(self, request: Request) -> None:
        """Raises Forged unless the browser says that one of our own pages sent this."""
        if request.headers.get("origin", "").lower() != self.origin:
            raise Forged
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise Forged

    async def form(self, request: Request, session: Session) -> FormData:
        """What was filled in. Raises Forged for a form that is not one of ours."""
        self.refuse_foreign(request)
        form = await _urlencoded(request)
        token = form.get("csrf")
        if not isinstance(token, str) or not hmac.compare_digest(token.encode(), session.csrf.encode()):
            raise Forged
        return form

    def _set_cookie(self, response: Response, value: str, lasts: int) -> None:
        response.set_cookie(
            self.cookie, value, max_age=lasts, path=PATH, secure=self.is_secure, httponly=True, samesite="strict"
        )

    def _remember(self, presented: bytes) -> None:
        self._known[presented] = None
        if len(self._known) > self._sessions.most:
            del self._known[next(iter(self._known))]

    def _forget(self, request: Request, presented: bytes) -> None:
        if self._known.pop(presented, presented) is not None:
            self._unknown.take(self.callers.of(request))


async def _urlencoded(request: Request) -> FormData:
    """As forms of ours are sent. Raises Forged."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise Forged
    return await request.form()


def request_key(session: Session, form: FormData) -> str:
    """What makes a form that is sent twice one request. Raises Forged."""
    once = form.get("once")
    if not isinstance(once, str) or not _ONCE.fullmatch(once):
        raise Forged
    return f"console.{session.id}.{once}"


def new_once() -> str:
    return secrets.token_urlsafe(16)


def written(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def secret_hash(text: str) -> bytes | None:
    """What the database keeps of a secret; None for a text that is none."""
    if not _SECRET.fullmatch(text):
        return None
    return hashlib.sha256(base64.urlsafe_b64decode(text + "=")).digest()


def _take(buckets: Buckets, key: bytes) -> None:
    seconds = buckets.take(key)
    if seconds:
        raise TooMany(seconds)


def _refuse_late(buckets: Buckets, key: bytes) -> None:
    seconds = buckets.wait(key)
    if seconds:
        raise TooMany(seconds)
