"""The buttons that lead out of a screen. No final screen is a dead end."""

from __future__ import annotations

from lockbay.actors.screen import Link, Row
from lockbay.actors.words import Words


def menu(words: Words) -> Link:
    """To the menu."""
    return Link(words.label("Menu"), "menu")


def back(words: Words, flow: str, *args: str) -> Link:
    """To where the person came from."""
    return Link(words.label("Back"), flow, args)


def way_out(words: Words, flow: str, *args: str) -> Row:
    """The last row: Back, Menu."""
    return (back(words, flow, *args), menu(words))
