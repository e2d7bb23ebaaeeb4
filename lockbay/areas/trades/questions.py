"""What the creation of a trade asks, and its review. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, standing
from lockbay.areas.standing import Profile
from lockbay.areas.text import BLANK, fact, lines, quoted
from lockbay.areas.trades.answers import LONGEST_DESCRIPTION, PAYERS, Field
from lockbay.areas.trades.draft import LINK, Draft, Quote, limits, quote, spendable
from lockbay.areas.trades.layout import handle, hours, who_pays
from lockbay.areas.trades.records import FeePayer
from lockbay.areas.trades.views import Limit, NewTrade
from lockbay.money import Currency, Money

USUAL_HOURS: Final = (24, 48, 72)


WARNINGS: Final[Mapping[Limit, Callable[[Words, int, str], Markup]]] = {
    "daily_limit": lambda words, most, until: words.count(
        "⚠️ You have begun {n} trade within 24 hours, which is the most. The next one is possible from {time} on.",
        "⚠️ You have begun {n} trades within 24 hours, which is the most. The next one is possible from {time} on.",
        most,
        time=until,
    ),
    "hourly_limit": lambda words, most, until: words.count(
        "⚠️ You have begun {n} trade within an hour, which is the most. The next one is possible from {time} on.",
        "⚠️ You have begun {n} trades within an hour, which is the most. The next one is possible from {time} on.",
        most,
        time=until,
    ),
    "unpaid_limit": lambda words, most, _: words.count(
        "⚠️ {n} of your trades is not paid yet, which is the most at once. Pay or cancel it first.",
        "⚠️ {n} of your trades are not paid yet, which is the most at once. Pay or cancel one of them first.",
        most,
    ),
}


def seller(words: Words, terms: NewTrade) -> Screen:
    """Who sells?"""
    text = lines(
        words("👤 <b>New trade: who is the seller?</b>"),
        BLANK,
        words("Type their <code>@username</code>, e-mail address or phone number."),
        words("Or make an invitation link and send it yourself: whoever joins by it first becomes the seller."),
        *_warning(words, terms),
    )
    recent = tuple(Answer(f"@{name}", f"@{name}") for name in terms.sellers)
    link = Answer(words.label("🔗 Invitation link"), LINK.kind, "primary")
    return Screen(text, ((link,), *buttons.rows(recent, 2), buttons.step_back(words)))


def _warning(words: Words, terms: NewTrade) -> tuple[Markup, ...]:
    """Not a refusal: a trade of one's own that was just made must not change what a replay comes to."""
    if terms.limit_reached is None or terms.limit_most is None:
        return ()
    until = words.time_from(terms.limit_until) if terms.limit_until else ""
    return BLANK, WARNINGS[terms.limit_reached](words, terms.limit_most, until)


def currency(words: Words, terms: NewTrade) -> Screen:
    """In which currency?"""
    offered = [each for each in terms.currencies if each.usd]
    if not offered:
        text = lines(
            words("💱 <b>New trade: which currency?</b>"),
            BLANK,
            words("There are no fresh prices at the moment, so no trade can begin. Please try again in some minutes."),
        )
        return Screen(text, ((buttons.menu(words),),))
    text = lines(
        words("💱 <b>New trade: which currency?</b>"),
        BLANK,
        words("You pay the seller in it. In your wallet:"),
        *(
            words("<b>{amount}</b>", amount=words.amount(each.available, each.currency))
            for each in offered
            if each.available
        ),
        words("nothing yet; you can deposit later") if not any(each.available for each in offered) else None,
    )
    choices = tuple(Answer(each.currency, each.currency) for each in offered)
    return Screen(text, (*buttons.rows(choices, 3), buttons.step_back(words)))


def amount(words: Words, terms: NewTrade, unit: Currency) -> Screen:
    """How much?"""
    least, most = limits(terms, unit)
    text = lines(
        words("💵 <b>New trade: how much {currency}?</b>", currency=unit),
        BLANK,
        fact(words, words.label("Smallest"), _with_worth(words, least, terms.smallest_trade_usd)),
        fact(words, words.label("Largest"), _with_worth(words, most, terms.largest_trade_usd)),
        fact(words, words.label("In your wallet"), words.amount(spendable(terms, unit.code).available, unit)),
        BLANK,
        words("Type the price of what you buy, without the fee."),
    )
    return Screen(text, (buttons.step_back(words),))


def _with_worth(words: Words, money: Money, usd: Decimal) -> Markup:
    return words("{amount} (about {worth})", amount=words.money(money), worth=words.usd(usd))


