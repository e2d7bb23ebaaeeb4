"""What the staff did, in a few words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.person import Role
from lockbay.actors.words import Words
from lockbay.areas.admin import term_values
from lockbay.areas.admin.layout import STATES
from lockbay.areas.text import cut, isolated

_WHICH: Final = re.compile(r"\d*|[A-Z]+ [A-Z0-9]+", re.ASCII)  # a number, or a coin and its network


@frozen
class Act:
    """What somebody of the staff did, as it is listed on the page of what they did it to."""

    at: datetime
    by: str
    action: str
    why: str


def acted(words: Words, each: Act) -> Markup:
    """When, by whom, what and why."""
    return words(
        "{time} · {by} {act}: {why}",
        time=words.time(each.at),
        by=isolated(cut(each.by, 40)),
        act=act(words, each.action),
        why=isolated(cut(each.why, 100)),
    )


def act(words: Words, word: str) -> str:
    """An action of the log."""
    say = ACTS.get(word)
    return say(words) if say else word.replace("_", " ")


def subject(words: Words, named: str) -> str:
    """To what it was done, where that has no name of its own."""
    kind, _, which = named.partition(" ")
    if kind == "terms" and which in term_values.TITLES:
        return term_values.title(words, which)
    say = SUBJECTS.get(kind)
    return say(words, which) if say and _WHICH.fullmatch(which) else named


def held(words: Words, action: str, value: str | None) -> str:
    """How it was before or after."""
    if value is None:
        return "–"
    if action in ("give_role", "take_role"):
        return role(words, value)
    state = STATES["cash-out"].get(value) if action.endswith("_cashout") else None
    return state(words) if state else value


def role(words: Words, held: Role | str) -> str:
    """What somebody is."""
    match held:
        case "owner":
            return words.label("owner")
        case "finance":
            return words.label("finance")
        case _:
            return words.label("support")


SUBJECTS: Final[Mapping[str, Callable[[Words, str], str]]] = {
    "house": lambda words, _: "LockBay",
    "fee": lambda words, which: words.label("network fee {of}", of=which),
    "unapplied": lambda words, which: words.label("unapplied payment {id}", id=which),
    "payout_event": lambda words, which: words.label("strange payout {id}", id=which),
    "broadcast": lambda words, which: words.label("announcement {id}", id=which),
    "notice": lambda words, which: words.label("notice {id}", id=which),
    "audit": lambda words, which: words.label("audit {id}", id=which),
}
ACTS: Final[Mapping[str, Callable[[Words], str]]] = {
    "give_role": lambda words: words.label("gave a role"),
    "take_role": lambda words: words.label("took the role"),
    "block": lambda words: words.label("blocked"),
    "unblock": lambda words: words.label("unblocked"),
    "set_term": lambda words: words.label("changed a term"),
    "reset_term": lambda words: words.label("reset a term"),
    "set_fee": lambda words: words.label("changed a network fee"),
    "close_house": lambda words: words.label("closed LockBay"),
    "open_house": lambda words: words.label("opened LockBay"),
    "propose_correction": lambda words: words.label("proposed a correction"),
    "approve_correction": lambda words: words.label("approved a correction"),
    "decline_correction": lambda words: words.label("declined a correction"),
    "unapplied_credited": lambda words: words.label("credited an unapplied payment"),
    "unapplied_refunded": lambda words: words.label("sent back an unapplied payment"),
    "unapplied_attached": lambda words: words.label("gave an unapplied payment to a trade"),
    "claim_cashout": lambda words: words.label("began to pay a cash-out by hand"),
    "approve_cashout": lambda words: words.label("approved a cash-out"),
    "decline_cashout": lambda words: words.label("declined a cash-out"),
    "refund_cashout": lambda words: words.label("refunded a cash-out"),
    "paid_cashout": lambda words: words.label("paid a cash-out by hand"),
    "retry_cashout": lambda words: words.label("tried a cash-out again"),
    "end_alarm": lambda words: words.label("looked into a strange payout"),
    "retry_update": lambda words: words.label("tried an update again"),
    "discard_update": lambda words: words.label("discarded an update"),
    "retry_notice": lambda words: words.label("told a notice again"),
    "start_broadcast": lambda words: words.label("announced"),
    "pause_broadcast": lambda words: words.label("paused an announcement"),
    "resume_broadcast": lambda words: words.label("resumed an announcement"),
    "cancel_broadcast": lambda words: words.label("stopped an announcement"),
    "export": lambda words: words.label("exported"),
    "take_dispute": lambda words: words.label("took a dispute"),
    "resolve_dispute": lambda words: words.label("decided a dispute"),
    "ticket_assign": lambda words: words.label("gave or took a ticket"),
    "ticket_close": lambda words: words.label("closed a ticket"),
    "ticket_reopen": lambda words: words.label("opened a ticket again"),
    "audit_begun": lambda words: words.label("had the books proven"),
    "console_entered": lambda words: words.label("came into the console"),
    "console_left": lambda words: words.label("left the console"),
}
