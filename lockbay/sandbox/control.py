"""The people's side of the local Telegram over HTTP: what the chat page and the tests drive it with.

Every act answers {"event": n}: wait for what comes after n, and nothing is missed. A mistake answers 400 and {"error"}.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import orjson
import trio
from attrs import asdict, field, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Acts, Impossible, NotThere
from lockbay.sandbox.commands import Commands
from lockbay.sandbox.faults import KINDS, Fault, Faults
from lockbay.sandbox.feed import Event, Feed
from lockbay.sandbox.messages import Person
from lockbay.sandbox.params import Upload
from lockbay.sandbox.refusal import Refusal
from lockbay.sandbox.wire import Json, NotJson, Object, answer, parse_object

LONGEST_WAIT: Final = 60.0
Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


def safely(handler: Handler) -> Handler:
    """Mistakes of the caller become 400 with a sentence."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except NotThere as error:
            return answer({"error": str(error)}, 404)
        except (Impossible, NotJson, ValueError, KeyError) as error:
            return answer({"error": str(error)}, 400)
        except Refusal as refusal:
            return answer({"error": refusal.description}, 400)

    return handle


async def fields_of(request: Request) -> Object:
    return parse_object(await request.body())


def text_of(fields: Object, name: str, default: str | None = None) -> str:
    """Raises Impossible when it is not there and there is no default."""
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise Impossible(f"“{name}” must be a text.")
    return value


