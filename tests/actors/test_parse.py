"""How answers are understood, wherever they are given."""

from __future__ import annotations

import pytest

from lockbay.actors.parse import Late, Pressed, Reply, Said, button, identifier, this
from lockbay.actors.words import words
from lockbay.errors import Invalid, Outdated

ENGLISH = words("en", "UTC")


@pytest.mark.parametrize(("written", "number"), [("0", 0), ("17", 17), (str(2**63 - 1), 2**63 - 1)])
def test_a_rows_id_is_read_as_it_is_written(written: str, number: int) -> None:
    assert identifier(written) == number


@pytest.mark.parametrize("written", ["", "-1", "1.0", "x", "١", str(2**63), "0" * 19 + "7", "9" * 5000])
def test_what_no_button_of_ours_holds_is_no_rows_id(written: str) -> None:
    """Nor is what is too long: its beginning would be the id of another row."""
    with pytest.raises(Outdated):
        identifier(written)


def test_a_button_is_read_by_what_it_holds() -> None:
    parse = button(ENGLISH, {"half": 0, "whole": 1}.get)
    assert (parse(Pressed("half")), parse(Pressed("whole"))) == (0, 1)


@pytest.mark.parametrize("reply", [Pressed("quarter"), Pressed(""), Said("half"), Late()])
def test_anything_but_a_button_of_the_question_is_refused(reply: Reply) -> None:
    with pytest.raises(Invalid, match="press one of the buttons"):
        button(ENGLISH, {"half": 0, "whole": 1}.get)(reply)


@pytest.mark.parametrize("reply", [Pressed("0.00"), Pressed("0.010"), Said("0.01")])
def test_only_the_very_button_that_was_shown_confirms(reply: Reply) -> None:
    confirmed = this(ENGLISH, "0.01")
    assert confirmed(Pressed("0.01"))
    with pytest.raises(Invalid):
        confirmed(reply)
