"""The history page by page, the receipt of one movement, and statements as files."""

from __future__ import annotations

from typing import Final

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import choice, identifier
from lockbay.areas import period
from lockbay.areas.history import receipts, screens, statements
from lockbay.areas.history.records import AskStatement, Format, History, Receipt, StatementStart
from lockbay.areas.history.screens import ALL, NEWEST, Filter
from lockbay.areas.period import Period
from lockbay.errors import Outdated
from lockbay.money import CURRENCIES
from lockbay.postgres.queries import Refused

FORMATS: Final[dict[str, Format]] = {"csv": "csv", "pdf": "pdf"}


async def history(chat: Chat, before: str = NEWEST, kind: str = ALL, currency: str = ALL) -> None:
    """The movements before one, from its page's button; the newest without."""
    wanted = _filter(chat, kind, currency)
    page = await chat.read(History, identifier(before), wanted.kind, wanted.currency)
    await chat.show(screens.history(chat.words, page, wanted, before))


async def receipt(chat: Chat, posting: str, before: str = NEWEST, kind: str = ALL, currency: str = ALL) -> None:
    """One movement; Back leads to the page that it was opened from."""
    wanted = _filter(chat, kind, currency)
    identifier(before)
    found = await chat.find(Receipt, identifier(posting))
    if found is None:
        return await chat.show(receipts.unknown(chat.words))
    await chat.show(receipts.receipt(chat.words, found, wanted, before))


async def statement(chat: Chat) -> None:
    """Of which days, of which currency, as what file? It is made, and sent, by somebody else (notices/clerk.py)."""
    words = chat.words
    start = await chat.find(StatementStart)
    if start is None or not start.currencies:
        return await chat.show(statements.nothing(words))
    today = chat.now.astimezone(words.zone).date()
    days = await chat.ask("period", statements.which_period(words, today), parse=period.chosen(words))
    if days is None:
        days = await _other_days(chat)
    currency = ALL
    if len(start.currencies) > 1:
        options = {code: code for code in (ALL, *start.currencies)}
        ask = statements.which_currency(words, start.currencies, days)
        currency = await chat.ask("currency", ask, parse=choice(words, options))
    which = statements.which_format(words, days, currency)
    form = await chat.ask("format", which, parse=choice(words, FORMATS))
    since, until = days.times(words.zone)
    asked = await chat.do("ask", AskStatement(chat.user_id, days.value, since, until, currency, form))
    if isinstance(asked, Refused):
        return await chat.show(statements.refused(words, asked))
    await chat.show(statements.asked(words, form))


async def _other_days(chat: Chat) -> Period:
    today = chat.now.astimezone(chat.words.zone).date()
    first = await chat.ask("from", statements.from_when(chat.words, today), parse=period.typed_day(chat.words))
    until = statements.until_when(chat.words, first, today)
    return Period(first, await chat.ask("until", until, parse=period.typed_day(chat.words, since=first)))


def _filter(chat: Chat, kind: str, currency: str) -> Filter:
    """Raises Outdated for what no button of ours holds."""
    if kind not in screens.kinds(chat.words) or currency not in (ALL, *CURRENCIES):
        raise Outdated
    return Filter(kind, currency)
