"""Broadcasts as owners see them, and as everybody does. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Answer, Link, Row, Screen, Style
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.admin.answers import CONFIRM
from lockbay.areas.admin.broadcast_records import (
    Announced,
    Audience,
    Audiences,
    Broadcast,
    BroadcastCase,
    BroadcastLine,
    Broadcasts,
    Move,
    State,
)
from lockbay.areas.messages import MessageKind, attachment
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs, quoted

CELLS: Final = 20  # of the bar
PREVIEW: Final = 100  # characters of what was written, in a list
MOVES: Final[Mapping[State, tuple[Move, ...]]] = {"running": ("pause", "cancel"), "paused": ("resume", "cancel")}
STYLES: Final[Mapping[Move, Style]] = {"resume": "success", "cancel": "danger"}
STATES: Final[Mapping[State, Callable[[Words], str]]] = {
    "running": lambda words: words.label("under way"),
    "paused": lambda words: words.label("paused"),
    "done": lambda words: words.label("done"),
    "cancelled": lambda words: words.label("cancelled"),
}
LABELS: Final[Mapping[Move, Callable[[Words], str]]] = {
    "pause": lambda words: words.label("⏸ Pause"),
    "resume": lambda words: words.label("▶️ Resume"),
    "cancel": lambda words: words.label("🛑 Stop for good"),
}


def announcement(words: Words, kind: MessageKind, text: str, file_id: str) -> Screen:
    """What people get. It stays where it is, whatever is pressed below it."""
    rows: tuple[Row, ...] = ((buttons.menu(words), buttons.preferences(words)),)
    return Screen(words("{text}", text=text), rows, attachment=attachment(kind, file_id), stays=True)


def announced(words: Words, said: Announced) -> Screen:
    """The same, of whoever is told by the outbox."""
    return announcement(words, said.kind, said.text, said.file_id)


def listed(words: Words, view: Broadcasts) -> Screen:
    """A page of them; each has a button."""
    text = paragraphs(
        (
            words("📣 <b>Announcements</b>"),
            *(_line(words, each) for each in view.broadcasts),
            None if view.broadcasts else words("Nothing was announced yet."),
        )
    )
    opened = tuple(Link(f"№ {each.id}", "broadcast", (str(each.id),)) for each in view.broadcasts)
    more = pages.onward(words, "broadcasts", next=view.next)
    new: Row = (Link(words.label("➕ New announcement"), "new_broadcast", style="success"),)
    return Screen(text, (*buttons.rows(opened, 3), more, new, buttons.way_out(words, "admin")))


def _line(words: Words, each: BroadcastLine) -> Markup:
    return lines(
        words(
            "<b>№ {id}</b> · {time} · {state}",
            id=each.id,
            time=words.time(each.at),
            state=_state(words, each.state, waits=each.waits),
        ),
        _people(words, each),
        words("<i>{text}</i>", text=isolated(cut(each.text, PREVIEW))) if each.text else None,
    )


def _state(words: Words, state: State, *, waits: bool) -> str:
    return words.label("waits for an older one") if waits else STATES[state](words)


def _people(words: Words, each: Broadcast) -> Markup:
    return words(
        "{audience}: {over} of {total}",
        audience=audience(words, each.audience),
        over=_over(each),
        total=each.total,
    )


def _over(each: Broadcast) -> int:
    return each.sent + each.blocked + each.failed + each.muted + each.unknown


def audience(words: Words, name: str) -> str:
    """For whom it is."""
    match name:
        case "all":
            return words.label("Everybody")
        case "active":
            return words.label("Active in the last 30 days")
        case _:
            return _language(words, name)


def _language(words: Words, code: str) -> str:
    """In the reader's own language, where that has a word for it."""
    return str(words.spoken.languages.get(code, code)).capitalize()


def what(words: Words) -> Screen:
    """What is announced?"""
    text = paragraphs(
        (
            words("📣 <b>New announcement</b>"),
            words(
                "Write what people are to read, or send one photo or one file with it as its caption: 1 to 1000 "
                "characters. It goes out as it is, in no other language."
            ),
            words("You see it before anybody else does."),
        )
    )
    return Screen(text, (buttons.way_out(words, "broadcasts"),))


def which(words: Words, view: Audiences) -> Screen:
    """To whom? With how many they are."""
    text = paragraphs(
        (
            words("📣 <b>Who gets it?</b>"),
            words("Nobody gets it who has blocked the bot, was blocked, has closed their account or never finished."),
            lines(*(_audience(words, each) for each in view.audiences)),
        )
    )
    answers = tuple(
        Answer(
            words.label("{audience} ({n})", audience=cut(audience(words, each.name), 40), n=each.people - each.muted),
            each.name,
        )
        for each in view.audiences
    )
    return Screen(text, (*buttons.rows(answers, 2), buttons.way_out(words, "broadcasts")))


