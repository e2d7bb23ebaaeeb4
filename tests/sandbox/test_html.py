"""Formatted text is read as Telegram reads it, and refused in its words."""

from __future__ import annotations

import pytest

from lockbay.sandbox.entities import Entity, Formatted, trimmed, units, with_found
from lockbay.sandbox.html import parse_html
from lockbay.sandbox.refusal import Refusal


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<b>x</b>", "bold"), ("<STRONG>x</strong>", "bold"), ("<i>x</i>", "italic"), ("<em>x</em>", "italic"),
        ("<u>x</u>", "underline"), ("<ins>x</ins>", "underline"), ("<s>x</s>", "strikethrough"),
        ("<del>x</del>", "strikethrough"), ("<code>x</code>", "code"), ("<pre>x</pre>", "pre"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"), ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ('<tg-emoji emoji-id="5368324170671202286">x</tg-emoji>', "custom_emoji"), ("<b>x</>", "bold"),
    ],
)  # fmt: skip
def test_each_tag_becomes_its_entity(source: str, kind: str) -> None:
    parsed = parse_html(source)
    assert (parsed.text, [(e.type, e.offset, e.length) for e in parsed.entities]) == ("x", [(kind, 0, 1)])


def test_offsets_count_utf16_units() -> None:
    parsed = parse_html("👍 <b>ok 👍</b>")
    assert parsed.entities == (Entity("bold", 3, 5),)
    assert units("👍a") == 3


def test_links_keep_their_address_and_bad_ones_vanish() -> None:
    assert parse_html('<a href="https://x.org/?a=1&amp;b=2">x</a>').entities[0].url == "https://x.org/?a=1&b=2"
    assert parse_html("<a href='javascript:alert(1)'>x</a>").entities == ()
    assert parse_html("<a>https://x.org</a>").entities[0].url == "https://x.org"


def test_code_blocks_name_their_language_and_hold_nothing_else() -> None:
    assert parse_html('<pre><code class="language-python">x</code></pre>').entities == (
        Entity("pre", 0, 1, language="python"),
    )
    assert [e.type for e in parse_html("<code>a<b>b</b></code>").entities] == ["code"]


def test_only_four_names_and_numbers_are_references() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#33;&#x21;&nbsp;&copy").text == '<>&"!!&nbsp;&copy'


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("ä<foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=x_y>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a "x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_what_cannot_be_parsed_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_space_around_a_text_is_lost_and_its_entities_move() -> None:
    assert trimmed(parse_html("  <b> x </b> ")) == Formatted("x", (Entity("bold", 0, 1),))


def test_telegram_finds_commands_links_and_names_outside_code() -> None:
    found = with_found(Formatted("/start a@b.co @ada https://x.org/y. 👍 #deal"))
    kinds = [(e.type, e.offset, e.length) for e in found.entities]
    assert kinds == [
        ("bot_command", 0, 6), ("email", 7, 6), ("mention", 14, 4), ("url", 19, 15), ("hashtag", 39, 5),
    ]  # fmt: skip
    assert [e.type for e in with_found(parse_html("<code>@ada</code>")).entities] == ["code"]
