"""Telegram's HTML taken apart into plain text and entities.

Rules and error texts: parse_html in tdlib/td MessageEntity.cpp. The offsets in errors count bytes of UTF-8.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import evolve, frozen

from lockbay.sandbox.entities import Entity, Formatted, touches, units
from lockbay.sandbox.refusal import bad_request

SIMPLE: Final = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
}
TAGS: Final = {*SIMPLE, "a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
# The attribute that a tag's argument comes from, and the prefix that its value must have.
ARGUMENTS: Final = {
    ("a", "href"): "",
    ("code", "class"): "language-",
    ("span", "class"): "tg-",
    ("tg-emoji", "emoji-id"): "",
    ("tg-time", "unix"): "",
}
SPACE: Final = " \t\r\n\v\0"  # the end of the text, too, is a space to Telegram's parser
REFERENCE: Final = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")


@frozen
class _Open:
    tag: str
    argument: str
    offset: int  # in units
    start: int  # in characters of the plain text


class _Parser:
    def __init__(self, source: str) -> None:
        self.source, self.at = source + "\0", 0
        self.plain: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> Formatted:
        while self.at < len(self.source) - 1:
            if self.source[self.at] != "<":
                self._add(self._character())
            elif self.source[self.at + 1] == "/":
                self._close_tag()
            else:
                self._open_tag()
        if self.open:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return Formatted("".join(self.plain), tuple(sorted(self.entities, key=lambda e: (e.offset, -e.length))))

    def _add(self, character: str) -> None:
        self.plain.append(character)
        self.offset += units(character)

    def _character(self) -> str:
        """The next character, of which a reference may stand for."""
        match = REFERENCE.match(self.source, self.at) if self.source[self.at] == "&" else None
        meant = _referenced(match) if match else None
        if match and meant:
            self.at = match.end()
            return meant
        self.at += 1
        return self.source[self.at - 1]

    def _open_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._until(SPACE + ">").lower()
        if self._ended:
            raise self._wrong_at(begin, "Unclosed start tag")
        if tag not in TAGS:
            raise self._wrong_at(begin, f'Unsupported start tag "{tag}"')
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise self._wrong_at(begin, 'Tag "span" must have class "tg-spoiler"')
        self.at += 1
        self.open.append(_Open(tag, argument, self.offset, len(self.plain)))

    def _attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while True:
            self._skip_space()
            if self.source[self.at] == ">":
                return argument
            name = self._until(SPACE + "=>/\"'")
            if not name:
                raise self._wrong_at(begin, f'Empty attribute name in the tag "{tag}"')
            value = self._value(tag, begin)
            if (tag, name) == ("blockquote", "expandable"):
                argument = "1"
            prefix = ARGUMENTS.get((tag, name))
            if prefix is not None and value is not None and value.startswith(prefix):
                argument = value.removeprefix(prefix)

    def _value(self, tag: str, begin: int) -> str | None:
        self._skip_space()
        if self._ended:
            raise self._wrong_at(begin, f'Unclosed start tag "{tag}"')
        if self.source[self.at] != "=":
            return None
        self.at += 1
        self._skip_space()
        if self._ended:
            raise self._wrong_at(begin, f'Unclosed start tag "{tag}"')
        value = self._quoted() if self.source[self.at] in "'\"" else self._token()
        if self._ended:
            raise self._wrong_at(begin, "Unclosed start tag")
        return value

    def _quoted(self) -> str:
        quote = self.source[self.at]
        self.at += 1
        value: list[str] = []
        while not self._ended and self.source[self.at] != quote:
            value.append(self._character())
        self.at += not self._ended
        return "".join(value)

    def _token(self) -> str:
        begin = self.at
        while self.source[self.at].isascii() and (self.source[self.at].isalnum() or self.source[self.at] in ".-"):
            self.at += 1
        if self.source[self.at] not in SPACE + ">":
            raise self._wrong_at(begin, "Unexpected end of name token")
        return self.source[begin : self.at].lower()

    def _close_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._wrong_at(begin, "Unexpected end tag")
        self.at += 2
        tag = self._until(SPACE + ">").lower()
        self._skip_space()
        if self.source[self.at] != ">":
            raise self._wrong_at(begin, "Unclosed end tag")
        self.at += 1
        opened = self.open.pop()
        if tag and tag != opened.tag:
            raise self._wrong_at(begin, "Unmatched end tag", f', expected "</{opened.tag}>", found "</{tag}>"')
        if self.offset > opened.offset:
            self._entity(opened)

    def _entity(self, opened: _Open) -> None:
        tag, argument = opened.tag, opened.argument
        entity = Entity(SIMPLE.get(tag, tag), opened.offset, self.offset - opened.offset)
        last = self.entities[-1] if self.entities else None
        if tag == "a":
            url = _checked_link(argument or "".join(self.plain[opened.start :]))
            self.entities.extend([evolve(entity, type="text_link", url=url)] if url else [])
        elif tag == "pre" and last and last.type == "code" and _same_place(last, entity) and last.language:
            self.entities[-1] = evolve(last, type="pre")
        elif tag == "code":
            self.entities.append(evolve(entity, language=argument))
        elif tag == "blockquote":
            self.entities.append(evolve(entity, type="expandable_blockquote" if argument else "blockquote"))
        elif tag == "tg-emoji":
            self.entities.append(evolve(entity, type="custom_emoji", custom_emoji_id=_emoji(argument)))
        elif tag == "tg-time":
            unix = int(argument) if argument.isdecimal() else 0
            self.entities.extend([evolve(entity, type="date_time", unix_time=unix)] if unix else [])
        else:
            self.entities.append(entity)

    @property
    def _ended(self) -> bool:
        return self.at >= len(self.source) - 1

    def _until(self, stops: str) -> str:
        begin = self.at
        while self.source[self.at] not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_space(self) -> None:
        while not self._ended and self.source[self.at] in SPACE:
            self.at += 1

    def _wrong_at(self, begin: int, what: str, more: str = "") -> Exception:
        return _wrong(f"{what} at byte offset {len(self.source[:begin].encode())}{more}")


def parse_html(source: str) -> Formatted:
    """Raises Refusal with Telegram's own words."""
    parsed = _Parser(source.replace("\0", " ")).parse()
    plain = [evolve(e, language="") if e.type == "code" else e for e in parsed.entities]
    code = [e for e in plain if e.type in ("code", "pre")]
    return Formatted(parsed.text, tuple(e for e in plain if e in code or not touches(e, code)))


def _same_place(one: Entity, other: Entity) -> bool:
    return (one.offset, one.length) == (other.offset, other.length)


def _referenced(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None


def _checked_link(url: str) -> str:
    """Telegram leaves a link out, silently, when it is none."""
    if re.match(r"(https?|tg|ton)://\S+$", url, re.IGNORECASE):
        return url
    return f"http://{url}" if re.match(r"[\w-]+(\.[\w-]+)+(/\S*)?$", url) else ""


def _emoji(argument: str) -> str:
    if not argument.isdecimal() or not int(argument):
        raise _wrong("Invalid custom emoji identifier specified")
    return argument


def _wrong(what: str) -> Exception:
    return bad_request(f"can't parse entities: {what}")
