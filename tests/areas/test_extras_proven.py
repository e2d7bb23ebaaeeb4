"""A further e-mail address is whose it was proven to be, and what it is good for."""

from __future__ import annotations

import pytest
import trio

from lockbay.areas.codes import CodeSent, Purpose, SendCode
from lockbay.areas.contacts.extras_records import Extra, ProveEmail
from lockbay.areas.onboarding.records import Onboarding, VerifiedEmail, VerifyCode
from lockbay.areas.trades.records import JoinTrade, TradeState
from lockbay.areas.trades.views import InvitationPage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.extra import FURTHER, OTHER, coded, extras, have, prove, values
from tests.areas.extra import ana as ana
from tests.areas.extra import talk as talk
from tests.areas.people import ANA, BEN, CLEO, fresh_key, offered, onboarded, set_rates
from tests.areas.sendable import sent
from tests.areas.test_codes import addresses, mailed, verified
from tests.talk import Talk

OWN = "UPDATE users SET email_verified_at = now(), email = '{1}' WHERE id = {0}"


async def test_a_code_proves_the_address_that_it_was_mailed_to_only(database: Database, ana: int) -> None:
    code = await coded(database, ana, OTHER)
    assert await prove(database, ana, "eve@example.com", code) == Refused("expired")
    assert await prove(database, await onboarded(database, BEN), OTHER, code) == Refused("expired")
    assert isinstance(await database.perform(VerifyCode(ana, code), fresh_key()), Refused), "for another purpose"
    assert isinstance(await prove(database, ana, OTHER, code), Extra)
    assert await prove(database, ana, OTHER, code) == Refused("expired"), "once only"


async def test_what_is_somebodys_cannot_be_added(talk: Talk, database: Database) -> None:
    await verified(database, BEN, "ben@example.com")
    await have(database, BEN, "ben.work@example.com")
    await have(database, ANA, OTHER)
    await talk.open("add_email")
    for taken in ("Ben@example.com", "BEN.work@example.com"):
        assert "another account" in sent(await talk.say(taken))
    for mine in ("ANA@example.com", OTHER.upper()):
        assert "yours already" in sent(await talk.say(mine))
    assert await addresses(database) == []


async def test_what_somebody_else_proved_meanwhile_is_not_added(talk: Talk, database: Database) -> None:
    await talk.open("add_email")
    await talk.say(OTHER)
    code = await mailed(database)
    await have(database, await onboarded(database, BEN), OTHER)
    assert "another account" in sent(await talk.say(code))
    assert talk.is_over
    assert await values(database) == []


async def test_nobody_makes_anothers_further_address_the_one_of_their_account(database: Database, ana: int) -> None:
    ben = await onboarded(database, BEN)
    assert isinstance(await database.perform(SendCode(ben, "email", OTHER), fresh_key()), CodeSent)
    code = await mailed(database)
    await have(database, ana, OTHER)
    assert await database.perform(VerifyCode(ben, code), fresh_key()) == Refused("email_taken")
    cleo = await onboarded(database, CLEO)
    assert await database.perform(SendCode(cleo, "email", OTHER), fresh_key()) == Refused("email_taken")


async def test_ones_own_further_address_may_become_the_one_of_the_account(database: Database, ana: int) -> None:
    await have(database, ana, OTHER)
    await database.perform(SendCode(ana, "email", OTHER), fresh_key())
    proven = await database.perform(VerifyCode(ana, await mailed(database)), fresh_key())
    assert isinstance(proven, VerifiedEmail)
    view = await extras(database)
    assert (view.email, view.extras) == (OTHER, ())


