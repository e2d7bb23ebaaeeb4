"""What people who bring LockBay into a group see, and what the group is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen, Url
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.groups.records import Deal, Group, GroupList, GroupNews, Topic
from lockbay.areas.text import cut, isolated, lines, paragraphs
from lockbay.money import Money, currency
from lockbay.postgres.queries import Refused

TITLE: Final = 60  # characters of a group's name


@frozen
class GroupAdded:
    """The data of a notice."""

    slug: str
    title: str


def groups(words: Words, page: GroupList, bot: str, *, is_first: bool) -> Screen:
    """The groups that the person brought LockBay into."""
    known = (
        words("Press one to choose what I announce there.")
        if page.groups
        else words("There is none yet that you brought me into.")
    )
    text = paragraphs(
        (
            words("👥 <b>Groups</b>"),
            words(
                "I can announce in a group of yours that people trade, without saying who they are: names and amounts "
                "are told only of those who both allow it in their settings."
            ),
            known,
            words("Did somebody else bring me there? If you run the group, write /announce in it."),
        )
    )
    rows: tuple[Row, ...] = tuple(
        (Link(("📣 " if each.topics else "🔇 ") + isolated(cut(each.title, 40)), "group", (each.slug,)),)
        for each in page.groups
    )
    turning = pages.turning(words, "groups", is_first=is_first, next=page.next)
    add = Url(words.label("➕ Add me to a group"), f"https://t.me/{bot}?startgroup=announce")
    return Screen(text, (*rows, turning, (add,), buttons.way_out(words, "settings")))


def group(words: Words, each: Group) -> Screen:
    """What is announced there, and the buttons that change it."""
    state = (
        words("I announce what is ticked.")
        if each.topics
        else words("I announce nothing there yet. Press what the group shall be told.")
    )
    text = paragraphs(
        (
            words("👥 <b>{title}</b>", title=_title(each.title)),
            state,
            words(
                "Names and amounts are told only of trades whose two sides both allow it in their settings. Of all "
                "others the group hears that they happened, and nothing else. Disputes are never announced."
            ),
        )
    )
    rows: list[Row] = [(_switch(words, each, topic),) for topic in _titles(words)]
    if each.topics:
        rows.append((Link(words.label("⏹ Stop"), "group_news", (each.slug, "all", "0"), style="danger"),))
    return Screen(text, (*rows, buttons.way_out(words, "groups")))


def _switch(words: Words, each: Group, topic: Topic) -> Link:
    """The button says what it does, so that pressing it twice does no harm."""
    is_on = topic in each.topics
    label = ("✅ " if is_on else "▫️ ") + _titles(words)[topic]
    return Link(label, "group_news", (each.slug, topic, "0" if is_on else "1"))


def _titles(words: Words) -> Mapping[Topic, str]:
    return {
        "opened": words.label("Trades that begin"),
        "completed": words.label("Trades that are completed"),
        "praised": words.label("Ratings of 5 stars"),
    }


def refused(words: Words, outcome: Refused) -> Screen:
    """Why the group cannot be looked at or changed."""
    return Screen(words("⚠️ {why}", why=_why(words, outcome.reason)), (buttons.way_out(words, "groups"),))


def _why(words: Words, reason: str) -> Markup:
    match reason:
        case "not_admin":
            return words("Only those who run the group can choose what I announce there, and Telegram says you do not.")
        case "not_there":
            return words("I am not in that group any more. Add me again to announce something there.")
        case "cannot_tell":
            return words(
                "Telegram does not tell me who runs that group. Make me one of its administrators, without any rights, "
                "and try again."
            )
        case "telegram_away":
            return words("Telegram does not answer right now. Please try again in a minute.")
        case _:
            return words("I do not know that group. Write /announce in it, and I show you the way.")


def added(words: Words, news: GroupAdded) -> Screen:
    """Whoever brought LockBay into a group is asked what to announce."""
    text = paragraphs(
        (
            words("👥 <b>You brought me into {title}</b>", title=_title(news.title)),
            words("I announce nothing there until somebody who runs the group says what."),
        )
    )
    choose = Link(words.label("📣 Choose what I announce"), "group", (news.slug,), style="primary")
    return Screen(text, ((choose,), (buttons.menu(words),)))


def hello(words: Words, bot: str, slug: str) -> Screen:
    """In the group, when who brought LockBay has no chat with it."""
    text = words(
        "👋 I am LockBay, an escrow service. I announce nothing here until somebody who runs this group says what."
    )
    return Screen(text, (_door(words, bot, slug),), silent=True)


def answered(words: Words, bot: str, slug: str) -> Screen:
    """In the group, when somebody who runs it asked."""
    text = words("📣 Whoever runs this group can choose what I announce here.")
    return Screen(text, (_door(words, bot, slug),), silent=True)


def _door(words: Words, bot: str, slug: str) -> Row:
    return (Url(words.label("📣 Choose what I announce"), f"https://t.me/{bot}?start=g_{slug}"),)


def announced(words: Words, news: GroupNews) -> Screen:
    """What the group is told: a line for each deal whose sides let it know, and one for all others of a topic."""
    named = {deal.topic for deal in news.deals}
    others: Mapping[Topic, int] = {"opened": news.opened, "completed": news.completed, "praised": news.praised}
    counted = (
        _more(words, topic, n) if topic in named else _counted(words, topic, n) for topic, n in others.items() if n
    )
    return Screen(lines(*(_deal(words, deal) for deal in news.deals), *counted), silent=True)


def _deal(words: Words, deal: Deal) -> Markup:
    one, other = (isolated(cut(name, 40)) for name in (deal.one, deal.other))
    money = words.money(Money(deal.amount, currency(deal.currency)))
    match deal.topic:
        case "opened":
            return words(
                "🔒 {one} and {other} trade {money}: it is held until it is delivered.",
                one=one,
                other=other,
                money=money,
            )
        case "completed":
            return words("🤝 {one} and {other} completed a trade of {money}.", one=one, other=other, money=money)
        case "praised":
            return words("⭐ {one} gave {other} 5 stars.", one=one, other=other)


def _counted(words: Words, topic: Topic, n: int) -> Markup:
    match topic:
        case "opened":
            return words.count(
                "🔒 A trade has begun: its money is held.", "🔒 {n} trades have begun: their money is held.", n
            )
        case "completed":
            return words.count("🤝 A trade was completed.", "🤝 {n} trades were completed.", n)
        case "praised":
            return words.count(
                "⭐ Somebody got 5 stars after a trade.", "⭐ {n} people got 5 stars after their trades.", n
            )


def _more(words: Words, topic: Topic, n: int) -> Markup:
    match topic:
        case "opened":
            return words.count("🔒 … and one more trade has begun.", "🔒 … and {n} more trades have begun.", n)
        case "completed":
            return words.count("🤝 … and one more trade was completed.", "🤝 … and {n} more trades were completed.", n)
        case "praised":
            return words.count("⭐ … and one more rating of 5 stars.", "⭐ … and {n} more ratings of 5 stars.", n)


def _title(title: str) -> str:
    return isolated(cut(title, TITLE))
