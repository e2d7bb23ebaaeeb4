"""What is exchanged and sent on in one confirmation: to an address, to a bank account, with a code."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import orjson

from lockbay.areas import codes
from lockbay.areas.destinations import Account, Bank, Banks, ListBanks, ResolveAccount
from lockbay.areas.onboarding.records import VerifyCode
from lockbay.areas.terms import Terms
from lockbay.plan import plan
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.exchanging import (
    SECRET,
    TRON,
    is_sound,
    money,
    to_the_quote,
    to_the_quote_of,
)
from tests.areas.exchanging import talk as talk
from tests.areas.people import ANA, another, fresh_key
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk


async def test_on_to_an_address_in_the_same_confirmation(talk: Talk, database: Database) -> None:
    await to_the_quote(talk)
    await talk.press("Confirm")
    await talk.open("exchange")
    await talk.press("NGN")
    await talk.press("USDT")
    await talk.press("100%")
    assert "fee 1 USDT" in "".join(labels(await talk.press("Send it on")))
    await talk.press("Tron")
    shown = sent(await talk.say(TRON))
    assert "You get: 96.04 USDT" in shown
    assert "Fee: 1 USDT" in shown
    assert "Arrives: 95.04 USDT" in shown
    assert TRON in shown
    shown = sent(await talk.press("Confirm"))
    assert "95.04 USDT arrive" in shown
    assert leads_to(talk.screen) >= {"cashout", "wallet", "exchanges"}
    assert (await money(database, "USDT"))[1] == Decimal("96.04")
    await is_sound(database)


async def test_on_to_a_bank_account_whose_owner_was_found_and_kept(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    async def banks(_: ListBanks, __: str) -> Banks:
        return Banks((Bank("058", "GTBank"),))

    async def resolved(errand: ResolveAccount, _: str) -> Account:
        return Account(errand.account_number, "ANN SAMPLE")

    talk = Talk(plan("lockbay_bot"), database, clock, ANA, {ListBanks: banks, ResolveAccount: resolved})
    await to_the_quote(talk)
    await talk.press("Send it on")
    await talk.press("GTBank")
    assert "ANN SAMPLE" in sent(await talk.say("0123456789"))
    await talk.press("Yes")
    assert "Arrives: 139,950.00 NGN" in sent(talk.screen)
    assert "To: ANN SAMPLE, GTBank, 0123456789" in sent(talk.screen)
    await talk.press("Keep it")
    assert "Kept as: mine" in sent(await talk.say("mine"))
    assert "139,950.00 NGN arrive" in sent(await talk.press("Confirm"))
    await to_the_quote_of(talk, "900 USDT")
    await talk.press("Send it on")
    await talk.press("mine")
    assert "To: ANN SAMPLE, GTBank, 0123456789" in sent(talk.screen)
    assert not any("Keep it" in label for label in labels(talk.screen))
    await is_sound(database)


async def in_naira(talk: Talk, amount: str) -> None:
    """At the review of naira into USDT that go on to an address."""
    await to_the_quote(talk)
    await talk.press("Confirm")
    await talk.open("exchange")
    await talk.press("NGN")
    await talk.press("USDT")
    await talk.say(amount)
    await talk.press("Send it on")
    await talk.press("Tron")
    await talk.say(TRON)


async def test_what_the_day_does_not_let_out_is_not_offered_to_be_sent_on(talk: Talk, database: Database) -> None:
    """It was refused at Confirm, after all questions about where to."""
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    await to_the_quote(talk, "60")
    assert "It can go to your wallet only: $50.00 may still leave it within 24 hours." in sent(talk.screen)
    assert not any("Send it on" in label for label in labels(talk.screen))
    await talk.press("Amount")
    assert "wallet only" not in sent(await talk.say("40"))
    assert any("Send it on" in label for label in labels(talk.screen))


async def test_it_may_stay_in_the_wallet_after_all(talk: Talk, database: Database) -> None:
    await in_naira(talk, "140000")
    assert "To: your wallet" in sent(await talk.press("To my wallet"))
    assert "in your wallet now" in sent(await talk.press("Confirm"))
    assert (await money(database, "USDT"))[1] == 0


async def test_too_little_to_be_sent_on_cannot_be_confirmed(talk: Talk) -> None:
    await in_naira(talk, "2000")
    assert "Less than 5 USDT cannot be sent on" in sent(talk.screen)
    assert not any("Confirm" in label for label in labels(talk.screen))


async def test_a_fee_that_changed_is_shown_before_it_is_paid(talk: Talk, database: Database) -> None:
    await in_naira(talk, "140000")
    await database.pool.fetch("test", "UPDATE payout_fees SET fee = 2 WHERE network = 'TRC20'", (), reads=False)
    shown = sent(await talk.press("Confirm"))
    assert "The network’s fee is 2 USDT now" in shown
    assert "Arrives: 94.04 USDT" in shown
    assert "94.04 USDT arrive" in sent(await talk.press("Confirm"))


async def test_a_limit_on_what_goes_out_leaves_the_wallet_as_a_way(talk: Talk, database: Database) -> None:
    await in_naira(talk, "140000")
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    shown = sent(await talk.press("Confirm"))
    assert "Without a verified e-mail address at most $50.00" in shown
    assert "To: your wallet" in shown
    assert "in your wallet now" in sent(await talk.press("Confirm"))


async def mailed(database: Database) -> str:
    """The code that was mailed last."""
    [row] = await database.pool.fetch(
        "mailed",
        "SELECT data::text AS data FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1",
        (),
        reads=True,
    )
    data = orjson.loads(row["data"])
    return codes.code(SECRET, data["user_id"], data["purpose"], data["nonce"])


async def verify(database: Database) -> None:
    assert not isinstance(await database.perform(codes.SendCode(ANA, "email", "a@b.example"), fresh_key()), Refused)
    assert not isinstance(await database.perform(VerifyCode(ANA, await mailed(database)), fresh_key()), Refused)


async def test_a_code_before_it_goes_out_wrong_resent_and_right(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await verify(database)
    await in_naira(talk, "140000")
    shown = sent(await talk.press("Confirm"))
    assert "I sent a code of 6 digits to a@b.example" in shown
    assert "Arrives: 95.04 USDT" in shown
    assert TRON in shown
    right = await mailed(database)
    wrong = another(right)
    assert "You have 4 tries left" in sent(await talk.say(wrong))
    assert "A code was just sent" in sent(await talk.press("Send again"))
    clock.advance(timedelta(seconds=61))
    assert "It is good until" in sent(await talk.press("Send again"))
    assert "type the 6 digits" in sent(await talk.say("code"))
    assert (await money(database, "USDT"))[1] == 0
    assert "95.04 USDT arrive" in sent(await talk.say(await mailed(database)))
    await is_sound(database)


async def test_back_from_the_code_leads_to_the_review_with_the_same_price(talk: Talk, database: Database) -> None:
    await verify(database)
    await in_naira(talk, "140000")
    review = sent(talk.screen)
    await talk.press("Confirm")
    right = await mailed(database)
    assert sent(await talk.press("Back")) == review
    assert "It is good until" in sent(await talk.press("Confirm"))
    assert await mailed(database) == right
    assert "95.04 USDT arrive" in sent(await talk.say(right))
    await is_sound(database)


async def test_a_code_that_was_typed_is_good_for_the_new_price(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await verify(database)
    await in_naira(talk, "140000")
    clock.advance(timedelta(minutes=8))
    await talk.press("Confirm")
    clock.advance(timedelta(minutes=3))
    shown = sent(await talk.say(await mailed(database)))
    assert "The price had ended" in shown
    assert (await money(database, "USDT"))[1] == 0
    assert "95.04 USDT arrive" in sent(await talk.press("Confirm"))


async def test_after_the_last_try_nothing_goes_out(talk: Talk, database: Database) -> None:
    await verify(database)
    await in_naira(talk, "140000")
    await talk.press("Confirm")
    wrong = another(await mailed(database))
    for _ in range(4):
        await talk.say(wrong)
    shown = sent(await talk.say(wrong))
    assert "it was the last try" in shown
    assert "To: your wallet" in shown
    assert (await money(database, "USDT"))[1] == 0
