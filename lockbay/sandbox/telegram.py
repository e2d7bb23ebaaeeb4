"""The local Telegram's Bot API over HTTP: /bot<token>/[test/]METHOD and /file/bot<token>/<path>."""

from __future__ import annotations

from typing import Final

import orjson
import trio
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lockbay.sandbox.faults import Fault, Faults
from lockbay.sandbox.files import Files
from lockbay.sandbox.http import Connections, gone
from lockbay.sandbox.methods import Done, Methods
from lockbay.sandbox.params import Params, read_params
from lockbay.sandbox.refusal import Refusal
from lockbay.sandbox.updates import Ask, Updates
from lockbay.sandbox.wire import Object, answer, present

BAD_GATEWAY: Final = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n"


@frozen
class BotApi:
    """Answers the bot's calls."""

    methods: Methods
    updates: Updates
    files: Files = field(repr=False)
    faults: Faults
    connections: Connections

    def routes(self) -> list[Route]:
        return [
            Route("/bot{rest:path}", self._bot, methods=["GET", "POST"]),
            Route("/file/bot{rest:path}", self._file),
        ]

    async def _bot(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except Refusal as refusal:
            return _refused(refusal)

    async def _answer(self, request: Request) -> Response:
        name = self._method(str(request.path_params["rest"]))
        params = await read_params(request)
        name = name or params.text("method").lower()
        struck = self.faults.strike(name, params.integer("chat_id") or None)
        for fault in struck:
            if early := await self._before(fault, request):
                return early
        response = await self._call(name, params, request)
        for fault in struck:
            response = await self._after(fault, request, response)
        return response

    def _method(self, rest: str) -> str:
        token, slash, name = rest.partition("/")
        if not slash:
            raise Refusal(404, "Not Found")
        if ":" not in token or token.startswith("0") or len(token) > 80:
            raise Refusal(401, "Unauthorized: invalid token specified")
        if token != self.methods.chats.bot.token:
            raise Refusal(401, "Unauthorized")
        return name.removeprefix("test/").strip("/").lower()

    async def _call(self, name: str, params: Params, request: Request) -> Response:
        if name == "getupdates":
            return await self._get_updates(params, request)
        try:
            return _done(self.methods.call(name, params))
        except Refusal as refusal:
            return _refused(refusal)

    async def _get_updates(self, params: Params, request: Request) -> Response:
        """A bot that hangs up leaves the queue as it was."""
        self.updates.allow(params.json("allowed_updates", "can't parse allowed_updates JSON object"))
        response = Response(status_code=499)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel_when_gone, request, nursery.cancel_scope)
            try:
                found = await self.updates.take(Ask.of(params))
                response = Response(f'{{"ok":true,"result":{found}}}', media_type="application/json")
            except Refusal as refusal:
                response = _refused(refusal)
            nursery.cancel_scope.cancel()
        return response

    async def _before(self, fault: Fault, request: Request) -> Response | None:
        match fault.kind:
            case "latency":
                await trio.sleep(fault.seconds)
            case "flood" | "refuse":
                return _refused(self.faults.refusal(fault))
            case "server_error" if fault.status == 502:
                return Response(BAD_GATEWAY, 502, media_type="text/html")
            case "server_error":
                return _refused(Refusal(fault.status, "Internal Server Error"))
            case "reset_before":
                await self.connections.reset(request)
                return Response()
        return None

    async def _after(self, fault: Fault, request: Request, response: Response) -> Response:
        if fault.kind == "reset_after":
            await self.connections.reset(request)
        if fault.kind == "malformed":
            return Response(bytes(response.body)[:-7], media_type="application/json")
        return response

    async def _file(self, request: Request) -> Response:
        token, _, path = str(request.path_params["rest"]).partition("/")
        if token != self.methods.chats.bot.token:
            return _refused(Refusal(401, "Unauthorized"))
        found = self.files.content(path)
        if found is None:
            return _refused(Refusal(404, "Not Found"))
        content, attachment = found
        return Response(content, media_type=attachment.mime or "application/octet-stream")


async def _cancel_when_gone(request: Request, scope: trio.CancelScope) -> None:
    await gone(request)
    scope.cancel()


def _done(done: Done) -> Response:
    body: Object = {"ok": True, "result": done.result}
    return Response(orjson.dumps({**body, **present(description=done.description)}), media_type="application/json")


def _refused(refusal: Refusal) -> Response:
    return answer(refusal.as_json(), refusal.code, refusal.headers())
