"""What an exchange asks, and its review. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, prices
from lockbay.areas.destinations import can_be_kept, goes_to
from lockbay.areas.exchange.answers import agreed
from lockbay.areas.exchange.draft import Draft
from lockbay.areas.exchange.records import Coin, ExchangeQuote, ExchangeStart
from lockbay.areas.networks import NETWORKS
from lockbay.areas.text import cut, lines, paragraphs
from lockbay.money import EXACT, plain, portion

PARTS: Final = (25, 50, 75, 100)  # percent
LONGEST_LABEL: Final = 60


def give(words: Words, start: ExchangeStart) -> Screen:
    """Which currency goes?"""
    filled = [coin for coin in start.coins if coin.available > 0]
    priced = [coin for coin in filled if coin.usd is not None]
    nothing = words(
        "Nothing in your wallet is available, so there is nothing to exchange. "
        "What is held, and fee credit, cannot be exchanged. A deposit adds to what is available."
    )
    text = paragraphs(
        (
            words("🔄 <b>Exchange</b>"),
            words("What do you want to give?") if priced else None if filled else nothing,
            _without_price(words, [coin for coin in filled if coin.usd is None]),
        )
    )
    choices = tuple(
        Answer(cut(words.amount(coin.available, coin.unit), LONGEST_LABEL), coin.currency) for coin in priced
    )
    deposit: Row = () if filled else (buttons.deposit(words, "primary"),)
    rows = (*buttons.rows(choices, 2), deposit, (buttons.exchanges(words),))
    return Screen(text, (*rows, buttons.way_out(words, "wallet")))


def get(words: Words, start: ExchangeStart, given: Coin) -> Screen:
    """Which currency comes?"""
    others = [coin for coin in start.coins if coin.currency != given.currency]
    priced = [coin for coin in others if coin.usd is not None]
    text = paragraphs(
        (
            words("🔄 <b>Exchange {coin}</b>", coin=given.currency),
            words("What do you want to get for it?"),
            _without_price(words, [coin for coin in others if coin.usd is None]),
        )
    )
    choices = tuple(Answer(coin.currency, coin.currency) for coin in priced)
    return Screen(text, (*buttons.rows(choices, 3), buttons.step_back(words)))


def _without_price(words: Words, coins: list[Coin]) -> Markup | None:
    """Nobody is quoted a guess."""
    if not coins:
        return None
    return words(
        "There is no price for {codes} just now that enough sources agree on, so it cannot be exchanged. "
        "Please look again in some minutes.",
        codes=", ".join(coin.currency for coin in coins),
    )


def amount(words: Words, start: ExchangeStart, given: Coin, got: Coin) -> Screen:
    """How much? Typed, or a part of what there is."""
    parts = _parts(words, start, given)
    text = paragraphs(
        (
            words("🔄 <b>{give} → {get}: how much?</b>", give=given.currency, get=got.currency),
            lines(
                words("In your wallet: <b>{amount}</b>", amount=words.amount(given.available, given.unit)),
                _around(words, start, given, got),
                words(
                    "From {least} to {most} worth at a time",
                    least=words.usd(start.smallest_usd),
                    most=words.usd(start.largest_usd),
                ),
                _room(words, start, got),
            ),
            words("Type how much {coin} you give, or press a part of what you have.", coin=given.currency)
            if parts
            else words("Type how much {coin} you give.", coin=given.currency),
        )
    )
    return Screen(text, (*buttons.rows(parts, 2), buttons.step_back(words)))


def _around(words: Words, start: ExchangeStart, given: Coin, got: Coin) -> Markup | None:
    """What one unit would come to; the promise comes with the quote."""
    if given.usd is None or got.usd is None:
        return None
    market = EXACT.divide(given.usd, got.usd)
    price = EXACT.multiply(market, EXACT.subtract(Decimal(1), EXACT.divide(start.spread_percent, Decimal(100))))
    told = prices.told(words, price, given.currency, got.currency, is_cheap=price < 1)
    return words("About {price}", price=told)


def _room(words: Words, start: ExchangeStart, got: Coin) -> Markup | None:
    """Only when it may be in the way."""
    if got.usd is None or got.room is None or EXACT.multiply(got.room, got.usd) >= start.largest_usd:
        return None
    return words("At the moment at most {room} can be given.", room=words.amount(got.room, got.unit))


def _parts(words: Words, start: ExchangeStart, given: Coin) -> Row:
    """Those that may be exchanged, as far as is known."""
    shares = [(percent, portion(given.available, percent, given.unit)) for percent in PARTS]
    return tuple(
        Answer(cut(_part(words, percent, words.amount(share, given.unit)), LONGEST_LABEL), plain(share))
        for percent, share in shares
        if share > 0 and _is_allowed(start, given, share)
    )


def _is_allowed(start: ExchangeStart, given: Coin, share: Decimal) -> bool:
    return given.usd is None or start.smallest_usd <= EXACT.multiply(share, given.usd) <= start.largest_usd


def _part(words: Words, percent: int, amount: str) -> str:
    return f"{words.percent(percent)} · {amount}"


def network(words: Words, of: Coin) -> Screen:
    """Over which network is it sent on?"""
    choices = tuple(
        Answer(
            cut(
                words.label(
                    "{network} · fee {fee}",
                    network=NETWORKS[cost.network].name,
                    fee=words.amount(cost.fee, of.unit),
                ),
                LONGEST_LABEL,
            ),
            cost.network,
        )
        for cost in of.networks
    )
    text = paragraphs(
        (
            words("📤 <b>Over which network?</b>"),
            words("It must be the one that the wallet or exchange that receives it uses. Another one loses the money."),
        )
    )
    return Screen(text, (*buttons.rows(choices, 1), buttons.step_back(words)))


def review(words: Words, start: ExchangeStart, draft: Draft, quote: ExchangeQuote, now: datetime) -> Screen:
    """The promise: Confirm agrees to the very numbers on the screen."""
    text = paragraphs(
        (
            words("🧾 <b>Your exchange</b>"),
            _numbers(words, draft, quote),
            lines(*_prices(words, quote), _until(words, quote.valid_until, now)),
            _hint(words, start, draft, quote),
        )
    )
    confirm: Row = (Answer(words.label("✅ Confirm"), agreed(quote.id, draft.net(quote)), "success"),)
    rows: tuple[Row, ...] = () if draft.is_too_small(quote) else (confirm,)
    changes = (Answer(words.label("🔄 New price"), "price"), Answer(words.label("✏️ Amount"), "amount"))
    return Screen(text, (*rows, changes, *_directions(words, start, draft, quote), (buttons.cancel(words),)))


def _prices(words: Words, quote: ExchangeQuote) -> tuple[Markup, Markup]:
    """Ours, and the market's the same way round."""
    sides, is_cheap = (quote.from_currency, quote.to_currency), quote.price < 1
    return (
        words("Price: {price}", price=prices.told(words, quote.price, *sides, is_cheap=is_cheap)),
        words(
            "<i>The market’s: {market}, of which LockBay keeps {spread}</i>",
            market=prices.told(words, quote.market, *sides, is_cheap=is_cheap),
            spread=words.percent(quote.spread_percent),
        ),
    )


