"""What comes from elsewhere, or is forged, does nothing; and no answer may be framed, kept or guessed at."""

from __future__ import annotations

import httpx
import pytest

from tests.web.consoling import FINANCE, OWNER, SITE, Desk, hidden_in
from tests.web.entering import desk as desk

HEADERS = {
    "content-security-policy", "x-frame-options", "x-content-type-options", "referrer-policy", "cache-control",
    "cross-origin-opener-policy",
}  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://lockbay.example"},
        {"Origin": "https://lockbay.example.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
)
async def test_forms_from_elsewhere_do_nothing(desk: Desk, headers: dict[str, str]) -> None:
    browser = await desk.inside(OWNER)
    hidden = hidden_in((await browser.get("/admin")).text)
    assert (await browser.post("/admin/leave", hidden, **headers)).status_code == 403
    assert (await browser.get("/admin")).status_code == 200


async def test_a_form_without_an_origin_does_nothing(desk: Desk) -> None:
    browser = await desk.inside(OWNER)
    hidden = hidden_in((await browser.get("/admin")).text)
    browser.origin = None
    assert (await browser.post("/admin/leave", hidden)).status_code == 403
    assert (await browser.post((await desk.link(FINANCE)).removeprefix(SITE))).status_code == 403


@pytest.mark.parametrize("csrf", [None, "", "x", "\u00e9", "other's"])
async def test_a_form_with_another_token_does_nothing(desk: Desk, csrf: str | None) -> None:
    browser, other = await desk.inside(OWNER), await desk.inside(OWNER)
    if csrf == "other's":
        csrf = hidden_in((await other.get("/admin")).text)["csrf"]
    assert (await browser.post("/admin/leave", {} if csrf is None else {"csrf": csrf})).status_code == 403
    assert (await browser.get("/admin")).status_code == 200


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/admin/audit/run", {"once": "short"}, 403),
        ("/admin/audit/run", {"once": "o" * 21 + "\n"}, 403),
        ("/admin/payouts/1/decide", {"expected": "odd", "decision": "approve"}, 400),
        ("/admin/payouts/1/decide", {"expected": "waiting", "decision": "odd"}, 400),
        ("/admin/payouts/x/decide", {"expected": "waiting", "decision": "approve"}, 400),
        ("/admin/payouts/000000000000000000017/decide", {"expected": "waiting", "decision": "approve"}, 400),
        ("/admin/payouts/1/decide", {"expected": "waiting", "decision": "approve", "note": "a\0b"}, 400),
        ("/admin/payouts/1/decide", {"expected": "waiting", "decision": "approve", "note": "a" * 2001}, 400),
        ("/admin/unapplied/1/refund", {"amount": "x", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "NaN", "note": "n"}, 400),
        ("/admin/unapplied/1/credit", {"amount": "1", "receiver": "-1", "note": "n"}, 400),
        ("/admin/disputes/1/resolve", {"percent": "9" * 400, "held": "1"}, 400),
        ("/admin/disputes/1/resolve", {"percent": "101", "held": "1"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e15", "note": "n"}, 303),
        ("/admin/unapplied/1/refund", {"amount": "1e-19", "note": "n"}, 303),
        ("/admin/unapplied/1/refund", {"amount": "1e139", "note": "n"}, 303),
        ("/admin/unapplied/1/refund", {"amount": "1e140", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e-141", "note": "n"}, 400),
        ("/admin/unapplied/1/attach", {"amount": "1", "trade_id": "1", "worth": "1e15", "note": "n"}, 400),
        ("/admin/disputes/1/resolve", {"percent": "50", "held": "1e15"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e999999", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e-999999", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "123456789012345.5", "note": "n"}, 303),
    ],
)  # fmt: skip
async def test_a_forged_field_does_nothing(desk: Desk, path: str, form: dict[str, str], status: int) -> None:
    browser = await desk.inside(OWNER)
    assert (await browser.submit("/admin/audit", path, form)).status_code == status


async def test_no_answer_may_be_framed_kept_or_guessed_at(desk: Desk) -> None:
    browser = await desk.inside(OWNER)
    answers: list[httpx.Response] = [
        await browser.get("/admin"), await browser.get("/admin/nothing"), await desk.browser().get("/admin"),
        await browser.get("/admin/static/console.css"), await browser.get("/admin/static/console.js"),
        await browser.post("/admin"), await browser.post("/admin/leave"), await browser.get("/admin/leave"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 404, 401, 200, 200, 405, 403, 405]
    for answer in answers:
        assert answer.headers.keys() >= HEADERS
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
