"""The screens of disputes, pure: whatever people write and call themselves, they fit, lead on, and say why not."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from attrs import evolve

from lockbay.actors.parse import Reply, Said
from lockbay.actors.screen import Screen
from lockbay.actors.update import Contact, Sent
from lockbay.actors.words import words
from lockbay.areas.disputed import How, Reason, Side
from lockbay.areas.disputes import answers, cases, decisions, opening
from lockbay.areas.disputes.answers import REASONS
from lockbay.areas.disputes.draft import Draft
from lockbay.areas.disputes.news import NOTICES, News
from lockbay.areas.disputes.records import DisputeCase, DisputeLine, DisputeQueue, DisputeStart, Opened, Party
from lockbay.areas.messages import message
from lockbay.errors import Invalid
from lockbay.postgres.queries import Refused
from tests.areas.sendable import leads_to, sent
from tests.clock import START

EN = words("en", "UTC")
LATER = START + timedelta(hours=3)
NAME = "<b>" + "😀" * 61
MOST = Decimal("9999.123456789012345678")
TEXT = "&😀" * 500
PARTY = Party(Decimal("4.8"), 99, 99, MOST, 99, 6, START, 2**52, NAME)
CASE = DisputeCase(
    trade_id=2**62, slug="T-7K3Q9X", state="disputed", currency="ETH", amount=MOST, fee_payer="split", held=MOST,
    payout=MOST - 1, description=TEXT, paid_at=START, accepted_at=START,
    deliver_by=LATER, delivered_at=LATER, by="buyer", reason="not_released", text=TEXT, opened_at=START,
    assigned_to=None, assigned=None, buyer=PARTY, seller=PARTY, newest_message=2**31 - 1, unread=2**31 - 1,
    resolved_at=None, resolved_by=None, how=None, percent=None, buyer_gets=None, seller_gets=None, fee=None, why=None,
)  # fmt: skip
OVER = evolve(
    CASE, state="resolved", resolved_at=LATER, resolved_by=NAME, how="split", percent=50, buyer_gets=MOST,
    seller_gets=MOST, fee=MOST, why="&" * 500,
)  # fmt: skip
PAGE = DisputeStart(2**62, "T-7K3Q9X", "buyer", NAME, "ETH", MOST, TEXT, None, "delivered", None)
LINE = DisputeLine(2**62, "T-7K3Q9X", START, "seller", "not_released", "ETH", MOST, 1, NAME, 2, NAME, NAME, False, None)
NEWS = News(
    2**62, "T-7K3Q9X", "buyer", "seller", "not_released", TEXT, START, NAME, NAME, "ETH", MOST, "split", 50, "&" * 500,
    MOST, MOST, MOST,
)  # fmt: skip


def shown(page: DisputeCase, viewer: int = 1) -> Screen:
    return cases.case(EN, page, LATER, viewer, decisions.taken(EN))


@pytest.mark.parametrize("page", [CASE, evolve(CASE, assigned_to=7, assigned=NAME), OVER])
def test_a_dispute_with_the_longest_of_everything_fits(page: DisputeCase) -> None:
    for reason in decisions.SENTENCES:
        screen = shown(page).with_problem(decisions.sentence(EN, Refused(reason, {"by": NAME})))
        assert NAME[:20] in sent(screen)
    assert {"trade_chat", "disputes", "menu"} <= leads_to(shown(page))


def test_what_can_be_done_depends_on_who_has_it_and_whether_it_has_ended() -> None:
    mine, theirs = evolve(CASE, assigned_to=1, assigned="@me"), evolve(CASE, assigned_to=7, assigned="@seven")
    assert "take_dispute" in leads_to(shown(CASE))
    assert "take_dispute" not in leads_to(shown(mine))
    assert "🙋 Take it over" in [button.label for row in shown(theirs).rows for button in row]
    assert "resolve_dispute" in leads_to(shown(theirs)), "whoever is on duty may decide"
    assert leads_to(shown(OVER)) == {"trade_chat", "disputes", "menu"}


def test_how_it_ended_is_shown_with_every_part() -> None:
    for how in get_args(How):
        page = evolve(OVER, how=how)
        text = sent(shown(evolve(page, why=None, resolved_by=None) if how == "conceded" else page))
        assert text.count("9,999.123456789012345678 ETH") == 5
        assert ("both sides" in text) == (how == "conceded")


@pytest.mark.parametrize("percent", [0, 1, 50, 99, 100])
def test_every_question_before_a_decision_fits_and_its_button_can_be_pressed(percent: int) -> None:
    for screen in (
        decisions.how_much(EN, CASE, LATER, 1),
        decisions.reason(EN, CASE, LATER, 1, percent),
        decisions.sure(EN, CASE, LATER, 1, percent, "&" * 500),
    ):
        assert sent(screen)
        assert leads_to(screen) == {"dispute", "menu"}
    assert "resolve_dispute" not in leads_to(decisions.sure(EN, OVER, LATER, 1, percent, "why"))


@pytest.mark.parametrize("ended", [False, True])
def test_a_page_of_the_list_with_the_longest_of_everything_fits(ended: bool) -> None:
    line = evolve(LINE, how="conceded") if ended else LINE
    screen = cases.queue(EN, DisputeQueue((line,) * 8, 2**62, 10**6), LATER, ended=ended)
    assert sent(screen).count("T-7K3Q9X") == 8
    assert leads_to(screen) == {"dispute", "disputes", "admin", "menu"}


@pytest.mark.parametrize("role", get_args(Side))
def test_every_question_to_who_disputes_fits_and_leads_back(role: Side) -> None:
    page = evolve(PAGE, role=role)
    draft = Draft(REASONS[role][0], TEXT)
    for screen in (
        opening.why(EN, page), opening.story(EN, page), opening.evidence(EN, page, 9), opening.review(EN, page, draft),
        *(opening.refused(EN, page, Refused(reason)) for reason in opening.SENTENCES),
    ):  # fmt: skip
        assert "T-7K3Q9X" in sent(screen)
        assert leads_to(screen) == {"trade", "menu"}
    assert leads_to(opening.opened(EN, Opened(1, "T-7K3Q9X", 11))) == {"trade_chat", "trade", "menu"}
    assert set(REASONS[role]) <= set(get_args(Reason))


@pytest.mark.parametrize("kind", sorted(NOTICES))
@pytest.mark.parametrize("role", ["buyer", "seller"])
def test_every_notice_fits_and_leads_on(kind: str, role: Side) -> None:
    screen = NOTICES[kind].draw(EN, evolve(NEWS, role=role))
    assert "T-7K3Q9X" in sent(screen).splitlines()[0]  # the subject of a mail
    assert {"trade", "menu"} <= leads_to(screen) or {"dispute", "trade_chat", "menu"} <= leads_to(screen)


def test_every_reason_of_a_refusal_has_a_sentence_and_no_sentence_is_idle() -> None:
    folder = Path(__file__).parents[2] / "sql"
    text = {file.stem: file.read_text() for file in (folder / "disputes").glob("*.sql")}
    refused = {stem: set(re.findall(r"requests_refuse\(p_request_key, '(\w+)'", sql)) for stem, sql in text.items()}
    guards = set(re.findall(r"THEN '(\w+)'", text["why_not"]))
    assert decisions.SENTENCES.keys() == guards | refused["take"] | refused["resolve"]
    of_trades = {"unknown_trade", "not_yours", "wrong_state", "too_late"}
    assert opening.SENTENCES.keys() == of_trades | refused["open"]


def test_an_unknown_reason_has_a_sentence_too() -> None:
    assert "no money moved" in decisions.sentence(EN, Refused("eclipse"))
    assert "nothing was done" in opening.sentence(EN, Refused("eclipse"))


@pytest.mark.parametrize("reply", [Sent("other"), Contact("+2348031234567", is_own=True), Said("here it is")])
def test_what_is_no_evidence_is_said_not_to_be_kept_and_what_a_video_can_be_sent_as(reply: Reply) -> None:
    with pytest.raises(Invalid, match="was not kept"):
        answers.evidence(EN)(reply)
    with pytest.raises(Invalid, match="send it as a file"):
        answers.evidence(EN)(Sent("other"))


@pytest.mark.parametrize("reply", [Sent("other"), Contact("+2348031234567", is_own=True)])
def test_what_is_not_passed_on_is_said_not_to_be_sent(reply: Reply) -> None:
    with pytest.raises(Invalid, match="so that was not sent"):
        message(EN)(reply)
    with pytest.raises(Invalid, match="send it as a file"):
        message(EN)(Sent("other"))


@pytest.mark.parametrize("language", ["en", "fr", "tr"])
def test_a_part_is_understood_as_the_screen_writes_it(language: str) -> None:
    there = words(language, "UTC")
    assert answers.percent(there)(Said(there.percent(33))) == 33
