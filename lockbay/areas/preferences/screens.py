"""What settings look like. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words, languages
from lockbay.areas import buttons, topics
from lockbay.areas.preferences import zones
from lockbay.areas.preferences.answers import OFF
from lockbay.areas.preferences.records import Preferences
from lockbay.areas.speech import called
from lockbay.areas.text import cut, lines, paragraphs

PLACE: Final = "/settings"  # where who has proven an address goes on (lockbay.actors.plan)
NIGHTS: Final = ((22 * 60, 7 * 60), (23 * 60, 8 * 60), (0, 6 * 60))


def settings(words: Words, mine: Preferences, now: datetime) -> Screen:
    """Everything, and what it is now."""
    muted = sum(topic in mine.muted for topic in topics.choices(mine.role))
    text = paragraphs(
        (
            words("⚙️ <b>Settings</b>"),
            lines(
                words("Name: <b>{name}</b>", name=cut(mine.first_name, 64)),
                words("Language: <b>{language}</b>", language=called(mine.language)),
                words("Time zone: <b>{zone}</b>", zone=_zone(words, mine.time_zone, now)),
                words("Notices: <b>{which}</b>", which=_heard(words, muted)),
                words("Quiet hours: <b>{night}</b>", night=_night(words, mine)),
                words("E-mail: <b>{email}</b>", email=mine.email or words.label("none")),
                words("Phone: <b>{phone}</b>", phone=mine.phone or words.label("none")),
                words("Profile: <b>{seen}</b>", seen=_seen(words, mine)),
            ),
            words("Your name is the one that you have in Telegram: change it there."),
        )
    )
    rows: tuple[Row, ...] = (
        (Link(words.label("🌐 Language"), "language"), Link(words.label("🕒 Time zone"), "time_zone")),
        (Link(words.label("🔔 Notices"), "notices"), Link(words.label("🌙 Quiet hours"), "quiet_hours")),
        (Link(words.label("✉️ E-mail"), "my_email"), Link(words.label("📱 Phone"), "phone", ("/settings",))),
        (Link(words.label("👁 Who sees me"), "visibility"), Link(words.label("📒 Contacts"), "contacts")),
        (buttons.profile(words), Link(words.label("👥 Groups"), "groups")),
        (Link(words.label("🔒 Close account"), "close_account"),),
        (buttons.menu(words),),
    )
    return Screen(text, rows)


def language(words: Words, chosen: str) -> Screen:
    """Which language?"""
    text = paragraphs((words("🌐 <b>Language</b>"), words("LockBay speaks these. Numbers and dates follow.")))
    each = tuple(
        Link(_marked(called(code), code == chosen.partition("-")[0]), "language", (code,)) for code in languages()
    )
    return Screen(text, (*buttons.rows(each, 2), buttons.way_out(words, "settings")))


def time_zone(words: Words, chosen: str, now: datetime) -> Screen:
    """Where are you?"""
    text = paragraphs(
        (
            words("🕒 <b>Time zone</b>"),
            words("Now: <b>{zone}</b>", zone=_zone(words, chosen, now)),
            words("Type a city or a country, or press one of these."),
        )
    )
    common = tuple(Answer(zones.place(zone, words.spoken).city, zone) for zone in zones.COMMON)
    return Screen(text, (*buttons.rows(common, 2), buttons.way_out(words, "settings")))


def places(words: Words, text: str, found: Sequence[zones.Place], now: datetime) -> Screen:
    """Which of these?"""
    asked = paragraphs(
        (
            words("🕒 <b>Time zone</b>"),
            words("Which one do you mean by “{text}”? Press it, or type again.", text=cut(text, 40)),
        )
    )
    rows = tuple((Answer(cut(_place(words, place, now), 60), place.zone),) for place in found)
    return Screen(asked, (*rows, buttons.way_out(words, "settings")))


def notices(words: Words, mine: Preferences) -> Screen:
    """What they hear of; a press changes it."""
    text = paragraphs(
        (
            words("🔔 <b>Notices</b>"),
            words("Press a topic to mute it, or to hear of it again."),
            words(
                "You are always told what needs you before a deadline, how a cash-out ends, what our people decide "
                "about your money, and what concerns the security of your account."
            ),
        )
    )
    each = tuple(_topic(words, topic, topic in mine.muted) for topic in topics.choices(mine.role))
    quiet = Link(words.label("🌙 Quiet hours"), "quiet_hours")
    return Screen(text, (*buttons.rows(each, 2), (quiet,), buttons.way_out(words, "settings")))


def _topic(words: Words, topic: topics.Topic, is_muted: bool) -> Link:
    label = f"{'🔕' if is_muted else '🔔'} {topics.title(words, topic)}"
    return Link(label, "hear", (topic, "0" if is_muted else "1"))


def quiet_hours(words: Words, mine: Preferences, now: datetime) -> Screen:
    """From when until when?"""
    text = paragraphs(
        (
            words("🌙 <b>Quiet hours</b>"),
            words("Now: <b>{night}</b>", night=_night(words, mine)),
            words(
                "Notices then come without a sound; what can wait comes when they are over. Only the security of your "
                "account is told aloud."
            ),
            words("The clock is that of {zone}.", zone=_zone(words, mine.time_zone, now)),
            words("Type two times, for example 22:00-7:00, or press one of these."),
        )
    )
    nights = tuple(Answer(_span(words, *night), f"{_clock(night[0])}-{_clock(night[1])}") for night in NIGHTS)
    off = (Answer(words.label("No quiet hours"), OFF),) if mine.quiet_from is not None else ()
    return Screen(text, (nights, off, buttons.way_out(words, "settings")))


def my_email(words: Words, mine: Preferences) -> Screen:
    """The address, and what a change means."""
    if mine.email is None:
        told = words(
            "You have none yet. It reaches you when Telegram cannot, and guards what you cash out. Type your "
            "address, and I mail you a code."
        )
    else:
        told = lines(
            words("<b>{email}</b>", email=mine.email),
            "",
            words(
                "You can change it: type another one. A code goes to the new address, and the old one is told. For 24 "
                "hours after that no money goes out."
            ),
        )
    label = words.label("Add an e-mail") if mine.email is None else words.label("Change it")
    extras = Link(words.label("📇 My other e-mails and numbers"), "extras")
    text = paragraphs((words("✉️ <b>Your e-mail</b>"), told))
    change = Link(label, "email", (PLACE,), style=None if mine.email else "primary")
    return Screen(text, ((change,), (extras,), buttons.way_out(words, "settings")))


def visibility(words: Words, mine: Preferences) -> Screen:
    """What others may see, and the way to change it."""
    public = (
        words("✅ Others can look you up and see your stars, your level and what was said of you.")
        if mine.is_public
        else words("🚫 Nobody can look you up. Who trades with you sees your stars and your level, nothing more.")
    )
    announced = (
        words("✅ Groups may be told that you traded, and for how much.")
        if mine.may_announce
        else words("🚫 Groups are never told your name, nor what you traded.")
    )
    text = paragraphs((words("👁 <b>Who sees me</b>"), public, announced))
    hide = words.label("Hide my profile") if mine.is_public else words.label("Show my profile to all")
    silence = words.label("Do not name me in groups") if mine.may_announce else words.label("Groups may name me")
    return Screen(
        text,
        (
            (Link(hide, "show_me", ("0" if mine.is_public else "1",)),),
            (Link(silence, "announce_me", ("0" if mine.may_announce else "1",)),),
            (buttons.profile(words),),
            buttons.way_out(words, "settings"),
        ),
    )


def not_changed(words: Words) -> Screen:
    """Something that is wrong with what was chosen."""
    text = words("⚠️ That did not work, and nothing was changed. Please try again later.")
    return Screen(text, (buttons.way_out(words, "settings"),))


def _zone(words: Words, zone: str, now: datetime) -> str:
    return _place(words, zones.place(zone, words.spoken), now)


def _place(words: Words, place: zones.Place, now: datetime) -> str:
    """Lagos, Nigeria (14:05)."""
    time = now.astimezone(ZoneInfo(place.zone) if zones.is_known(place.zone) else words.zone)
    named = f"{place.city}, {place.country}" if place.country and place.country != place.city else place.city
    return f"{named} ({time:%H:%M})"


def _heard(words: Words, muted: int) -> str:
    return words.count("all but {n} topic", "all but {n} topics", muted) if muted else words.label("all")


def _seen(words: Words, mine: Preferences) -> str:
    return words.label("public") if mine.is_public else words.label("hidden")


def _night(words: Words, mine: Preferences) -> str:
    if mine.quiet_from is None or mine.quiet_until is None:
        return words.label("none")
    return _span(words, mine.quiet_from, mine.quiet_until)


def _span(words: Words, begins: int, ends: int) -> str:
    return words.label("{begins}–{ends}", begins=_clock(begins), ends=_clock(ends))


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _marked(label: str, is_chosen: bool) -> str:
    return f"✅ {label}" if is_chosen else label
