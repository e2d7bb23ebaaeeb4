"""A screen as an e-mail: the same words, readable with and without HTML."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from markupsafe import Markup

from lockbay.actors.screen import Copy, Link, Screen, Url
from lockbay.actors.words import words
from lockbay.notices.letter import LONGEST_SUBJECT, Envelope, letter

if TYPE_CHECKING:
    from lockbay.notices.letter import Letter

CHAT = "https://t.me/LockBayBot"
ENVELOPE = Envelope("LockBay <bot@lockbay.test>", "ann@example.com", 17, datetime(2026, 11, 22, 12, tzinfo=UTC))


def drawn(text: str, *buttons: Link | Url | Copy) -> Letter:
    return letter(Screen(Markup(text), (buttons,)), words("en", "UTC"), ENVELOPE, CHAT)


def body(mail: Letter, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def test_the_first_line_is_the_subject_without_its_tags() -> None:
    mail = drawn("💰 <b>Trade &lt;T-1&gt; is paid</b>\nNow deliver.")
    assert mail["Subject"] == "💰 Trade <T-1> is paid"


def test_a_long_first_line_is_cut() -> None:
    assert len(drawn("x" * 4000)["Subject"]) == LONGEST_SUBJECT


def test_the_text_says_what_the_screen_says_and_leads_to_the_chat() -> None:
    text = body(drawn("<b>Paid</b>\n<code>5 &amp; 6</code>", Link("Open", "trade", ("17",))), "plain")
    assert text == f"Paid\n5 & 6\n\nOpen LockBay: {CHAT}\n"
    french = letter(Screen(Markup("Payé")), words("fr", "UTC"), ENVELOPE, CHAT)
    assert body(french, "plain") == f"Payé\n\nOuvrir LockBay\u00a0: {CHAT}\n"


def test_the_html_keeps_what_people_typed_escaped() -> None:
    page = body(drawn("From &lt;script&gt;\nA &amp; B<pre>a\nb</pre>"), "html")
    assert "From &lt;script&gt;<br>\nA &amp; B<pre>a\nb</pre>" in page
    assert "<script>" not in page


def test_buttons_that_lead_out_are_links_in_both() -> None:
    mail = drawn("Hello", Url('A "trade"', f"{CHAT}?start=a&b"), Copy("Code", "123"))
    assert f'A "trade": {CHAT}?start=a&b' in body(mail, "plain")
    assert "Code: 123" in body(mail, "plain")
    assert f'<a href="{CHAT}?start=a&amp;b">A &#34;trade&#34;</a>' in body(mail, "html")


def test_the_same_notice_has_the_same_id_and_another_one_has_not() -> None:
    first = ENVELOPE.message_id
    assert drawn("again")["Message-ID"] == first == "<notice.17.1795348800@lockbay.test>"
    assert evolve(ENVELOPE, number=18).message_id != first


def test_what_is_quoted_is_marked_and_times_name_their_zone() -> None:
    mail = drawn("Paid\n<blockquote>A bicycle\n&amp; a lock</blockquote>\nAnswer by: <b>22 Nov, 13:00</b>")
    assert body(mail, "plain").startswith("Paid\n> A bicycle\n> & a lock\nAnswer by: 22 Nov, 13:00\n")
    assert body(mail, "plain").endswith("All times are UTC.\n")
    assert "All times are UTC." in body(mail, "html")
    assert "All times" not in body(drawn("Valid until 13:00 UTC"), "plain")
    assert body(drawn("Valid until 13:00 UTC"), "html").endswith("</a></p></body></html>\n"), "and no empty paragraph"


def test_a_way_into_the_chat_is_named_once() -> None:
    mail = drawn(f"Open it in Telegram: {CHAT}?start=abc", Url("Open in Telegram", f"{CHAT}?start=abc"))
    assert body(mail, "plain") == f"Open it in Telegram: {CHAT}?start=abc\n"
    assert body(mail, "html").count("<a href=") == 1


def test_a_domain_in_another_alphabet_is_written_as_the_dns_knows_it() -> None:
    mail = letter(Screen(Markup("x")), words("en", "UTC"), evolve(ENVELOPE, to="Ann@münchen.example"), CHAT)
    assert mail["To"] == "Ann@xn--mnchen-3ya.example"


def test_an_address_that_would_add_a_header_is_refused() -> None:
    with pytest.raises(ValueError):
        letter(Screen(Markup("x")), words("en", "UTC"), evolve(ENVELOPE, to="a@b.c\nBcc: d@e.f"), CHAT)
