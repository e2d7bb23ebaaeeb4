"""Keyboards are taken and refused as by Telegram."""

from __future__ import annotations

import json

import pytest

from lockbay.sandbox.keyboard import Button, ReplyKey, ReplyKeyboard, parse_markup, parse_reply_markup
from lockbay.sandbox.refusal import Refusal


def refusal(markup: object) -> str:
    with pytest.raises(Refusal) as refused:
        parse_markup(markup if isinstance(markup, str) else json.dumps(markup))
    assert refused.value.code == 400
    return refused.value.description


def one(**button: object) -> dict[str, object]:
    return {"inline_keyboard": [[button]]}


def test_each_kind_of_button_is_shown_as_it_was_given() -> None:
    buttons: list[dict[str, object]] = [
        {"text": "a", "callback_data": "x" * 64, "style": "danger"},
        {"text": "b", "url": "https://t.me/x?start=1"},
        {"text": "c", "copy_text": {"text": "T" * 256}},
        {"text": "d", "switch_inline_query": ""},
    ]
    (row,) = parse_markup(json.dumps({"inline_keyboard": [buttons, []]}))
    assert [button.as_json() for button in row] == buttons


def test_other_markup_is_no_inline_keyboard() -> None:
    assert parse_markup(json.dumps({"remove_keyboard": True})) == ()
    assert parse_markup(json.dumps({"keyboard": [["a"]], "inline_keyboard": [[{"text": "b"}]]})) == ()
    assert parse_markup("") == ()


def test_a_number_passes_as_a_text() -> None:
    assert parse_markup(json.dumps(one(text=1, callback_data=2))) == ((Button("1", "callback_data", "2"),),)


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ([], "object expected as reply markup"),
        ({"inline_keyboard": {}}, 'Field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [{}]}, 'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ({"inline_keyboard": [[1]]}, "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        (one(callback_data="x"), 'can\'t parse inline keyboard button: Can\'t find field "text"'),
        (one(text={}), 'can\'t parse inline keyboard button: Field "text" must be of type String'),
        (one(text="a"), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (
            one(text="a", callback_data="x", style="pink"),
            "can't parse inline keyboard button: invalid button style specified",
        ),
        (one(text=" ", callback_data="x"), "inline keyboard button text must be non-empty"),
        (one(text="a", callback_data="ä" * 33), "BUTTON_DATA_INVALID"),
        (one(text="a", copy_text={"text": "T" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (one(text="a", pay=True), "BUTTON_TYPE_INVALID"),
        (
            one(text="a", url="http://localhost/x"),
            "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
        ),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "x"}]] * 101}, "reply markup is too long"),
    ],
)  # fmt: skip
def test_wrong_keyboards_are_refused_in_telegrams_words(markup: object, complaint: str) -> None:
    # "Field" begins in upper case within a longer sentence only.
    expected = complaint[:1].lower() + complaint[1:] if complaint.startswith("Field") else complaint
    assert refusal(markup) == f"Bad Request: {expected}"


def reply_refusal(markup: object) -> str:
    with pytest.raises(Refusal) as refused:
        parse_reply_markup(json.dumps(markup))
    return refused.value.description


def test_keys_in_the_place_of_the_keyboard_and_their_removal() -> None:
    markup = {"keyboard": [[{"text": "Share", "request_contact": True}], ["No"], []], "one_time_keyboard": True}
    keys = ((ReplyKey("Share", asks_contact=True),), (ReplyKey("No"),))
    assert parse_reply_markup(json.dumps(markup)) == ReplyKeyboard(keys, one_time=True)
    assert parse_reply_markup(json.dumps({"remove_keyboard": True})) == ReplyKeyboard()
    for leaves_it in ("", json.dumps({}), json.dumps(one(text="a", callback_data="x")), json.dumps({"keyboard": []})):
        assert parse_reply_markup(leaves_it) is None


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ({"keyboard": {"a": 1}}, 'field "keyboard" must be of type Array'),
        ({"keyboard": ["a"]}, 'field "keyboard" must be an Array of Arrays'),
        ({"keyboard": [[1]]}, "can't parse keyboard button: KeyboardButton must be a String or an Object"),
        ({"keyboard": [[{"request_contact": True}]]}, "can't parse keyboard button: Can't find field \"text\""),
        ({"keyboard": [[{"text": "a", "request_contact": "yes"}]]}, 'field "request_contact" must be of type Boolean'),
    ],
)
def test_wrong_keys_are_refused(markup: object, complaint: str) -> None:
    assert reply_refusal(markup) == f"Bad Request: {complaint}"
