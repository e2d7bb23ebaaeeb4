"""The Bot API's methods that LockBay uses, with types.

Texts are HTML, escaped already; link previews are off. Every method may raise TelegramUnavailable (nothing happened, or
AnswerLost: it may have) and the refusals of refusals.py; a cancelled call may or may not have happened. All are for any
number of tasks at once.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from copy import copy
from typing import Final

import orjson
import structlog
import trio
from prometheus_client import Counter

from lockbay.errors import LockBayError, SettingsError
from lockbay.telegram import json
from lockbay.telegram.connection import Answer
from lockbay.telegram.keyboard import without_refused_field
from lockbay.telegram.proxy import Endpoint
from lockbay.telegram.refusals import BadRequest, NotModified
from lockbay.telegram.transport import Transport, open_transport
from lockbay.telegram.types import Batch, BotInfo, CommandScope, Keyboard, Pressed, SentMessage
from lockbay.telegram.uploads import Uploads

OFFICIAL: Final = "https://api.telegram.org"
TIMEOUT: Final = 30.0  # s for one call
UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
TOKEN: Final = re.compile(r"[A-Za-z0-9:_.-]+")
NO_PREVIEW: Final = {"is_disabled": True}

ANSWERS = Counter("lockbay_courier_answers_total", "Button presses answered")
log = structlog.get_logger()


class _Secret(bytes):
    """Holds the token, so it does not show itself in tracebacks with local variables."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"


class BotApi:
    """One bot's calls over one pool of connections. Made by open_bot_api."""

    def __init__(self, transport: Transport, uploads: Uploads, base: str, token_path: str) -> None:
        self._transport = transport
        self._uploads = uploads
        self._base = base
        self._token_path = token_path
        self._goes: Callable[[], None] | None = None
        self._heads: dict[str, _Secret] = {}

    def asking(self, goes: Callable[[], None]) -> BotApi:
        """The same for somebody who may change their mind while a call waits for a connection: `goes` is called right
        before it is written to the wire, and what it raises keeps it off it.
        """
        asking = copy(self)
        asking._goes = goes
        return asking

    # Who we are

    async def get_me(self) -> BotInfo:
        return json.bot_info(await self._call("getMe", {}))

    async def set_my_commands(
        self,
        commands: Sequence[tuple[str, str]],
        *,
        language: str | None = None,
        chat_id: int | None = None,
        to: CommandScope = "all_private_chats",
    ) -> None:
        """The commands menu: (name, description). For all chats of a kind, or for one chat alone. Without commands that
        list is gone.
        """
        scope = {"type": to} if chat_id is None else {"type": "chat", "chat_id": chat_id}
        rows = [{"command": name, "description": description} for name, description in commands]
        params: dict[str, object] = {"scope": scope, **({"commands": rows} if rows else {})}
        if language is not None:
            params["language_code"] = language
        await self._call("setMyCommands" if rows else "deleteMyCommands", params)

    # What comes in

    async def delete_webhook(self) -> None:
        """Needed before getUpdates. Idempotent; waiting updates are kept."""
        await self._call("deleteWebhook", {"drop_pending_updates": False})

    async def get_updates(self, offset: int, *, timeout: int = 50, limit: int = 100, patience: float = 10.0) -> Batch:
        """Waits up to `timeout` s (the server takes 0 to 50) for updates; `patience` s more for the answer to arrive.

        Everything below `offset` is acknowledged and gone for ever.
        """
        params = {"offset": offset, "timeout": timeout, "limit": limit, "allowed_updates": UPDATES}
        return json.batch(*await self._exchange("getUpdates", params, timeout + patience))

    async def chat_member(self, chat_id: int, user_id: int) -> str:
        """What somebody is in a group: creator, administrator, member, restricted, left or kicked."""
        return json.member_status(await self._call("getChatMember", {"chat_id": chat_id, "user_id": user_id}))

    # What goes out

    async def send_message(
        self, chat_id: int, text: str, keyboard: Keyboard | None = None, *, silent: bool = False
    ) -> SentMessage:
        return json.sent_message(await self._show("sendMessage", _text(_to(chat_id, silent), text, keyboard)))

    async def edit_message_text(
        self,
        chat_id: int,
        message_id: int,
        text: str,
        keyboard: Keyboard | None = None,
        *,
        pressed: Pressed | None = None,
    ) -> None:
        """Idempotent: a message that looks like this already is a success. Without a keyboard its buttons go.

        `pressed` is answered in the same go, behind the edit. Best effort: one try, and one more alone where no answer
        came back, as a server says little of why it drops what is behind the first (nginx: 100 calls a connection).
        """
        params = _text({"chat_id": chat_id, "message_id": message_id}, text, keyboard)
        with suppress(NotModified):
            await self._show("editMessageText", params, pressed=pressed)

    async def send_photo(
        self,
        chat_id: int,
        photo: bytes | str,
        caption: str = "",
        keyboard: Keyboard | None = None,
        *,
        silent: bool = False,
    ) -> SentMessage:
        """A new photo from its bytes (at most 10 MB), or one that Telegram has already by its file id."""
        params = _captioned(_to(chat_id, silent), caption, keyboard)
        if isinstance(photo, str):
            return json.sent_message(await self._show("sendPhoto", {**params, "photo": photo}))
        return json.sent_message(await self._show("sendPhoto", params, ("photo", "photo.png", photo)))

    async def send_document(
        self,
        chat_id: int,
        document: bytes | str,
        name: str,
        caption: str = "",
        keyboard: Keyboard | None = None,
        *,
        silent: bool = False,
    ) -> SentMessage:
        """A new file (at most 50 MB) under this name, or one that Telegram has already by its file id."""
        params = _captioned(_to(chat_id, silent), caption, keyboard)
        if isinstance(document, str):
            return json.sent_message(await self._show("sendDocument", {**params, "document": document}))
        return json.sent_message(await self._show("sendDocument", params, ("document", name, document)))

    async def delete_message(self, chat_id: int, message_id: int) -> None:
        """Raises MessageGone when it is deleted already, or older than 48 hours."""
        await self._call("deleteMessage", {"chat_id": chat_id, "message_id": message_id})

    async def answer_callback_query(self, callback_id: str, text: str | None = None, alert: bool = False) -> None:
        """Ends the spinner on a button, with a toast or an alert of up to 200 characters."""
        params: dict[str, object] = {"callback_query_id": callback_id}
        if text is not None:
            params |= {"text": text, "show_alert": alert}
        await self._call("answerCallbackQuery", params)
        ANSWERS.inc()

    # How

    async def _answering(self, method: str, params: Mapping[str, object], pressed: Pressed) -> None:
        """A call with a press's answer behind it, in one go: half the price of two. Whoever looks at the screen sees it
        as soon as without; only the spinner ends a moment later.
        """
        answering = self._request("answerCallbackQuery", {"callback_query_id": pressed.callback_id})
        both = _Secret(self._request(method, params) + answering)
        rest: list[Answer] = []
        try:
            first, *rest = await self._transport.pipeline(both, TIMEOUT, wanted=2)
        finally:
            if not rest:
                pressed.alone(pressed.callback_id)
        try:
            for answer in rest:
                json.accept(*answer)
                ANSWERS.inc()
        except LockBayError as error:
            log.info("press_unanswered", error=type(error).__name__)
        json.accept(*first)

    async def _show(
        self,
        method: str,
        params: Mapping[str, object],
        upload: tuple[str, str, bytes] | None = None,
        pressed: Pressed | None = None,
    ) -> object:
        """A call, repeated without what the server refuses of it where a screen can do without that."""
        while True:
            try:
                if pressed is None:
                    return await self._call(method, params, upload)
                await self._answering(method, params, pressed)
                return None
            except BadRequest as refused:
                pressed = None
                plainer = without_refused_field(params, refused.description)
                if plainer is None:
                    raise
                log.info("telegram_field_refused", method=method, description=refused.description)
                params = plainer

    async def _call(
        self, method: str, params: Mapping[str, object], upload: tuple[str, str, bytes] | None = None
    ) -> object:
        if upload is None:
            return json.result(*await self._exchange(method, params, TIMEOUT))
        if self._goes is not None:
            self._goes()
        return json.result(*await self._uploads.upload(method, params, *upload))

    async def _exchange(self, method: str, params: Mapping[str, object], timeout: float) -> tuple[int, bytes]:
        return await self._transport.exchange(self._request(method, params), timeout, self._goes)

    def _request(self, method: str, params: Mapping[str, object]) -> _Secret:
        body = orjson.dumps(params)
        head = self._heads.get(method) or self._head(method)
        return _Secret(b"%b%d\r\n\r\n%b" % (head, len(body), body))

    def _head(self, method: str) -> _Secret:
        """A method's request up to its length; made once."""
        target = self._transport.target + f"{self._base}{self._token_path}{method}".encode()
        line = b"POST %b HTTP/1.1\r\n%b" % (target, self._transport.headers)
        return self._heads.setdefault(method, _Secret(line + b"Content-Type: application/json\r\nContent-Length: "))


