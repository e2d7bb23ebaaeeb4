"""What Telegram's refusals mean for the caller: one class for each thing to do next.

TelegramError
├── TooManyRequests   wait exactly `retry_after` seconds, then repeat
├── Unreachable       this person cannot be written to; do not repeat
├── ChatMigrated      repeat with `new_id`
├── NotModified       an edit that changes nothing: a success
├── MessageGone       the message cannot be edited or deleted: send a new one
├── QueryTooOld       a button press that can no longer be answered: ignore
├── Conflict          somebody else polls, or a webhook is set
├── NotAllowed        the group lets the bot read and not write (also a BadRequest): repeat much later
├── Unauthorized      the bot token is not (or no longer) good
└── BadRequest        a mistake of ours; repeating it is no use
TelegramUnavailable
├── AnswerLost        sent, but no usable answer came: it may have happened (also an OutcomeUnknown)
└── ChatHeld          Telegram takes nothing for this chat for so many seconds

Codes and texts: tdlib/telegram-bot-api, Query.h and Client.cpp (docs/apis.md §1.3). Texts are matched as
lower-case substrings.
"""

from __future__ import annotations

from typing import Final

from lockbay.errors import OutcomeUnknown, TelegramError, TelegramUnavailable

GATEWAY_TIMEOUT: Final = 504
DEFAULT_RETRY_AFTER: Final = 5  # what the server itself says when it drops a request (Client.cpp)
LONGEST_RETRY_AFTER: Final = 7 * 86400.0  # s; no clock reaches as far as what is no time at all


class Refusal(TelegramError):
    """Telegram refused a call."""

    def __init__(self, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.description = description
        self.code = code


class TooManyRequests(Refusal):
    """429: nothing more for `retry_after` seconds."""

    def __init__(self, description: str, retry_after: float) -> None:
        super().__init__(description, 429)
        self.retry_after = retry_after


class ChatMigrated(Refusal):
    """The group became a supergroup with another id."""

    def __init__(self, description: str, new_id: int) -> None:
        super().__init__(description)
        self.new_id = new_id


class Unreachable(Refusal):
    """Blocked, deactivated, kicked, or never started the bot."""


class NotModified(Refusal):
    """The message already looks like this."""


class MessageGone(Refusal):
    """The message cannot be edited or deleted any more."""


class QueryTooOld(Refusal):
    """The button press was answered already, or too long ago."""


class Conflict(Refusal):
    """Another poller, or a webhook, takes the updates."""


class Unauthorized(Refusal):
    """The bot token is not accepted."""


class BadRequest(Refusal):
    """Telegram cannot use this call."""


class NotAllowed(BadRequest):
    """The bot is in the group, and may not write there, for now or for good."""


class AnswerLost(TelegramUnavailable, OutcomeUnknown):
    """The call was sent, but no usable answer came back; it may or may not have happened."""


class ChatHeld(TelegramUnavailable):
    """Nothing was sent: Telegram wants this chat to be left alone for so many `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram takes nothing for this chat for {seconds:.0f} s")
        self.seconds = seconds


_BY_TEXT: Final[tuple[tuple[str, type[Refusal]], ...]] = (
    ("message is not modified", NotModified),
    ("message to edit not found", MessageGone),
    ("message can't be edited", MessageGone),
    ("message to delete not found", MessageGone),
    ("message can't be deleted", MessageGone),
    ("message identifier is not specified", MessageGone),
    ("message_id_invalid", MessageGone),
    ("there is no text in the message to edit", MessageGone),
    ("there is no caption in the message to edit", MessageGone),
    ("query is too old", QueryTooOld),
    ("query_id_invalid", QueryTooOld),
    ("chat not found", Unreachable),
    ("user not found", Unreachable),
    ("peer_id_invalid", Unreachable),
    ("user is deactivated", Unreachable),
    ("not enough rights to send", NotAllowed),
    ("have no rights to send", NotAllowed),
    ("need administrator rights", NotAllowed),
    ("chat_write_forbidden", NotAllowed),
    ("chat_restricted", NotAllowed),
    ("topic_closed", NotAllowed),
)


def refusal(
    code: int, description: str, retry_after: float | None, new_id: int | None
) -> Refusal | TelegramUnavailable:
    """The exception for an answer with ok=false. 5xx means that Telegram is away, not that it refuses; a 504 that it
    was asked, by a gateway that waited no longer.
    """
    if code >= 500:
        return (AnswerLost if code == GATEWAY_TIMEOUT else TelegramUnavailable)(f"{code} {description}")
    if code == 429:
        wait = retry_after if retry_after and retry_after > 0 else DEFAULT_RETRY_AFTER
        return TooManyRequests(description, min(wait, LONGEST_RETRY_AFTER))
    if new_id is not None:
        return ChatMigrated(description, new_id)
    return _kind(code, description.lower())(description, code)


def _kind(code: int, text: str) -> type[Refusal]:
    if code == 401 or (code == 404 and "method not found" not in text):
        return Unauthorized
    if code == 403:
        return Unreachable
    if code == 409:
        return Conflict
    return next((kind for words, kind in _BY_TEXT if words in text), BadRequest)