def _audience(words: Words, each: Audience) -> Markup:
    return words(
        "{audience}: <b>{hear}</b>{muted}",
        audience=audience(words, each.name),
        hear=each.people - each.muted,
        muted=words.label(", and {n} who want no announcements", n=each.muted) if each.muted else "",
    )


def sure(words: Words, chosen: Audience) -> Screen:
    """Below the preview."""
    hear = chosen.people - chosen.muted
    text = lines(
        words("⬆️ <b>This is what they get.</b> Send it?"),
        BLANK,
        fact(words, words.label("To"), audience(words, chosen.name)),
        fact(words, words.label("People"), hear),
        words("They do not want announcements, and get none: {n}", n=chosen.muted) if chosen.muted else None,
        words("It takes about {minutes} min. You can pause or stop it.", minutes=max(1, round(hear / 25 / 60))),
    )
    confirm = Answer(words.label("📣 Send ({n})", n=hear), CONFIRM, "success")
    return Screen(text, ((confirm,), buttons.way_out(words, "broadcasts")))


def refused(words: Words, sentence: Markup) -> Screen:
    """Nothing was begun."""
    return Screen(words("⚠️ {problem}", problem=sentence), (buttons.way_out(words, "broadcasts"),))


def case(words: Words, page: BroadcastCase) -> Screen:
    """One of them, how far it is, and what can be done."""
    own = str(page.id)
    moves = tuple(
        Link(LABELS[move](words), "steer_broadcast", (own, move), STYLES.get(move))
        for move in MOVES.get(page.state, ())
    )
    again: Row = (Link(words.label("🔄 Refresh"), "broadcast", (own,)),)
    text = lines(
        *_progress(words, page.progress),
        BLANK,
        fact(words, words.label("By"), isolated(cut(page.by, 40))),
        fact(words, words.label("Began"), words.time(page.at)),
        fact(words, words.label("Ended"), words.time(page.ended_at)) if page.ended_at is not None else None,
        _kind(words, page.kind),
        quoted(page.text) if page.text else None,
    )
    return Screen(text, (moves, again, buttons.way_out(words, "broadcasts")))


def _kind(words: Words, kind: MessageKind) -> Markup | None:
    match kind:
        case "photo":
            return words("🖼 With a photo")
        case "document":
            return words("📎 With a file")
        case _:
            return None


def stopping(words: Words, page: BroadcastCase) -> Screen:
    """Sure? Nobody can take it up again."""
    text = lines(
        words("🛑 <b>Stop announcement № {id} for good?</b>", id=page.id),
        BLANK,
        words("Who has it keeps it; nobody else gets it."),
    )
    confirm = Answer(LABELS["cancel"](words), CONFIRM, "danger")
    return Screen(text, ((confirm,), buttons.way_out(words, "broadcast", str(page.id))))


def _progress(words: Words, each: Broadcast) -> tuple[Markup | None, ...]:
    return (
        words("📣 <b>Announcement № {id}</b>: {state}", id=each.id, state=_state(words, each.state, waits=each.waits)),
        words("<code>{bar}</code> {percent}", bar=bar(each), percent=words.percent(_percent(each))),
        _people(words, each),
        BLANK,
        fact(words, words.label("Got it"), each.sent),
        fact(words, words.label("Have blocked the bot"), each.blocked) if each.blocked else None,
        fact(words, words.label("Want no announcements"), each.muted) if each.muted else None,
        fact(words, words.label("Telegram refused"), each.failed) if each.failed else None,
        fact(words, words.label("Not known whether they got it"), each.unknown) if each.unknown else None,
    )


def _percent(each: Broadcast) -> int:
    """Whoever came meanwhile gets it, too; whoever left is not there any more: one that is done is whole."""
    return 100 if each.state == "done" else min(100 * _over(each) // each.total, 99)


def bar(each: Broadcast) -> str:
    """▓▓▓▓░░░░"""
    full = CELLS * _percent(each) // 100
    return "▓" * full + "░" * (CELLS - full)


def progress(words: Words, each: Broadcast) -> Screen:
    """The message that follows one, edited as it goes on."""
    own = str(each.id)
    rows: tuple[Row, ...] = ((Link(words.label("📣 Open"), "broadcast", (own,)), buttons.menu(words)),)
    return Screen(lines(*_progress(words, each)), rows)


NOTICES: Final[Mapping[str, Notice]] = {
    "announcement": Notice(Announced, announced),
    "broadcast_progress": Notice(Broadcast, progress),
}
