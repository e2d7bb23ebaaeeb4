"""Codes by mail: hashed, counted, bounded; invitations that find their seller."""

from __future__ import annotations

import json
from datetime import timedelta

from lockbay.actors.person import MeetPerson
from lockbay.areas import codes
from lockbay.areas.codes import CodeSent, SendCode
from lockbay.areas.onboarding.records import (
    AcceptTerms,
    Onboarding,
    SkipEmail,
    VerifiedEmail,
    VerifyCode,
)
from lockbay.areas.trades.records import AcceptTrade, DeclineTrade, JoinTrade, PayTrade, TradeState
from lockbay.areas.trades.views import InvitationPage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import another
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World, creation

SECRET = b"a secret of tests"
MINUTE = timedelta(minutes=1)


async def mailed(raw: Connection) -> str:
    """The code that the mailer would write."""
    [row] = await raw.fetch("SELECT data FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1")
    data = row["data"] if isinstance(row["data"], dict) else json.loads(row["data"])
    return codes.code(SECRET, data["user_id"], data["purpose"], data["nonce"])


async def onboarding(world: World, user: int) -> Onboarding:
    view = await world.database.read(Onboarding, user)
    assert view is not None
    return view


async def test_the_mailed_code_verifies_the_address(world: World, raw: Connection, clock: MovedClock) -> None:
    user = await world.meet()
    sent = await world.done(SendCode(user, "email", "Ann@example.org"))
    assert sent == CodeSent("Ann@example.org", clock.now() + 10 * MINUTE, 5)
    assert (await onboarding(world, user)).code == sent
    verified = await world.done(VerifyCode(user, await mailed(raw)))
    assert verified == VerifiedEmail("Ann@example.org", clock.now())
    view = await onboarding(world, user)
    assert (view.email, view.code) == ("Ann@example.org", None)


async def test_the_settings_show_a_proven_address_at_once(world: World, raw: Connection) -> None:
    user = await world.meet()
    await world.done(SendCode(user, "email", "ann@example.org"))
    changes: list[Change] = []
    world.database.on_changed = changes.extend
    await world.done(VerifyCode(user, await mailed(raw)))
    assert Change(user, "Preferences") in changes


async def test_nobody_finds_the_code_in_the_database(world: World, raw: Connection) -> None:
    await world.done(SendCode(await world.meet(), "email", "ann@example.org"))
    code = await mailed(raw)
    for table in ("outbox", "verifications", "requests"):
        for row in await raw.fetch(f"SELECT t::text FROM {table} t"):
            assert code not in row["t"].replace("-", " ").split()
            assert f'"{code}"' not in row["t"]


async def test_five_wrong_tries_are_counted_across_codes(world: World, raw: Connection, clock: MovedClock) -> None:
    user = await world.meet()
    await world.done(SendCode(user, "email", "ann@example.org"))
    for left in (4, 3, 2):
        wrong = await world.do(VerifyCode(user, another(await mailed(raw))))
        assert wrong == Refused("wrong", {"tries_left": str(left)})
    clock.advance(MINUTE)
    assert (await world.done(SendCode(user, "email", "ann@example.org"))).tries_left == 2
    last = {"tries_left": "0", "retry_at": (clock.now() + HOUR - MINUTE).isoformat()}
    for details in ({"tries_left": "1"}, last):
        assert await world.do(VerifyCode(user, another(await mailed(raw)))) == Refused("wrong", details)
    clock.advance(MINUTE)
    for operation in (VerifyCode(user, await mailed(raw)), SendCode(user, "email", "ann@example.org")):
        refused = await world.do(operation)
        assert isinstance(refused, Refused)
        assert refused.reason == "too_many"
    clock.advance(HOUR)
    await world.done(SendCode(user, "email", "ann@example.org"))
    await world.done(VerifyCode(user, await mailed(raw)))


