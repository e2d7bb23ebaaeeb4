"""The screens of a trade's chat, pure: whatever people write and call themselves, they fit and lead on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from attrs import evolve

from lockbay.actors.screen import Attachment
from lockbay.actors.words import words
from lockbay.areas.messages import MessageKind, fitted, units
from lockbay.areas.trades import chat_screens
from lockbay.areas.trades.chat_news import NOTICES, MessageNews
from lockbay.areas.trades.chat_records import ChatPage, Message, Told
from lockbay.postgres.queries import Refused
from tests.areas.people import BARRED
from tests.areas.sendable import leads_to, sent
from tests.clock import START

EN = words("en", "UTC")
NAME = "<b>" + "😀" * 61
MOST = "&😀" * 500
MESSAGE = Message(2**31 - 1, False, "seller", NAME, "photo", "x", "file-id", START)
PAGE = ChatPage(2**62, "T-7K3Q9X", NAME, None, 0, 2**31 - 1, (MESSAGE,) * 10)
NEWS = MessageNews(2**62, "T-7K3Q9X", 2**31 - 1, "seller", NAME, "text", MOST, "")


@pytest.mark.parametrize("text", ["x", "&" * 300, "y" * 1000, MOST])
def test_a_page_with_the_longest_of_everything_fits_with_a_problem_on_top(text: str) -> None:
    page = evolve(PAGE, messages=tuple(evolve(MESSAGE, text=text) for _ in range(10)))
    screen = chat_screens.opened(EN, page, 0)
    for reason in chat_screens.REFUSALS:
        shown = screen.with_problem(chat_screens.refusal(EN, Refused(reason)))
        assert text in sent(shown)
    assert {"trade", "menu", "trade_chat"} <= leads_to(screen)


def test_what_does_not_fit_is_on_the_older_page() -> None:
    messages = tuple(evolve(MESSAGE, n=n, kind="text", text="z" * 1000) for n in range(1, 11))
    screen = chat_screens.opened(EN, evolve(PAGE, newest=10, messages=messages), 0)
    [[older]] = [row for row in screen.rows if "Older" in row[0].label]
    assert sent(screen).count("z" * 1000) == 2
    assert older.args == (str(2**62), "8")  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", get_args(MessageKind))
@pytest.mark.parametrize("text", ["", "short", MOST])
def test_a_notice_fits_and_carries_its_file(kind: MessageKind, text: str) -> None:
    file_id = "" if kind == "text" else "file-id"
    screen = NOTICES["chat_message"].draw(EN, evolve(NEWS, kind=kind, text=text, file_id=file_id))
    assert sent(screen).splitlines()[0] == "💬 Message in trade T-7K3Q9X"  # the subject of a mail
    assert (text in sent(screen)) == (kind == "text" or text != MOST)
    assert text[:500] in sent(screen)
    assert screen.attachment == (None if kind == "text" else Attachment(kind, "file-id"))
    assert leads_to(screen) == {"trade_chat", "trade", "menu"}


def test_a_file_fits_under_the_longest_caption() -> None:
    screen = chat_screens.file(EN, PAGE, evolve(MESSAGE, text=MOST))
    assert MOST[:400] in sent(screen)
    assert screen.attachment == Attachment("photo", "file-id")


def test_a_text_is_cut_between_characters() -> None:
    assert fitted("😀😀", 4) == "😀😀"
    assert fitted("😀😀", 3) == "😀…"
    assert units(fitted("a😀😀", 3)) <= 3


def test_nothing_written_yet_invites_to_write() -> None:
    screen = chat_screens.opened(EN, evolve(PAGE, other="Ben", newest=0, messages=()), 0)
    assert sent(screen).splitlines()[0] == "💬 Trade T-7K3Q9X: chat with Ben"
    assert "Write a message" in sent(screen)
    assert leads_to(screen) == {"trade", "menu"}


def test_a_name_cannot_break_out_of_what_is_sent() -> None:
    assert NAME in sent(chat_screens.told(EN, PAGE, Told(1, 2)))


def test_every_reason_of_a_refusal_has_a_sentence_and_no_sentence_is_idle() -> None:
    text = "\n".join(file.read_text() for file in (Path(__file__).parents[2] / "sql" / "chat").glob("*.sql"))
    why_not = (Path(__file__).parents[2] / "sql" / "chat" / "why_not.sql").read_text()
    reasons = set(re.findall(r"requests_refuse\(p_request_key, '(\w+)'", text)) | set(
        re.findall(r"THEN '(\w+)'", why_not)
    )
    assert "users_barred" in why_not
    assert reasons | BARRED == chat_screens.REFUSALS.keys()


def test_an_unknown_reason_has_a_sentence_too() -> None:
    assert "could not be sent" in chat_screens.refusal(EN, Refused("eclipse"))
