"""What a cash-out asks, and its review. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.cashout import limits
from lockbay.areas.cashout.answers import ALL, Field
from lockbay.areas.cashout.draft import Draft, Quote
from lockbay.areas.cashout.records import CashoutStart, Coin, Cost
from lockbay.areas.destinations import can_be_kept, goes_to
from lockbay.areas.networks import network_name
from lockbay.areas.text import BLANK, cut, fact, lines
from lockbay.money import plain, portion

PARTS: Final = (25, 50, 75)  # percent
OFFERED: Final = 6  # saved destinations
LONGEST_LABEL: Final = 60


def coin(words: Words, start: CashoutStart, now: datetime) -> Screen:
    """Which coin? Only those of which there is enough; or where money went before."""
    until = limits.used_up(start)
    if until is not None:
        return _used_up(words, start, until, now)
    filled = [each for each in start.coins if each.available]
    enough = [each for each in filled if each.available >= each.least(each.networks)]
    text = lines(
        words("💸 <b>Cash out</b>"),
        BLANK,
        words("What do you want to cash out? In your wallet:") if filled else _empty(words),
        *(words("<b>{amount}</b>", amount=words.amount(each.available, each.unit)) for each in filled),
        *(_too_little(words, each) for each in filled if each not in enough),
        *limits.told(words, start),
    )
    choices = tuple(Answer(each.currency, each.currency) for each in enough)
    deposit: Row = () if enough else (buttons.deposit(words, "primary"),)
    rows = (
        *buttons.rows(choices, 3),
        *_saved(start, enough),
        *_row(deposit),
        *_proof(words, start),
        buttons.way_out(words, "wallet"),
    )
    return Screen(text, rows)


def _used_up(words: Words, start: CashoutStart, until: datetime, now: datetime) -> Screen:
    """Nothing can be sent today. Asks nothing, and is a question: what is made now may use it up, and a replay asks the
    same.
    """
    text = lines(
        words("⏳ <b>No cash-out until {time}</b>", time=words.time_from(until)),
        BLANK,
        limits.why_used_up(words, start),
        words("You can cash out {when}; your money stays in your wallet.", when=words.until(until, now)),
    )
    return Screen(text, (*_proof(words, start), (buttons.wallet(words), buttons.menu(words))))


def _proof(words: Words, start: CashoutStart) -> tuple[Row, ...]:
    """To a higher limit, and from there to a cash-out again."""
    return ((buttons.email(words, "/cash_out"),),) if start.usd_left is not None and not start.is_verified else ()


def _empty(words: Words) -> Markup:
    return words(
        "Nothing in your wallet is available, so there is nothing to cash out. "
        "What is held, and fee credit, cannot be sent. A deposit adds to what is available."
    )


def _too_little(words: Words, of: Coin) -> Markup:
    least = words.amount(of.least(of.networks), of.unit)
    return words("<i>{coin}: less than {least} cannot be sent.</i>", coin=of.currency, least=least)


def _saved(start: CashoutStart, enough: Sequence[Coin]) -> tuple[Row, ...]:
    """Two taps from here: the amount, and Confirm."""
    codes = {each.currency for each in enough}
    offered = [each for each in start.saved if each.currency in codes][:OFFERED]
    return tuple(
        (Link(cut(f"⭐ {each.label} · {each.currency}", LONGEST_LABEL), "cash_out_to", (str(each.id),)),)
        for each in offered
    )


def amount(words: Words, start: CashoutStart, of: Coin, costs: Sequence[Cost], now: datetime) -> Screen:
    """How much? Typed, or a part of what there is."""
    until = limits.used_up(start)
    if until is not None:
        return _used_up(words, start, until, now)
    text = lines(
        words("💸 <b>Cash out {coin}: how much?</b>", coin=of.currency),
        BLANK,
        fact(words, words.label("In your wallet"), words.amount(of.available, of.unit)),
        *(_cost(words, of, cost, is_only=len(of.networks) == 1) for cost in costs),
        *limits.told(words, start),
        BLANK,
        words("Type the amount, or press a part of what you have. The fee is taken out of it."),
    )
    parts = buttons.rows(_parts(words, start, of, of.least(costs)), 2)
    return Screen(text, (*parts, *_proof(words, start), buttons.step_back(words)))


def _cost(words: Words, of: Coin, cost: Cost, *, is_only: bool) -> Markup:
    fee, least = words.amount(cost.fee, of.unit), words.amount(cost.least, of.unit)
    if is_only:
        return words("Fee: {fee}, smallest cash-out {least}", fee=fee, least=least)
    name = network_name(cost.network)
    return words("{network}: fee {fee}, smallest cash-out {least}", network=name, fee=fee, least=least)


def _parts(words: Words, start: CashoutStart, of: Coin, least: Decimal) -> Row:
    """What can be sent, and may be today. Whoever has nearly nothing has no part of it to send."""
    most = limits.most(start, of)
    if min(of.available, of.available if most is None else most) < least:
        return ()
    shares = [(percent, portion(of.available, percent, of.unit)) for percent in PARTS]
    parts = tuple(
        Answer(_label(words, of, percent, share), plain(share))
        for percent, share in shares
        if share >= least and (most is None or share <= most)
    )
    if most is None or of.available <= most:
        return (*parts, Answer(_label(words, of, 100, of.available), ALL))
    label = words.label("The most now · {amount}", amount=words.amount(most, of.unit))
    return (*parts, Answer(cut(label, LONGEST_LABEL), plain(most)))


def _label(words: Words, of: Coin, percent: int, share: Decimal) -> str:
    label = f"{words.percent(percent)} · {words.amount(share, of.unit)}"
    return cut(label, LONGEST_LABEL)


def network(words: Words, of: Coin, amount: Decimal | None) -> Screen:
    """Over which network? Those that send that much, the cheapest first."""
    whole = of.available if amount is None else amount
    choices = tuple(
        Answer(cut(_network(words, of, cost), LONGEST_LABEL), cost.network)
        for cost in of.networks
        if whole >= cost.least
    )
    text = lines(
        words("💸 <b>Cash out {amount}: over which network?</b>", amount=words.amount(whole, of.unit)),
        BLANK,
        words("It must be the one that the wallet or exchange that receives it uses. Another one loses the money."),
    )
    return Screen(text, (*buttons.rows(choices, 1), buttons.step_back(words)))


def _network(words: Words, of: Coin, cost: Cost) -> str:
    name, fee = network_name(cost.network), words.amount(cost.fee, of.unit)
    return words.label("{network} · fee {fee}", network=name, fee=fee)


def review(words: Words, start: CashoutStart, draft: Draft, quote: Quote) -> Screen:
    """Everything once more. Confirm agrees to the very numbers on the screen."""
    of = draft.coin
    worth = of.worth(quote.amount)
    text = lines(
        words("🧾 <b>Your cash-out</b>"),
        BLANK,
        fact(words, words.label("Amount"), words.amount(quote.amount, of.unit)),
        fact(words, words.label("Fee"), words.amount(quote.fee, of.unit)),
        fact(words, words.label("Arrives"), words.amount(quote.net, of.unit)) if quote.net > 0 else None,
        fact(words, words.label("Worth"), words("about {usd}", usd=words.usd(worth))) if worth is not None else None,
        goes_to(words, draft.destination),
        words("Kept as: <b>{label}</b>", label=draft.destination.label) if draft.destination.label else None,
        BLANK,
        *_hints(words, start, draft, quote),
    )
    confirm: Row = (Answer(words.label("✅ Confirm"), plain(quote.net), "success"),)
    can = _short(draft, quote) is None and not limits.is_over(start, worth)
    changes = buttons.rows(_changes(words, start, draft), 2)
    proof = _proof(words, start) if limits.is_over(start, worth) else ()
    return Screen(text, (*((confirm,) if can else ()), *changes, *proof, (buttons.cancel(words),)))


def _short(draft: Draft, quote: Quote) -> Decimal | None:
    """What would have to be there instead; None: Confirm may work. What has come meanwhile is not known here, so with
    all there is only the network's least counts.
    """
    if quote.amount < draft.cost.least:
        return draft.cost.least
    return quote.amount if draft.amount is not None and quote.amount > draft.coin.available else None


def _hints(words: Words, start: CashoutStart, draft: Draft, quote: Quote) -> tuple[Markup, ...]:
    """What stands in the way, or what comes before the money leaves."""
    of, short, worth = draft.coin, _short(draft, quote), draft.coin.worth(quote.amount)
    if short is not None:
        needed, there = words.amount(short, of.unit), words.amount(of.available, of.unit)
        return (words("⚠️ This needs {needed}, and you have {there}. Change it.", needed=needed, there=there),)
    final = words("Once it is sent, nobody can bring it back. Please compare where it goes letter by letter.")
    large = start.approval_usd is not None and worth is not None and worth >= start.approval_usd
    approval = words(
        "From {usd} on one of our people approves it first.", usd=words.usd(start.approval_usd or Decimal(0))
    )
    code = words("When you confirm, a code is mailed to you.")
    if limits.is_over(start, worth):
        return (words("⚠️ That is more than may be cashed out within 24 hours."), *limits.told(words, start)[1:])
    return (*((approval,) if large else ()), *((code,) if start.needs_code else ()), final)


def _changes(words: Words, start: CashoutStart, draft: Draft) -> Row:
    labels: dict[Field, str] = {"amount": words.label("✏️ Amount")}
    if len(draft.coin.networks) > 1:
        labels["network"] = words.label("✏️ Network")
    labels["to"] = words.label("✏️ Where to")
    if can_be_kept(draft.destination, start.saved):
        labels["keep"] = words.label("⭐ Keep it")
    return tuple(Answer(label, field) for field, label in labels.items())


def proven(words: Words, draft: Draft, net: Decimal) -> Markup:
    """What is sent once the code is right."""
    arrives = fact(words, words.label("Arrives"), words.amount(net, draft.coin.unit))
    return lines(words("It is for this cash-out:"), arrives, goes_to(words, draft.destination))


def _row(row: Row) -> tuple[Row, ...]:
    return (row,) if row else ()
