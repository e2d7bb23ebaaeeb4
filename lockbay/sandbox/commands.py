"""The bot's command menu, by scope and language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from lockbay.sandbox.journal import Journal
from lockbay.sandbox.params import Params
from lockbay.sandbox.refusal import Refusal, bad_request
from lockbay.sandbox.wire import Json, Object

MOST: Final = 100
SCOPES: Final = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES: Final = ("chat", "chat_administrators", "chat_member")


@frozen
class Command:
    """/command and what the menu says of it."""

    command: str
    description: str

    def as_json(self) -> Object:
        return {"command": self.command, "description": self.description}


class Commands:
    """What setMyCommands has set. Survives restarts."""

    def __init__(self, journal: Journal) -> None:
        self._table = journal.table("commands", list[Command])

    def set(self, params: Params) -> None:
        """An empty list deletes. Raises Refusal."""
        commands = _parse(params.json("commands", "can't parse commands JSON object"))
        key = _key(params)
        if commands:
            self._table.put(key, commands)
        else:
            self._table.drop(key)

    def get(self, params: Params) -> Json:
        """Of exactly that scope and language, as Telegram does. Raises Refusal."""
        return [command.as_json() for command in self._table.get(_key(params)) or []]

    def shown_to(self, person: int, language: str) -> Json:
        """The menu of a private chat: the narrowest scope that has one."""
        return self._first((f"chat {person}", "all_private_chats", "default"), language)

    def shown_in(self, group: int, language: str) -> Json:
        """The menu of a group, for those who run it."""
        scopes = (
            f"chat_administrators {group}",
            f"chat {group}",
            "all_chat_administrators",
            "all_group_chats",
            "default",
        )
        return self._first(scopes, language)

    def _first(self, scopes: Iterable[str], language: str) -> Json:
        for scope in scopes:
            for code in (language, ""):
                if commands := self._table.get(f"{scope}|{code}"):
                    return [command.as_json() for command in commands]
        return []


def _key(params: Params) -> str:
    scope = params.json("scope", "can't parse BotCommandScope JSON object")
    return f"{_scope(scope)}|{params.text('language_code').lower()}"


def _scope(scope: Json) -> str:
    if scope is None:
        return "default"
    if not isinstance(scope, Mapping):
        raise _unparsed("BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind in CHAT_SCOPES:
        if not scope.get("chat_id"):
            raise _unparsed("Empty chat_id specified")
        return f"{kind} {scope['chat_id']}"
    if kind not in SCOPES:
        raise _unparsed("Unsupported type specified" if kind else 'Can\'t find field "type"')
    return str(kind)


def _parse(commands: Json) -> list[Command]:
    if commands is None:
        return []
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MOST:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in commands]


def _command(fields: Json) -> Command:
    if not isinstance(fields, Mapping):
        raise bad_request("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(fields.get(name), str):
            raise bad_request(f"can't parse BotCommand: Can't find field \"{name}\"")
    return _checked(str(fields["command"]).strip().removeprefix("/"), str(fields["description"]).strip())


def _checked(command: str, description: str) -> Command:
    if not command:
        raise bad_request("command must be non-empty")
    if len(command) > 32:
        raise bad_request("command length must not exceed 32")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > 256:
        raise bad_request("command description length must not exceed 256")
    if not all(c in "abcdefghijklmnopqrstuvwxyz0123456789_" for c in command):
        raise bad_request("BOT_COMMAND_INVALID")
    return Command(command, description)


def _unparsed(what: str) -> Refusal:
    return bad_request(f"can't parse BotCommandScope: {what}")
