"""What Telegram would say to a screen."""

from __future__ import annotations

from lockbay.actors.screen import CALLBACK_BYTES, Answer, Copy, Link, Origin, Screen, encode_answer, encode_link
from lockbay.sandbox.html import parse_html

LONGEST = Origin(2**40, 199)  # update ids and questions are smaller


def sent(screen: Screen) -> str:
    """The text as a person sees it. Fails for a screen that Telegram would not take."""
    shown = parse_html(str(screen.text)).text.strip()
    has_file = screen.photo or screen.attachment or screen.document
    assert 0 < len(shown.encode("utf-16-le")) // 2 <= (1024 if has_file else 4096)
    for row in screen.rows:
        assert 1 <= len(row) <= 8
        for button in row:
            assert 0 < len(button.label) <= 64
            match button:
                case Answer(value=value):
                    assert len(encode_answer(LONGEST, value).encode()) <= CALLBACK_BYTES
                case Link(flow=flow, args=args):
                    assert len(encode_link(flow, args).encode()) <= CALLBACK_BYTES
                case Copy(text=text):
                    assert 1 <= len(text) <= 256
    return shown


def labels(screen: Screen) -> list[str]:
    """The buttons, row by row."""
    return [button.label for row in screen.rows for button in row]


def leads_to(screen: Screen) -> set[str]:
    """The flows behind its buttons."""
    return {button.flow for row in screen.rows for button in row if isinstance(button, Link)}
