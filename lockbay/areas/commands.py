"""The commands that people are offered: one list for /help and for Telegram's own menu of them."""

from __future__ import annotations

from lockbay.actors.words import Words


def listed(words: Words, *, is_admin: bool = False) -> list[tuple[str, str]]:
    """(name, what it does), as people look for them. Whoever runs LockBay has one more."""
    commands = [
        ("menu", words.label("Everything LockBay does")),
        ("wallet", words.label("Your money")),
        ("trade", words.label("A new trade")),
        ("trades", words.label("Your trades")),
        ("cashout", words.label("Send money out")),
        ("exchange", words.label("One currency for another")),
        ("history", words.label("What came and went")),
        ("contacts", words.label("Where your money goes to")),
        ("referral", words.label("Invite others, earn fee credit")),
        ("support", words.label("Ask our people")),
        ("settings", words.label("Language, notices, profile and more")),
        ("help", words.label("How it works")),
        ("start", words.label("Begin, or go on where you were")),
        ("cancel", words.label("Stop what you are doing")),
    ]
    return [*commands, ("admin", words.label("The state of the house"))] if is_admin else commands


def in_groups(words: Words) -> list[tuple[str, str]]:
    """Likewise, for those who run a group with LockBay in it: nobody else gets an answer there."""
    return [("announce", words.label("Choose what LockBay announces here"))]
