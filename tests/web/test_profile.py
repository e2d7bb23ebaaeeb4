"""The public page of a person: what it shows, to whom it says nothing, and what stands in its headers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest
from prometheus_client import REGISTRY

from lockbay.actors.person import MeetPerson
from lockbay.areas.ratings.records import RateTrade
from lockbay.areas.standing import Profile
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.postgres.database import Database, open_database
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.web.site import Site, open_site, status_of

NASTY = '<script>alert("1")</script>'
COMMENT = '</blockquote><img src=x onerror="alert(1)"> אמין \u202e & fast'


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with open_site(database, bot="lockbay_bot") as site:
        yield site


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


async def slug_of(database: Database, person: int) -> str:
    found = await database.read(Profile, person, "", "")
    assert found is not None
    return found.slug


async def rated(world: World, comment: str = "Fast and kind") -> tuple[int, int]:
    """A buyer, and a seller of whom they said something."""
    buyer, seller = await world.person(5000), await world.person()
    trade = await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, trade.id))
    await world.done(RateTrade(buyer, trade.id, 4, comment))
    return buyer, seller


async def change(database: Database, user_id: int, what: str) -> None:
    """As the flows of others do it."""
    await database.pool.fetch("test", f"UPDATE users SET {what} WHERE id = $1", (user_id,))


async def test_it_shows_what_was_earned_and_said(world: World, database: Database, site: Site) -> None:
    _, seller = await rated(world)
    slug = await slug_of(database, seller)
    page = await site.get(f"/u/{slug}")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for shown in (f"@person{seller}", "<b>4</b> of 5 (1 rating)", "Fast and kind", "a buyer, ", "$100 or more",
                  "First trade", f"https://t.me/lockbay_bot?start=p_{slug}"):  # fmt: skip
        assert shown in page.text


async def test_it_tells_nothing_else(world: World, database: Database, site: Site) -> None:
    buyer, seller = await rated(world)
    await change(database, seller, "email = 'sam@example.com', email_verified_at = now(), phone = '+4915112345678', "
                 "phone_verified_at = now()")  # fmt: skip
    html = (await site.get(f"/u/{await slug_of(database, seller)}")).text
    for private in ("sam@example.com", "4915112345678", f"person{buyer}", "A used bicycle", "T-"):
        assert private not in html
    assert str(seller) not in html.replace(f"@person{seller}", "")


async def test_what_people_write_stays_text(world: World, database: Database, site: Site) -> None:
    _, seller = await rated(world, COMMENT)
    slug = await slug_of(database, seller)
    await database.run(MeetPerson(seller, None, NASTY, "en"))
    html = (await site.get(f"/u/{slug}")).text
    found = Tags(html)
    assert not found.tags & {"script", "img"}
    assert not [name for name in found.attributes if name.startswith("on")]
    assert "<bdi>&lt;script&gt;" in html
    assert '<blockquote dir="auto">&lt;/blockquote&gt;' in html


async def test_its_headers_allow_nothing_but_its_own_style(world: World, database: Database, site: Site) -> None:
    page = await site.get(f"/u/{await slug_of(database, await world.person())}")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "public, max-age=60"
    assert page.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    "what", ["is_public = false", "blocked_at = now()", "closed_at = now()", "onboarded_at = NULL"]
)
async def test_who_has_no_page_is_as_unknown_as_nobody(what: str, world: World, database: Database, site: Site) -> None:
    _, seller = await rated(world)
    slug = await slug_of(database, seller)
    await change(database, seller, what)
    hidden, unknown = await site.get(f"/u/{slug}"), await site.get(f"/u/{'0' * 12}")
    assert (hidden.status_code, hidden.text) == (404, unknown.text)
    assert {name: value for name, value in hidden.headers.items() if name != "date"} == {
        name: value for name, value in unknown.headers.items() if name != "date"
    }


@pytest.mark.parametrize(
    "slug", ["", "x", "0" * 13, "..%2fhealth", "%00" * 12, "0" * 5000, "%f0%9f%98%80", "ABCDEF012345"]
)
async def test_what_is_no_slug_is_nobody(slug: str, site: Site) -> None:
    assert (await site.get(f"/u/{slug}")).status_code == 404


async def test_it_has_a_head_and_takes_nothing(world: World, database: Database, site: Site) -> None:
    path = f"/u/{await slug_of(database, await world.person())}"
    whole = await site.get(path)
    head = await site.send(f"HEAD {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    assert status_of(head) == 200
    assert head.endswith(b"\r\n\r\n")
    assert f"content-length: {len(whole.content)}".encode() in head.lower()
    assert (await site.client.post(f"http://{site.address}{path}")).status_code == 405


async def test_all_pages_are_counted_as_one_route(world: World, database: Database, site: Site) -> None:
    await site.get(f"/u/{await slug_of(database, await world.person())}")
    await site.get("/u/nobody")
    assert REGISTRY.get_sample_value("lockbay_web_requests_total", {"route": "/u/{slug}", "status": "200"})
    assert REGISTRY.get_sample_value("lockbay_web_requests_total", {"route": "/u/nobody", "status": "404"}) is None


@pytest.mark.parametrize("wanted", ["", "xx", "de-DE,de;q=0.9", "../../etc", "*", "q" * 30_000, "en-GB,en;q=0.5"])
async def test_a_language_that_nobody_speaks_is_english(wanted: str, site: Site) -> None:
    page = await site.client.get(f"http://{site.address}/u/x", headers={"Accept-Language": wanted})
    assert '<html lang="en">' in page.text
    assert page.headers["vary"] == "Accept-Language"


async def test_without_a_database_it_says_to_come_again(database_url: str, clock: MovedClock) -> None:
    async with open_database(database_url, clock=clock) as closed:
        pass
    async with open_site(closed) as site:
        answer = await site.get(f"/u/{'0' * 12}")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
