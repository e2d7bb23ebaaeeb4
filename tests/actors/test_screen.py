"""Screens as areas write them."""

from __future__ import annotations

from attrs import evolve
from markupsafe import Markup

from lockbay.actors.screen import Link, Screen


def test_an_empty_row_is_none() -> None:
    menu = (Link("Menu", "menu"),)
    screen = Screen(Markup("Wallet"), ((), menu, ()))
    assert screen.rows == (menu,)
    assert evolve(screen, rows=((), ())).rows == ()
