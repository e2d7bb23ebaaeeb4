"""What did not get through: updates that failed three times, and notices that nobody got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier, this
from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin.dead_letter_records import (
    DeadLetter,
    DeadLetters,
    EndLetter,
    LetterLine,
    Retell,
    Untold,
    UntoldLine,
)
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs, quoted
from lockbay.postgres.queries import Refused

FIRST: Final = "0"
KINDS: Final[Mapping[str, Callable[[Words], str]]] = {
    "button": lambda words: words.label("a button"),
    "text": lambda words: words.label("a text"),
    "photo": lambda words: words.label("a photo"),
    "document": lambda words: words.label("a document"),
    "edited": lambda words: words.label("a changed message"),
    "membership": lambda words: words.label("blocked or unblocked the bot"),
    "other": lambda words: words.label("something else"),
}


async def dead_letters(chat: Chat, after: str = FIRST) -> None:
    """The updates, page by page."""
    view = await chat.read(DeadLetters, identifier(after))
    await chat.show(listed(chat.words, view))


async def dead_letter(chat: Chat, update_id: str) -> None:
    """One of them, and what can be done with it."""
    page = await chat.find(DeadLetter, identifier(update_id))
    if page is None:
        return await dead_letters(chat)
    await chat.show(letter(chat.words, page))


async def retry_letter(chat: Chat, update_id: str) -> None:
    """Sure?"""
    page = await chat.find(DeadLetter, identifier(update_id))
    if page is None:
        return await dead_letters(chat)
    confirm = this(chat.words, answers.CONFIRM)
    await chat.ask("confirm", sure(chat.words, page, retry=True), parse=confirm)
    await _end(chat, page, "", retry=True)


async def discard_letter(chat: Chat, update_id: str) -> None:
    """Why?"""
    page = await chat.find(DeadLetter, identifier(update_id))
    if page is None:
        return await dead_letters(chat)
    note = await chat.ask("why", sure(chat.words, page, retry=False), parse=answers.note(chat.words))
    await _end(chat, page, note, retry=False)


async def _end(chat: Chat, page: DeadLetter, note: str, *, retry: bool) -> None:
    outcome = await chat.do("end", EndLetter(chat.user_id, page.id, retry, note))
    view = await chat.read(DeadLetters, 0)
    if isinstance(outcome, Refused):
        return await chat.show(listed(chat.words, view).with_problem(refusals.sentence(chat.words, outcome)))
    await chat.show(listed(chat.words, view, ended(chat.words, page, retry=retry)))


async def untold(chat: Chat, before: str = FIRST) -> None:
    """The notices, page by page."""
    view = await chat.read(Untold, identifier(before))
    await chat.show(unheard(chat.words, view))


async def retell(chat: Chat, notice_id: str) -> None:
    """Tells one again: it is asked nothing, as it was to be told anyway."""
    number = identifier(notice_id)
    outcome = await chat.do("retell", Retell(chat.user_id, number))
    view = await chat.read(Untold, 0)
    if isinstance(outcome, Refused):
        return await chat.show(unheard(chat.words, view).with_problem(refusals.sentence(chat.words, outcome)))
    await chat.show(unheard(chat.words, view, chat.words("✅ <b>Notice {id} is told again.</b>", id=number)))


def ended(words: Words, page: DeadLetter, *, retry: bool) -> Markup:
    """What has just been done with one."""
    name = isolated(cut(page.name, 40))
    if retry:
        return words("✅ <b>Update {id} of {name} is tried again.</b>", id=page.id, name=name)
    return words("✅ <b>Update {id} of {name} is discarded.</b>", id=page.id, name=name)


def listed(words: Words, view: DeadLetters, headline: Markup | None = None) -> Screen:
    """A page of them; each has a button. `headline` says what has just happened."""
    text = paragraphs(
        (
            headline,
            words("✉️ <b>Updates that failed three times: {n}</b>", n=view.waiting),
            *(_line(words, each) for each in view.letters),
            None if view.letters else words("There are none."),
        )
    )
    opened = tuple(
        Link(f"{isolated(cut(each.name, 30))} · {each.id}", "dead_letter", (str(each.id),)) for each in view.letters
    )
    more = pages.onward(words, "dead_letters", next=view.next)
    notices: Row = (Link(words.label("🔕 Notices that nobody got"), "untold"),)
    return Screen(text, (*buttons.rows(opened, 2), more, notices, buttons.way_out(words, "admin")))


def _line(words: Words, each: LetterLine) -> Markup:
    return words(
        "<b>{name}</b> · {time}\n<code>{error}</code>",
        name=isolated(cut(each.name, 40)),
        time=words.time(each.at),
        error=cut(each.error, 120),
    )


def letter(words: Words, page: DeadLetter) -> Screen:
    """All that is known of one."""
    own = (str(page.id),)
    rows: tuple[Row, ...] = (
        (
            Link(words.label("🔁 Try again"), "retry_letter", own, "success"),
            Link(words.label("🗑 Discard"), "discard_letter", own, "danger"),
        ),
        (Link(words.label("👤 Open the person"), "user", (str(page.user_id),)),),
    )
    return Screen(lines(*_facts(words, page)), (*rows, buttons.way_out(words, "dead_letters")))


def _facts(words: Words, page: DeadLetter) -> tuple[Markup | None, ...]:
    say = KINDS.get(page.kind, KINDS["other"])
    return (
        words("✉️ <b>Update {id}</b> of {name}", id=page.id, name=isolated(cut(page.name, 40))),
        BLANK,
        fact(words, words.label("When"), words.time(page.at)),
        fact(words, words.label("It was"), say(words)),
        quoted(page.said) if page.said else None,
        fact(words, words.label("It failed with"), cut(page.error, 500)),
        words("⚠️ They are in the middle of something now.") if page.busy else None,
    )


def sure(words: Words, page: DeadLetter, *, retry: bool) -> Screen:
    """Before it is done."""
    way = buttons.way_out(words, "dead_letter", str(page.id))
    if not retry:
        ask = words("🗑 Why is it discarded? It is kept. The person is not told.")
        return Screen(lines(*_facts(words, page), BLANK, ask), (way,))
    ask = words("🔁 It is handled as if it had just come. What it had done before it failed is not done twice.")
    confirm = Answer(words.label("🔁 Try again"), answers.CONFIRM, "success")
    return Screen(lines(*_facts(words, page), BLANK, ask), ((confirm,), way))


def unheard(words: Words, view: Untold, headline: Markup | None = None) -> Screen:
    """A page of notices; each has a button that tells it again."""
    text = paragraphs(
        (
            headline,
            words("🔕 <b>Notices that nobody got</b>"),
            *(_unheard(words, each) for each in view.notices),
            None if view.notices else words("There are none."),
        )
    )
    again = tuple(Link(words.label("🔁 {id}", id=each.id), "retell", (str(each.id),)) for each in view.notices)
    more = pages.onward(words, "untold", next=view.next)
    return Screen(text, (*buttons.rows(again, 3), more, buttons.way_out(words, "dead_letters")))


def _unheard(words: Words, each: UntoldLine) -> Markup:
    return words(
        "<b>{id}</b> · {kind} · {name} · {time}\n<code>{error}</code>",
        id=each.id,
        kind=each.kind.replace("_", " "),
        name=isolated(cut(each.name, 40)),
        time=words.time(each.at),
        error=cut(each.error or "?", 120),
    )


FLOWS: Final[Mapping[str, Flow]] = {
    "dead_letters": dead_letters,
    "dead_letter": dead_letter,
    "retry_letter": retry_letter,
    "discard_letter": discard_letter,
    "untold": untold,
    "retell": retell,
}
