"""How Telegram says no. Texts as in tdlib/telegram-bot-api (Client.cpp, HttpConnection.cpp) and tdlib/td."""

from __future__ import annotations

from typing import Final

from lockbay.sandbox.wire import Object

NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"


class Refusal(Exception):
    """An error answer of the Bot API: HTTP status, description with its prefix, parameters."""

    def __init__(self, code: int, description: str, parameters: Object | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def as_json(self) -> Object:
        body: Object = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body

    def headers(self) -> dict[str, str]:
        """A flood answer says it in a header, too."""
        after = (self.parameters or {}).get("retry_after")
        return {"Retry-After": str(after)} if after else {}


def bad_request(message: str) -> Refusal:
    """400. Telegram begins the message in lower case, unless it is a CONSTANT."""
    constant = message[1:2] == "_" or message[1:2].isupper()
    return Refusal(400, f"Bad Request: {message if constant else message[:1].lower() + message[1:]}")


def forbidden(message: str) -> Refusal:
    return Refusal(403, f"Forbidden: {message}")


def conflict(message: str) -> Refusal:
    return Refusal(409, f"Conflict: {message}")


def flooded(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
