"""Profiles: found, shared and read by others; on the real database, killed and replayed at every answer."""

from __future__ import annotations

import pytest
from attrs import evolve

from lockbay.actors.screen import Copy, Url
from lockbay.actors.words import words
from lockbay.areas.ratings import profiles
from lockbay.areas.ratings.profiles import Links
from lockbay.areas.ratings.records import RateTrade, RatingList
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.people import change
from tests.areas.rating import NASTY, PLAN, profile, released
from tests.areas.sendable import labels, leads_to, sent
from tests.ledger.world import World
from tests.talk import Talking, talks

talking = talks(PLAN)
EN = words("en", "UTC")


async def test_a_profile_shows_what_was_earned_and_said(world: World, talking: Talking, database: Database) -> None:
    buyer, seller, trade = await released(world)
    stranger = await world.person()
    await world.done(RateTrade(buyer, trade, 5, "Thank you"))
    cleo = talking(stranger)
    await cleo.open("find_person")
    seen = await cleo.say(f"@person{seller}")
    shown = sent(seen)
    assert "5 of 5 (1 rating)" in shown
    assert "1 completed trade · level 1" in shown
    assert "Volume: $100 or more" in shown
    assert "First trade" in shown
    said = sent(await cleo.press("Ratings (1)"))
    assert "Thank you" in said
    assert "a buyer" in said
    assert f"person{buyer}" not in said
    await cleo.press("Back")
    begun = await cleo.press(f"Buy from @person{seller}")
    assert "which currency" in sent(begun)
    await cleo.say("USDT")
    for answer in ("100", "A bicycle", "48", "buyer"):
        await cleo.say(answer)
    assert "5 of 5 (1 rating)" in sent(cleo.screen), "the review shows who the seller is"


async def test_a_seller_of_no_profile_is_pointed_out(world: World, talking: Talking) -> None:
    buyer = await world.person(500)
    ana = talking(buyer)
    await ana.open("new_trade", "nobody_here")
    for answer in ("USDT", "100", "A bicycle", "48", "buyer"):
        await ana.say(answer)
    assert "Nobody with a public profile has that name here" in sent(ana.screen)


@pytest.mark.parametrize("typed", ["{name}", "@{name}", "@{upper}", "https://t.me/{name}", "t.me/{name}/", "{slug}",
    "https://t.me/lockbay_bot?start=p_{slug}", "https://lockbay.example/u/{slug}"])  # fmt: skip
async def test_people_are_found_by_what_is_public(
    typed: str, world: World, talking: Talking, database: Database
) -> None:
    seeker, person = await world.person(), await world.person()
    known = await profile(database, seeker, person)
    assert known is not None
    cleo = talking(seeker)
    await cleo.open("find_person")
    name = f"person{person}"
    found = await cleo.say(typed.format(name=name, upper=name.upper(), slug=known.slug))
    assert sent(found).startswith(f"👤 @{name}")


@pytest.mark.parametrize("typed", ["ana@example.com", "+4915112345678", "https://example.com/", "@x", "T-7K3Q9X", "😀"])
async def test_nobody_is_found_by_what_is_private(typed: str, world: World, talking: Talking) -> None:
    cleo = talking(await world.person())
    await cleo.open("find_person")
    assert "I could not read that" in sent(await cleo.say(typed))


NOT_SHOWN = ["blocked_at = now()", "closed_at = now()", "is_public = false", "onboarded_at = NULL"]


@pytest.mark.parametrize("what", NOT_SHOWN)
async def test_who_does_not_show_themselves_looks_like_nobody(
    what: str, world: World, talking: Talking, database: Database
) -> None:
    seeker, person = await world.person(), await world.person()
    known = await profile(database, seeker, person)
    assert known is not None
    await change(database, person, what)
    cleo = talking(seeker)
    await cleo.open("find_person")
    hidden = await cleo.say(f"@person{person}")
    await cleo.open("find_person")
    assert hidden == await cleo.say("@nobody_at_all")
    assert hidden == await cleo.open("person", known.slug)
    assert hidden == await cleo.open("ratings", known.slug)
    own = await talking(person).open("profile")
    assert "My profile" in sent(own)


