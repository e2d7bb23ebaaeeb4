"""What somebody who disputes a trade is asked, and is told afterwards. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, disputed, stages
from lockbay.areas.disputes.answers import CONFIRM, DONE, LONGEST, REASONS
from lockbay.areas.disputes.draft import MOST_FILES, SHORTEST_TEXT, Draft
from lockbay.areas.disputes.records import DisputeStart, Opened
from lockbay.areas.refusals import Sentence, said
from lockbay.areas.text import BLANK, capital, cut, fact, isolated, lines, quoted
from lockbay.postgres.queries import Refused


def unknown(words: Words) -> Screen:
    """No such trade, or not theirs: the same sentence, so that nobody learns which."""
    text = lines(
        words("🔍 <b>There is no such trade of yours.</b>"), BLANK, words("Look for it in the list of your trades.")
    )
    return Screen(text, ((buttons.my_trades(words), buttons.menu(words)),))


def why(words: Words, page: DisputeStart) -> Screen:
    """The reason, by buttons; before that, what else can be done."""
    ask = lines(
        words("LockBay’s people read the chat, ask both sides, and decide who gets the {amount} that is held.",
              amount=words.amount(page.held, page.currency)),
        words("Until then no time runs out. Did you write to {other} first? Often that is faster.",
              other=isolated(page.other or "?")),
        BLANK,
        words("<b>What is wrong?</b>"),
    )  # fmt: skip
    options: Row = tuple(Answer(capital(disputed.reason(words, each)), each) for each in REASONS[page.role])
    return _question(words, page, ask, *buttons.rows(options, 1))


def story(words: Words, page: DisputeStart) -> Screen:
    """What happened, in their own words."""
    ask = lines(
        words("<b>What happened?</b>"),
        words(
            "Tell it in {least} to {most} characters: what was agreed, what you did, what the other side did. Both "
            "sides and LockBay read it.",
            least=SHORTEST_TEXT,
            most=LONGEST,
        ),
    )
    return _question(words, page, ask)


def evidence(words: Words, page: DisputeStart, sent: int) -> Screen:
    """Photos and files, one after the other."""
    got = words.some("✅ {n} is kept.", "✅ {n} are kept.", sent)
    ask = lines(
        words("<b>What shows it?</b>"),
        words("Send photos or files, up to {most}, one after the other. Then press Done.", most=MOST_FILES),
        got,
    )
    label = words.label("✅ Done") if sent else words.label("✅ Done: I have none")
    return _question(words, page, ask, (Answer(label, DONE),))


def review(words: Words, page: DisputeStart, draft: Draft) -> Screen:
    """Everything once more."""
    ask = lines(
        fact(words, words.label("Reason"), disputed.reason(words, draft.reason)),
        quoted(draft.text),
        fact(words, words.label("Photos and files"), len(draft.files)),
        BLANK,
        words("It cannot be taken back or changed; you can say more in the chat. The other side is told at once."),
    )
    return _question(words, page, ask, (Answer(words.label("⚖️ Confirm: open the dispute"), CONFIRM, "danger"),))


def opened(words: Words, done: Opened) -> Screen:
    """It is on its way."""
    text = lines(
        words("⚖️ <b>Trade {slug} is disputed.</b>", slug=done.slug),
        BLANK,
        words("Its time stands still, and the money stays held. LockBay reads what you wrote and asks in the chat."),
        words("If you settle it with each other, either side can still give in on the page of the trade."),
    )
    chat = Link(words.label("💬 Chat"), "trade_chat", (str(done.trade_id),), "primary")
    return Screen(text, ((chat,), _way_back(words, done.trade_id)))


def refused(words: Words, page: DisputeStart, why: Refused) -> Screen:
    """Nothing was opened; what has become of the trade, where that is why."""
    known = stages.known(page.state, page.role, page.ended_how)
    said = sentence(words, Refused(why.reason, {**why.details, **known}))
    text = lines(words("⚖️ <b>No dispute of trade {slug} was opened now.</b>", slug=page.slug), BLANK, said)
    return Screen(text, (_way_back(words, page.trade_id),))


def sentence(words: Words, refused: Refused) -> Markup:
    """Why nothing was done."""
    return said(words, refused, SENTENCES, GENERAL)


GENERAL: Final = "That was not possible, and nothing was done. Look at the trade before you try again."
SENTENCES: Final[Mapping[str, Sentence]] = {
    "unknown_trade": "There is no such trade of yours. Nothing was done.",
    "not_yours": "That is not your trade. Nothing was done.",
    "wrong_state": stages.sentence,
    "too_late": "The time to dispute this trade is over, so nothing was done. Write to Support if something is wrong.",
    "bad_reason": "That is not a reason of your side. Nothing was done; begin again.",
    "bad_text": "What happened has to be told in 10 to 1000 characters. Nothing was done; begin again.",
    "bad_files": "Those files could not be taken: at most ten, each with at most 1000 characters of text. Nothing was "
    "done; begin again.",
}


def _question(words: Words, page: DisputeStart, ask: Markup, *answers: Row) -> Screen:
    if page.why_not is not None:
        return refused(words, page, Refused(page.why_not))
    title = words("⚖️ <b>Dispute trade {slug}</b>", slug=page.slug)
    head = lines(title, isolated(cut(page.description, 100)), BLANK)
    cancel = Link(words.label("✖️ Cancel"), "trade", (str(page.trade_id),))
    return Screen(lines(head, ask), (*answers, (buttons.last_answer(words), cancel, buttons.menu(words))))


def _way_back(words: Words, trade_id: int) -> Row:
    return (buttons.the_trade(words, trade_id), buttons.menu(words))