def _numbers(words: Words, draft: Draft, quote: ExchangeQuote) -> Markup:
    arrives = words.amount(draft.net(quote), quote.to_currency) if not draft.is_too_small(quote) else None
    target = draft.target
    return lines(
        words("You give: <b>{amount}</b>", amount=words.amount(quote.from_amount, quote.from_currency)),
        words("You get: <b>{amount}</b>", amount=words.amount(quote.to_amount, quote.to_currency)),
        None if target is None else words("Fee: <b>{fee}</b>", fee=words.amount(target.cost.fee, quote.to_currency)),
        None if target is None or not arrives else words("Arrives: <b>{amount}</b>", amount=arrives),
        words("To: <b>your wallet</b>") if target is None else goes_to(words, target.to),
        words("Kept as: <b>{label}</b>", label=target.to.label) if target is not None and target.to.label else None,
    )


def _until(words: Words, valid_until: datetime, now: datetime) -> Markup:
    """A clock that runs where Telegram can show one; elsewhere what was left when it was sent."""
    return words(
        '⏱ Locked until {time} (<tg-time unix="{unix}" format="r">{left}</tg-time>)',
        time=words.time(valid_until),
        unix=int(valid_until.timestamp()),
        left=words.until(valid_until, now),
    )


def _hint(words: Words, start: ExchangeStart, draft: Draft, quote: ExchangeQuote) -> Markup | None:
    target = draft.target
    if target is None and start.barred_until is not None:
        until = words.time(start.barred_until)
        return words("⏳ Your e-mail address was replaced: until {time} it can go to your wallet only.", time=until)
    if target is None and start.usd_left is not None and _is_kept_in(start, draft, quote):
        left = words.usd(start.usd_left)
        return words("⏳ It can go to your wallet only: {left} may still leave it within 24 hours.", left=left)
    if target is None:
        return None
    if draft.is_too_small(quote):
        least = words.amount(target.cost.least, quote.to_currency)
        return words("⚠️ Less than {least} cannot be sent on there. Change the amount, or where it goes.", least=least)
    return words("Once it is sent, nobody can bring it back. Please compare where it goes letter by letter.")


def _is_kept_in(start: ExchangeStart, draft: Draft, quote: ExchangeQuote) -> bool:
    """The day lets out less than that, by what is known."""
    price = draft.get.usd
    return start.usd_left is not None and price is not None and EXACT.multiply(quote.to_amount, price) > start.usd_left


def _directions(words: Words, start: ExchangeStart, draft: Draft, quote: ExchangeQuote) -> tuple[Row, ...]:
    """Where else it could go."""
    send = Answer(words.label("📤 Send it on"), "send")
    if draft.target is None:
        can_leave = start.barred_until is None and not _is_kept_in(start, draft, quote)
        return ((send,),) if draft.get.networks and can_leave else ()
    elsewhere = (Answer(words.label("👛 To my wallet"), "wallet"), Answer(words.label("✏️ Where to"), "send"))
    keep: Row = (Answer(words.label("⭐ Keep it"), "keep"),)
    return (elsewhere, keep) if can_be_kept(draft.target.to, start.saved) else (elsewhere,)


def ended(words: Words, quote: ExchangeQuote) -> Screen:
    """The lock is over, and nobody confirmed."""
    text = paragraphs(
        (
            words("⌛ <b>This price has ended</b>"),
            words(
                "{give} for {get} was not confirmed in time. Nothing was exchanged and no money moved.",
                give=words.amount(quote.from_amount, quote.from_currency),
                get=words.amount(quote.to_amount, quote.to_currency),
            ),
        )
    )
    again = Answer(words.label("🔄 New price"), "price", "primary")
    return Screen(text, ((again,), (buttons.cancel(words),)))


def purpose(words: Words, draft: Draft, quote: ExchangeQuote, net: Decimal) -> Markup:
    """What a code is asked for."""
    return lines(
        words("With it you exchange <b>{amount}</b>.", amount=words.amount(quote.from_amount, quote.from_currency)),
        words("Arrives: <b>{amount}</b>", amount=words.amount(net, quote.to_currency)),
        goes_to(words, draft.target.to) if draft.target else None,
    )
