"""What was told of payouts and fits nothing: looked into by somebody of the staff, who says what it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.admin import answers
from lockbay.areas.admin import cashout_decisions as decisions
from lockbay.areas.admin.cashout_records import EndAlarm, PayoutAlarm, PayoutAlarms
from lockbay.areas.admin.cashouts import standing
from lockbay.areas.admin.layout import state
from lockbay.areas.text import cut, paragraphs
from lockbay.postgres.queries import Refused

FIRST: Final = "0"


async def payout_alarms(chat: Chat, after: str = FIRST) -> None:
    """What nobody has looked into yet, page by page."""
    view = await chat.read(PayoutAlarms, identifier(after))
    await chat.show(page(chat.words, view))


async def end_alarm(chat: Chat, alarm_id: str) -> None:
    """What was it? Then it is off the list."""
    wanted = identifier(alarm_id)
    view = await chat.read(PayoutAlarms, wanted - 1)
    note = await chat.ask("note", question(chat.words, wanted, view), parse=answers.note(chat.words))
    ended = await chat.do("end", EndAlarm(chat.user_id, wanted, note))
    rest = await chat.read(PayoutAlarms, 0)
    shown = page(chat.words, rest)
    await chat.show(shown.with_problem(decisions.sentence(chat.words, ended)) if isinstance(ended, Refused) else shown)


def page(words: Words, view: PayoutAlarms) -> Screen:
    """Each with the cash-out that it is about, and a button for when it is understood."""
    text = paragraphs(
        (
            words("🚨 <b>Payouts told that fit nothing</b>"),
            *(_line(words, each) for each in view.alarms),
            words("Nothing was changed by them. Look into the provider’s dashboard; the audit shows money gone twice.")
            if view.alarms
            else words("There are none."),
        )
    )
    rows = tuple(_row(words, each) for each in view.alarms)
    more = pages.onward(words, "payout_alarms", next=view.next)
    return Screen(text, (*rows, more, buttons.way_out(words, "admin")))


def _line(words: Words, each: PayoutAlarm) -> Markup:
    txid = f", {each.txid}" if each.txid else ""
    return words(
        "<b>{n}</b> · {time} · {provider} tells: {told}{txid}\n{what}",
        n=each.id,
        time=words.time(each.at),
        provider=cut(each.provider, 20),
        told=cut(state(words, "cash-out", each.told), 40),
        txid=cut(txid, 120),
        what=_what(words, each),
    )


def _what(words: Words, each: PayoutAlarm) -> Markup:
    if each.slug is None or each.state is None or each.amount is None or each.currency is None:
        return words("No cash-out has the reference <code>{reference}</code>", reference=cut(each.reference, 120))
    amount, now = words.amount(each.amount, each.currency), standing(words, each.state)
    return words("{slug}, {amount}, is {state} now", slug=each.slug, amount=amount, state=now)


def _row(words: Words, each: PayoutAlarm) -> Row:
    looked = Link(words.label("✔️ {n} is understood", n=each.id), "end_alarm", (str(each.id),))
    if each.cashout_id is None or each.slug is None:
        return (looked,)
    book = Link(words.label("⚖️ Book {n}", n=each.id), "book_payout", (str(each.id),))
    books: Row = (book,) if each.told in ("done", "failed") else ()
    return (Link(each.slug, "payout", (str(each.cashout_id),)), *books, looked)


def question(words: Words, alarm_id: int, view: PayoutAlarms) -> Screen:
    """What was it?"""
    found = next((each for each in view.alarms if each.id == alarm_id), None)
    text = paragraphs(
        (
            words("✍️ <b>What was it?</b>"),
            None if found is None else _line(words, found),
            words("One or two sentences, which are kept. It is taken off the list then; no money moves."),
        )
    )
    return Screen(text, (buttons.way_out(words, "payout_alarms"),))


FLOWS: Final[Mapping[str, Flow]] = {"payout_alarms": payout_alarms, "end_alarm": end_alarm}
