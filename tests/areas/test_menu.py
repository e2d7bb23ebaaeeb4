"""The menu: what waits is on top, and everything is two taps away."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.actors.context import Context
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.turn import Turn
from lockbay.actors.words import words
from lockbay.areas import history, menu, wallet
from lockbay.areas.balances import Balance, Wallet
from lockbay.areas.menu import screens
from lockbay.areas.menu.records import Costs, Menu
from lockbay.areas.terms import Terms
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, fund, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

PLAN = Plan(together(menu.FLOWS, wallet.FLOWS, history.FLOWS), menu.COMMANDS, "menu", lambda person, flow: None)
ENGLISH = words("en", "UTC")
NOTHING = Balance("BTC", Decimal(0), Decimal(0), Decimal(0), None)
PURSE = Wallet(
    (NOTHING, Balance("USDT", Decimal("1250.5"), Decimal(100), Decimal(0), Decimal("1350.50"))),
    Decimal("1350.50"),
    None,
)
RICH = Menu("Ana", True, PURSE, 0, 0)
COSTS = Costs(Decimal(5), Decimal(0), Decimal(2), ())


def drawn(view: Menu) -> Screen:
    return screens.menu(ENGLISH, view)


def styled(screen: Screen) -> list[str]:
    """The labels of the buttons that stand out."""
    return [b.label for row in screen.rows for b in row if getattr(b, "style", None) is not None]


def test_the_menu_shows_what_the_person_has_and_a_trade_as_the_next_step() -> None:
    screen = drawn(RICH)
    assert sent(screen) == "🏠 LockBay\n\nHello, Ana\nBalance: $1,350.50"
    assert styled(screen) == ["🤝 New trade"]


def test_trades_that_wait_for_the_person_come_first() -> None:
    screen = drawn(evolve(RICH, turns=2, waiting=2))
    assert "2 trades wait for you" in sent(screen)
    assert styled(screen) == ["🗂 My trades (2)"]


def test_an_invitation_is_the_first_button() -> None:
    screen = drawn(evolve(RICH, invitations=1))
    assert "1 invitation to a trade" in sent(screen)
    assert labels(screen)[0] == "💌 Invitations (1)"


def test_an_empty_wallet_offers_a_deposit() -> None:
    screen = drawn(evolve(RICH, wallet=Wallet((NOTHING,), Decimal(0), None)))
    assert "Your wallet is empty" in sent(screen)
    assert styled(screen) == ["📥 Deposit"]


def test_without_rates_the_amounts_themselves_are_shown() -> None:
    assert "Balance: 1,350.5 USDT" in sent(drawn(evolve(RICH, wallet=evolve(PURSE, total_usd=None))))


def test_everything_is_offered_and_the_staffs_room_to_the_staff() -> None:
    everything = {
        "new_trade", "trades", "wallet", "deposit", "cash_out", "exchange", "history", "contacts", "referral",
        "support", "settings", "help",
    }  # fmt: skip
    assert leads_to(drawn(RICH)) == everything
    assert leads_to(drawn(evolve(RICH, duties=0))) == everything | {"admin"}


@pytest.mark.parametrize(
    ("view", "line", "button"),
    [
        (evolve(RICH, turns=1, waiting=1), "1 trade waits for you", "🗂 My trades (1)"),
        (evolve(RICH, proposals=2, waiting=2), "2 proposals to cancel", "🗂 My trades (2)"),
        (evolve(RICH, chats=1, waiting=1), "1 chat with new messages", "🗂 My trades (1)"),
        (evolve(RICH, disputes=1), "1 dispute is open", "🗂 My trades"),
        (evolve(RICH, answers=3), "3 answers of support", "🛟 Support (3)"),
        (evolve(RICH, unrated=2, rate_next=7), "2 trades to rate", "⭐ Rate (2)"),
        (evolve(RICH, duties=4), "4 things for the staff", "🛠 Admin (4)"),
    ],
)
def test_what_waits_has_a_line_and_a_number_on_its_button(view: Menu, line: str, button: str) -> None:
    assert line in sent(drawn(view))
    assert button in labels(drawn(view))


def test_nothing_waits_where_nothing_does() -> None:
    assert not [label for label in labels(drawn(evolve(RICH, duties=0))) if "(" in label]


@pytest.mark.parametrize("name", ["<b>Ana", "آنا", "A&amp;B", "{name}", "😀" * 64])
def test_any_name_is_shown_as_it_is(name: str) -> None:
    assert f"Hello, {name}\n" in sent(drawn(evolve(RICH, first_name=name)))


def test_the_help_names_the_admins_command_to_admins_only() -> None:
    assert "/admin" in sent(screens.help(ENGLISH, COSTS, is_admin=True))
    assert "/admin" not in sent(screens.help(ENGLISH, COSTS, is_admin=False))


async def test_the_help_says_what_things_cost_now_and_whom_to_ask(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA)
    await database.run(Terms(fee_percent=Decimal("4.50"), spread_percent=Decimal("1.25")))
    talk = Talk(PLAN, database, clock, ANA)
    told = sent(await talk.open("help"))
    for line in (
        "Trade: 4.5% of its amount", "Exchange: 1.25% off the market’s price", "· 1 USDT, Tron (TRC20)\n",
        "50.00 NGN, Bank transfer", "Our people answer: /support",
    ):  # fmt: skip
        assert line in told
    assert "discount" not in told
    assert "Your discount of 10% is in that." in sent(
        screens.help(ENGLISH, evolve(COSTS, discount_percent=Decimal("10.0")), is_admin=False)
    )


async def test_every_screen_leads_on_and_back_as_people_browse(database: Database, clock: MovedClock) -> None:
    """The scenario `browse` of the benchmark, which looks for these words."""
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "12.5")
    talk = Talk(PLAN, database, clock, ANA)
    await talk.open("menu")
    for label in ("wallet", "back|menu", "history", "back|menu"):
        found = next(each for each in labels(talk.screen) if re.search(label, each, re.IGNORECASE))
        sent(await talk.press(found))
        assert talk.is_over
    assert "/cancel" in sent(await talk.open("help"))


async def test_the_menu_takes_one_statement(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await fund(database, await onboarded(database, BEN, "Ben"), "12.5")
    talk = Talk(PLAN, database, clock, BEN)
    await talk.open("menu")
    before = database.statements
    assert "Balance: $12.50" in sent(await talk.open("menu"))
    assert database.statements - before == 2  # the person, as Talk loads it, and the menu


async def test_the_wallet_behind_the_menu_takes_none(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    user_id = await onboarded(database, BEN, "Ben")
    await fund(database, user_id, "12.5")
    turn = Turn(user_id, database, {}, Context(), clock.now())
    menu = await turn.read(Menu, ())
    before = database.statements
    wallet = await turn.read(Wallet, ())
    assert database.statements == before
    assert isinstance(menu, Menu)
    assert wallet == menu.wallet == await database.read(Wallet, user_id)


@pytest.mark.parametrize(("came", "said"), [("said", "went to nobody"), ("no_command", "There is no such command")])
async def test_what_nothing_waited_for_is_not_answered_as_if_it_had_arrived(
    database: Database, clock: MovedClock, came: str, said: str
) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    shown = sent(await talk.open("menu", came))
    assert shown.startswith("⚠️")
    assert said in shown
    assert "Hello, Ana" in shown
    for other in ((), ("what somebody typed behind /menu",)):
        assert "⚠️" not in sent(await talk.open("menu", *other))
