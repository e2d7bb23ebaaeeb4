"""What is told seldom, and by no other test: each can be sent in every language, whatever is in it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.actors.words import languages, words
from lockbay.areas.admin.cashout_news import StaffCashout
from lockbay.areas.admin.news import Unreadable
from lockbay.areas.code_mail import EmailReplaced
from lockbay.areas.preferences.news import AccountClosed
from lockbay.areas.trades.news import News
from lockbay.areas.trades.records import Role, State
from lockbay.plan import notices
from tests.areas.sendable import leads_to, sent
from tests.clock import START

ODD = "<b>&" * 300
TEN = Decimal(10)
STUCK = StaffCashout(
    2**53, "C-ABCDEF", 2**52, ODD, "unknown", "NGN", "BANK", TEN, TEN, None, "0123456789", ODD, ODD,
    "kraken", None, ODD,
)  # fmt: skip
RARE = {
    "payout_stuck": (STUCK, "payout"),
    "unreadable": (Unreadable("dynopay", ODD, "0" * 40), "menu"),
    "email_replaced": (EmailReplaced(1, START), "menu"),
    "account_closed": (AccountClosed(1, START), "reopen_account"),
}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", RARE)
def test_what_is_told_seldom_can_be_sent_and_leads_on(kind: str, language: str) -> None:
    record, to = RARE[kind]
    notice = notices("lockbay_bot", b"")[kind]
    assert isinstance(record, notice.record)
    screen = notice.draw(words(language, "Africa/Lagos"), record)
    assert sent(screen)
    assert to in leads_to(screen)


def test_what_a_provider_says_against_a_cash_out_is_said_in_the_words_of_who_reads_it() -> None:
    news = evolve(STUCK, state="declined", told="failed", by="blockbee")
    told = sent(notices("lockbay_bot", b"")["cashout_strange"].draw(words("fr", "UTC"), news))
    assert "Chez nous\xa0: refusé\u202f; blockbee annonce\xa0: échec." in told


@pytest.mark.parametrize(
    ("kind", "role", "says"),
    [
        ("trade_cancelled", "seller", "before all of the price was paid"),
        ("trade_expired", "buyer", "is back in your wallet"),
        ("trade_expired", "seller", "nothing is held for you"),
    ],
)
def test_a_trade_that_ends_unpaid_in_part_says_where_the_money_is(kind: str, role: Role, says: str) -> None:
    state: State = "expired" if kind == "trade_expired" else "cancelled"
    news = News(1, "T-7K3Q9X", state, role, "Ann", "USDT", TEN, TEN, TEN, "A bicycle", None, in_part=True)
    assert says in sent(notices("lockbay_bot", b"")[kind].draw(words("en", "UTC"), news))