async def test_who_is_not_public_is_seen_by_who_trades_with_them(
    world: World, talking: Talking, database: Database
) -> None:
    buyer, seller, trade = await released(world)
    await change(database, seller, "is_public = false")
    ana = talking(buyer)
    await ana.open("trade", str(trade))
    shown = await ana.press(f"About @person{seller}")
    assert "1 completed trade" in sent(shown)
    assert "Volume" not in sent(shown)
    assert "Here since" not in sent(shown)
    assert not leads_to(shown) & {"ratings"}
    assert not [each for each in labels(shown) if "Public page" in each]
    known = await profile(database, buyer, seller)
    assert known is not None
    assert await database.read(RatingList, buyer, known.slug, 0) is None
    ben = talking(seller)
    own = await ben.open("profile")
    assert "not public" in sent(own)
    assert "share_profile" not in leads_to(own)
    assert "no link to it" in sent(await ben.open("share_profile"))


async def test_a_profile_is_shared_by_link_button_and_picture(
    world: World, talking: Talking, database: Database
) -> None:
    person = await world.person()
    known = await profile(database, person, person)
    assert known is not None
    ana = talking(person)
    await ana.open("profile")
    shared = await ana.press("Share my profile")
    link = f"https://t.me/lockbay_bot?start=p_{known.slug}"
    buttons = [button for row in shared.rows for button in row]
    assert link in sent(shared)
    assert link in [button.text for button in buttons if isinstance(button, Copy)]
    assert f"https://lockbay.example/u/{known.slug}" in [button.url for button in buttons if isinstance(button, Url)]
    assert shared.photo is not None
    assert shared.photo.startswith(b"\x89PNG")


async def test_a_shared_link_opens_the_profile_also_for_who_is_new(
    world: World, talking: Talking, database: Database
) -> None:
    person, other = await world.person(), await world.person()
    known = await profile(database, other, person)
    assert known is not None
    opened = await talking(other).open("start", f"p_{known.slug}")
    assert sent(opened).startswith(f"👤 @person{person}")
    newcomer = await world.meet()
    dora = talking(newcomer)
    await dora.open("start", f"p_{known.slug}")
    await dora.press("Skip")
    entered = await dora.press("Accept")
    assert sent(entered).startswith(f"👤 @person{person}")


@pytest.mark.parametrize("forged", ["p_", "p_zzz", "p_" + "0" * 12, "p_" + "0" * 13])
async def test_a_forged_link_opens_nobody(forged: str, world: World, talking: Talking) -> None:
    shown = await talking(await world.person()).open("start", forged)
    assert "menu" in leads_to(shown)
    assert "👤" not in sent(shown)


@pytest.mark.parametrize("slug", ["", "x", "0" * 13, "../../etc", "ABCDEFABCDEF"])
async def test_a_forged_button_opens_no_profile(slug: str, world: World, talking: Talking) -> None:
    cleo = talking(await world.person())
    for flow in ("person", "ratings"):
        with pytest.raises(Invalid):
            await cleo.open(flow, slug)


async def test_the_invitation_shows_what_the_buyer_has_earned(
    world: World, talking: Talking, database: Database
) -> None:
    buyer, seller, trade = await released(world)
    await world.done(RateTrade(seller, trade, 4, ""))
    await change(database, buyer, "is_public = false")
    invited = await world.trade(buyer, seller)
    assert invited.token
    shown = sent(await talking(seller).open("invitation", invited.token))
    assert "4 of 5 (1 rating)" in shown
    assert "1 completed trade" in shown


async def test_whoever_it_is_their_profile_fits_into_a_message(world: World, database: Database) -> None:
    person = await world.person()
    known = await profile(database, person, person)
    assert known is not None
    loud = evolve(known, name=NASTY, username="u" * 32, is_own=False)
    links = Links("b" * 32, "https://" + "x" * 60)
    for screen in (profiles.own(EN, loud), profiles.other(EN, loud, links), profiles.share(EN, loud, links)):
        sent(screen)
        assert leads_to(screen) & {"menu"}
