"""What the screens of disputes have in common."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

BLANK: Final = Markup("")


def fact(label: str, value: object) -> Markup:
    """Amount: 100 USDT"""
    return Markup("{}: <b>{}</b>").format(label, value)
