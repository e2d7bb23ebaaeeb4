"""The boundary to the database: the one place where untyped values come in (`Any` is allowed here only).

Rows and JSON become attrs records. Nothing is coerced in silence: a float is never money, a text is never a number,
a time without zone is refused. Money in JSON is text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
import orjson
from cattrs.errors import CattrsError

T = TypeVar("T")


class Misfit(Exception):
    """A value from the database is not what was declared."""


def exact(kind: type[T]) -> Callable[[Any, Any], T]:
    def structure(value: Any, wanted: Any) -> T:
        if type(value) is not kind:
            raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
        made: T = value if wanted is kind else wanted(value)  # cattrs asks here for subclasses, too: a StrEnum
        return made

    return structure


def to_decimal(value: Any, _: Any) -> Decimal:
    """Exact: from Decimal, text or int. A float is refused, and so is what is not a finite number."""
    if type(value) is Decimal:
        number = value
    elif type(value) in (str, int):
        number = Decimal(value)
    else:
        raise TypeError(f"an exact amount expected, not {type(value).__name__}")
    if not number.is_finite():
        raise ValueError(f"a finite amount expected, not {number}")
    return number


def to_datetime(value: Any, _: Any) -> datetime:
    """Aware and in UTC, from datetime or ISO text."""
    moment = datetime.fromisoformat(value) if type(value) is str else value
    if type(moment) is not datetime or moment.tzinfo is None:
        raise TypeError("an aware time expected")
    return moment.astimezone(UTC)


def to_timedelta(value: Any, _: Any) -> timedelta:
    """From an interval, or from seconds in JSON."""
    if type(value) is int:
        return timedelta(seconds=value)
    return exact(timedelta)(value, timedelta)


def to_date(value: Any, _: Any) -> date:
    return date.fromisoformat(value) if type(value) is str else exact(date)(value, date)


HOOKS: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    **{kind: exact(kind) for kind in (int, str, bool, bytes)},
    Decimal: to_decimal,
    datetime: to_datetime,
    date: to_date,
    timedelta: to_timedelta,
}


def make_converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)
    for kind, hook in HOOKS.items():
        converter.register_structure_hook(kind, hook)
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    converter.register_structure_hook_factory(is_sequence, partial(sequence_hook, converter))
    converter.register_structure_hook_factory(is_optional, partial(optional_hook, converter))
    return converter


def is_sequence(kind: Any) -> bool:
    """tuple[X, ...]"""
    return get_origin(kind) is tuple and get_args(kind)[1:] == (...,)


def is_optional(kind: Any) -> bool:
    """X | None"""
    return get_origin(kind) in (Union, UnionType) and len(get_args(kind)) == 2 and NoneType in get_args(kind)


def sequence_hook(converter: cattrs.Converter, kind: Any) -> Callable[[Any, Any], Any]:
    """cattrs' own asks for each value what this asks once."""
    item = get_args(kind)[0]
    hook = converter.get_structure_hook(item)
    return lambda values, _: tuple([hook(value, item) for value in values])


def optional_hook(converter: cattrs.Converter, kind: Any) -> Callable[[Any, Any], Any]:
    """Likewise."""
    [item] = (each for each in get_args(kind) if each is not NoneType)
    hook = converter.get_structure_hook(item)
    return lambda value, _: None if value is None else hook(value, item)


CONVERTER = make_converter()


def structurer(kind: Any) -> Callable[[object], Any]:
    """A function that makes a `kind` of a row or of parsed JSON. It raises Misfit when the value does not fit."""
    hook = CONVERTER.get_structure_hook(kind)

    def structure(value: object) -> Any:
        try:
            return hook(value, kind)
        except (CattrsError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as error:
            raise Misfit(str(error)) from error

    return structure


def parse_json(text: str) -> Any:
    return orjson.loads(text)


def write_json(value: Any) -> str:
    """A jsonb parameter: records as objects, Decimal as text, times as ISO text. A float is refused."""
    return orjson.dumps(plain(value)).decode()


def plain(value: Any) -> Any:
    """A value as the canonical JSON has it: equal questions give equal text."""
    if value is None or type(value) in (str, int, bool):
        return value
    if attrs.has(type(value)):
        return {name: plain(getattr(value, name)) for name in field_names(type(value))}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return plain_scalar(value)


def plain_scalar(value: Any) -> Any:
    if isinstance(value, Decimal):
        return canonical_decimal(value)
    if isinstance(value, datetime):
        return to_datetime(value, datetime).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return {"microseconds": value // timedelta(microseconds=1)}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be a parameter")


def canonical_decimal(value: Decimal) -> str:
    """One text for each number: 1.50 and 1.5 are the same money. Exact: normalize() would round to 28 digits."""
    if not value.is_finite():
        raise ValueError(f"a finite amount expected, not {value}")
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def field_names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(kind) if each.init)


def request_hash(file: str, question: object) -> str:
    """What makes two requests the same: sha256, in hex, of the canonical JSON of the file and the fields."""
    canonical = orjson.dumps([file, plain(question)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()
