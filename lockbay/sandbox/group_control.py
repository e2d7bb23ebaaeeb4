"""The people's side of groups over HTTP: what the chat page and the tests drive them with, as control.py does."""

from __future__ import annotations

from collections.abc import Mapping

import trio
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.commands import Commands
from lockbay.sandbox.control import LONGEST_WAIT, Handler, fields_of, legible, safely, text_of
from lockbay.sandbox.feed import Event, Feed
from lockbay.sandbox.group_acts import GroupActs
from lockbay.sandbox.groups import Group
from lockbay.sandbox.wire import Object, answer


@frozen
class GroupControl:
    """The routes below /api/groups. A group's id is negative, as in the Bot API."""

    acts: GroupActs
    feed: Feed = field(repr=False)
    commands: Commands = field(repr=False)

    def routes(self) -> list[BaseRoute]:
        group = "/api/groups/{id}"
        post: Mapping[str, Handler] = {
            "/api/groups": self._make,
            f"{group}/bot": self._change_bot,
            f"{group}/people": self._change,
            f"{group}/say": self._say,
            f"{group}/upgrade": self._upgrade,
        }
        get: Mapping[str, Handler] = {"/api/groups": self._list, f"{group}/wait": self._wait}
        routes: list[BaseRoute] = [Route(path, safely(handler), methods=["POST"]) for path, handler in post.items()]
        return [*routes, *(Route(path, safely(handler), methods=["GET"]) for path, handler in get.items())]

    async def _list(self, _: Request) -> Response:
        groups = [self._described(group) for group in self.acts.chats.groups.all()]
        return answer({"event": self.feed.latest, "groups": groups})

    def _described(self, group: Group) -> Object:
        chats = self.acts.chats
        messages = [chats.json(message) for message in chats.messages(group.id)]
        return {**group.as_json(), "messages": messages, "commands": self.commands.shown_in(group.id, "en")}

    async def _make(self, request: Request) -> Response:
        """{"title", "person"}: whose group it is."""
        fields = await fields_of(request)
        group = self.acts.make(text_of(fields, "title"), _person(fields))
        return answer({"event": self.feed.latest, **group.as_json()})

    async def _change_bot(self, request: Request) -> Response:
        """{"person": who does it, "status": what the bot becomes}"""
        fields = await fields_of(request)
        return answer({"event": self.acts.change_bot(_which(request), _person(fields), text_of(fields, "status"))})

    async def _change(self, request: Request) -> Response:
        fields = await fields_of(request)
        return answer({"event": self.acts.change(_which(request), _person(fields), text_of(fields, "status"))})

    async def _say(self, request: Request) -> Response:
        """{"person", "text"}; "anonymous": in the group's name."""
        fields = await fields_of(request)
        who, text, anonymous = _person(fields), text_of(fields, "text"), fields.get("anonymous") is True
        return answer({"event": self.acts.say(_which(request), who, text, anonymous=anonymous)})

    async def _upgrade(self, request: Request) -> Response:
        group = self.acts.upgrade(_which(request), _person(await fields_of(request)))
        return answer({"event": self.feed.latest, **group.as_json()})

    async def _wait(self, request: Request) -> Response:
        """The first message of the bot after `after` with `match` in it; 408 after `timeout`."""
        query, number = request.query_params, _which(request)
        match = query.get("match", "").casefold()

        def pick(event: Event) -> Event | None:
            is_message = event.person == number and event.kind in ("message", "edited")
            sender = event.data.get("from") if is_message and isinstance(event.data, Mapping) else None
            is_bots = isinstance(sender, Mapping) and sender["is_bot"]
            return event if is_bots and match in legible(event.data).casefold() else None

        with trio.move_on_after(min(float(query.get("timeout", "10")), LONGEST_WAIT)):
            return answer((await self.feed.first(int(query.get("after", "0")), pick)).as_json())
        return answer({"error": f"Nothing with “{match}” came."}, 408)


def _which(request: Request) -> int:
    return int(str(request.path_params["id"]))


def _person(fields: Object) -> int:
    number = fields.get("person")
    if not isinstance(number, int):
        raise Impossible("“person” must be a number.")
    return number
