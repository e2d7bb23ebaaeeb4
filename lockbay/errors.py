"""The whole error tree.

LockBayError
├── SettingsError          the operator must change a setting; exit code 2
├── Unavailable            something outside is away; nothing happened, trying again is right
│   ├── DatabaseUnavailable
│   │   ├── StatementTooSlow
│   │   └── WritesRefused
│   ├── TelegramUnavailable
│   └── ProviderUnavailable
├── OutcomeUnknown         a commit or a call was sent and no answer came; look the key up before anything else
├── KeyReused              the same idempotency key came with other content; nothing happened
├── Invalid                what a person entered cannot be used; the message is shown to them
│   └── Outdated           a button holds something that none of ours holds any more, or ever did
├── Unseen                 what a person asks to see is not there, or not for them
├── TimedOut               nobody answered a question within its time
├── Diverged               a journal and its conversation do not fit each other
├── SchemaMismatch         sql/ and the database, or sql/ and the code, do not fit each other
├── Superseded             another service has the tenure; this one must end
└── TelegramError          Telegram refused a call (see telegram.api for its children)
"""

from __future__ import annotations

from typing import Final, TypeVar

NOT_ACTIVE: Final = "This button is no longer active."
E = TypeVar("E", bound=BaseException)


class LockBayError(Exception):
    """Something went wrong in LockBay."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__ or type(self).__name__)


class SettingsError(LockBayError):
    """A setting is missing or cannot be used."""


class Unavailable(LockBayError):
    """Something outside LockBay is away for now."""


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""


class StatementTooSlow(DatabaseUnavailable):
    """PostgreSQL ended a statement that took too long: it is slow now, or too much was asked of it."""


class WritesRefused(DatabaseUnavailable):
    """PostgreSQL writes nothing for now: its disk is full, or it is a standby."""


class TelegramUnavailable(Unavailable):
    """Telegram does not answer."""


class ProviderUnavailable(Unavailable):
    """A payment provider does not answer."""


class OutcomeUnknown(LockBayError):
    """The request was sent, but no answer came back."""


class KeyReused(LockBayError):
    """This idempotency key belongs to another request."""


class Invalid(LockBayError):
    """What was entered cannot be used. The message is a text for the person who entered it: in their words already, or
    a message of the catalogue (plain text, not HTML) with {names} for the values.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values


class Outdated(Invalid):
    """A button holds something that none of ours holds any more, or ever did."""

    def __init__(self) -> None:
        super().__init__(NOT_ACTIVE)


class Unseen(LockBayError):
    """There is no such thing, or it is not for whoever asks."""


class TimedOut(LockBayError):
    """Nobody answered in time."""


class Diverged(LockBayError):
    """The journal does not fit the conversation any more."""


class SchemaMismatch(LockBayError):
    """The SQL files, the code and the database do not fit each other."""


class Superseded(LockBayError):
    """Another LockBay took over while the database was away, so this one has ended."""


class TelegramError(LockBayError):
    """Telegram refused a call."""


def leaves(group: BaseExceptionGroup[E]) -> list[E]:
    """The errors in a group of groups."""
    found: list[E] = []
    for error in group.exceptions:
        found += leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