async def test_the_same_wrong_try_sent_twice_counts_once(world: World, raw: Connection) -> None:
    user = await world.meet()
    await world.done(SendCode(user, "email", "ann@example.org"))
    wrong = VerifyCode(user, another(await mailed(raw)))
    assert await world.do(wrong, "k") == await world.do(wrong, "k") == Refused("wrong", {"tries_left": "4"})
    assert (await onboarding(world, user)).code.tries_left == 4  # type: ignore[union-attr]


async def test_a_code_is_worth_nothing_when_it_is_old_used_or_replaced(
    world: World, raw: Connection, clock: MovedClock
) -> None:
    user = await world.meet()
    assert await world.do(VerifyCode(user, "000000")) == Refused("expired")
    await world.done(SendCode(user, "email", "ann@example.org"))
    first = await mailed(raw)
    clock.advance(MINUTE)
    await world.done(SendCode(user, "email", "ann@example.org"))
    if first != await mailed(raw):
        assert await world.do(VerifyCode(user, first)) == Refused("wrong", {"tries_left": "4"})
    clock.advance(10 * MINUTE)
    assert await world.do(VerifyCode(user, await mailed(raw))) == Refused("expired")


async def test_codes_are_not_sent_too_often(world: World, clock: MovedClock) -> None:
    user = await world.meet()
    for _ in range(4):
        await world.done(SendCode(user, "email", "ann@example.org"))
        soon = await world.do(SendCode(user, "email", "ann@example.org"))
        assert isinstance(soon, Refused)
        assert soon.reason in ("too_soon", "too_many")
        clock.advance(MINUTE)
    many = await world.do(SendCode(user, "email", "other@example.org"))
    assert isinstance(many, Refused)
    assert many.reason == "too_many"


async def test_an_address_belongs_to_one_person(world: World, raw: Connection) -> None:
    one, two = await world.meet(), await world.meet()
    await world.done(SendCode(one, "email", "ann@example.org"))
    first = await mailed(raw)
    await world.done(SendCode(two, "email", "ANN@example.org"))
    await world.done(VerifyCode(two, await mailed(raw)))
    assert await world.do(VerifyCode(one, first)) == Refused("email_taken")
    assert await world.do(SendCode(await world.meet(), "email", "ann@EXAMPLE.org")) == Refused("email_taken")
    assert await world.do(SendCode(one, "email", "no address")) == Refused("bad_email")


async def test_skipping_the_email_is_remembered(world: World, clock: MovedClock) -> None:
    user = await world.meet()
    await world.done(SkipEmail(user))
    clock.advance(HOUR)
    again = await world.done(SkipEmail(user))
    assert again.skipped_at == clock.now() - HOUR
    assert (await onboarding(world, user)).email_skipped_at == again.skipped_at


async def test_an_invitation_waits_for_the_username(world: World, clock: MovedClock) -> None:
    buyer = await world.person(105)
    trade = await world.done(creation(buyer, "@Late_Comer"))
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    seller = await world.meet("late_comer")
    [invitation] = (await onboarding(world, seller)).invitations
    assert (invitation.trade_id, invitation.token) == (trade.id, trade.token)
    welcome = await world.done(AcceptTerms(seller, invitation.token))
    assert (welcome.trade_id, welcome.reason) == (trade.id, None)
    assert (await onboarding(world, seller)).invitations == ()


async def test_who_has_not_accepted_the_terms_is_invited_and_no_seller(world: World) -> None:
    seller = await world.meet("the_shop")
    trade = await world.done(creation(await world.person(), "@the_shop"))
    assert trade.seller_id is None
    [invitation] = (await onboarding(world, seller)).invitations
    assert (await world.done(AcceptTerms(seller, invitation.token))).trade_id == trade.id


