"""How tests ask the sandbox: answers of the shape that is wanted, or an AssertionError that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import httpx

from lockbay.sandbox.wire import Json, Object, parse_object

PATIENCE: Final = 10.0  # seconds


class NotSeen(AssertionError):
    """What was waited for did not come."""


async def posted(client: httpx.AsyncClient, path: str, fields: Object) -> Object:
    """Raises AssertionError with the sandbox's sentence."""
    response = await client.post(path, json=fields)
    answer = parse_object(response.content)
    if response.is_error:
        raise AssertionError(answer.get("error"))
    return answer


def mapping(value: Json) -> Object:
    assert isinstance(value, Mapping)
    return value


def sequence(value: Json) -> Sequence[Json]:
    assert isinstance(value, list)
    return value


def integer(value: Json) -> int:
    assert isinstance(value, int)
    return value
