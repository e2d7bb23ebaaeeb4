"""Whatever the staff's log and lists can name has words, and so a translation: else it is said as the column has it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import get_args

import pytest

from lockbay.actors.words import words
from lockbay.areas.admin import team, transaction_screens
from lockbay.areas.admin.acts import ACTS
from lockbay.areas.admin.layout import STATES
from lockbay.areas.admin.people_records import AdminLog, LogLine
from lockbay.areas.admin.transaction_records import Kind, TransactionLine, Transactions
from lockbay.areas.admin.transaction_screens import NOUNS, Filter
from lockbay.areas.admin.transaction_screens import STATES as LISTED
from lockbay.areas.payout import Told
from lockbay.postgres import files
from tests.areas.sendable import labels, sent
from tests.clock import START

RECORDED = re.compile(r"admin_record\([^,]+,([^,]+),")
INSERTED = re.compile(r"admin_actions \([^)]*\)\s*(?:VALUES \(|SELECT )[^,]+,\s*'([a-z_]+)'")
QUOTED = re.compile(r"'([a-z_]+)'")
FRENCH = words("fr", "UTC")
GENDERS: dict[Kind, re.Pattern[str]] = {
    "t": re.compile(r"\b\w+é\b"),  # what no transaction can be in French: la transaction est payée
    "c": re.compile(r"\b\w+ée\b"),  # and le retrait, le dépôt, l’échange is payé
    "d": re.compile(r"\b\w+ée\b"),
    "x": re.compile(r"\b\w+ée\b"),
}


def recorded() -> set[str]:
    """What the statements write into the log; of what they put together the part that stands there."""
    sources = [path.read_text(encoding="utf-8") for path in files.sql_folder().rglob("*.sql")]
    made = {word for text in sources for argument in RECORDED.findall(text) for word in QUOTED.findall(argument)}
    return made | {word for text in sources for word in INSERTED.findall(text)}


def test_every_act_of_the_log_has_words() -> None:
    known = {"give_role", "console_entered", "take_dispute", "_cashout", "unapplied_"}
    assert recorded() >= known, "the acts are found in the statements"
    assert [word for word in sorted(recorded()) if not any(_is(word, act) for act in ACTS)] == []


def _is(word: str, act: str) -> bool:
    return act == word or (word.startswith("_") and act.endswith(word)) or (word.endswith("_") and act.startswith(word))


@pytest.mark.parametrize(
    ("action", "subject", "before", "after", "english", "french"),
    [
        ("give_role", "@ben", None, "finance", "@ben\n– → finance", "@ben\n– → finances"),
        ("take_role", "@ben", "support", None, "@ben\nsupport → –", "@ben\nassistance → –"),
        ("set_term", "terms fee_percent", "5", "4", "Fee of a trade\n5 → 4", "Frais d’une transaction"),
        ("set_fee", "fee USDT TRC20", None, None, "network fee USDT TRC20", "frais de réseau USDT TRC20"),
        (
            "approve_cashout",
            "C-7K3Q9X",
            "awaiting_approval",
            "requested",
            "awaiting approval → requested",
            "→ demandé",
        ),
        ("unapplied_credited", "unapplied 7", None, None, "unapplied payment 7", "paiement non affecté 7"),
        ("end_alarm", "payout_event 7", None, None, "strange payout 7", "versement inexpliqué 7"),
        ("pause_broadcast", "broadcast 7", None, None, "announcement 7", "annonce 7"),
        ("audit_begun", "audit 7", None, None, ": audit 7", "vérification 7"),
        ("retry_notice", "notice 7", None, None, ": notice 7", "notification 7"),
        ("close_house", "house", None, "We move <b>", "LockBay\n– → We move <b>", "LockBay"),
        ("end_alarm", "terms of Ben", None, None, "terms of Ben", "terms of Ben"),
        ("take_dispute", "T-7K3Q9X", None, "assigned to: 7", "– → assigned to: 7", "T-7K3Q9X"),
    ],
)
def test_the_log_says_to_what_and_how_in_words(
    action: str, subject: str, before: str | None, after: str | None, english: str, french: str
) -> None:
    log = AdminLog((LogLine(1, START, "@cleo", action, subject, "", before, after),), None, None)
    for language, said in (("en", english), ("fr", french)):
        assert said in sent(team.log(words(language, "UTC"), log, "0", "0"))


def test_every_state_of_a_transaction_has_words() -> None:
    more = {"d": ("noted", "credited", "refunded", "attached"), "x": ("done",), "c": get_args(Told)}
    for kind, noun in NOUNS.items():
        assert sorted({*LISTED.get(kind, ()), *more.get(kind, ())} - STATES[noun].keys()) == []


@pytest.mark.parametrize("kind", GENDERS)
def test_a_state_agrees_with_what_it_is_said_of(kind: Kind) -> None:
    """English has one word for them all, where French has two: refusé, refusée."""
    more = {"d": ("credited", "refunded", "attached", "noted"), "x": ("done",)}
    said = [*labels(transaction_screens.states(FRENCH, Filter(kind, "", 0)))]
    for state in (*LISTED.get(kind, ()), *more.get(kind, ())):
        line = TransactionLine(kind, 1, "X-1", START, state, Decimal(10), "USDT", "Ana", "Ben")
        view = Transactions((line,), None, None)
        said.append(sent(transaction_screens.listed(FRENCH, view, Filter(kind, state, 0))))
    assert [text for text in said if GENDERS[kind].search(text)] == []


def test_an_exchange_that_is_done_was_not_sent() -> None:
    line = TransactionLine("x", 1, "X-1", START, "done", Decimal(10), "USDT", "Ana", "BTC")
    assert "envoi" not in sent(
        transaction_screens.listed(FRENCH, Transactions((line,), None, None), Filter("x", "", 0))
    )
