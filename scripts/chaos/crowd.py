"""A Telegram for ten thousand people: the Bot API over HTTP, in this process, without files and without old chats.

What a bot may send is judged by the sandbox's own rules of HTML and keyboards; a call that Telegram would refuse for
its form is a problem, written down in a sentence.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Final

import httptools
import orjson
import trio
from attrs import define, field, frozen

from lockbay.sandbox.html import parse_html
from lockbay.sandbox.keyboard import Keyboard, parse_markup, parse_reply_markup
from lockbay.sandbox.refusal import NOT_MODIFIED, QUERY_TOO_OLD, Refusal, bad_request, forbidden
from scripts.chaos.wire import Call, Fields, http, parameters
from scripts.processes import HOST

TOKEN: Final = "7000000009:a-bot-of-ten-thousand"
BOT: Final[Fields] = {"id": 7_000_000_009, "is_bot": True, "first_name": "LockBay", "username": "lockbay_crowd_bot"}
KEPT: Final = 12  # messages of a chat; older ones cannot be pressed or edited any more
LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
GATHERING: Final = 0.001  # s: a waiting poll takes what comes together
QUIET: Final = ("setmycommands", "deletemycommands", "deletewebhook", "sendchataction")


@frozen
class Shown:
    """A message of the bot."""

    id: int
    text: str
    keyboard: Keyboard
    has_file: bool = False

    @property
    def presses(self) -> list[tuple[str, str]]:
        """Label and data of each button that can be pressed."""
        return [
            (button.text, button.value) for row in self.keyboard for button in row if button.kind == "callback_data"
        ]

    @property
    def copies(self) -> dict[str, str]:
        """What can be copied, by label."""
        return {button.text: button.value for row in self.keyboard for button in row if button.kind == "copy_text"}


@define(eq=False)
class Member:
    """One of the crowd, and what their chat shows. `heard` counts what reached them: messages, edits and toasts."""

    id: int
    blocked: bool = False
    messages: dict[int, Shown] = field(factory=dict)
    heard: int = 0
    sayings: list[int] = field(factory=list)  # ids of their own messages, for edits
    news: trio.lowlevel.ParkingLot = field(factory=trio.lowlevel.ParkingLot)

    @property
    def user(self) -> Fields:
        return {
            "id": self.id, "is_bot": False, "first_name": f"User{self.id}", "username": f"user{self.id}",
            "language_code": "en",
        }  # fmt: skip

    @property
    def chat(self) -> Fields:
        return {"id": self.id, "first_name": f"User{self.id}", "username": f"user{self.id}", "type": "private"}

    @property
    def latest(self) -> Shown | None:
        """The message that was shown or changed last."""
        return next(reversed(self.messages.values()), None)

    def hears(self) -> None:
        self.heard += 1
        self.news.unpark_all()


class Crowd:
    """`judge` sees each message as it is shown, and says what is wrong with it."""

    def __init__(self, ids: range, judge: Callable[[Member, Shown], list[str]]) -> None:
        self.ids = ids
        self.members = {number: Member(number) for number in ids}
        self.problems: list[str] = []
        self.calls: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.polled = trio.Event()  # the bot is there
        self._judge = judge
        self._queue: deque[tuple[int, bytes]] = deque()
        self._arrived = trio.lowlevel.ParkingLot()
        self._message, self._update, self._callback = 100, 1000, 5_000_000_000
        self._open: dict[str, int] = {}  # presses that nobody has answered, and whose

    # What people do. Each gives the update's id.

    def say(self, member: Member, **content: object) -> int:
        """A message: text="…", photo=…, contact=…"""
        self._message += 1
        member.sayings = [*member.sayings[-3:], self._message]
        return self.put("message", self._from(member, self._message) | content)

    def edit(self, member: Member, text: str) -> int:
        """Changes one of their own, which may be gone."""
        number = member.sayings[-1] if member.sayings else 1
        return self.put("edited_message", self._from(member, number) | {"text": text, "edit_date": int(time.time())})

    def press(self, member: Member, data: str, on: int, *, has_file: bool = False) -> int:
        """Any data on any message: what a forged app may send."""
        self._callback += 1
        number = str(self._callback)
        self._open[number] = member.id
        under: Fields = {"message_id": on, "from": BOT, "chat": member.chat, "date": int(time.time()), "text": "…"}
        if has_file:
            under["photo"] = [{"file_id": "photo", "file_unique_id": "p", "width": 9, "height": 9}]
        return self.put(
            "callback_query",
            {"id": number, "from": member.user, "message": under, "chat_instance": "1", "data": data},
        )

    def block(self, member: Member, blocked: bool) -> int:
        member.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        who: Fields = {"chat": member.chat, "from": member.user, "date": int(time.time())}
        return self.put(
            "my_chat_member",
            who | {"old_chat_member": {"user": BOT, "status": old}, "new_chat_member": {"user": BOT, "status": new}},
        )

    def put(self, kind: str, body: Fields) -> int:
        self._update += 1
        return self.put_raw(b'{"update_id":%d,"%b":%b}' % (self._update, kind.encode(), orjson.dumps(body)))

    def put_raw(self, raw: bytes) -> int:
        """Whatever bytes, as the update of the last number."""
        self._queue.append((self._update, raw))
        self._arrived.unpark_all()
        return self._update

    @property
    def last(self) -> int:
        """The id of the newest update."""
        return self._update

    @property
    def unread(self) -> int:
        """Updates that the bot has not acknowledged."""
        return len(self._queue)

    def _from(self, member: Member, number: int) -> Fields:
        return {"message_id": number, "from": member.user, "chat": member.chat, "date": int(time.time())}

    # HTTP

    async def serve(self, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled; reports its URL."""
        async with trio.open_nursery() as nursery:
            listeners = await trio.open_tcp_listeners(0, host=HOST)
            nursery.start_soon(trio.serve_listeners, self._connected, listeners)
            task_status.started(f"http://{HOST}:{listeners[0].socket.getsockname()[1]}")

    async def _connected(self, stream: trio.SocketStream) -> None:
        call = Call()
        parser = httptools.HttpRequestParser(call)
        try:
            async for data in stream:
                parser.feed_data(data)
                while call.done:
                    path, kind, body = call.done.popleft()
                    await stream.send_all(await self._answer(path, kind, body))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return  # the bot hung up, or was killed

    async def _answer(self, path: str, kind: str, body: bytes) -> bytes:
        token, _, name = path.removeprefix("/bot").partition("/")
        name = name.lower()
        self.calls[name] += 1
        try:
            assert token == TOKEN, path
            params = parameters(kind, body)
            if name == "getupdates":
                return http(200, b'{"ok":true,"result":[%b]}' % await self._updates(params))
            return http(200, orjson.dumps({"ok": True, "result": self._call(name, params)}))
        except Refusal as refusal:
            self._refuse(name, refusal, body)
            return http(refusal.code, orjson.dumps(refusal.as_json()))

    def _refuse(self, name: str, refusal: Refusal, body: bytes) -> None:
        """What a chat's past explains is no mistake of the bot's."""
        self.refused[str(refusal)] += 1
        expected = ("not modified", "not found", "too old", "blocked by the user")
        if not any(words in str(refusal) for words in expected):
            self.problems.append(f"Telegram refuses {name}: {refusal}: {body[:1500]!r}")

    async def _updates(self, params: Mapping[str, object]) -> bytes:
        self.polled.set()
        offset = int(str(params.get("offset") or 0))
        while self._queue and self._queue[0][0] < offset:
            self._queue.popleft()
        if not self._queue:
            with trio.move_on_after(float(str(params.get("timeout") or 0))):
                await self._arrived.park()
                await trio.sleep(GATHERING)
        limit = int(str(params.get("limit") or 100))
        return b",".join(raw for _, (_, raw) in zip(range(limit), self._queue, strict=False))

    # The bot's calls

    def _call(self, name: str, params: Mapping[str, object]) -> object:
        match name:
            case "sendmessage" | "sendphoto" | "senddocument":
                return self._send(params, has_file=name != "sendmessage")
            case "editmessagetext" | "editmessagecaption":
                return self._edit(params, is_caption=name == "editmessagecaption")
            case "answercallbackquery":
                return self._answered(params)
            case "deletemessage":
                return self._reader(params).messages.pop(_number(params, "message_id"), None) is not None
            case "getme":
                return BOT
            case "getchatmember":
                return {"status": "administrator", "user": BOT}
            case "getfile":
                raise bad_request("file not found")
            case _ if name in QUIET:
                return True
        raise Refusal(404, "Not Found: method not found")

    def _send(self, params: Mapping[str, object], *, has_file: bool) -> Fields:
        self._message += 1
        return self._show(self._reader(params), self._message, params, has_file=has_file)

    def _edit(self, params: Mapping[str, object], *, is_caption: bool) -> Fields:
        member, number = self._reader(params), _number(params, "message_id")
        before = member.messages.get(number)
        if before is None:
            raise bad_request("message to edit not found")
        if before.has_file != is_caption:
            raise bad_request("there is no text in the message to edit")
        shown = self._seen(number, params, has_file=before.has_file)
        if shown == before:
            member.hears()
            raise bad_request(NOT_MODIFIED)
        return self._show(member, number, params, has_file=before.has_file)

    def _show(self, member: Member, number: int, params: Mapping[str, object], *, has_file: bool) -> Fields:
        shown = self._seen(number, params, has_file=has_file)
        member.messages.pop(number, None)
        member.messages[number] = shown
        while len(member.messages) > KEPT:
            del member.messages[next(iter(member.messages))]
        self.problems += [f"{member.id} is shown {problem}" for problem in self._judge(member, shown)]
        member.hears()
        made: Fields = {"message_id": number, "from": BOT, "chat": member.chat, "date": int(time.time())}
        file: Fields = {"photo": [{"file_id": f"sent{number}", "file_unique_id": "s", "width": 9, "height": 9}]}
        return made | {"text": "…"} | (file if has_file else {})

    def _seen(self, number: int, params: Mapping[str, object], *, has_file: bool) -> Shown:
        """Raises Refusal for what Telegram does not take."""
        source = str(params.get("caption" if has_file else "text") or "")
        content = parse_html(source)
        if not content.text.strip() and not has_file:
            raise bad_request("message text is empty")
        if content.length > (LONGEST_CAPTION if has_file else LONGEST_TEXT):
            raise bad_request("message is too long")
        markup = params.get("reply_markup")
        text = "" if markup is None else markup if isinstance(markup, str) else orjson.dumps(markup).decode()
        parse_reply_markup(text)
        return Shown(number, content.text, parse_markup(text), has_file)

    def _answered(self, params: Mapping[str, object]) -> bool:
        if len(str(params.get("text") or "")) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        whose = self._open.pop(str(params.get("callback_query_id")), None)
        if whose is None:
            raise bad_request(QUERY_TOO_OLD)
        if params.get("text"):  # else a screen follows
            self.members[whose].hears()
        return True

    def _reader(self, params: Mapping[str, object]) -> Member:
        member = self.members.get(_number(params, "chat_id"))
        if member is None:
            raise bad_request("chat not found")
        if member.blocked:
            raise forbidden("bot was blocked by the user")
        return member


def _number(params: Mapping[str, object], name: str) -> int:
    return int(str(params.get(name) or 0))