def description(words: Words) -> Screen:
    """What is bought?"""
    text = lines(
        words("📝 <b>New trade: what do you buy?</b>"),
        BLANK,
        words("Describe it so that both of you would say the same about whether it was delivered."),
        words("Up to {most} characters.", most=words.number(Decimal(LONGEST_DESCRIPTION))),
    )
    return Screen(text, (buttons.step_back(words),))


def delivery(words: Words, terms: NewTrade) -> Screen:
    """How long may it take?"""
    least, most = terms.shortest_delivery_hours, terms.longest_delivery_hours
    text = lines(
        words("📦 <b>New trade: how long may the delivery take?</b>"),
        BLANK,
        words("The time begins when the seller accepts."),
        words("Press one, or type any number of hours from {least} to {most}.", least=least, most=most),
    )
    usual = (each for each in USUAL_HOURS if least <= each <= most)
    return Screen(text, (tuple(Answer(str(hours(words, n)), str(n)) for n in usual), buttons.step_back(words)))


def payer(words: Words, terms: NewTrade, amount: Money) -> Screen:
    """Who pays the fee?"""
    quotes = {payer: quote(amount, terms.fee_percent, payer) for payer in PAYERS}
    fee = words.amount(quotes["buyer"].fee, amount.currency)
    text = lines(
        words("⚖️ <b>New trade: who pays the fee?</b>"),
        BLANK,
        words("LockBay’s fee is {percent}: <b>{fee}</b>", percent=words.percent(terms.fee_percent), fee=fee),
        _discount(words, terms),
        words("It is earned only when the money is released; a refund is whole."),
        BLANK,
        *(_shares(words, payer, quotes[payer], amount.currency) for payer in PAYERS),
    )
    return Screen(text, (*((Answer(_payer(words, payer), payer),) for payer in PAYERS), buttons.step_back(words)))


def _discount(words: Words, terms: NewTrade) -> Markup | None:
    """What completed trades have earned."""
    if not terms.discount_percent:
        return None
    return words(
        "⭐ Level {level}: {discount} of the fee are taken off already.",
        level=terms.level,
        discount=words.percent(terms.discount_percent),
    )


def _shares(words: Words, payer: FeePayer, quote: Quote, unit: Currency) -> Markup:
    return words(
        "<b>{payer}</b>: you pay {total}, the seller gets {rest}",
        payer=_payer(words, payer),
        total=words.amount(quote.total, unit),
        rest=words.amount(quote.seller_gets, unit),
    )


def _payer(words: Words, payer: FeePayer) -> str:
    match payer:
        case "buyer":
            return words.label("I pay it")
        case "seller":
            return words.label("The seller pays it")
        case "split":
            return words.label("Half each")


def review(words: Words, draft: Draft, quote: Quote, terms: NewTrade, known: Profile | None = None) -> Screen:
    """Everything once more. Confirm agrees to the very numbers on the screen. `known`: what the seller has earned."""
    unit = draft.amount.currency
    text = lines(
        words("🧾 <b>Your new trade</b>"),
        BLANK,
        fact(words, words.label("Seller"), handle(words, draft.seller.kind, draft.seller.handle)),
        _known(words, draft, known),
        fact(words, words.label("Amount"), words.money(draft.amount)),
        fact(
            words, words.label("Fee"), f"{words.amount(quote.fee, unit)} · {who_pays(words, draft.fee_payer, 'buyer')}"
        ),
        _discount(words, terms),
        fact(words, words.label("You pay"), words.amount(quote.total, unit)),
        fact(words, words.label("The seller gets"), words.amount(quote.seller_gets, unit)),
        fact(words, words.label("Delivery within"), hours(words, draft.delivery_hours)),
        quoted(draft.description),
        words("Nothing is paid yet when you confirm."),
    )
    confirm = Answer(words.label("✅ Confirm"), quote.encoded(), "success")
    return Screen(text, ((confirm,), *buttons.rows(_changes(words), 2), (buttons.cancel(words),)))


def _known(words: Words, draft: Draft, known: Profile | None) -> Markup | None:
    """What others say of the seller, or that nobody says anything: the username may be mistyped."""
    if known is not None:
        return standing.summary(words, known.standing)
    if draft.seller.kind != "username":
        return None
    return words("⚠️ Nobody with a public profile has that name here. Look whether it is written right.")


def _changes(words: Words) -> tuple[Answer, ...]:
    labels: dict[Field, str] = {
        "seller": words.label("✏️ Seller"),
        "amount": words.label("✏️ Amount"),
        "currency": words.label("✏️ Currency"),
        "description": words.label("✏️ Description"),
        "delivery": words.label("✏️ Delivery"),
        "fee": words.label("✏️ Fee"),
    }
    return tuple(Answer(label, field) for field, label in labels.items())
