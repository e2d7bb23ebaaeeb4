"""The buttons between the pages of a list. The last argument of its flow names a page; without it, it is the first."""

from __future__ import annotations

from lockbay.actors.screen import Link, Row
from lockbay.actors.words import Words


def newest(words: Words, flow: str, *args: str) -> Link:
    """To the first page."""
    return Link(words.label("⏮ Newest"), flow, args)


def older(words: Words, flow: str, *args: str) -> Link:
    """To the page after this."""
    return Link(words.label("Older ▶️"), flow, args)


def turning(words: Words, flow: str, *args: str, is_first: bool, next: int | None) -> Row:
    """To the newest and to what is older than this page, where there is such."""
    back = () if is_first else (newest(words, flow, *args),)
    on = () if next is None else (older(words, flow, *args, str(next)),)
    return (*back, *on)


def onward(words: Words, flow: str, *args: str, next: int | None) -> Row:
    """To the page after this, where there is one, of a list that is worked through."""
    return () if next is None else (Link(words.label("Next"), flow, (*args, str(next))),)
