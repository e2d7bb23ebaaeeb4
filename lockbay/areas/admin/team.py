"""Who runs LockBay, in which role, and what they did. For owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from markupsafe import Markup

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import Parse, choice, identifier
from lockbay.actors.person import Role
from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin.acts import act, held, role, subject
from lockbay.areas.admin.people_records import AdminLog, Dossier, LogLine, Member, SetRole, Somebody, Team
from lockbay.areas.admin.whom import whom
from lockbay.areas.text import BLANK, capital, cut, isolated, lines, paragraphs, quoted
from lockbay.errors import Unseen

NOBODY: Final = "nobody"
ROLES: Final = (*get_args(Role), NOBODY)
FIRST: Final = "0"


async def team(chat: Chat) -> None:
    """All of them."""
    view = await chat.read(Team)
    await chat.show(members(chat.words, view))


async def give_role(chat: Chat) -> None:
    """To whom? Then as for anybody."""
    await chat.read(Team)
    found = await whom(chat, to_whom(chat.words), Somebody)
    await _change(chat, found.id)


async def change_role(chat: Chat, person: str) -> None:
    """Which role, why, sure?"""
    await _change(chat, identifier(person))


async def _change(chat: Chat, person: int) -> None:
    page = await chat.read(Dossier, person)
    if page.viewer != "owner":
        raise Unseen
    words = chat.words
    wanted = await chat.ask("role", which(words, page), parse=answers.about_them(words, person, _role(words)))
    note = await chat.ask("why", why(words, page, wanted), parse=answers.note(words))
    confirm = answers.about_them(words, person, _agreed(words, wanted))
    expected = await chat.ask("confirm", sure(words, page, wanted, note), parse=confirm)
    outcome = await chat.do("role", SetRole(chat.user_id, person, _held(expected), _held(wanted), note))
    view = await chat.read(Team)
    await chat.show(members(words, view).with_problem(refusals.problem(words, outcome)))


async def admin_log(chat: Chat, before: str = FIRST, by: str = FIRST, person: str = FIRST) -> None:
    """What was done: by anybody or one of them, to anything or a person; page by page."""
    subject = "" if identifier(person) == 0 else f"user {identifier(person)}"
    view = await chat.read(AdminLog, identifier(by), subject, identifier(before))
    await chat.show(log(chat.words, view, by, person))


def _role(words: Words) -> Parse[str]:
    return choice(words, {name: name for name in ROLES})


def _agreed(words: Words, wanted: str) -> Parse[str]:
    """The role that was shown as the present one, out of the button that confirms this change."""
    return choice(words, {_move(wanted, name): name for name in ROLES})


def _move(wanted: str, held: str) -> str:
    return f"{wanted} was {held}"


def _held(name: str) -> str | None:
    return None if name == NOBODY else name


def members(words: Words, view: Team) -> Screen:
    """Each has a button; those of the settings can only be looked at."""
    text = paragraphs(
        (
            words("🧑‍💼 <b>Who runs LockBay</b>"),
            *(_member(words, each) for each in view.members),
            words(
                "Support answers people and decides disputes, finance decides about money, an owner may do everything."
            ),
        )
    )
    opened = tuple(_opened(each) for each in view.members)
    give = Link(words.label("➕ Give somebody a role"), "give_role", style="success")
    return Screen(text, (*buttons.rows(opened[:40], 2), (give,), buttons.way_out(words, "admin")))


def _opened(each: Member) -> Link:
    return Link(f"{isolated(cut(each.name, 30))} · {each.id}", "user", (str(each.id),))


def _member(words: Words, each: Member) -> Markup:
    by = words("by the settings") if each.by_settings else None
    if by is None and each.added_by is not None and each.added_at is not None:
        by = words("by {name}, {time}", name=isolated(cut(each.added_by, 40)), time=words.time(each.added_at))
    return words(
        "<b>{name}</b> · {role} · {by}", name=isolated(cut(each.name, 40)), role=role(words, each.role), by=by or "?"
    )


def to_whom(words: Words) -> Screen:
    """Somebody new."""
    ask = words("Type a <code>@username</code> or a Telegram number. They must have an account here.")
    return Screen(lines(words("➕ <b>Who gets a role?</b>"), BLANK, ask), (buttons.way_out(words, "team"),))


def which(words: Words, page: Dossier) -> Screen:
    """Which role?"""
    title = words("🧑‍💼 <b>Which role for {name}?</b>", name=isolated(cut(page.name, 40)))
    others = tuple(each for each in get_args(Role) if each != page.role)
    roles = tuple(Answer(capital(role(words, each)), answers.about(page.id, each)) for each in others)
    nobody = answers.about(page.id, NOBODY)
    take: Row = (Answer(words.label("✖️ Take the role"), nobody, "danger"),) if page.role else ()
    rows = (roles, take, buttons.way_out(words, "user", str(page.id)))
    return Screen(lines(title, _known(words, page), BLANK, _present(words, page)), rows)


def why(words: Words, page: Dossier, wanted: str) -> Screen:
    """Why? It is kept."""
    ask = words("Why? One sentence, which is kept. They are told what changed, not why.")
    return Screen(
        lines(_title(words, page, wanted), _known(words, page), BLANK, ask),
        (buttons.way_out(words, "user", str(page.id)),),
    )


def sure(words: Words, page: Dossier, wanted: str, note: str) -> Screen:
    """Before it is done."""
    value = answers.about(page.id, _move(wanted, page.role or NOBODY))
    confirm = Answer(words.label("✅ Confirm"), value, "danger" if wanted == NOBODY else "success")
    text = lines(_title(words, page, wanted), _known(words, page), BLANK, _present(words, page), quoted(note))
    return Screen(text, ((confirm,), buttons.way_out(words, "user", str(page.id))))


def _title(words: Words, page: Dossier, wanted: str) -> Markup:
    name = isolated(cut(page.name, 40))
    if wanted == NOBODY:
        return words("✖️ <b>Take the role of {name}?</b>", name=name)
    return words("🧑‍💼 <b>{name} becomes {role}?</b>", name=name, role=role(words, wanted))


def _present(words: Words, page: Dossier) -> Markup:
    return words("Now: {role}", role=role(words, page.role)) if page.role else words("Now: none")


def _known(words: Words, page: Dossier) -> Markup:
    return words("Telegram number: <code>{id}</code>", id=page.id)


def log(words: Words, view: AdminLog, by: str, person: str) -> Screen:
    """A page of it."""
    text = paragraphs(
        (
            words("🗒 <b>What was done by {name}</b>", name=isolated(cut(view.of_whom, 40)))
            if view.of_whom
            else words("🗒 <b>What the staff did</b>"),
            *(_line(words, each) for each in view.actions),
            None if view.actions else words("Nothing yet."),
        )
    )
    more: Row = ()
    if view.next is not None:
        more = (Link(words.label("Next"), "admin_log", (str(view.next), by, person)),)
    way = buttons.way_out(words, "admin") if person == FIRST else buttons.way_out(words, "user", person)
    return Screen(text, (more, way))


def _line(words: Words, each: LogLine) -> Markup:
    change = None
    if each.before is not None or each.after is not None:
        change = words(
            "<code>{before}</code> → <code>{after}</code>",
            before=held(words, each.action, each.before),
            after=held(words, each.action, each.after),
        )
    return lines(
        words(
            "<b>{time}</b> · {by} {act}: {subject}",
            time=words.time(each.at),
            by=isolated(cut(each.by, 40)),
            act=act(words, each.action),
            subject=isolated(cut(subject(words, each.subject), 60)),
        ),
        words("<i>{why}</i>", why=isolated(cut(each.why, 150))) if each.why else None,
        change,
    )


FLOWS: Final[Mapping[str, Flow]] = {
    "team": team,
    "give_role": give_role,
    "role": change_role,
    "admin_log": admin_log,
}
