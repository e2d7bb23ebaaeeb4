"""JSON as it travels, and the refusals of the local servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import orjson
from starlette.responses import Response

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | orjson.Fragment | None"
Object: TypeAlias = Mapping[str, Json]


class NotJson(ValueError):
    """These bytes are not JSON of the wanted shape."""


def parse(body: bytes | str) -> Json:
    """Raises NotJson."""
    try:
        parsed: Json = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotJson(str(error)) from None
    return parsed


def parse_object(body: bytes | str) -> Object:
    """Raises NotJson also for anything that is not an object. An empty body is an empty object."""
    parsed = parse(body) if body else {}
    if not isinstance(parsed, Mapping):
        raise NotJson("object expected")
    return parsed


def present(**fields: Json) -> dict[str, Json]:
    """The fields that have something to say: None, False and empty ones are left out, as Telegram does."""
    return {name: value for name, value in fields.items() if value or (value == 0 and value is not False)}


def answer(body: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, dict(headers or {}), media_type="application/json")
