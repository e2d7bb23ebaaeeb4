"""How the sentences of refusals are made: of a message and the refusal's details, in the person's words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.text import lines
from lockbay.postgres.queries import Refused

Details: TypeAlias = Mapping[str, str]
Say: TypeAlias = Callable[[Words, Details], Markup]
Sentence: TypeAlias = str | Say  # a message in which details stand as they are, or what makes more of them

POSSIBLE: Final = "From {time} on it would be possible."


def said(
    words: Words, refused: Refused, sentences: Mapping[str, Sentence], general: str, *, currency: str | None = None
) -> Markup:
    """What to say; `general` for a reason without a sentence. `currency` is that of the amounts, unless details say."""
    sentence = sentences.get(refused.reason, general)
    details = refused.details if currency is None else {"currency": currency, **refused.details}
    try:
        return words(sentence, **details) if isinstance(sentence, str) else sentence(words, details)
    except (KeyError, ValueError, ArithmeticError):  # details of another version: the sentence is all that suffers
        return words(general)


def amounts(message: str, *names: str) -> Say:
    """Those details are amounts of the currency."""

    def say(words: Words, details: Details) -> Markup:
        told = {name: words.amount(Decimal(details[name]), details["currency"]) for name in names}
        return words(message, **told)

    return say


def time_from(words: Words, details: Details, name: str) -> str:
    """That detail is when it becomes possible."""
    return words.time_from(datetime.fromisoformat(details[name]))


def until(sentence: Sentence, when: str) -> Say:
    """With from when on it would be possible, where a detail tells that."""

    def say(words: Words, details: Details) -> Markup:
        why = words(sentence, **details) if isinstance(sentence, str) else sentence(words, details)
        return lines(why, words(when, time=time_from(words, details, "until")) if "until" in details else None)

    return say


def usd(message: str, *names: str) -> Say:
    """Those details are dollars."""
    return lambda words, details: words(message, **{name: words.usd(Decimal(details[name])) for name in names})
