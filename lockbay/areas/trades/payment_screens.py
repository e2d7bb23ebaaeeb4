"""Paying a trade: every way with its cost, the questions before money leaves the wallet, the places to pay in. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Copy, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, prices
from lockbay.areas.networks import BANK, NETWORKS, Network, depositable, is_coin
from lockbay.areas.payin import Payin
from lockbay.areas.payin_screens import confirmations, pay_page, qr, which_network
from lockbay.areas.text import BLANK, cut, fact, lines
from lockbay.areas.trades import promises
from lockbay.areas.trades.layout import arrived, when
from lockbay.areas.trades.moves import way_back
from lockbay.areas.trades.payment import Purse, TradePayment
from lockbay.areas.trades.records import PaymentQuote
from lockbay.money import NGN, Currency, plain

LONGEST_LABEL: Final = 64


def ways(words: Words, payment: TradePayment, now: datetime) -> Screen:
    """How to pay? Only ways that would work are buttons."""
    text = lines(
        words("💳 <b>Pay for trade {slug}</b>", slug=payment.slug),
        BLANK,
        *what_is_there(words, payment),
        _until(words, payment.deadline, now),
        fact(words, words.label("In your wallet"), words.amount(payment.own.available, payment.currency)),
        BLANK,
        promises.arrived(words, payment.parts, now),
        words("How do you want to pay? LockBay holds the money until you release it."),
    )
    return Screen(text, (*_from_balances(words, payment), *_from_outside(words, payment), way_back(words, payment.id)))


def what_is_there(words: Words, payment: TradePayment) -> tuple[Markup, ...]:
    """The price; when parts of it have arrived, those and what is missing."""
    price = fact(words, words.label("Price"), words.amount(payment.total, payment.currency))
    if not payment.parts:
        return (price,)
    missing = fact(words, words.label("Missing"), words.amount(payment.missing, payment.currency))
    return (price, *arrived(words, payment.parts, payment.currency), missing)


def _until(words: Words, moment: datetime | None, now: datetime) -> Markup | None:
    return fact(words, words.label("Pay until"), when(words, moment, now)) if moment else None


def _from_balances(words: Words, payment: TradePayment) -> tuple[Row, ...]:
    own, *others = payment.purses
    trade = str(payment.id)
    wallet = Link(words.label("👛 From your wallet"), "pay_wallet", (trade,), "success")
    return (
        *(((wallet,),) if own.is_enough else ()),
        *(
            (Link(_balance(words, purse), "pay_balance", (trade, purse.currency)),)
            for purse in others
            if purse.is_enough
        ),
    )


def _balance(words: Words, purse: Purse) -> str:
    cost = words.amount(purse.cost or Decimal(0), purse.currency)
    return cut(words.label("From your {currency} balance ({cost})", currency=purse.currency, cost=cost), LONGEST_LABEL)


def _from_outside(words: Words, payment: TradePayment) -> tuple[Row, ...]:
    trade = str(payment.id)
    coin = Link(words.label("🪙 With a coin"), "pay_coin", (trade,))
    bank = Link(words.label("🏦 By bank transfer"), "pay_bank", (trade,))
    has_price = payment.cost(NGN.code) is not None
    return ((coin, bank) if has_price else (coin,),)


def from_wallet(words: Words, payment: TradePayment) -> Screen:
    """Asks before the wallet is charged. The amount that is agreed to is in the button."""
    left = payment.own.available - payment.missing
    text = lines(
        words("💳 <b>Pay for trade {slug}?</b>", slug=payment.slug),
        BLANK,
        fact(words, words.label("You pay"), words.amount(payment.missing, payment.currency)),
        fact(words, words.label("In your wallet"), words.amount(payment.own.available, payment.currency)),
        fact(words, words.label("Left then"), words.amount(left, payment.currency))
        if left >= 0
        else fact(words, words.label("Too little by"), words.amount(-left, payment.currency)),
        BLANK,
        words("LockBay holds it until you release it. If the seller does not deliver, you get all of it back."),
    )
    confirm = Answer(words.label("✅ Confirm"), plain(payment.missing), "success")
    return Screen(text, (*(((confirm,),) if left >= 0 else ()), _other_way(words, payment.id)))


def quoted(words: Words, payment: TradePayment, quote: PaymentQuote, now: datetime) -> Screen:
    """Asks before another balance is charged, at the price that was promised."""
    available = next(purse.available for purse in payment.purses if purse.currency == quote.from_currency)
    text = lines(
        words("💳 <b>Pay for trade {slug} with {coin}?</b>", slug=payment.slug, coin=quote.from_currency),
        BLANK,
        fact(words, words.label("You pay"), words.amount(quote.from_amount, quote.from_currency)),
        fact(words, words.label("For"), words.amount(quote.to_amount, quote.to_currency)),
        fact(words, words.label("Price"), prices.told(words, quote.price, quote.from_currency, quote.to_currency)),
        fact(words, words.label("Locked until"), when(words, quote.valid_until, now)),
        fact(words, words.label("In your wallet"), words.amount(available, quote.from_currency)),
        BLANK,
        words("Exactly this is charged, or nothing. When you are late, you are shown a new price first."),
        _back_in(words, payment, quote.from_currency),
    )
    confirm = Answer(words.label("✅ Confirm"), str(quote.id), "success")
    return Screen(text, ((confirm,), _other_way(words, payment.id)))


def _back_in(words: Words, payment: TradePayment, paid_in: str) -> Markup | None:
    """A paid trade holds its own currency, whatever it was paid in."""
    if paid_in == payment.currency:
        return None
    return words("Should the trade be refunded, you get {currency} back.", currency=payment.currency)


def choose_coin(words: Words, payment: TradePayment) -> Screen:
    """Which coin, with what it costs in each."""
    coins = [coin for coin in depositable() if is_coin(coin)]
    links = tuple(_coin(words, payment, coin) for coin in coins if payment.cost(coin.code) is not None)
    without = ", ".join(coin.code for coin in coins if payment.cost(coin.code) is None)
    text = lines(
        words("🪙 <b>Pay for trade {slug} with a coin</b>", slug=payment.slug),
        BLANK,
        *what_is_there(words, payment),
        BLANK,
        words("Which coin do you want to send?"),
        words("<i>No fresh price just now for: {codes}.</i>", codes=without) if without else None,
    )
    return Screen(text, (*buttons.rows(links, 1), _other_way(words, payment.id)))


def _coin(words: Words, payment: TradePayment, coin: Currency) -> Link:
    cost = words.amount(payment.cost(coin.code) or Decimal(0), coin)
    return Link(cost, "pay_coin", (str(payment.id), coin.code))


def choose_network(words: Words, payment: TradePayment, coin: Currency) -> Screen:
    """Over which network, when the coin travels on several."""
    links = tuple(Link(NETWORKS[code].name, "pay_coin", (str(payment.id), coin.code, code)) for code in coin.networks)
    text = lines(
        words("🪙 <b>Pay for trade {slug} with {coin}</b>", slug=payment.slug, coin=coin), BLANK, which_network(words)
    )
    return Screen(
        text, (*buttons.rows(links, 1), (buttons.back(words, "pay_coin", str(payment.id)), buttons.menu(words)))
    )


def address(words: Words, payment: TradePayment, where: Payin, network: Network, now: datetime) -> Screen:
    """Where to send how much, as text, to copy and to scan."""
    assert where.address is not None, "a coin is paid to an address"
    assert where.amount is not None, "the database says how much is missing"
    amount = max(where.amount, where.minimum)
    text = lines(
        words("🪙 <b>Pay for trade {slug}</b>", slug=payment.slug),
        BLANK,
        fact(words, _how_exactly(words, where), words.amount(amount, where.currency)),
        words("<code>{address}</code>", address=where.address),
        fact(words, words.label("Network"), network.name),
        _for(words, payment, where),
        _until(words, where.valid_until, now),
        confirmations(words, network),
        BLANK,
        _minimum(words, where),
        words("⚠️ Send only {coin}, only over {name}.", coin=where.currency, name=network.name),
        BLANK,
        promises.place(words, where, now),
        promises.arrived(words, payment.parts, now),
        words("You are told here when your payment is seen, and when it is confirmed."),
        _back_in(words, payment, where.currency),
    )
    rows: tuple[Row, ...] = (
        (Copy(words.label("Copy address"), where.address), Copy(words.label("Copy amount"), plain(amount))),
        (Link(words.label("Another coin"), "pay_coin", (str(payment.id),)),),
        way_back(words, payment.id),
    )
    return Screen(text, rows, qr(where.address))


def _for(words: Words, payment: TradePayment, where: Payin) -> Markup | None:
    """What it is worth, where that is another currency."""
    if where.currency == payment.currency:
        return None
    return fact(words, words.label("For"), words.amount(payment.missing, payment.currency))


def _is_too_little(where: Payin) -> bool:
    """Less than the provider's minimum would never arrive, so more is sent, and the rest is the buyer's."""
    return where.amount is not None and where.amount < where.minimum


def _how_exactly(words: Words, where: Payin) -> str:
    return words.label("Send at least") if _is_too_little(where) else words.label("Send exactly")


def _minimum(words: Words, where: Payin) -> Markup | None:
    if _is_too_little(where):
        return words(
            "Only {missing} is missing, but less than {least} does not arrive. "
            "Send {least}: what is over comes to your wallet.",
            missing=words.amount(where.amount or Decimal(0), where.currency),
            least=words.amount(where.minimum, where.currency),
        )
    if where.minimum:
        return words("A payment below {least} does not arrive.", least=words.amount(where.minimum, where.currency))
    return None


def bank_page(words: Words, payment: TradePayment, where: Payin, now: datetime) -> Screen:
    """The page that says which account to transfer to."""
    assert where.link is not None, "a bank transfer has a page"
    assert where.amount is not None, "the database says how much is missing"
    text = lines(
        words("🏦 <b>Pay for trade {slug} by bank transfer</b>", slug=payment.slug),
        BLANK,
        fact(words, words.label("Transfer exactly"), words.amount(where.amount, where.currency)),
        _for(words, payment, where),
        _until(words, where.valid_until, now),
        BLANK,
        promises.place(words, where, now),
        promises.arrived(words, payment.parts, now),
        words("The page shows the account to transfer to. You are told here when the money has arrived."),
        _back_in(words, payment, where.currency),
    )
    return Screen(text, ((pay_page(words, where.link),), way_back(words, payment.id)))


def going_on(words: Words, payment: TradePayment) -> Screen:
    """Asks before the buyer goes on with what has arrived. That amount is in the button."""
    text = lines(
        words("➡️ <b>Go on with less in trade {slug}?</b>", slug=payment.slug),
        BLANK,
        *what_is_there(words, payment),
        fact(words, words.label("The seller would get"), words.amount(payment.reduced, payment.currency)),
        fact(words, words.label("Instead of"), words.amount(payment.seller_gets, payment.currency)),
        BLANK,
        words("The seller must accept that. If they decline, everything that has arrived is back in your wallet."),
    )
    confirm = Answer(words.label("✅ Confirm"), plain(payment.arrived), "success")
    return Screen(text, ((confirm,), way_back(words, payment.id)))


def no_place(words: Words, payment: TradePayment, problem: Markup, again: Link) -> Screen:
    """Why there is no place to pay in now."""
    text = lines(words("💳 <b>Pay for trade {slug}</b>", slug=payment.slug), BLANK, problem)
    return Screen(text, ((again,), _other_way(words, payment.id)))


def again(words: Words, payment: TradePayment, coin: Currency, network: Network) -> Link:
    """Tries the same place once more."""
    trade, label = str(payment.id), words.label("Try again")
    if network == BANK:
        return Link(label, "pay_bank", (trade,), "primary")
    return Link(label, "pay_coin", (trade, coin.code, network.code), "primary")


def _other_way(words: Words, trade_id: int) -> Row:
    return (buttons.back(words, "pay", str(trade_id)), buttons.menu(words))
