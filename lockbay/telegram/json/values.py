"""What occurs in many places of updates and answers. Each raises LookupError, TypeError or ValueError."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from lockbay.actors.update import Sender

Json: TypeAlias = dict[str, Any]

LARGEST_ID: Final = 2**63 - 1  # PostgreSQL's bigint
END_OF_TIME: Final = 2**32  # s since 1970
AT_SIGN: Final = re.compile("[@\uff20\ufe6b]")  # also the wide and the small one
NO_AT_SIGNS: Final = {ord(sign): None for sign in "@\uff20\ufe6b"}
COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


def number(value: Any) -> int:
    """An id, or another number of at most 64 bits."""
    if type(value) is not int or not -LARGEST_ID <= value <= LARGEST_ID:
        raise ValueError(f"{value!r} is not an id")
    return value


def group_id(value: Any) -> int:
    """Those of groups are below zero."""
    if (found := number(value)) >= 0:
        raise ValueError(f"{found} is not the id of a group")
    return found


def second(subject: Json) -> int:
    """Unix time has 32 bits in the Bot API; a year beyond 9999 is none of Python's."""
    seconds = number(subject["date"])
    if not 0 <= seconds < END_OF_TIME:
        raise ValueError(f"{seconds} is not a time")
    return seconds


def text(value: Any) -> str:
    """PostgreSQL stores no NUL in a text; nobody types one by accident."""
    if type(value) is not str:
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value.replace("\0", "") if "\0" in value else value


def optional_text(value: Any) -> str | None:
    return None if value is None else text(value)


def first_name(given: str) -> str:
    """People choose it, and are shown by it: behind an @ it would be somebody's username."""
    return given.translate(NO_AT_SIGNS).strip() or "?" if AT_SIGN.search(given) else given


def sender(user: Json) -> Sender:
    return Sender(
        number(user["id"]),
        first_name(text(user["first_name"])),
        optional_text(user.get("username")),
        optional_text(user.get("language_code")) or "en",
    )


def largest(photo: Any) -> str | None:
    return text(photo[-1]["file_id"]) if photo else None
