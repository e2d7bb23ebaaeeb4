"""Refusals about trades: each reason has its sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from lockbay.areas.trades.records import (
    State,
)
from lockbay.areas.trades.refusals import SENTENCES, sentence
from lockbay.postgres.queries import Refused
from tests.areas.drawing import EN
from tests.areas.people import BARRED

SQL = Path(__file__).parents[2] / "sql" / "trades"


def reasons() -> set[str]:
    """Every reason for which sql/trades refuses a person."""
    text = "\n".join(file.read_text() for file in SQL.glob("*.sql"))
    refused = set(re.findall(r"_refuse\(\s*p_request_key, (?:trade, )?'(\w+)'", text))
    bound = set(re.findall(r"RETURN '(\w+)'", text))
    guards = "".join((SQL / f"{name}.sql").read_text() for name in ("why_not", "standing", "limit"))
    assert "users_barred" in text
    return BARRED | refused | bound | set(re.findall(r"THEN '(\w+)'", guards)) - {"joined", "open", *get_args(State)}


def test_every_reason_of_a_refusal_has_a_sentence_and_no_sentence_is_idle() -> None:
    assert reasons() == SENTENCES.keys()


def test_an_unknown_reason_has_a_sentence_too() -> None:
    assert "no money moved" in sentence(EN, Refused("eclipse"))


@pytest.mark.parametrize("reason", sorted(SENTENCES))
def test_a_refusal_whose_details_are_missing_still_says_something(reason: str) -> None:
    assert len(sentence(EN, Refused(reason))) > 40