@frozen
class Control:
    """The routes below /api that concern people, updates, faults and events."""

    acts: Acts
    feed: Feed = field(repr=False)
    faults: Faults
    commands: Commands = field(repr=False)

    def routes(self) -> list[BaseRoute]:
        person = "/api/people/{id:int}"
        post: Mapping[str, Handler] = {
            "/api/people": self._join,
            f"{person}/say": self._say,
            f"{person}/start": self._start,
            f"{person}/press": self._press,
            f"{person}/edit": self._edit,
            f"{person}/tap": self._tap,
            f"{person}/contact": self._contact,
            f"{person}/photo": self._photo,
            f"{person}/document": self._document,
            f"{person}/block": self._block,
            f"{person}/unblock": self._unblock,
            "/api/updates": self._inject,
            "/api/faults": self._add_fault,
        }
        get: Mapping[str, Handler] = {
            "/api/people": self._people,
            f"{person}/messages": self._messages,
            f"{person}/wait": self._wait,
            "/api/events": self._events,
            "/api/files/{id}": self._content,
            "/api/faults": self._list_faults,
        }
        routes = [Route(path, safely(handler), methods=["POST"]) for path, handler in post.items()]
        routes += [Route(path, safely(handler), methods=["GET"]) for path, handler in get.items()]
        return [*routes, Route("/api/faults", safely(self._clear_faults), methods=["DELETE"])]

    async def _people(self, _: Request) -> Response:
        chats = self.acts.chats
        people = [self._described(person) for person in chats.people()]
        bot: Object = {"username": chats.bot.username, "first_name": chats.bot.first_name}
        return answer({"event": self.feed.latest, "bot": bot, "people": people})

    def _described(self, person: Person) -> Object:
        chats = self.acts.chats
        messages = [chats.json(message) for message in chats.messages(person.id)]
        commands = self.commands.shown_to(person.id, person.language)
        keys = chats.keys(person.id).as_json()
        return {**person.as_json(), "messages": messages, "commands": commands, "keyboard": keys}

    async def _join(self, request: Request) -> Response:
        fields = await fields_of(request)
        number = fields.get("id")
        name, username = text_of(fields, "first_name"), text_of(fields, "username", "")
        role = text_of(fields, "role", "")
        person = self.acts.join(name, username, role, number if isinstance(number, int) else None)
        return answer({"event": self.feed.latest, **person.as_json()})

    async def _say(self, request: Request) -> Response:
        fields = await fields_of(request)
        return _happened(self.acts.say(_who(request), text_of(fields, "text"), _reply_to(fields)))

    async def _start(self, request: Request) -> Response:
        payload = text_of(await fields_of(request), "payload", "")
        return _happened(self.acts.start(_who(request), payload))

    async def _press(self, request: Request) -> Response:
        fields, number = await fields_of(request), _who(request)
        message_id, row, column = (fields.get(name) for name in ("message_id", "row", "col"))
        if isinstance(message_id, int) and isinstance(row, int) and isinstance(column, int):
            place = self.acts.at(number, message_id, row, column)
        else:
            label = text_of(fields, "label")
            found = self.acts.find(number, label, message_id if isinstance(message_id, int) else None)
            if found is None:
                return answer({"error": f"There is no button “{label}”."}, 404)
            place = found
        event, callback = self.acts.press(number, place)
        return answer({"event": event, "callback_id": callback, "message_id": place.message.id})

    async def _edit(self, request: Request) -> Response:
        fields = await fields_of(request)
        message_id = fields.get("message_id")
        if not isinstance(message_id, int):
            raise Impossible("“message_id” must be a number.")
        return _happened(self.acts.edit(_who(request), message_id, text_of(fields, "text")))

    async def _tap(self, request: Request) -> Response:
        return _happened(self.acts.tap(_who(request), text_of(await fields_of(request), "label")))

    async def _contact(self, request: Request) -> Response:
        """Somebody's contact out of the address book: {"person": id}."""
        whose = (await fields_of(request)).get("person")
        if not isinstance(whose, int):
            raise Impossible("“person” must be a number.")
        return _happened(self.acts.share(_who(request), whose))

    async def _photo(self, request: Request) -> Response:
        return await self._file(request, "photo")

    async def _document(self, request: Request) -> Response:
        return await self._file(request, "document")

    async def _file(self, request: Request, kind: str) -> Response:
        """JSON: {"content": base64, "name", "mime", "caption", "reply_to"}."""
        fields = await fields_of(request)
        try:
            content = base64.b64decode(text_of(fields, "content"), validate=True)
        except binascii.Error:
            raise Impossible("“content” must be base64.") from None
        upload = Upload(text_of(fields, "name", "file"), text_of(fields, "mime", ""), content)
        caption = text_of(fields, "caption", "")
        return _happened(self.acts.send(_who(request), kind, upload, caption, _reply_to(fields)))

    async def _content(self, request: Request) -> Response:
        """A file as the person sees it; documents are offered for download under their own name."""
        stored = self.acts.files.stored(str(request.path_params["id"]))
        file = stored.attachment
        name = "" if file.kind == "photo" else file.name
        mime = file.mime if file.kind == "photo" else "application/octet-stream"
        return FileResponse(self.acts.files.where(stored), media_type=mime, filename=name or None)

    async def _block(self, request: Request) -> Response:
        return _happened(self.acts.block(_who(request)))

    async def _unblock(self, request: Request) -> Response:
        return _happened(self.acts.unblock(_who(request)))

    async def _messages(self, request: Request) -> Response:
        chats = self.acts.chats
        return answer([chats.json(message) for message in chats.messages(_who(request))])

    async def _wait(self, request: Request) -> Response:
        """The first thing of the bot after `after`, of the kinds asked for, with `match` in it; 408 after `timeout`."""
        query, number = request.query_params, _who(request)
        kinds = query.get("kind", "message,edited").split(",")
        match, after = query.get("match", "").casefold(), int(query.get("after", "0"))

        def pick(event: Event) -> Event | None:
            theirs = event.person == number and event.kind in kinds and not _own(event.data)
            return event if theirs and match in legible(event.data).casefold() else None

        with trio.move_on_after(min(float(query.get("timeout", "10")), LONGEST_WAIT)):
            return answer((await self.feed.first(after, pick)).as_json())
        return answer({"error": f"Nothing with “{match}” came."}, 408)

    async def _events(self, request: Request) -> Response:
        after = int(request.headers.get("last-event-id") or request.query_params.get("after") or self.feed.latest)
        return StreamingResponse(self._stream(after), media_type="text/event-stream")

    async def _stream(self, after: int) -> AsyncIterator[str]:
        yield "retry: 500\n\n"
        async for event in self.feed.follow(after):
            yield f"id: {event.number}\ndata: {orjson.dumps(event.as_json()).decode()}\n\n"

    async def _inject(self, request: Request) -> Response:
        """Any update, as it stands; {update_id} in it becomes the next number. With ?kind=: only the update's body."""
        body = (await request.body()).decode()
        kind = request.query_params.get("kind")
        number = self.acts.updates.put(kind, body) if kind else self.acts.updates.put_raw(body)
        return answer({"event": self.feed.latest, "update_id": number})

    async def _add_fault(self, request: Request) -> Response:
        fields = await fields_of(request)
        if fields.get("kind") not in KINDS:
            raise Impossible(f"“kind” must be one of {', '.join(KINDS)}.")
        try:
            self.faults.add(Converter(forbid_extra_keys=True).structure(fields, Fault))
        except BaseValidationError as error:
            raise Impossible(f"That is no fault: {error.exceptions[0]}") from None
        return await self._list_faults(request)

    async def _list_faults(self, _: Request) -> Response:
        faults = [{name: str(value) for name, value in asdict(fault).items()} for fault in self.faults.active()]
        return answer(faults)

    async def _clear_faults(self, request: Request) -> Response:
        self.faults.clear(request.query_params.get("provider"))
        return await self._list_faults(request)


def legible(data: Json) -> str:
    """All that a person can read in a message or an answer: text, caption, labels, file name."""
    if not isinstance(data, Mapping):
        return ""
    said = [data.get("text"), data.get("caption"), _named(data.get("document")), *_labels(data.get("reply_markup"))]
    return "\n".join(str(part) for part in said if part)


def _own(data: Json) -> bool:
    sender = data.get("from") if isinstance(data, Mapping) else None
    return isinstance(sender, Mapping) and not sender["is_bot"]


def _named(document: Json) -> Json:
    return document.get("file_name") if isinstance(document, Mapping) else None


def _labels(markup: Json) -> list[Json]:
    rows = markup.get("inline_keyboard") if isinstance(markup, Mapping) else None
    if not isinstance(rows, list):
        return []
    return [button["text"] for row in rows for button in row]


def _reply_to(fields: Object) -> int:
    """The message that is replied to; 0 for none. Raises Impossible."""
    number = fields.get("reply_to", 0)
    if not isinstance(number, int):
        raise Impossible("“reply_to” must be a number.")
    return number


def _who(request: Request) -> int:
    return int(request.path_params["id"])


def _happened(event: int) -> Response:
    return answer({"event": event})
