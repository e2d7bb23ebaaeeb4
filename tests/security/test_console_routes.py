"""Every route of the console, for everybody who has no business there: strangers, those of the staff who are none any
more, other sites. Who of the staff finds what is tried in web/test_console.py, from the same tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pytest

from lockbay.postgres.bridge import Connection
from lockbay.web.console.console import ENTER, LEAVE, STATIC
from tests.web.consoling import OWNER, Desk, Things, hidden_in
from tests.web.consoling import desk as desk
from tests.web.consoling import things as things
from tests.web.test_console import DECIDED_BY, SEEN_BY

# What anybody finds: who comes in is nobody yet.
OPEN: Final = {("GET", ENTER), ("POST", ENTER), *(("GET", f"/admin/static/{name}") for name in STATIC)}
CLOSED: Final = {("POST", LEAVE), *(("GET", path) for path in SEEN_BY), *(("POST", path) for path in DECIDED_BY)}
BRACES: Final = re.compile(r"\{\w+\}")
ENDS: Final[Mapping[str, str]] = {
    "who has lost their role": f"DELETE FROM staff WHERE user_id = {OWNER}",
    "who is blocked": f"UPDATE users SET blocked_at = now() WHERE id = {OWNER}",
    "whose session was ended": "UPDATE admin_sessions SET ended_at = now()",
    "whose session is over": "UPDATE admin_sessions SET expires_at = created_at",
    "who has not looked for long": "UPDATE admin_sessions SET seen_at = seen_at - interval '31 minutes'",
}


async def test_every_route_is_open_or_closed_and_says_so(desk: Desk) -> None:
    """A new one is in no table, and fails here. HEAD is what Starlette makes of GET."""
    assert desk.routes - {("HEAD", path) for _, path in desk.routes} == OPEN | CLOSED


@pytest.mark.parametrize("who", ENDS)
async def test_who_is_of_the_staff_no_more_is_a_stranger_everywhere(
    desk: Desk, things: Things, raw: Connection, who: str
) -> None:
    browser = await desk.inside(OWNER)
    hidden = hidden_in((await browser.get("/admin/trades")).text) | hidden_in((await browser.get("/admin/audit")).text)
    assert hidden.keys() == {"csrf", "once"}
    await raw.execute(ENDS[who])
    counts = "SELECT count(*) FROM admin_actions"
    before = await raw.fetch(counts)
    cookie = browser.cookie
    for method, path in CLOSED:
        browser.cookie = cookie  # whatever they are told to forget
        where = path.format(**things.ids)
        form = {**DECIDED_BY[path][1], **hidden} if path in DECIDED_BY else hidden
        answer = await (browser.get(where) if method == "GET" else browser.post(where, form))
        assert answer.status_code == 401, (method, path)
    assert await raw.fetch(counts) == before


async def test_a_form_of_every_decision_needs_its_own_page(desk: Desk, things: Things, raw: Connection) -> None:
    """From elsewhere, without a token, with another session's: each of them, not only the one that was thought of."""
    owner, other = await desk.inside(OWNER), await desk.inside(OWNER)
    hidden, foreign = [hidden_in((await each.get("/admin/audit")).text) for each in (owner, other)]
    counts = "SELECT count(*) FROM admin_actions"
    before = await raw.fetch(counts)
    for path, (_, fields) in DECIDED_BY.items():
        where = path.format(**things.ids)
        for form, headers in (
            ({**fields, **hidden}, {"Origin": "https://evil.example"}),
            ({**fields, **hidden}, {"Sec-Fetch-Site": "same-site"}),
            ({**fields, "once": hidden["once"]}, {}),
            ({**fields, **hidden, "csrf": foreign["csrf"]}, {}),
            ({**fields, "csrf": hidden["csrf"]}, {}),
        ):
            assert (await owner.post(where, form, **headers)).status_code == 403, (path, headers)
    assert await raw.fetch(counts) == before


async def test_no_answer_leads_elsewhere(desk: Desk, things: Things) -> None:
    """Wherever a path or a host is made up, a form leads back to a page of ours."""
    owner = await desk.inside(OWNER)
    hidden = hidden_in((await owner.get("/admin/audit")).text)
    for path, (_, fields) in DECIDED_BY.items():
        for made_up in ("%2F%2Fevil.example", "..%2F..%2Fevil", "1%0d%0aSet-Cookie:x=y", "1@evil.example", "１"):
            where = BRACES.sub(made_up, path)
            answer = await owner.post(where, {**fields, **hidden}, Host="evil.example")
            location = answer.headers.get("location", "/admin")
            assert location.startswith("/admin"), (where, location)
            assert "evil" not in location
            assert "x=y" not in answer.headers.get("set-cookie", "")