async def test_an_invitation_by_email_needs_the_verified_address(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.done(creation(buyer, "Sue@Example.org", kind="email"))
    [mail] = await raw.fetch("SELECT address, kind FROM outbox WHERE address IS NOT NULL")
    assert (mail["address"], mail["kind"]) == ("Sue@Example.org", "trade_invited")
    assert trade.token is not None
    assert await world.do(JoinTrade(seller, trade.token)) == Refused("not_for_you")
    await world.done(SendCode(seller, "email", "sue@example.org"))
    await world.done(VerifyCode(seller, await mailed(raw)))
    joined = await world.done(JoinTrade(seller, trade.token))
    assert (joined.seller_id, joined.token) == (seller, None)


async def test_a_link_makes_the_first_one_the_seller(world: World) -> None:
    buyer, first, second = await world.person(), await world.person(), await world.person()
    trade = await world.done(creation(buyer, "", kind="link"))
    assert trade.token is not None
    page = await world.database.read(InvitationPage, first, trade.token)
    assert page is not None
    assert (page.standing, page.trade_id) == ("open", trade.id)
    assert await world.do(JoinTrade(await world.meet(), trade.token)) == Refused("not_onboarded")
    await world.done(JoinTrade(first, trade.token))
    again = await world.done(JoinTrade(first, trade.token))
    assert isinstance(again, TradeState)
    assert await world.do(JoinTrade(second, trade.token)) == Refused("taken")
    assert await world.do(JoinTrade(second, "no such token")) == Refused("unknown_invitation")


async def test_an_invitation_that_does_not_work_keeps_nobody_out(world: World) -> None:
    welcome = await world.done(AcceptTerms(await world.meet(), "no such token"))
    assert (welcome.trade_id, welcome.reason) == (None, "unknown_invitation")


async def test_a_username_that_changed_hands_invites_its_new_owner(world: World, raw: Connection) -> None:
    """The former owner's row still says the old name until they write again."""
    old = await world.person(username="the_shop")
    new = await world.person(username="The_Shop")
    trade = await world.done(creation(await world.person(), "@the_shop"))
    assert trade.seller_id == new
    [row] = await raw.fetch("SELECT username FROM users WHERE id = $1", old)
    assert row["username"] is None


async def test_who_is_found_by_a_username_that_they_have_no_more_does_not_accept_for_who_has_it(world: World) -> None:
    """Each of their presses says what they are called now. The buyer gets everything back."""
    former, buyer = await world.person(username="the_shop"), await world.person(105)
    trade = await world.done(creation(buyer, "@the_shop"))
    assert trade.seller_id == former
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    await world.database.run(MeetPerson(former, "the_old_shop", "Ann", "en"))
    refused = await world.do(AcceptTrade(former, trade.id))
    assert refused == Refused("not_for_you", {"state": "paid", "slug": trade.slug})
    await world.done(DeclineTrade(former, trade.id))
    assert await world.money(buyer) == (105, 0)


async def test_who_is_found_by_what_they_still_have_accepts(world: World, raw: Connection) -> None:
    """However it is written, and whatever they are called besides."""
    buyer, seller = await world.person(210), await world.person(username="The_Shop")
    await world.done(SendCode(seller, "email", "sue@example.org"))
    await world.done(VerifyCode(seller, await mailed(raw)))
    for trade in (
        await world.done(creation(buyer, "@the_shop")),
        await world.done(creation(buyer, "Sue@Example.org", kind="email")),
    ):
        assert trade.seller_id == seller
        await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
        assert (await world.done(AcceptTrade(seller, trade.id))).state == "accepted"


async def test_who_joined_with_the_username_accepts_under_another(world: World, clock: MovedClock) -> None:
    buyer = await world.person(105)
    trade = await world.done(creation(buyer, "@the_shop"))
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    clock.advance(timedelta(seconds=1))
    seller = await world.person(username="the_shop")
    await world.done(JoinTrade(seller, trade.token or ""))
    await world.database.run(MeetPerson(seller, None, "Ann", "en"))
    assert (await world.done(AcceptTrade(seller, trade.id))).state == "accepted"