@pytest.mark.parametrize(("theirs", "purpose"), [(FURTHER, "contact"), (OWN, "contact"), (FURTHER, "email")])
async def test_of_two_who_prove_one_address_at_once_one_has_it(
    database: Database, raw: Connection, theirs: str, purpose: Purpose
) -> None:
    """As a further one, or as that of the account: the second waits for the first, and then finds it taken."""
    ana, ben = await onboarded(database, ANA), await onboarded(database, BEN)
    assert isinstance(await database.perform(SendCode(ana, purpose, OTHER), fresh_key()), CodeSent)
    code = await mailed(database)
    await raw.execute(f"BEGIN; SELECT contacts_lock_email('{OTHER}'); {theirs.format(ben, OTHER.upper())}")
    outcomes: list[Extra | VerifiedEmail | Refused] = []

    async def second() -> None:
        operation = ProveEmail(ana, OTHER, code) if purpose == "contact" else VerifyCode(ana, code)
        outcomes.append(await database.perform(operation, fresh_key()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(second)
        with trio.fail_after(5):
            while not await raw.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                await trio.lowlevel.checkpoint()
        await raw.execute("COMMIT")
    assert outcomes == [Refused("email_taken")]


async def test_a_code_is_used_once_by_two_at_once_and_a_request_answered_the_same(database: Database, ana: int) -> None:
    code, key = await coded(database, ana, OTHER), fresh_key()
    outcomes: list[Extra | Refused] = []

    async def once(key: str) -> None:
        outcomes.append(await database.perform(ProveEmail(ana, OTHER, code), key))

    async with trio.open_nursery() as nursery:
        for each in (key, key, fresh_key()):
            nursery.start_soon(once, each)
    assert len(await values(database)) == 1
    again = await database.perform(ProveEmail(ana, OTHER, code), key)
    assert outcomes.count(again) >= 2


async def test_an_invitation_to_a_further_address_is_found_and_joined(database: Database, ana: int) -> None:
    await set_rates(database)
    ben = await onboarded(database, BEN, "Ben", "ben")
    trade = await offered(database, ben, "email", OTHER.upper())
    assert trade.token is not None
    join = JoinTrade(ana, trade.token)
    assert await database.perform(join, fresh_key()) == Refused("not_for_you")
    changes: list[Change] = []
    database.on_changed = changes.extend
    await prove(database, ana, OTHER, await coded(database, ana, OTHER))
    assert {Change(ana, "Onboarding"), Change(ana, "Menu"), Change(ana, "InvitationPage")} <= set(changes)
    view, page = await database.read(Onboarding, ana), await database.read(InvitationPage, ana, trade.token)
    assert view is not None
    assert page is not None
    assert [each.trade_id for each in view.invitations] == [trade.id]
    assert page.standing == "open"
    assert await database.perform(JoinTrade(CLEO, trade.token), fresh_key()) == Refused("not_onboarded")
    cleo = await onboarded(database, CLEO, "Cleo", "cleo")
    assert await database.perform(JoinTrade(cleo, trade.token), fresh_key()) == Refused("not_for_you")
    joined = await database.perform(join, fresh_key())
    assert isinstance(joined, TradeState)
    assert joined.seller_id == ana


async def test_who_is_known_by_a_further_address_is_the_seller_at_once(database: Database, ana: int) -> None:
    await set_rates(database)
    await have(database, ana, OTHER)
    assert (await offered(database, await onboarded(database, BEN), "email", OTHER)).seller_id == ana
    with pytest.raises(AssertionError, match="own_trade"):
        await offered(database, ana, "email", OTHER)


async def test_an_address_that_is_not_proven_finds_nothing(database: Database, ana: int) -> None:
    await set_rates(database)
    await have(database, ana, OTHER)
    await database.pool.fetch("undo", "UPDATE extra_contacts SET verified_at = NULL", (), reads=False)
    trade = await offered(database, await onboarded(database, BEN), "email", OTHER)
    assert trade.seller_id is None
    assert trade.token is not None
    assert await database.perform(JoinTrade(ana, trade.token), fresh_key()) == Refused("not_for_you")
    view = await database.read(Onboarding, ana)
    assert view is not None
    assert view.invitations == ()


async def test_a_code_for_a_cashout_never_goes_to_a_further_address(database: Database, ana: int) -> None:
    await have(database, ana, OTHER)
    assert await database.perform(SendCode(ana, "cashout", OTHER), fresh_key()) == Refused("bad_email")
    await database.perform(SendCode(ana, "cashout"), fresh_key())
    assert await addresses(database) == ["ana@example.com"]