def _to(chat_id: int, silent: bool) -> dict[str, object]:
    return {"chat_id": chat_id, "disable_notification": True} if silent else {"chat_id": chat_id}


def _text(params: dict[str, object], text: str, keyboard: Keyboard | None) -> dict[str, object]:
    params |= {"text": text, "parse_mode": "HTML", "link_preview_options": NO_PREVIEW}
    return _with_keyboard(params, keyboard)


def _captioned(where: Mapping[str, object], caption: str, keyboard: Keyboard | None) -> dict[str, object]:
    return _with_keyboard({**where, "caption": caption, "parse_mode": "HTML"}, keyboard)


def _with_keyboard(params: dict[str, object], keyboard: Keyboard | None) -> dict[str, object]:
    if keyboard is not None:
        params["reply_markup"] = keyboard
    return params


@asynccontextmanager
async def open_bot_api(
    token: str,
    *,
    url: str = OFFICIAL,
    test: bool = False,
    connections: int = 64,
    tls: ssl.SSLContext | None = None,
    tick: float = 1.0,
) -> AsyncIterator[BotApi]:
    """A client with connections of its own; `test` speaks to Telegram's test environment.

    Raises SettingsError for a token or an address that cannot be one. Errors of the body come in an ExceptionGroup, as
    from any nursery.
    """
    if not TOKEN.fullmatch(token):
        raise SettingsError("LOCKBAY_BOT_TOKEN is not a bot token (123456:ABC…, from @BotFather)")
    server = _server(url)
    token_path = f"/bot{token}/test/" if test else f"/bot{token}/"
    async with open_transport(server, size=connections, tls=tls, tick=tick) as transport:
        uploads = Uploads(server, token_path, transport.proxy, tls)
        try:
            yield BotApi(transport, uploads, server.path, token_path)
        finally:
            with trio.move_on_after(1, shield=True):
                await uploads.aclose()


def _server(url: str) -> Endpoint:
    try:
        return Endpoint.of(url)
    except SettingsError as error:
        raise SettingsError(f"LOCKBAY_TELEGRAM_URL: {error}") from None
