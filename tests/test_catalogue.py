"""The catalogues: whatever LockBay says can be said in another language, and is said with the same names and tags."""

from __future__ import annotations

import ast
import re
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from lockbay.actors.words import languages, words

SCRIPT = Path(__file__).parent.parent / "scripts" / "catalogue.py"
MARKS = re.compile(r"\{\w*\}|</?\w+[^>]*>")


def load() -> ModuleType:
    spec = spec_from_file_location("catalogue", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


catalogue = load()


def extracted(source: str) -> set[object]:
    tree = ast.parse(source)
    return {message for message, _ in (*catalogue._called(tree), *catalogue._listed(tree))}


def test_every_message_of_the_sources_is_in_the_template_and_every_mo_is_of_its_po() -> None:
    """`python scripts/catalogue.py` mends it."""
    assert catalogue.problems() == []


@pytest.mark.parametrize("language", catalogue.languages())
def test_a_compiled_catalogue_is_the_same_in_the_next_minute(language: str) -> None:
    assert f"POT-Creation-Date: {catalogue.ALWAYS:%Y-%m-%d %H:%M}".encode() in catalogue.compiled(language)


def test_messages_are_found_wherever_they_are_said() -> None:
    assert extracted('words("One {x}", x=1)') == {"One {x}"}
    assert extracted('chat.words.label("Two")') == {"Two"}
    assert extracted('person.words.count("{n} bird", "{n} birds", 3)') == {("{n} bird", "{n} birds")}
    assert extracted('words.some("{n} bird", "{n} birds", 0)') == {("{n} bird", "{n} birds")}
    assert extracted('raise Invalid("Three {n}", n=3)') == {"Three {n}"}
    assert extracted('words("In " "parts")') == {"In parts"}


def test_a_word_is_found_with_what_it_is_said_of() -> None:
    """And each is translated by itself: of a trade it is refusée, of a cash-out refusé."""
    assert extracted('words.state("cash-out", "declined")') == {"cash-out\x04declined"}
    assert words("fr", "UTC").state("cash-out", "declined") == "refusé"
    assert words("fr", "UTC").label("declined") == "refusée"
    assert words("en", "UTC").state("cash-out", "declined") == "declined"


def test_tables_of_sentences_are_found() -> None:
    assert extracted('SENTENCES = {"too_many": usd("There are too many.")}') == {"There are too many."}
    assert extracted('TITLES: Final = {"done": "✅ <b>{slug} is done</b>"}') == {"✅ <b>{slug} is done</b>"}
    assert extracted('CODE = re.compile("[a-z] or [0-9]")') == set()
    assert extracted('file: ClassVar[str] = "trades/pay"') == set()


def test_what_is_put_together_is_found_out() -> None:
    tree = ast.parse('words(f"{n} birds")\nwords.label("a" + b)\nwords("fine {n}", n=n)')
    assert list(catalogue.made_up(tree)) == [1, 2]


def test_what_is_no_message_is_not_found() -> None:
    assert extracted('typed.count(".")') == set()
    assert extracted('words(language, "UTC")') == set()


@pytest.mark.parametrize("language", catalogue.languages())
def test_a_translation_has_the_names_and_tags_of_its_message(language: str) -> None:
    wrong = [
        message.id for message in _translated(catalogue.read(catalogue.po(language), language)) if _differs(message)
    ]
    assert wrong == []


def _translated(said: Catalog) -> list[Message]:
    return [message for message in said if message.id and message.string and not message.fuzzy]


def _differs(message: Message) -> bool:
    if isinstance(message.id, str):
        return _marks(message.id) != _marks(str(message.string))
    allowed = [_marks(each) for each in message.id]
    return any(each and _marks(each) not in allowed for each in message.string)


def _marks(text: str) -> Counter[str]:
    return Counter(MARKS.findall(text))


def test_english_is_spoken_and_each_language_that_is_listed_can_be() -> None:
    assert languages()[0] == "en"
    for language in languages():
        assert words(language, "UTC").locale.language == language.partition("-")[0]


def test_no_sentence_has_a_percent_sign_of_its_own() -> None:
    """Where it stands is a matter of how numbers are written: Words.percent."""
    signed = [
        message.id
        for message in catalogue.read(catalogue.TEMPLATE)
        if "}%" in (said := str(message.id)) or "} %" in said
    ]
    assert signed == []
