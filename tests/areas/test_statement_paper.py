"""A statement on paper: as a PDF, with the letters of everybody's name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.areas.history.paper import Paper, as_pdf
from lockbay.areas.history.records import Movement, Ordered, Span
from lockbay.areas.history.statement import Holder, Statement, statement
from lockbay.areas.period import Period
from tests.areas.histories import ENGLISH
from tests.clock import START


def long_one(number: int, amount: str = "1") -> Statement:
    moved = tuple(
        Movement(place, START, "deposit", "available", "NGN", Decimal(amount), Decimal(amount) * place, None, None, "t")
        for place in range(1, number + 1)
    )
    span = Span("available", "NGN", 1, number, Decimal(0), Decimal(amount) * number)
    ordered = Ordered("2026-11-01/2026-11-22", "all", True, (span,))
    return statement(ENGLISH, Holder("Olúfẹ́mi ₦ Żółć Ελένη Анна <b>& (@olu)", 1003), ordered, START, moved)


def test_a_statement_becomes_a_pdf() -> None:
    short, longer = as_pdf(ENGLISH, long_one(3)), as_pdf(ENGLISH, long_one(300))
    assert short.startswith(b"%PDF-1.")
    assert short.rstrip().endswith(b"%%EOF")
    assert short.count(b"/Type /Page\n") == 1
    assert longer.count(b"/Type /Page\n") > 4


def test_the_longest_amounts_fit_the_paper() -> None:
    assert as_pdf(ENGLISH, long_one(2, "999999999999999.99")).startswith(b"%PDF")


def test_the_font_has_naira_and_the_letters_of_names() -> None:
    paper = Paper(ENGLISH)
    glyphs = paper.fonts["dejavu"].cmap  # type: ignore[union-attr]
    assert {letter for letter in "₦−·…–@ŁżọẹṣńŞğçéАнЕλאب" if ord(letter) not in glyphs} == set()


def test_a_period_says_what_it_is() -> None:
    assert Period.of("/").said(ENGLISH) == "Everything"
    assert Period.of("2026-11-01/").said(ENGLISH) == "from 1 Nov 2026"
    assert Period.of("/2026-11-30").said(ENGLISH) == "until 30 Nov 2026"
    with pytest.raises(ValueError, match="1999"):
        Period.of("1999-12-31/")
