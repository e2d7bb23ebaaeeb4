"""A page of a chat: the newest messages that fit, whatever chat it is."""

from __future__ import annotations

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.screen import Link
from lockbay.actors.words import words
from lockbay.areas.chat_page import FILES, below, fitting, paging, quotation
from lockbay.areas.messages import MessageKind

EN = words("en", "UTC")


@frozen
class Said:
    n: int
    text: str = "x" * 10
    kind: MessageKind = "text"


def shown(messages: list[Said], room: int) -> list[int]:
    return [each.n for each, _ in fitting(messages, lambda each: Markup("<b>{}</b>").format(each.text), room)]


def test_the_newest_that_fit_are_shown_in_their_order() -> None:
    assert shown([Said(n) for n in range(1, 9)], room=3 * 12) == [6, 7, 8]


def test_what_telegram_reads_is_counted_and_not_how_it_is_written() -> None:
    assert shown([Said(1, "&" * 10), Said(2, "😀" * 5)], room=2 * 12) == [1, 2]
    assert shown([Said(1, "&" * 10), Said(2, "😀" * 6)], room=2 * 12) == [2]


def test_one_is_always_shown() -> None:
    assert shown([Said(1), Said(2, "x" * 4000)], room=100) == [2]


def test_there_are_no_more_files_than_have_a_button() -> None:
    assert shown([Said(n, "", "photo") for n in range(1, 13)], room=1000) == list(range(3, 13))
    assert FILES == 10


def test_a_file_is_named_above_its_caption_and_markup_of_theirs_is_none() -> None:
    text = below(Markup("Chat"), [(each, quotation(EN, EN("Ann"), each)) for each in (
        Said(1, "<i>"), Said(2, "", "photo"), Said(3, "bill", "document"),
    )])  # fmt: skip
    assert text == (
        "Chat\n\nAnn\n<blockquote>&lt;i&gt;</blockquote>\n\nAnn\n<blockquote>📷 Photo 2</blockquote>"
        "\n\nAnn\n<blockquote>📎 File 3: bill</blockquote>"
    )


def test_the_ways_lead_to_older_and_to_the_newest_where_there_are_such() -> None:
    def leads(first: int, last: int, newest: int) -> list[tuple[str, ...]]:
        page = [(Said(n), Markup("")) for n in range(first, last + 1)]
        found = []
        for way in paging(EN, "chat", ("7",), newest, page):
            assert isinstance(way, Link)
            found.append(way.args)
        return found

    assert leads(1, 5, 5) == []
    assert leads(1, 5, 9) == [("7",)]
    assert leads(4, 9, 9) == [("7", "3")]
    assert leads(4, 6, 9) == [("7",), ("7", "3")]
    assert paging(EN, "chat", ("7",), 0, []) == ()
