"""JSON as it travels, and the refusals of the local servers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias, cast

import httpx
import orjson
from starlette.responses import Response

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | orjson.Fragment | None"
Object: TypeAlias = Mapping[str, Json]
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


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


def parse_exactly(body: bytes) -> Mapping[str, object]:
    """An object whose numbers are Decimals. Raises NotJson."""
    try:
        parsed: object = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from None
    if not isinstance(parsed, dict):
        raise NotJson("object expected")
    return cast("Mapping[str, object]", parsed)


def number(value: Decimal) -> orjson.Fragment:
    """As JSON.stringify writes it: no zeros behind, an exponent for what is very small. The digits stay exact."""
    if value and abs(value) < Decimal("1e-6"):
        digits, exponent = f"{value.normalize():e}".split("e")
        return orjson.Fragment(f"{digits}e{int(exponent)}")
    text = f"{value:f}"
    return orjson.Fragment(text.rstrip("0").rstrip(".") if "." in text else text)


def loopback_problem(url: str) -> str:
    """Why the sandbox does not call that URL; empty when it does."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return "URL not valid"
    if parts.scheme not in ("http", "https") or not parts.host or not 0 < (parts.port or 80) < 1 << 16:
        return "URL not valid"
    return "" if parts.host in LOOPBACK else "The sandbox calls nobody but this machine"


def present(**fields: Json) -> dict[str, Json]:
    """The fields that have something to say: None, False and empty ones are left out, as Telegram does."""
    return {name: value for name, value in fields.items() if value or (value == 0 and value is not False)}


def answer(body: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, dict(headers or {}), media_type="application/json")
