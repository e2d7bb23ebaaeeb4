"""What a deposit looks like: the coin, the network, the address or the page of a bank transfer."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Copy, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.deposits.records import BankDeposit
from lockbay.areas.networks import BANK, NETWORKS, Network, depositable, is_coin
from lockbay.areas.payin import Payin
from lockbay.areas.payin_refusals import sentence
from lockbay.areas.payin_screens import confirmations, pay_page, qr, which_network
from lockbay.areas.text import lines, paragraphs
from lockbay.money import NGN, Currency, plain
from lockbay.postgres.queries import Refused

USUAL_TRANSFERS: Final = tuple(map(Decimal, (5_000, 10_000, 50_000, 100_000)))  # NGN


def choose_coin(words: Words) -> Screen:
    """Which coin, or by bank."""
    coins = tuple(Link(coin.code, "deposit", (coin.code,)) for coin in depositable() if is_coin(coin))
    text = paragraphs((words("📥 <b>Deposit</b>"), words("What do you want to pay in?")))
    bank = Link(words.label("🏦 {currency} by bank transfer", currency=NGN), "deposit", (NGN.code,))
    return Screen(text, (*buttons.rows(coins, 3), (bank,), buttons.way_out(words, "wallet")))


def choose_network(words: Words, coin: Currency) -> Screen:
    """Over which network, when the coin travels on several."""
    links = tuple(Link(NETWORKS[code].name, "deposit", (coin.code, code)) for code in coin.networks)
    text = paragraphs((words("📥 <b>Deposit {coin}</b>", coin=coin), which_network(words)))
    return Screen(text, (*buttons.rows(links, 1), buttons.way_out(words, "deposit")))


def address(words: Words, where: Payin, network: Network) -> Screen:
    """Where to pay to, as text, to copy and to scan."""
    assert where.address is not None, "a coin is paid to an address"
    text = paragraphs(
        (
            words("📥 <b>Deposit {coin}</b>", coin=where.currency),
            words("<code>{address}</code>", address=where.address),
            _facts(words, where, network),
            words(
                "⚠️ Send only {coin}, only over {name}. Anything else, or less than the minimum, "
                "is not credited by itself.",
                coin=where.currency,
                name=network.name,
            ),
            words("You are told here when it is seen, and when it is in your wallet."),
        )
    )
    rows: tuple[Row, ...] = (
        (Copy(words.label("Copy address"), where.address),),
        (Link(words.label("Another coin"), "deposit"), buttons.wallet(words)),
        (buttons.menu(words),),
    )
    return Screen(text, rows, qr(where.address))


def _facts(words: Words, where: Payin, network: Network) -> Markup:
    return lines(
        words("Network: <b>{name}</b>", name=network.name),
        words("At least: <b>{amount}</b>", amount=words.amount(where.minimum, where.currency))
        if where.minimum
        else None,
        confirmations(words, network),
        words("Yours until: <b>{time}</b>. After that, ask for a new one.", time=words.time(where.valid_until))
        if where.valid_until
        else None,
    )


def how_much(words: Words, limits: BankDeposit) -> Screen:
    """How much a bank transfer is to be."""
    usual = (amount for amount in USUAL_TRANSFERS if limits.least <= amount <= limits.most)
    choices = tuple(Answer(words.amount(amount, NGN), plain(amount)) for amount in usual)
    text = paragraphs(
        (
            words("🏦 <b>Deposit {currency} by bank transfer</b>", currency=NGN),
            lines(
                words("At least: <b>{amount}</b>", amount=words.amount(limits.least, NGN)),
                words("At most: <b>{amount}</b>", amount=words.amount(limits.most, NGN)),
            ),
            words("How much? Press an amount, or type one."),
        )
    )
    return Screen(text, (*buttons.rows(choices, 2), buttons.way_out(words, "deposit")))


def bank_page(words: Words, where: Payin) -> Screen:
    """The page that says which account to transfer to."""
    assert where.link is not None, "a bank transfer has a page"
    assert where.amount is not None, "and an amount"
    text = paragraphs(
        (
            words("🏦 <b>Deposit {amount}</b>", amount=words.amount(where.amount, where.currency)),
            words("Open the page and transfer exactly that amount to the account that it shows."),
            words("The page is good until <b>{time}</b>.", time=words.time(where.valid_until))
            if where.valid_until
            else None,
            words(
                "You are told here when the money has arrived. What arrives later, or is another amount, counts, too."
            ),
        )
    )
    rows: tuple[Row, ...] = (
        (pay_page(words, where.link),),
        (Link(words.label("Another amount"), "deposit", (NGN.code,)), buttons.wallet(words)),
        (buttons.menu(words),),
    )
    return Screen(text, rows)


def refused(words: Words, coin: Currency, network: Network, refusal: Refused) -> Screen:
    """Why there is no place to pay in now."""
    name = NGN.code if network == BANK else f"{coin} ({network.name})"
    text = paragraphs((words("📥 <b>Deposit {coin}</b>", coin=name), sentence(words, refusal)))
    again = Link(words.label("Try again"), "deposit", (coin.code, network.code), style="primary")
    return Screen(text, ((again, Link(words.label("Another coin"), "deposit")), buttons.way_out(words, "wallet")))
