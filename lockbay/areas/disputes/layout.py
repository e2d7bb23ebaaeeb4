"""What the screens of disputes have in common."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words

BLANK: Final = Markup("")


def fact(words: Words, label: str, value: object) -> Markup:
    """Amount: 100 USDT"""
    return words("{label}: <b>{value}</b>", label=label, value=value)
