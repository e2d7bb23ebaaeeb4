"""Texts of others, such as an error's, made fit for a column."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 500  # characters


def storable(text: str) -> str:
    """What PostgreSQL takes as a text: no NUL, no lone surrogates, not too long."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST]
